"""Readers under a fuzzer that follows which lines of them are reached: inputs tried, and what was raised.

    python benchmarks/fuzz/run.py [LAYOUT ...] [--seconds 60]

Atheris runs in an environment of its own, to which the packages of this one are added. The sets that it
begins with are those of the tests. A finding is printed with its input, and the run ends with 1.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(HERE.parent), str(ROOT / "tests"), str(ROOT / "tests" / "formats")]
from format_specimens import SPECIMENS  # noqa: E402
from peers import interpreter  # noqa: E402
from test_formats_damaged import WRITTEN, make  # noqa: E402

ALL = sorted({*SPECIMENS, *WRITTEN})
LONGEST = 1 << 14


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("layouts", nargs="*", metavar="LAYOUT", help=f"of {', '.join(ALL)}; else all")
    parser.add_argument("--seconds", type=int, default=60, help="for each layout")
    asked = parser.parse_args()
    unknown = sorted(set(asked.layouts) - set(ALL))
    if unknown:
        parser.error(f"no layout {unknown[0]}; there are {', '.join(ALL)}")
    python = interpreter("atheris")
    found = [name for name in asked.layouts or ALL if fuzz(name, python, asked.seconds)]
    sys.exit(1 if found else 0)


def fuzz(name: str, python: str, seconds: int) -> bool:
    """Runs one layout and prints what came of it; true where something was raised."""
    shared = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=shared if shared.is_dir() else None) as folder:
        place = Path(folder)
        (SPECIMENS.get(name) or (lambda target: make(name, target)))(place / "set")
        paths = [str(ROOT / "src"), *(path for path in sys.path if path.endswith("site-packages"))]
        done = subprocess.run(
            [python, str(HERE / "target.py"), name, folder, f"-max_total_time={seconds}", "-timeout=20",
             f"-max_len={LONGEST}", "-rss_limit_mb=4096", f"-artifact_prefix={folder}/finding-"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), "DO_NOT_TRACK": "1"},
            check=False,
        )  # fmt: skip
        out = done.stdout.decode("utf-8", "replace")
        runs = re.findall(r"^#(\d+)", out, re.M)
        covered = re.findall(r"\bcov: (\d+)", out)
        print(f"{name:16}{int(runs[-1] if runs else 0):10,} inputs", end="")
        print(f"{int(covered[-1] if covered else 0):9,} places reached   ", end="")
        findings = sorted(place.glob("finding-*"))
        print("nothing raised" if done.returncode == 0 else f"RAISED (ended with {done.returncode})")
        if done.returncode:
            print("\n".join(out.splitlines()[-40:]))
            for finding in findings:
                print(f"its input: {finding.read_bytes()[:2000]!r}")
        return done.returncode != 0


if __name__ == "__main__":
    main()
