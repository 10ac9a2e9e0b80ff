"""What may never be collected again: addresses, domains, authors and contents that were withdrawn."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias, get_args
from urllib.parse import urlsplit

import orjson

from ingather.errors import InputError
from ingather.sample import Item, Loss

Blocked: TypeAlias = Literal["url", "domain", "author", "hash"]
KINDS: tuple[Blocked, ...] = get_args(Blocked)
FILE = "blocklist.jsonl"
"""Its name in the workspace's folder; each line ``{"what", "name"}``."""


@dataclass(slots=True)
class BlockList:
    """What is blocked.

    Attributes:
        urls: SHA-256 of addresses, so that the list itself does not tell them.
        domains: names of hosts; all below them is blocked as well.
        authors: pseudonyms.
        hashes: SHA-256 of contents, hex.
    """

    urls: set[str] = field(default_factory=set)
    domains: set[str] = field(default_factory=set)
    authors: set[str] = field(default_factory=set)
    hashes: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.urls or self.domains or self.authors or self.hashes)

    def add(self, what: str, name: str) -> None:
        """Takes in one entry, its name as :func:`named` gives it."""
        {"url": self.urls, "domain": self.domains, "author": self.authors, "hash": self.hashes}[what].add(
            name
        )

    def forbids_url(self, url: str) -> bool:
        """Whether an address, or a domain that it lies under, is blocked."""
        if self.urls and named("url", url) in self.urls:
            return True
        return bool(self.domains) and any(name in self.domains for name in _names_above(url))

    def forbids_author(self, pseudonym: str | None) -> bool:
        """Whether what somebody gave is blocked."""
        return pseudonym is not None and pseudonym in self.authors

    def forbids_content(self, content: bytes | str | None) -> bool:
        """Whether these bytes, or this text as UTF-8, are blocked."""
        if not self.hashes or content is None:
            return False
        plain = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
        return hashlib.sha256(plain).hexdigest() in self.hashes


def named(what: Blocked, name: str) -> str:
    """An entry's name as it is kept: an address as hash, a domain and a hash in lower case.

    Raises:
        InputError: it is none of its kind.
    """
    plain = name.strip()
    if what == "url":
        return hashlib.sha256(one_form(plain).encode("utf-8", "surrogatepass")).hexdigest()
    if what == "domain":
        try:
            host = urlsplit(plain if "://" in plain else f"//{plain}").hostname or ""
        except ValueError:
            host = ""
        if "." not in host and host != "localhost":
            raise _wrong(f"'{name}' is no domain.", "A domain is a name such as example.org.")
        return host.rstrip(".").lower()
    if what == "hash":
        digest = plain.lower().removeprefix("sha256:")
        if len(digest) != 64 or set(digest) - set("0123456789abcdef"):
            raise _wrong(f"'{name}' is no SHA-256.", "Contents are named by 64 hex digits.")
        return digest
    return plain


def _wrong(message: str, why: str) -> InputError:
    return InputError(message, why=why, fix="ingather withdraw --help")


def one_form(url: str) -> str:
    """An address as addresses are compared: host in lower case, no fragment, no port that is usual."""
    try:
        from ingather.sources.crawl.address import canonical

        return canonical(url) or url
    except (ImportError, InputError):
        return url.partition("#")[0]


def _names_above(url: str) -> Iterator[str]:
    try:
        host = (urlsplit(url).hostname or "").rstrip(".").lower()
    except ValueError:
        return
    while host:
        yield host
        host = host.partition(".")[2]


def read_blocklist(folder: Path) -> BlockList:
    """The workspace's list; empty where nothing is blocked.

    Args:
        folder: the workspace's own folder (``.ingather``).
    """
    found = BlockList()
    path = folder / FILE
    for line in path.read_bytes().splitlines() if path.is_file() else ():
        try:
            entry = orjson.loads(line)
            found.add(entry["what"], entry["name"])
        except (orjson.JSONDecodeError, KeyError, TypeError):
            continue  # the last line of a crash: it is written again
    return found


def keep_blocked(folder: Path, entries: Iterable[tuple[str, str]]) -> None:
    """Adds entries to the workspace's list; what stands there already is not added again."""
    known = read_blocklist(folder)
    before = {(what, name) for what, names in _by_kind(known) for name in names}
    new = [entry for entry in dict.fromkeys(entries) if entry not in before]
    if not new:
        return
    with open(folder / FILE, "ab") as file:
        file.write(b"".join(orjson.dumps({"what": what, "name": name}) + b"\n" for what, name in new))
        file.flush()
        os.fsync(file.fileno())


def _by_kind(known: BlockList) -> tuple[tuple[str, set[str]], ...]:
    return (("url", known.urls), ("domain", known.domains), ("author", known.authors), ("hash", known.hashes))


def without_blocked(
    things: Iterable[Item | Loss], known: BlockList, pseudonym: Callable[[str], str]
) -> Iterator[Item | Loss]:
    """What a source brings, without what is blocked; each of that is told.

    Args:
        things: what it brings.
        known: the list.
        pseudonym: gives an outside name's pseudonym in this source.
    """
    for thing in things:
        if isinstance(thing, Item) and known and (why := _why(thing, known, pseudonym)):
            yield Loss(
                thing.key if why != "address" else "an address", f"its {why} was withdrawn and is blocked"
            )
            continue
        yield thing


def _why(item: Item, known: BlockList, pseudonym: Callable[[str], str]) -> str:
    if item.uri and known.forbids_url(item.uri):
        return "address"
    if item.contributor is not None and known.authors and known.forbids_author(pseudonym(item.contributor)):
        return "author"
    content = item.content.read_bytes() if known.hashes and isinstance(item.content, Path) else item.content
    if known.forbids_content(item.text) or (isinstance(content, bytes) and known.forbids_content(content)):
        return "content"
    return ""
