"""Stages, lists and status at 1,000, 100,000 and 1,000,000 samples: CPU time and peak memory of each call.

python benchmarks/scale/run.py --sizes 1000 100000 1000000
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from measured import Measured, best_of, measured, program  # noqa: E402

PLAN = """\
version: 1
name: notes
objective: Tell what people write about.
modality: text
languages: [en]
task: {type: classification, labels: [house, work, road, sport]}
attributes: {region: {of: contributor, values: [north, south, east, west]}}
targets:
  groups:
    - {by: label, each: 1000}
    - {by: [label, region], each: 100}
rights: {licences: [CC0-1.0]}
sources:
  - {name: notes, kind: files, path: notes.csv, text: text, label: label, key: key, contributor: who,
     attributes: {region: region}, licence: CC0-1.0}
release: {stratify: [label], licence: CC0-1.0}
"""
COLUMNS = ("stage", "samples", "CPU s", "wall s", "peak MB", "samples per CPU s")


def write_notes(path: Path, size: int) -> None:
    """So many short notes of made-up words, each another one, by a tenth as many people."""
    lots = random.Random(size)
    signs = "aeiou", "bdfgklmnprstvz"
    words = sorted({
        "".join(lots.choice(signs[place % 2]) for place in range(lots.randint(3, 9))) for _ in range(20_000)
    })  # fmt: skip
    common = ["the", "of", "and", "to", "in", "is", "it", "that", "was", "for"]
    labels, regions = ("house", "work", "road", "sport"), ("north", "south", "east", "west")
    with open(path, "w", encoding="utf-8") as file:
        file.write("key,text,label,who,region\n")
        for number in range(size):
            text = [lots.choice(words if lots.random() < 0.6 else common) for _ in range(lots.randint(8, 20))]
            who = lots.randrange(max(1, size // 10))
            file.write(
                f"n{number},{' '.join(text)}.,{lots.choice(labels)},p{who},{regions[who % len(regions)]}\n"
            )


def line(name: str, size: int, one: Measured) -> None:
    rate = f"{size / one.cpu:19,.0f}"
    print(f"{name:24}{size:>10,}{one.cpu:9.2f}{one.wall:9.2f}{one.memory:9.0f}{rate}", flush=True)


def measure(folder: Path, size: int) -> dict[str, Measured]:
    """Every call once (the quick ones three times) on a workspace of so many samples."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "plan.yaml").write_text(PLAN, encoding="utf-8")
    write_notes(folder / "notes.csv", size)
    told: dict[str, Measured] = {}
    for stage in ("collect", "clean", "release"):
        told[stage] = measured("-C", folder, "--json", stage)
        line(stage, size, told[stage])
    for stage in ("collect", "clean", "release"):
        told[f"{stage} again"] = measured("-C", folder, "--json", stage)
        line(f"{stage} again", size, told[f"{stage} again"])
    told["status"] = best_of(3, "-C", folder, "status")
    told["samples"] = best_of(3, "-C", folder, "--json", "samples")
    told["samples --quarantined"] = best_of(3, "-C", folder, "--json", "samples", "--quarantined")
    middle = measured("-C", folder, "--json", "samples", "--limit", "1", "--after", str(size // 2))
    one = middle.document["samples"][0]["id"]
    told["inspect"] = best_of(3, "-C", folder, "--json", "inspect", one)
    for name in ("status", "samples", "samples --quarantined", "inspect"):
        line(name, size, told[name])
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 100_000, 1_000_000])
    parser.add_argument("--folder", type=Path, help="keeps the workspaces here; they must not be there yet")
    asked = parser.parse_args()
    print(f"{COLUMNS[0]:24}{COLUMNS[1]:>10}{COLUMNS[2]:>9}{COLUMNS[3]:>9}{COLUMNS[4]:>9}{COLUMNS[5]:>19}")
    for name, code in (("python: typer, rich", "import typer, rich"), ("python: lance", "import lance")):
        line(name, 0, min((program(sys.executable, "-c", code) for _ in range(3)), key=lambda one: one.cpu))
    line("--help", 0, best_of(3, "--help"))
    with tempfile.TemporaryDirectory() as scratch:
        base = asked.folder or Path(scratch)
        told = {size: measure(base / f"notes-{size}", size) for size in asked.sizes}
    if len(asked.sizes) > 1:
        *_, small, large = sorted(asked.sizes)
        print(f"\nPeak memory at {large:,} over that at {small:,}:")
        for stage in ("collect", "clean", "release"):
            print(f"{stage:24}{told[large][stage].memory / told[small][stage].memory:10.2f}")


if __name__ == "__main__":
    main()
