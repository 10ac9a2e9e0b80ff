"""Readers of COCO, VOC and YOLO beside datumaro's, over the same files: pictures a second of CPU time.

    python benchmarks/pictures/run.py --data PATH [--times 10]

Both sides read every picture's boxes, ours makes the label of each item as the stages get it. Counted is what
a side did after its imports; a side that saw other numbers of pictures or boxes is told.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from peers import interpreter, run_side  # noqa: E402
from sets import build  # noqa: E402

NEEDED = 5.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=os.environ.get("INGATHER_TEST_DATA"), required=False)
    parser.add_argument("--times", type=int, default=10)
    asked = parser.parse_args()
    if asked.data is None:
        parser.error("--data or INGATHER_TEST_DATA names the folder of real sets")
    peer = interpreter("datumaro")
    print(f"{'':6}{'pictures':>9}{'boxes':>9}{'ours/s':>10}{'datumaro/s':>12}{'times':>7}")
    with tempfile.TemporaryDirectory() as folder:
        for kind, path in build(Path(asked.data), Path(folder) / "sets", asked.times).items():
            ours = min(
                (run_side("ours", sys.executable, HERE / "ours.py", kind, str(path)) for _ in range(3)),
                key=lambda side: side.work,
            )
            theirs = min(
                (run_side("datumaro", peer, HERE / "side_datumaro.py", kind, str(path)) for _ in range(3)),
                key=lambda side: side.work,
            )
            rates = [side.told["items"] / side.work for side in (ours, theirs)]
            ratio = rates[0] / rates[1]
            note = "" if ratio >= NEEDED else f"  less than {NEEDED:.0f} times"
            for what in ("items", "boxes"):
                if ours.told[what] != theirs.told[what]:
                    note += f"  datumaro saw {theirs.told[what]} {what}"
            seen = f"{ours.told['items']:9,}{ours.told['boxes']:9,}"
            print(f"{kind:6}{seen}{rates[0]:10,.0f}{rates[1]:12,.0f}{ratio:7.1f}{note}")


if __name__ == "__main__":
    main()
