"""A full crawl of a local site of documentation: ours, Scrapy's and wget's in one run.

    python benchmarks/crawl/run.py

Ours keeps every answer in an archive and every address in a journal; Scrapy is tuned, and keeps nothing; wget
writes files.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from crawl.site import build, served
from peers import Side, interpreter, run_side


def wget(seeds: list[str]) -> Side:
    """``wget --mirror`` of all seeds, one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        began, before = time.perf_counter(), os.times()
        asked = ["wget", "--mirror", "--follow-tags=a", "-q", "--compression=gzip", "-P", folder, *seeds]
        subprocess.run(asked, check=False)
        after = os.times()
        pages = sum(1 for _ in Path(folder).rglob("*.html"))
    cpu = after.children_user - before.children_user + after.children_system - before.children_system
    return Side("wget --mirror", cpu, cpu, time.perf_counter() - began, {"pages": pages})


def main() -> None:
    """Builds the site, runs the sides and prints a line for each."""
    here = Path(__file__).resolve().parent
    scrapy = interpreter("scrapy")
    with tempfile.TemporaryDirectory() as folder:
        seeds = build(Path(folder))
        ports = [int(one.rpartition(":")[2].rstrip("/")) for one in seeds]
        with served(Path(folder), ports):
            sides = [
                run_side("ours", sys.executable, here / "side_ours.py", *seeds),
                run_side("scrapy", scrapy, here / "side_scrapy.py", *seeds),
                wget(seeds),
            ]
    first = sides[0]
    print(f"{'':16}{'pages':>8}{'CPU s':>8}{'wall s':>8}{'per CPU s':>11}{'ours is':>9}{'MB':>6}")
    for side in sides:
        pages = int(str(side.told["pages"]))
        rate, ours = pages / side.cpu, int(str(first.told["pages"])) / first.cpu
        told = f"{side.name:16}{pages:8,}{side.cpu:8.1f}{side.wall:8.1f}{rate:11,.0f}{ours / rate:9.1f}"
        print(f"{told}{side.told.get('memory_mb', ''):>6}")


if __name__ == "__main__":
    main()
