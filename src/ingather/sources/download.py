"""One file from an address: streamed, resumed after a break, checked by its SHA-256, kept in the cache."""

from __future__ import annotations

import hashlib
import http.client
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from ingather.errors import InputError, OutsideError

_BLOCK = 1 << 20
_TRIES = 5
_TIMEOUT = 60.0
_AGENT = "ingather"


def download(address: str, sha256: str, cache: Path, sleep: Callable[[float], None] = time.sleep) -> Path:
    """The file at an address, from the cache where it was fetched before.

    What was fetched stays as a ``.part`` beside it until the file is whole, so a break, here or by a kill,
    goes on where it was (by a Range request; from the start where the server knows none).

    Args:
        address: http or https.
        sha256: 64 hex digits that the file must have.
        cache: the folder to keep it in.
        sleep: waits between tries, in seconds.

    Raises:
        InputError: the file has another checksum, or the address is none; nothing of it is kept.
        OutsideError: it cannot be fetched now; what was fetched is kept for the next time.
    """
    wanted = sha256.lower()
    name = PurePosixPath(unquote(urlsplit(address).path)).name or "data"
    target = cache / "downloads" / wanted[:32] / name.replace("\\", "_").replace("\0", "")
    if target.is_file():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    _fetch(address, part, sleep)
    found = _digest(part)
    if found != wanted:
        part.unlink(missing_ok=True)
        part.with_name(part.name + ".tag").unlink(missing_ok=True)
        raise InputError(
            f"{address} has another checksum than the plan says.",
            why=f"Expected {wanted}, found {found}: the file was changed or damaged, so it was thrown away.",
            fix="Make sure that the new file is what you want, then put its checksum into 'sha256:'.",
            where=address,
        )
    os.replace(part, target)
    part.with_name(part.name + ".tag").unlink(missing_ok=True)
    return target


def _fetch(address: str, part: Path, sleep: Callable[[float], None]) -> None:
    reason = ""
    for attempt in range(_TRIES):
        if attempt:
            sleep(min(2.0 ** (attempt - 1), 8.0))
        try:
            if _fetch_once(address, part):
                return
            reason = "the connection broke"
        except urllib.error.HTTPError as error:
            if error.code == 416:
                part.unlink(missing_ok=True)
            elif error.code < 500 and error.code not in (408, 425, 429):
                raise _refused(address, f"the server answers {error.code} {error.reason}") from error
            reason = f"the server answers {error.code} {error.reason}"
        except (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError) as error:
            reason = str(getattr(error, "reason", error)) or type(error).__name__
        except ValueError as error:
            raise InputError(
                f"'{address}' is no address: {error}.",
                why="Data is fetched by http or https.",
                fix="Write the whole address, such as https://example.org/data.zip.",
                where=address,
            ) from error
        except OSError as error:
            raise _refused(address, f"it cannot be written to {part.parent}: {error.strerror}") from error
    raise _refused(address, reason)


def _fetch_once(address: str, part: Path) -> bool:
    """Fetches what is missing; whether the file is whole now."""
    tag = part.with_name(part.name + ".tag")
    have = part.stat().st_size if part.is_file() else 0
    request = urllib.request.Request(address, headers={"User-Agent": _AGENT, "Accept-Encoding": "identity"})
    if have and tag.is_file():
        request.add_header("Range", f"bytes={have}-")
        request.add_header("If-Range", tag.read_text())
    with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:
        resumed = answer.status == 206 and _start(answer) == have
        if not resumed:
            have = 0
            _keep_tag(answer, tag)
        length = answer.headers.get("Content-Length")
        whole = have + int(length) if length and length.isdigit() else None
        with part.open("ab" if resumed else "wb") as file:
            while True:
                try:
                    block = answer.read(_BLOCK)
                except http.client.IncompleteRead as broken:
                    file.write(broken.partial)
                    return False
                if not block:
                    break
                file.write(block)
    return whole is None or part.stat().st_size == whole


def _keep_tag(answer: Any, tag: Path) -> None:
    told = answer.headers.get("ETag") or ""
    told = told if told and not told.startswith("W/") else answer.headers.get("Last-Modified") or ""
    if told:
        tag.write_text(told)
    else:
        tag.unlink(missing_ok=True)


def _start(answer: Any) -> int:
    told = answer.headers.get("Content-Range") or ""
    start = told.removeprefix("bytes ").partition("-")[0]
    return int(start) if start.isdigit() else -1


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _refused(address: str, reason: str) -> OutsideError:
    return OutsideError(
        f"{address} cannot be fetched: {reason}.",
        why="What was fetched so far is kept.",
        fix="Check the address and the network, then run this again: it goes on where it was.",
        where=address,
    )
