"""Sentences in columns, clips by the million, and shards beside plain copies.

    python benchmarks/formats/run.py --data PATH [conll] [clips] [shards]

``conll``: sentences a second of CPU time beside NLTK's reader; datumaro has no reader of such files.
``clips``: seconds for a Common Voice table of 1,000,000 rows without media, by the wall's clock.
``shards``: WebDataset written and read beside ``shutil.copyfile`` of the same bytes, in MB a second of wall
time: with what the system holds in memory, and written through to the disk or read after being let go of.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from peers import interpreter, run_side  # noqa: E402

ROWS = 1_000_000
KINDS = ("conll", "clips", "shards")
SIZES = {"pictures of 100 kB": (100_000, 4000), "clips of 20 kB": (20_000, 10_000)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="*", choices=(*KINDS, []), default=[])
    parser.add_argument("--data", type=Path, default=os.environ.get("INGATHER_TEST_DATA"), required=False)
    parser.add_argument("--folder", type=Path, help="on the disk that is measured; else a temporary one")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        for kind in asked.kinds or KINDS:
            if kind == "conll":
                if asked.data is None:
                    parser.error("--data or INGATHER_TEST_DATA names the folder of real sets")
                conll(Path(asked.data), Path(folder) / kind)
            else:
                {"clips": clips, "shards": shards}[kind](Path(folder) / kind)


def conll(data: Path, folder: Path) -> None:
    folder.mkdir()
    for copy in range(10):
        for file in sorted((data / "wnut17-ner").glob("*.conll")):
            text = file.read_text().replace("\n\t\n", "\n\n")
            (folder / f"{copy:02d}-{file.name}").write_text(text)
    python = interpreter("nltk")
    ours = min(
        (run_side("ours", sys.executable, HERE / "ours_conll.py", str(folder)) for _ in range(3)),
        key=lambda side: side.work,
    )
    theirs = min(
        (run_side("nltk", python, HERE / "side_nltk.py", str(folder)) for _ in range(3)),
        key=lambda side: side.work,
    )
    for side in (ours, theirs):
        told = side.told
        print(f"conll  {side.name:6}{told['sentences']:9,} sentences{told['tokens']:11,} tokens", end="")
        print(f"{told['sentences'] / side.work:12,.0f} sentences/s")
    print(f"conll  {theirs.work / ours.work:.1f} times as many")


def clips(folder: Path) -> None:
    from ingather.formats.layouts import common_voice

    folder.mkdir()
    with (folder / "validated.tsv").open("w") as table:
        table.write("client_id\tpath\tsentence\tup_votes\tdown_votes\tage\tgender\taccents\tlocale\n")
        for n in range(ROWS):
            table.write(
                f"{n % 5000:032x}\tcommon_voice_en_{n}.mp3\tSentence {n} of a set that is read aloud.\t"
                f"{n % 5}\t{n % 2}\ttwenties\tfemale_feminine\tUnited States English\ten\n"
            )
    began, cpu = time.perf_counter(), time.process_time()
    found = sum(hasattr(thing, "label") for thing in common_voice.read(folder, common_voice.Config()))
    print(f"clips  {found:,} rows in {time.perf_counter() - began:.1f} s", end="")
    print(f" ({time.process_time() - cpu:.1f} s of CPU time)")


def shards(folder: Path) -> None:
    from ingather.formats.layouts import webdataset
    from ingather.sample import Item

    folder.mkdir()
    print(f"shards {'':20}{'':14}{'copy':>10}{'ours':>10}{'share':>8}   MB/s")
    for name, (size, count) in SIZES.items():
        content = [os.urandom(size) for _ in range(16)]

        def items(count: int = count, content: list[bytes] = content) -> Iterator[Item]:
            for n in range(count):
                yield Item(
                    f"p{n:06d}", "image", content=content[n % 16], media_type="image/jpeg", label="cat"
                )

        def write() -> None:
            shutil.rmtree(folder / "set", ignore_errors=True)
            webdataset.write(items(), folder / "set", webdataset.Config())

        def copy() -> None:
            shutil.rmtree(folder / "copy", ignore_errors=True)
            (folder / "copy").mkdir()
            for file in sorted((folder / "set").iterdir()):
                shutil.copyfile(file, folder / "copy" / file.name)

        def read() -> None:
            for _ in webdataset.read(folder / "set", webdataset.Config()):
                pass

        write()
        total = sum(file.stat().st_size for file in (folder / "set").iterdir())
        told = (
            ("written", "in memory", write, copy, None),
            ("written", "to the disk", synced(write, folder / "set"), synced(copy, folder / "copy"), None),
            ("read", "in memory", read, copy, None),
            ("read", "from the disk", read, copy, folder / "set"),
        )
        for what, where, ours, theirs, cold in told:
            rates = [total / 1e6 / seconds(run, cold) for run in (theirs, ours)]
            print(f"shards {name:20}{what:8}{where:14}", end="")
            print(f"{rates[0]:10,.0f}{rates[1]:10,.0f}{rates[1] / rates[0]:8.2f}")


def synced(run: Callable[[], None], folder: Path) -> Callable[[], None]:
    def through() -> None:
        run()
        for file in folder.iterdir():
            descriptor = os.open(file, os.O_RDONLY)
            os.fsync(descriptor)
            os.close(descriptor)

    return through


def seconds(run: Callable[[], None], cold: Path | None) -> float:
    """The middle of five runs; before each, the system is asked to let go of the files in ``cold``."""
    taken = []
    for _ in range(5):
        for file in cold.iterdir() if cold is not None else ():
            descriptor = os.open(file, os.O_RDONLY)
            os.fsync(descriptor)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(descriptor)
        began = time.perf_counter()
        run()
        taken.append(time.perf_counter() - began)
    return sorted(taken)[2]


if __name__ == "__main__":
    main()
