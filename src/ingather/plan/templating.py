"""Templates: commented plans to begin with, each a folder of files that is copied as it is."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath

from ingather.errors import InputError, OutsideError
from ingather.plan.findings import instead
from ingather.plan.positions import parse, plain

_PACKAGE = "ingather.plan"


def template_names() -> tuple[str, ...]:
    """The names of all templates, sorted: uses such as chatbot, and a blank one for each modality."""
    return tuple(sorted(entry.name for entry in _root().iterdir() if entry.is_dir()))


def template_purpose(name: str) -> str:
    """What a template is for: the first line of its plan.

    Raises:
        InputError: there is no such template.
    """
    return _template(name).joinpath("plan.yaml").read_text("utf-8").splitlines()[0].lstrip("# ")


def template_files(name: str) -> dict[str, bytes]:
    """What a template consists of: contents by path, relative to the folder of the plan.

    Raises:
        InputError: there is no such template.
    """
    return {str(path): entry.read_bytes() for path, entry in _walk(_template(name), PurePosixPath())}


def write_template(name: str, folder: Path) -> tuple[Path, ...]:
    """Writes a template into a folder, which is made where it is not there; ``check`` then passes in it.

    Returns:
        The files written, plan.yaml first.

    Raises:
        InputError: there is no such template, or a file of it is there already: all of these are told,
            and nothing is written.
        OutsideError: the folder cannot be written.
    """
    return write_files(template_files(name), folder)


def write_files(contents: dict[str, bytes], folder: Path) -> tuple[Path, ...]:
    """Writes files into a folder without ever replacing one; also makes the folders that plan.yaml names.

    Args:
        contents: by relative path; ``plan.yaml`` among them.
        folder: made where it is not there.

    Raises:
        InputError: a file is there already, or the folder is a file; nothing is written.
        OutsideError: the folder cannot be written.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError(f"'{folder}' is a file, not a folder.", fix="Name a folder.", where=str(folder))
    present = [name for name in contents if (folder / name).exists()]
    if present:
        raise InputError(
            f"There is already {', '.join(sorted(present))} in {folder}.",
            why="What is there is never overwritten; nothing was written.",
            fix="Name another folder, or move these files away.",
            where=str(folder),
        )
    ordered = sorted(contents, key=lambda name: (name != "plan.yaml", name))
    try:
        for place in _folders(contents.get("plan.yaml", b"").decode("utf-8")):
            (folder / place).mkdir(parents=True, exist_ok=True)
        for name in reversed(ordered):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as stream:
                stream.write(contents[name])
    except OSError as error:
        raise OutsideError(
            f"{folder} cannot be written: {error.strerror or error}.",
            fix="Check its permissions and the space left, or name another folder.",
            where=str(folder),
        ) from error
    return tuple(folder / name for name in ordered)


def _folders(text: str) -> Iterator[str]:
    """Folders that the sources of a plan name: paths that end in '/'."""
    tree, _ = parse(text)
    sources = tree.get("sources") if tree else None
    for source in sources.items if sources else []:
        path = source.fields.get("path")
        value = plain(path) if path else None
        if (
            isinstance(value, str)
            and value.endswith("/")
            and not Path(value).is_absolute()
            and "://" not in value
        ):
            yield value


def _root() -> Traversable:
    return files(_PACKAGE).joinpath("templates")


def _template(name: str) -> Traversable:
    known = template_names()
    if name not in known:
        raise InputError(
            f"There is no template '{name}'.",
            why="A template is a commented plan to begin with.",
            fix=instead(name, known, "Templates"),
        )
    return _root().joinpath(name)


def _walk(folder: Traversable, path: PurePosixPath) -> Iterator[tuple[PurePosixPath, Traversable]]:
    for entry in sorted(folder.iterdir(), key=lambda inner: inner.name):
        if entry.is_dir():
            yield from _walk(entry, path / entry.name)
        else:
            yield path / entry.name, entry
