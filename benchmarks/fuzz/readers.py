"""Fuzzes every reader of a layout with atheris, coverage as its guide: what is found is a file that raises.

    python benchmarks/fuzz/readers.py --seconds 20 wfdb edf

Each layout gets a process of its own. Inputs begin with a byte that says which file of a small sound set they
replace; the sound files are the seeds. An input fails where reading raises anything but what Ingather raises
on purpose, yields anything but items and losses, takes more than 20 seconds or 2 GB.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "formats"), str(ROOT / "tests")]
_SLOWEST = 20
_MEMORY = 2048


def fuzz(name: str, seconds: int, found: Path) -> None:
    """Fuzzes one layout in this process, which ends with it."""
    import atheris

    with atheris.instrument_imports(include=["ingather.formats"]):
        from format_specimens import SPECIMENS, files_of

        from ingather.plugins import FORMATS, load
    from ingather.errors import IngatherError
    from ingather.sample import Item, Loss

    module = load(FORMATS, name)
    place = tempfile.TemporaryDirectory()
    folder, seeds = Path(place.name) / "set", Path(place.name) / "seeds"
    SPECIMENS[name](folder)
    seeds.mkdir()
    files = list(files_of(folder))
    sound = [file.read_bytes() for file in files]
    for number, content in enumerate(sound):
        (seeds / str(number)).write_bytes(bytes([number]) + content)

    def one(data: bytes) -> None:
        which = data[0] % len(files) if data else 0
        files[which].write_bytes(data[1:])
        try:
            module.sniff(folder)
            for thing in module.read(folder, module.Config()):
                if not isinstance(thing, Item | Loss):
                    raise TypeError(f"it yields {type(thing).__name__}")
        except IngatherError:
            pass
        finally:
            files[which].write_bytes(sound[which])

    limits = [f"-max_total_time={seconds}", f"-timeout={_SLOWEST}", f"-rss_limit_mb={_MEMORY}"]
    atheris.Setup([sys.argv[0], *limits, f"-artifact_prefix={found}/{name}-", str(seeds)], one)
    atheris.Fuzz()


def main() -> int:
    """Fuzzes the layouts asked for one after another; 1 where one of them failed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("layouts", nargs="*", help="all if none is named")
    parser.add_argument("--seconds", type=int, default=20, help="for each layout")
    parser.add_argument("--found", type=Path, default=Path("fuzz-found"), help="where inputs that fail go")
    parser.add_argument("--here", action="store_true", help="fuzz the only layout in this process")
    asked = parser.parse_args()
    asked.found.mkdir(parents=True, exist_ok=True)
    if asked.here:
        fuzz(asked.layouts[0], asked.seconds, asked.found)
        return 0
    from format_specimens import SPECIMENS

    failed = False
    for name in asked.layouts or sorted(SPECIMENS):
        words = [sys.executable, __file__, name, "--here", "--seconds", str(asked.seconds)]
        done = subprocess.run(
            [*words, "--found", str(asked.found)],
            capture_output=True,
            text=True,
            check=False,
            errors="replace",
        )
        runs = re.findall(r"#(\d+)\s", done.stderr)
        print(
            f"{name}: {int(runs[-1]) if runs else 0:,} inputs, {'sound' if not done.returncode else 'FAILED'}"
        )
        if done.returncode:
            failed = True
            print("\n".join(done.stderr.splitlines()[-40:]))
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
