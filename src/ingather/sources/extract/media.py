"""Pictures and recordings on a page, with what is written about them and their own licence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ingather.sources.extract.page import Picture, Recording
from ingather.sources.signals.addresses import joined

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

MAX_PICTURES = 1_000
_LAZY = ("data-src", "data-original", "data-lazy-src", "data-url")
_ENDINGS = {
    ".mp3": "audio", ".ogg": "audio", ".oga": "audio", ".opus": "audio", ".m4a": "audio", ".wav": "audio",
    ".flac": "audio", ".aac": "audio", ".mp4": "video", ".webm": "video", ".ogv": "video", ".mov": "video",
    ".mkv": "video", ".m4v": "video", ".m3u8": "video",
}  # fmt: skip
_FURNITURE = frozenset({"nav", "header", "footer", "aside", "button"})


def pictures_in(tree: LexborHTMLParser, url: str, licences: Mapping[str, str | None]) -> tuple[Picture, ...]:
    """The pictures of a page, without icons, counters and the furniture of the site.

    Args:
        tree: the page.
        url: its address.
        licences: SPDX identifiers by address of picture, as the page states them.
    """
    found: dict[str, Picture] = {}
    for node in tree.css("img")[:MAX_PICTURES]:
        attributes = node.attributes
        source = next((attributes[name] for name in _LAZY if attributes.get(name)), None)
        source = source or attributes.get("src") or _widest(attributes.get("srcset") or "")
        if not source or source.startswith(("data:", "blob:", "about:")) or _small(attributes):
            continue
        try:
            address = joined(url, source.strip())
        except ValueError:
            continue
        figure, furniture = _surroundings(node)
        if furniture or address in found:
            continue
        caption = figure.css_first("figcaption") if figure is not None else None
        found[address] = Picture(
            address,
            " ".join((attributes.get("alt") or "").split()),
            " ".join(caption.text(separator=" ").split()) if caption is not None else "",
            licences.get(address),
        )
    return tuple(found.values())


def recordings_in(tree: LexborHTMLParser, url: str) -> tuple[Recording, ...]:
    """Sounds and films: players with their text tracks, and links to files."""
    found: dict[str, Recording] = {}
    for node in tree.css("audio, video"):
        sources = [node, *node.css("source")]
        source = next((one.attributes["src"] for one in sources if one.attributes.get("src")), None)
        if not source:
            continue
        tracks = tuple(
            (joined(url, track.attributes["src"] or ""), track.attributes.get("srclang"))
            for track in node.css("track")
            if track.attributes.get("src") and (track.attributes.get("kind") or "subtitles") != "metadata"
        )
        figure, _ = _surroundings(node)
        caption = figure.css_first("figcaption") if figure is not None else None
        words = caption.text(separator=" ") if caption is not None else node.attributes.get("title") or ""
        kind = "audio" if node.tag == "audio" else "video"
        address = joined(url, source.strip())
        found[address] = Recording(address, kind, tracks, " ".join(words.split()))  # type: ignore[arg-type]
    for node in tree.css("a[href], link[rel=enclosure][href]"):
        address = (node.attributes.get("href") or "").strip()
        kind = _ENDINGS.get(_ending(address), "")
        if kind and (address := joined(url, address)) not in found:
            found[address] = Recording(address, kind, (), " ".join(node.text().split())[:200])  # type: ignore[arg-type]
    return tuple(found.values())


def _ending(address: str) -> str:
    name = address.partition("?")[0].partition("#")[0].rpartition("/")[2]
    return "." + name.rpartition(".")[2].lower() if "." in name else ""


def _widest(srcset: str) -> str:
    """The address of the largest picture of a list of sizes."""
    best, size = "", -1.0
    for part in srcset.split(", ")[:50]:
        words = part.strip().split()
        if words:
            number = words[1][:-1] if len(words) > 1 else "1"
            width = float(number) if number.replace(".", "", 1).isdigit() else 1.0
            if width > size:
                best, size = words[0].rstrip(","), width
    return best


def _small(attributes: Mapping[str, str | None]) -> bool:
    """Whether the page says that it is an icon or a counter."""
    return any(
        (value := (attributes.get(name) or "").removesuffix("px")).isdigit() and int(value[:6]) < 50
        for name in ("width", "height")
    )


def _surroundings(node: LexborNode) -> tuple[LexborNode | None, bool]:
    figure: LexborNode | None = None
    above = node.parent
    for _ in range(60):
        if above is None:
            break
        if above.tag == "figure" and figure is None:
            figure = above
        if above.tag in _FURNITURE:
            return figure, above.tag != "header" or figure is None
        above = above.parent
    return figure, False
