"""What a site repeats on its pages, learnt page by page, so that it is left out of the text."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

import orjson
import xxhash

from ingather.sample import Json
from ingather.sources.extract.page import Block, Page

ENOUGH_PAGES = 8
"""How many pages of a site are seen before anything is called repeated."""
SHARE = 0.4
"""On what share of them a block must stand."""
MAX_BLOCKS = 20_000
"""How many different blocks are remembered of one site; beyond, those seen once are forgotten."""
SAVED_EVERY = 500
"""After how many pages what was learnt is kept on the disk."""


@dataclass(slots=True)
class SiteBlocks:
    """The blocks of one site and on how many pages each stood; blocks are kept as 64-bit hashes.

    Attributes:
        pages: how many pages were learnt.
        seen: pages by hash of block.
    """

    pages: int = 0
    seen: Counter[int] = field(default_factory=Counter)

    def learn(self, blocks: tuple[Block, ...]) -> None:
        """Takes in one page, each of its blocks once."""
        self.pages += 1
        self.seen.update({_hash(block.text) for block in blocks})
        if len(self.seen) > MAX_BLOCKS:
            self.seen = Counter({block: count for block, count in self.seen.items() if count > 1})

    def repeated(self, block: Block) -> bool:
        """Whether the site repeats a block: on ``SHARE`` of ``ENOUGH_PAGES`` pages or more."""
        return self.pages >= ENOUGH_PAGES and self.seen[_hash(block.text)] >= max(3, SHARE * self.pages)

    def without(self, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
        """The blocks that are this page's own; a page of nothing but repeated blocks is left as it is."""
        own = tuple(block for block in blocks if not self.repeated(block))
        return own if any(block.kind != "heading" for block in own) else blocks

    def as_json(self) -> dict[str, Json]:
        """What was learnt, to go on from another time."""
        return {"pages": self.pages, "seen": {str(block): count for block, count in self.seen.items()}}

    @classmethod
    def from_json(cls, said: dict[str, Json]) -> SiteBlocks:
        """What was learnt before."""
        seen = said.get("seen")
        pages = said.get("pages")
        counts = (
            {int(block): int(str(count)) for block, count in seen.items()} if isinstance(seen, dict) else {}
        )
        return cls(int(pages) if isinstance(pages, int) else 0, Counter(counts))


@dataclass(slots=True)
class Sites:
    """What the sites of a crawl repeat, kept beside it.

    Attributes:
        file: where it is kept.
    """

    file: Path
    _known: dict[str, SiteBlocks] = field(default_factory=dict)
    _read: bool = False
    _new: int = 0

    def without_repeated(self, page: Page, site: str) -> Page:
        """Learns from a page and gives it without what its site repeats; threads are left as they are."""
        if not self._read:
            self._read, self._known = True, _load(self.file)
        learnt = self._known.setdefault(site, SiteBlocks())
        learnt.learn(page.blocks)
        self._new += 1
        if self._new >= SAVED_EVERY:
            self.save()
        if page.kind == "forum":
            return page
        return replace(page, blocks=learnt.without(page.blocks))

    def save(self) -> None:
        """Keeps what was learnt."""
        self._new = 0
        fresh = self.file.with_suffix(".new")
        fresh.write_bytes(orjson.dumps({site: one.as_json() for site, one in self._known.items()}))
        fresh.replace(self.file)


def _load(file: Path) -> dict[str, SiteBlocks]:
    try:
        said = orjson.loads(file.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return {}  # what was not kept is learnt again
    return {site: SiteBlocks.from_json(one) for site, one in said.items()}


def _hash(text: str) -> int:
    return xxhash.xxh3_64_intdigest(" ".join(text.split()).lower().encode("utf-8", "surrogatepass"))
