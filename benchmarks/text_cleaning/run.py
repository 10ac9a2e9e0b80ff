"""Text cleaning on the same documents: ours, datatrove, plain Polars.

python benchmarks/text_cleaning/run.py --size 20000
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import pyarrow.dataset as ds
import pyarrow.parquet as pq

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from peers import interpreter, print_table, run_side  # noqa: E402


def kept(folder: Path) -> set[str]:
    """Ids of the documents that a side has kept."""
    files = sorted(str(path) for path in folder.rglob("*.parquet"))
    return set(ds.dataset(files).to_table(columns=["id"])["id"].to_pylist())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=20_000, help="documents")
    parser.add_argument("--corpus", type=Path, help="a corpus that was built before")
    parser.add_argument("--without", action="append", default=[], help="a side to leave out: polars")
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
        documents = pq.read_metadata(corpus / "corpus.parquet").num_rows
        scripts = {"ours": "ours.py", "datatrove": "side_datatrove.py", "polars": "side_polars.py"}
        sides, found = [], {}
        for name, script in scripts.items():
            if name in asked.without:
                continue
            python = sys.executable if name == "ours" else interpreter(name)
            sides.append(run_side(name, python, HERE / script, str(corpus), f"{scratch}/{name}"))
            found[name] = kept(Path(scratch) / name)
        print(f"\n{documents:,} documents: encoding repair, Gopher quality, Gopher repetition\n")
        print_table(sides, documents)
        differ = len(found["ours"] ^ found["datatrove"])
        print(f"\nours keeps {len(found['ours']):,}, datatrove {len(found['datatrove']):,}; ", end="")
        print(f"same verdict on {1 - differ / documents:.3%} of the documents")
        if "polars" in found:
            print(f"polars keeps {len(found['polars']):,}: no encoding repair, no repeated n-grams")


if __name__ == "__main__":
    main()
