"""Near duplicates in the same documents: ours, datatrove, plain Polars.

python benchmarks/near_duplicates/run.py --size 20000
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import pyarrow.dataset as ds
import pyarrow.parquet as pq

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from peers import interpreter, print_table, run_side  # noqa: E402

LEVELS = ((1.0, "1"), (0.9, ".9 to 1"), (0.8, ".8 to .9"), (0.7, ".7 to .8"), (0.0, "below .7"))


def kept(folder: Path) -> set[str]:
    """Ids of the documents that a side has kept."""
    files = [str(path) for path in sorted(folder.rglob("*.parquet")) if "work" not in path.parts]
    return set(ds.dataset(files).to_table(columns=["id"])["id"].to_pylist())


def score(truth: list[dict[str, object]], left: set[str]) -> str:
    """Copies that went, by how alike they are, among bases with one copy; and bases that went without one."""
    families: dict[object, list[dict[str, object]]] = defaultdict(list)
    for row in truth:
        if row["kind"] not in ("slogans", "junk"):
            families[row["original"] or row["id"]].append(row)
    alone = [family[0] for family in families.values() if len(family) == 1]
    wrong = sum(row["id"] not in left for row in alone)
    gone: dict[str, list[bool]] = defaultdict(list)
    for family in families.values():
        if len(family) == 2:
            alike = min(float(str(row["jaccard"])) for row in family)
            level = next(name for least, name in LEVELS if alike >= least)
            gone[level].append(any(row["id"] not in left for row in family))
    told = [
        f"{name}: {sum(gone[name]) / len(gone[name]):.3f} of {len(gone[name])}"
        for _, name in LEVELS
        if gone[name]
    ]
    return f"removed at Jaccard {', '.join(told)}; without a copy removed: {wrong} of {len(alone)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=20_000, help="documents")
    parser.add_argument("--corpus", type=Path, help="a corpus that was built before")
    parser.add_argument("--without", action="append", default=[], help="a side to leave out, such as polars")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        corpus = asked.corpus or Path(scratch) / "corpus"
        if not (corpus / "corpus.parquet").exists():
            build = [
                sys.executable,
                str(HERE.parent / "documents.py"),
                str(corpus),
                "--size",
                str(asked.size),
            ]
            subprocess.run(build, check=True)
        truth = pq.read_table(corpus / "truth.parquet").to_pylist()
        scripts = {
            "ours": ("ours.py",),
            "datatrove": ("side_datatrove.py",),
            "datatrove, spaces": ("side_datatrove.py", "spaces"),
            "polars": ("side_polars.py",),
        }
        sides, scores = [], []
        for name, (script, *more) in scripts.items():
            if name in asked.without:
                continue
            python = sys.executable if name == "ours" else interpreter(name.split(",")[0])
            sides.append(run_side(name, python, HERE / script, str(corpus), f"{scratch}/{name}", *more))
            scores.append(f"{name:20}{score(truth, kept(Path(scratch) / name))}")
        print(f"\n{len(truth):,} documents, runs of five words\n")
        print_table(sides, len(truth))
        print("\n" + "\n".join(scores))


if __name__ == "__main__":
    main()
