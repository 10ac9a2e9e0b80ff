"""Archives read as if they were folders, without unpacking them to disk: zip, tar, gz and zst."""

from __future__ import annotations

import gzip
import io
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from ingather.errors import InputError
from ingather.sources.archive_limits import (
    LIMITS,
    ArchiveLimits,
    BoundedStream,
    bomb,
    buffered,
    unreadable_archive,
    unsafe_name,
)
from ingather.sources.listing import Entry, natural
from ingather.sources.losses import Tally

_PACKED = (".gz", ".tgz", ".zst", ".tzst")
_TARS = (".tar", ".tgz", ".tzst", ".tar.gz", ".tar.zst")
_PASSED_OVER = ("__MACOSX/", ".DS_Store", "Thumbs.db")


def is_archive(name: str) -> bool:
    """Whether a name is that of an archive or of one packed file."""
    return name.lower().endswith((".zip", ".tar", *_PACKED))


def archive_entries(archive: Entry, tally: Tally, limits: ArchiveLimits = LIMITS) -> Iterator[Entry]:
    """Every file in an archive, and in archives inside it.

    Args:
        archive: the archive.
        tally: told of entries that are refused.
        limits: bounds on ratio, entries, depth and total bytes.

    Raises:
        InputError: it is no archive, or swells beyond the bounds.
    """
    yield from _entries(archive, "", tally, limits, 1)


def _entries(archive: Entry, prefix: str, tally: Tally, limits: ArchiveLimits, depth: int) -> Iterator[Entry]:
    name = archive.name.lower()
    if name.endswith(".zip"):
        members = _zip_entries(archive, tally, limits)
    elif name.endswith(_TARS):
        members = _tar_entries(archive, tally, limits)
    else:
        members = iter((_packed_file(archive, limits),))
    count = 0
    for member in members:
        count += 1
        if count > limits.entries:
            raise bomb(archive.name, f"it holds over {limits.entries:,} entries")
        if not is_archive(member.name):
            yield _renamed(member, prefix + member.name)
        elif depth >= limits.depth:
            tally.add(prefix + member.name, f"archives lie more than {limits.depth} deep: not opened")
        elif member.size > limits.inner:
            tally.add(
                prefix + member.name, f"an archive inside an archive over {limits.inner:,} bytes: not opened"
            )
        else:
            try:
                with member.open() as stream:
                    content = stream.read()
            except OSError as error:
                tally.add(prefix + member.name, f"cannot be read: {error}")
                continue
            inner = Entry(
                member.name, len(content), member.stamp, None, partial(io.BytesIO, content), member.uri
            )
            try:
                yield from _entries(inner, f"{prefix}{member.name}/", tally, limits, depth + 1)
            except InputError as error:
                tally.add(prefix + member.name, error.message)


def _renamed(entry: Entry, name: str) -> Entry:
    if name == entry.name:
        return entry
    return Entry(name, entry.size, entry.stamp, None, entry.opener, entry.uri)


def _packed_file(archive: Entry, limits: ArchiveLimits) -> Entry:
    """The one file inside a .gz or .zst; its size is known only once it is read."""
    name = archive.name[: -len(PurePosixPath(archive.name).suffix)]
    opener = partial(_unpacked, archive, limits)
    return Entry(name, archive.size, archive.stamp, None, opener, archive.uri)


def _unpacked(archive: Entry, limits: ArchiveLimits) -> BinaryIO:
    raw = archive.open()
    stream: Any
    if archive.name.lower().endswith((".zst", ".tzst")):
        stream = _zstd_file(raw)
    else:
        stream = gzip.GzipFile(fileobj=raw)
    return buffered(BoundedStream(stream, archive.size, archive.name, limits))


def _zstd_file(raw: BinaryIO) -> Any:
    try:  # a part of Python from 3.14 on
        module = import_module("compression.zstd")
    except ImportError:
        module = import_module("backports.zstd")
    return module.ZstdFile(raw)


def _zip_entries(archive: Entry, tally: Tally, limits: ArchiveLimits) -> Iterator[Entry]:
    try:
        opened = zipfile.ZipFile(archive.open())
    except (zipfile.BadZipFile, OSError, NotImplementedError) as error:
        raise unreadable_archive(archive.name, error) from error
    members = opened.infolist()
    if len(members) > limits.entries:
        raise bomb(archive.name, f"it holds {len(members):,} entries")
    most = min(limits.total, max(limits.free, int(archive.size * limits.ratio)))
    total = sum(member.file_size for member in members)
    if total > most:
        raise bomb(archive.name, f"it unpacks to {total:,} bytes, from {archive.size:,}")
    for member in sorted(members, key=lambda member: natural(member.filename)):
        refused = unsafe_name(member.filename) or _zip_kind(member)
        if refused:
            tally.add(member.filename, f"{refused}: refused")
        elif not member.is_dir() and not _is_system(member.filename):
            yield Entry(
                member.filename,
                member.file_size,
                f"{member.file_size}-{member.CRC:08x}",
                None,
                _zip_opener(opened, member, archive.name, limits),
                f"{archive.uri}!/{member.filename}",
            )


def _zip_kind(member: zipfile.ZipInfo) -> str | None:
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return "it is a link"
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "it is a device"
    if member.flag_bits & 1:
        return "it is locked with a password"
    return None


def _zip_opener(
    opened: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, limits: ArchiveLimits
) -> Callable[[], BinaryIO]:
    def opener() -> BinaryIO:
        try:
            stream = opened.open(member)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
            raise OSError(f"damaged, or packed in a way that is not known ({error})") from error
        return buffered(BoundedStream(stream, member.compress_size, f"{name}: {member.filename}", limits))

    return opener


def _tar_entries(archive: Entry, tally: Tally, limits: ArchiveLimits) -> Iterator[Entry]:
    """In the archive's own order: a packed tar is unpacked once to list it and once more to read it."""
    stream = _unpacked(archive, limits) if archive.name.lower().endswith(_PACKED) else archive.open()
    try:
        opened = tarfile.open(fileobj=stream, mode="r:")  # noqa: SIM115 - the entries read from it later
        members = _tar_members(opened, archive.name, limits)
    except (tarfile.TarError, OSError) as error:
        raise unreadable_archive(archive.name, error) from error
    for member in members:
        refused = unsafe_name(member.name) or _tar_kind(member)
        if refused:
            tally.add(member.name, f"{refused}: refused")
        elif member.isfile() and not _is_system(member.name):
            name = member.name.removeprefix("./")
            opener = partial(_tar_member, opened, member)
            stamp = f"{member.size}-{member.mtime}"
            yield Entry(name, member.size, stamp, None, opener, f"{archive.uri}!/{name}")


def _tar_members(opened: tarfile.TarFile, name: str, limits: ArchiveLimits) -> list[tarfile.TarInfo]:
    members = []
    for member in opened:
        members.append(member)
        if len(members) > limits.entries:
            raise bomb(name, f"it holds over {limits.entries:,} entries")
    return members


def _tar_kind(member: tarfile.TarInfo) -> str | None:
    if member.issym() or member.islnk():
        return "it is a link"
    if not (member.isfile() or member.isdir()):
        return "it is a device"
    return None


def _tar_member(opened: tarfile.TarFile, member: tarfile.TarInfo) -> BinaryIO:
    stream = opened.extractfile(member)
    if stream is None:
        raise OSError("it holds no bytes")
    return stream  # type: ignore[return-value]


def _is_system(name: str) -> bool:
    return name.startswith(_PASSED_OVER[0]) or name.rpartition("/")[2] in _PASSED_OVER
