"""Extraction beside trafilatura: F1 of words against known truth, and CPU seconds, by kind of page.

    python benchmarks/extraction/run.py [--pages 320] [--seed 0]

Both sides are given the same bytes and asked for text, tables, pictures and metadata. trafilatura is asked as
its authors advise for each kind: with comments where what people wrote is the text (threads, reviews),
without where it is not. Words are counted as a bag.
"""

from __future__ import annotations

import argparse
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable

from pages import Truth, make

WORD = re.compile(r"\w+")
PEOPLE = ("forum", "product")


def f1(said: str, truth: str) -> float:
    """Harmonic mean of precision and recall over words."""
    found, wanted = Counter(WORD.findall(said.lower())), Counter(WORD.findall(truth.lower()))
    common = sum((found & wanted).values())
    return (
        2 * common / (sum(found.values()) + sum(wanted.values()))
        if common
        else float(not wanted and not found)
    )


def timed(
    read: Callable[[bytes, str], str], pages: list[Truth], passes: int = 2
) -> tuple[list[str], list[float]]:
    """What a side says of each page, and its CPU seconds on it: the best of some passes."""
    said: list[str] = []
    spent = [float("inf")] * len(pages)
    for _ in range(passes):
        said = []
        for number, page in enumerate(pages):
            html = page.html.encode()
            began = time.process_time()
            said.append(read(html, page.kind))
            spent[number] = min(spent[number], time.process_time() - began)
    return said, spent


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=320)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    import trafilatura

    from ingather.sources.extract.page import extract
    from ingather.sources.extract.reading import read_page

    pages = list(make(asked.pages, asked.seed))
    size = sum(len(page.html) for page in pages) / len(pages)
    paths: Counter[str] = Counter()

    def whole(html: bytes, kind: str) -> str:
        page = extract(html, "https://example.org/page")
        paths[page.path] += 1
        return page.text

    def theirs_of(html: bytes, kind: str, fast: bool) -> str:
        document = trafilatura.bare_extraction(
            html,
            url="https://example.org/page",
            with_metadata=True,
            include_comments=kind in PEOPLE,
            include_tables=True,
            include_images=True,
            fast=fast,
        )
        return f"{document.text or ''}\n{document.comments or ''}" if document else ""

    sides: dict[str, Callable[[bytes, str], str]] = {
        "ours": whole,
        "ours, fast way alone": lambda html, _: read_page(html, "https://example.org/page", way="fast").text,
        "trafilatura": lambda html, kind: theirs_of(html, kind, fast=False),
        "trafilatura fast": lambda html, kind: theirs_of(html, kind, fast=True),
    }
    outcome = {name: timed(read, pages) for name, read in sides.items()}
    print(f"{len(pages)} pages of {size / 1000:.0f} kB on average")
    for group in ("kind", "layout"):
        rows: dict[str, list[int]] = defaultdict(list)
        for number, page in enumerate(pages):
            rows[getattr(page, group)].append(number)
        if group == "kind":
            rows["all"] = list(range(len(pages)))
        print(f"\n{group:18}" + "".join(f"{name:>32}" for name in sides))
        for name, numbers in rows.items():
            cells = []
            for side in sides:
                said, spent = outcome[side]
                score = sum(f1(said[n], "\n".join(pages[n].said)) for n in numbers) / len(numbers)
                cells.append(f"F1 {score:.3f} {sum(spent[n] for n in numbers) / len(numbers) * 1e3:7.2f} ms")
            print(f"{name:18}" + "".join(f"{cell:>32}" for cell in cells))
    ours, theirs = (sum(outcome[side][1]) for side in ("ours, fast way alone", "trafilatura"))
    print(f"\nfast way: {theirs / ours:.1f} x trafilatura's speed")
    print(
        f"whole: {theirs / sum(outcome['ours'][1]):.1f} x; "
        + ", ".join(f"{path} {count / sum(paths.values()):.1%}" for path, count in paths.most_common())
    )


if __name__ == "__main__":
    main()
