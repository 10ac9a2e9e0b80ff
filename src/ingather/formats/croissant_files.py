"""The files of a Croissant document, found below its folder and inside its archives; nothing is fetched."""

from __future__ import annotations

import hashlib
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from ingather.formats.croissant_model import Resource
from ingather.formats.media_files import find_below
from ingather.sample import Loss

_LARGEST = 1 << 30
_MOST = 2_000_000
_RATIO = 1100
"""The most that deflate can pack."""
_ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file of a resource.

    Attributes:
        name: its path below the folder or inside its archive.
        content: its bytes where it lies in an archive, else its path.
    """

    name: str
    content: bytes | Path

    def read(self) -> bytes:
        """Its bytes.

        Raises:
            OSError: it cannot be read.
        """
        return self.content if isinstance(self.content, bytes) else self.content.read_bytes()


def files_of(
    resource: Resource, resources: Mapping[str, Resource], root: Path, depth: int = 0
) -> Iterator[FoundFile | Loss]:
    """The files of a resource in order; what is not there, damaged or leads out of the folder is told."""
    if depth > 8:
        yield Loss(resource.id, "lies in archives without end")
        return
    if not resource.inside:
        if resource.several:
            yield from _below(root, resource, root)
        else:
            yield _single(resource, root)
        return
    for name in resource.inside:
        holder = resources.get(name)
        if holder is None:
            yield Loss(resource.id, f"lies in '{name}', which the document does not describe")
            continue
        for outer in files_of(holder, resources, root, depth + 1):
            yield from (outer,) if isinstance(outer, Loss) else _inside(outer, resource, root)


def _single(resource: Resource, root: Path) -> FoundFile | Loss:
    """The one file of a resource: where its address says, or under its last name in the folder."""
    url = resource.url
    names = [PurePosixPath(url).name, f"data/{PurePosixPath(url).name}"] if "://" in url else [url]
    if "://" not in url and (url in (".", "./") or (root / url).is_dir()):
        folder = (root / url).resolve()
        if not folder.is_relative_to(root.resolve()):
            return Loss(resource.id, f"'{url}' leads out of the data set's folder: it is not read")
        return FoundFile(url, folder)
    for name in names:
        found = find_below(root, name)
        if isinstance(found, Path):
            return FoundFile(name, found)
    if "://" in url:
        return Loss(resource.id, f"{url} is not fetched: put {names[0]} beside the document")
    return Loss(resource.id, find_below(root, url) if url else "has no contentUrl")  # type: ignore[arg-type]


def wrong_sum(resource: Resource, found: FoundFile) -> Loss | None:
    """What to tell where a file is not the one that the document describes, else None."""
    if len(resource.sha256) != 64 or (isinstance(found.content, Path) and not found.content.is_file()):
        return None
    digest = hashlib.sha256()
    if isinstance(found.content, bytes):
        digest.update(found.content)
    else:
        with found.content.open("rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    if digest.hexdigest() == resource.sha256:
        return None
    return Loss(found.name, "its checksum is not the one that the document tells: it was changed", 0)


def _inside(outer: FoundFile, resource: Resource, root: Path) -> Iterator[FoundFile | Loss]:
    if isinstance(outer.content, Path) and outer.content.is_dir():
        if resource.several:
            yield from _below(outer.content, resource, root)
        else:
            yield _single(resource, outer.content)
        return
    wanted = 0
    try:
        for found in _members(outer):
            if isinstance(found, Loss):
                yield found
            elif _fits(found.name, resource):
                wanted += 1
                yield found
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, tarfile.TarError, ValueError,
            NotImplementedError, RuntimeError) as error:  # fmt: skip
        yield Loss(outer.name, f"cannot be unpacked: {error}")
        return
    if not wanted:
        yield Loss(resource.id, f"no file of {outer.name} is one of it")


def _below(folder: Path, resource: Resource, root: Path) -> Iterator[FoundFile | Loss]:
    found = 0
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder).as_posix()
        if any(part.startswith(".") for part in name.split("/")) or not file.is_file():
            continue
        if _fits(name, resource) and file.resolve().is_relative_to(root.resolve()):
            found += 1
            yield FoundFile(name, file)
    if not found:
        yield Loss(resource.id, f"no file is one of it ({', '.join(resource.includes) or 'no pattern'})")


def _fits(name: str, resource: Resource) -> bool:
    if not resource.several:
        return name == resource.url.removeprefix("./")
    return _matches(name, resource.includes) and not _matches(name, resource.excludes)


def _matches(name: str, patterns: Sequence[str]) -> bool:
    """Whether a path fits a pattern, whole or by its end; ``**`` stands for any folders."""
    for pattern in patterns:
        plain = pattern.removeprefix("./").replace("**/", "*")
        if fnmatchcase(name, plain) or ("/" not in plain and fnmatchcase(PurePosixPath(name).name, plain)):
            return True
    return False


def _members(outer: FoundFile) -> Iterator[FoundFile | Loss]:
    """Files of an archive; names that climb out, bombs and what is over 1 GB are told and passed over."""
    import io

    source = outer.content if isinstance(outer.content, Path) else io.BytesIO(outer.content)
    if zipfile.is_zipfile(source):
        with zipfile.ZipFile(source) as packed:
            for count, info in enumerate(sorted(packed.infolist(), key=lambda one: one.filename)):
                if count > _MOST:
                    yield Loss(outer.name, f"holds over {_MOST:,} files: the rest is not read")
                    return
                if info.is_dir():
                    continue
                flaw = _flaw(info.filename, info.file_size)
                if flaw is None and info.file_size > max(info.compress_size, 1) * _RATIO + 1024:
                    flaw = "would swell beyond what packing can do"
                if flaw:
                    yield Loss(f"{outer.name}: {info.filename}", flaw)
                else:
                    yield FoundFile(info.filename, packed.read(info))
        return
    with tarfile.open(source) if isinstance(source, Path) else tarfile.open(fileobj=source) as tar:
        for count, member in enumerate(tar):
            if count > _MOST:
                yield Loss(outer.name, f"holds over {_MOST:,} files: the rest is not read")
                return
            if not member.isfile():
                continue
            flaw = _flaw(member.name, member.size)
            stream = None if flaw else tar.extractfile(member)
            if flaw or stream is None:
                yield Loss(f"{outer.name}: {member.name}", flaw or "cannot be read")
            else:
                yield FoundFile(member.name.removeprefix("./"), stream.read())


def _flaw(name: str, size: int) -> str | None:
    if ".." in name.replace("\\", "/").split("/") or name.startswith(("/", "\\")):
        return "its path climbs out of the archive"
    return f"is {size:,} bytes large: files above 1 GB in archives are not read" if size > _LARGEST else None
