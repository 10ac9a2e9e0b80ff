"""What a page says, as far as a sample needs it: the plain types, and the way from bytes to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from ingather.sample import Json

Path: TypeAlias = Literal["fast", "trafilatura", "none"]
PageKind: TypeAlias = Literal["article", "forum", "reviews", "list", "documentation", "other"]


@dataclass(frozen=True, slots=True)
class Block:
    """One block of the main text.

    Attributes:
        kind: heading, paragraph, item, code, quote or table.
        text: its words; code keeps its lines, a table has a line a row and tabs between cells.
        level: of a heading 1 to 6, of an item its depth from 1; 0 elsewhere.
    """

    kind: Literal["heading", "paragraph", "item", "code", "quote", "table"]
    text: str
    level: int = 0


@dataclass(frozen=True, slots=True)
class Turn:
    """What one person wrote on the page: a post of a thread, a review, a comment.

    Attributes:
        author: the name as it stands on the page; to be pseudonymised before it is stored.
        text: the words, blocks parted by blank lines.
        date: as the page states it, ISO 8601 where it can be read so.
        rating: the stars given, on the scale ``best``.
        best: the top of the scale.
        votes: how many found it good, where that is told.
    """

    author: str | None
    text: str
    date: str | None = None
    rating: float | None = None
    best: float | None = None
    votes: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table of data.

    Attributes:
        columns: names from its header row; ``column 1``... where it has none.
        rows: one record a row, by column.
        caption: its caption.
    """

    columns: tuple[str, ...]
    rows: tuple[dict[str, str], ...]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the main content.

    Attributes:
        url: absolute.
        alt: its alternative text.
        caption: of the figure it stands in.
        licence: SPDX identifier of the licence stated for it, None where none is.
    """

    url: str
    alt: str = ""
    caption: str = ""
    licence: str | None = None


@dataclass(frozen=True, slots=True)
class Recording:
    """A sound or film that the page links or shows.

    Attributes:
        url: absolute.
        kind: audio or video.
        captions: addresses of text tracks with their language, None where it is not told.
        caption: of the figure it stands in, or its title.
    """

    url: str
    kind: Literal["audio", "video"]
    captions: tuple[tuple[str, str | None], ...] = ()
    caption: str = ""


@dataclass(slots=True)
class Page:
    """What a page says.

    Attributes:
        url: its address.
        kind: what sort of page it seems to be.
        title: of the text, without the site's name.
        author: whom the page names, joined by ``; ``; to be pseudonymised before it is stored.
        date: when it was published, ``YYYY-MM-DD``.
        language: BCP 47, as the page states it; the operators measure it.
        blocks: the main text, in reading order.
        comments: what readers wrote below it.
        turns: posts of a thread or reviews; a page with turns is a dialogue.
        tables: tables of data in the main content.
        pictures: pictures of the main content.
        recordings: sounds and films.
        feeds: addresses of feeds the page names.
        confidence: how sure the fast way is of the main text, 0 to 1.
        path: which way the main text was found.
        told: what was mended or left out on the way, in words.
        fault: why there is nothing, in words; None for a page that was read.
    """

    url: str
    kind: PageKind = "other"
    title: str = ""
    author: str = ""
    date: str = ""
    language: str = ""
    blocks: tuple[Block, ...] = ()
    comments: tuple[Turn, ...] = ()
    turns: tuple[Turn, ...] = ()
    tables: tuple[Table, ...] = ()
    pictures: tuple[Picture, ...] = ()
    recordings: tuple[Recording, ...] = ()
    feeds: tuple[str, ...] = ()
    confidence: float = 0.0
    path: Path = "none"
    told: tuple[str, ...] = field(default_factory=tuple)
    fault: str | None = None

    @property
    def text(self) -> str:
        """The main text, blocks parted by blank lines, items and rows by line ends."""
        lines: list[str] = []
        last = ""
        for block in self.blocks:
            if lines and not (block.kind == last == "item"):
                lines.append("")
            lines.append(f"- {block.text}" if block.kind == "item" else block.text)
            last = block.kind
        return "\n".join(lines)

    def beside_text(self) -> dict[str, Json]:
        """What a sample holds beside its text: tables, pictures, recordings, comments without names."""
        from dataclasses import asdict

        told: dict[str, Json] = {}
        if self.tables:
            told["tables"] = [asdict(one) for one in self.tables]
        if self.pictures:
            told["pictures"] = [asdict(one) for one in self.pictures]
        if self.recordings:
            told["recordings"] = [asdict(one) for one in self.recordings]
        if self.comments:
            told["comments"] = [{"text": one.text} for one in self.comments]
        return told

    def as_json(self) -> dict[str, Json]:
        """All of it, for ``--explain`` and for a sample's data."""
        from dataclasses import asdict

        return {**asdict(self), "text": self.text}


def extract(html: bytes, url: str, content_type: str | None = None, **options: object) -> Page:
    """Reads a page. See :func:`ingather.sources.extract.reading.read_page` for the options.

    Args:
        html: the body as it was sent, unpacked.
        url: the address, after redirects.
        content_type: the header of that name.
        **options: passed on.
    """
    from ingather.sources.extract.reading import read_page

    return read_page(html, url, content_type, **options)  # type: ignore[arg-type]
