"""What may stand before or after every verb: -C DIR, --json, --debug."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ingather.errors import InputError

if TYPE_CHECKING:
    from ingather.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one call.

    Attributes:
        folder: the workspace named by -C, None for the nearest upwards.
        json: whether exactly one JSON document goes to standard output.
        debug: whether errors show their traceback.
        unnamed: whether -C stands without a folder.
    """

    folder: Path | None = None
    json: bool = False
    debug: bool = False
    unnamed: bool = False


_current = Settings()


def split(arguments: list[str]) -> tuple[list[str], Settings]:
    """Takes the settings out of a call's arguments, wherever they stand before ``--``."""
    rest: list[str] = []
    folder: Path | None = None
    as_json = debug = unnamed = False
    words = iter(arguments)
    for word in words:
        if word == "--":
            rest += [word, *words]
        elif word == "-C":
            said = next(words, "")
            folder = Path(said) if said else None
            unnamed = not said
        elif word.startswith("-C") and not word.startswith("--"):
            folder = Path(word[2:])
        elif word == "--json":
            as_json = True
        elif word == "--debug":
            debug = True
        else:
            rest.append(word)
    return rest, Settings(folder, as_json, debug, unnamed)


def use(settings: Settings) -> None:
    """Makes these the settings of this process."""
    global _current
    _current = settings


def current() -> Settings:
    """The settings of this call."""
    return _current


def workspace() -> Workspace:
    """The workspace that this call is about.

    Raises:
        InputError: there is no plan there or above.
    """
    from ingather.store.workspace import PLAN_FILE, find_workspace, open_workspace

    folder = _current.folder
    if folder is None:
        return open_workspace(find_workspace(Path.cwd()))
    if not (folder / PLAN_FILE).is_file():
        raise InputError(
            f"There is no {PLAN_FILE} in {folder}.",
            why="-C names a workspace: the folder that holds the plan.",
            fix=f"ingather init {folder}",
        )
    return open_workspace(folder)
