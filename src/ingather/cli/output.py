"""What commands print: one JSON document, or tables and the next command to type."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ingather.cli.settings import current

if TYPE_CHECKING:
    from rich.console import Console

    from ingather.engine.progress import Progress


def emit(document: dict[str, Any]) -> None:
    """Prints the JSON document of this call."""
    import orjson

    sys.stdout.write(orjson.dumps(document, option=orjson.OPT_NON_STR_KEYS, default=str).decode() + "\n")


def say(text: str = "") -> None:
    """Prints a line for a person; with --json nothing."""
    if not current().json:
        print(printable(text))


def printable(text: str) -> str:
    """The text without characters that could steer a terminal; lines and tabs stay."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in "\n\t" else "�" for c in text)


def next_step(command: str) -> None:
    """Tells what to type next."""
    say(f"\nNext: {command}")


def console(stderr: bool = False) -> Console:
    """A Rich console that honours NO_COLOR and plain pipes."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    return Console(stderr=stderr, highlight=False, width=None if stream.isatty() else 160)


def table(columns: Sequence[str], rows: Sequence[Sequence[Any]], *, right: Sequence[int] = ()) -> None:
    """Prints a table for a person."""
    if current().json or not rows:
        return
    from rich.box import SIMPLE
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=SIMPLE, pad_edge=False, header_style="bold")
    for number, name in enumerate(columns):
        drawn.add_column(
            name, justify="right" if number in right else "left", overflow="fold", no_wrap=not name
        )
    for row in rows:
        drawn.add_row(*(Text(printable(str(cell))) for cell in row))
    console().print(drawn)


@contextmanager
def progress() -> Iterator[Progress]:
    """A progress display on standard error; silent unless it is a terminal and takes over a second."""
    if not sys.stderr.isatty():
        from ingather.engine.progress import SILENT

        yield SILENT
        return
    shown = _Bar()
    try:
        yield shown
    finally:
        shown.close()


class _Bar:
    """Rich's bar with rate and remaining time, drawn only once something takes over a second."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._task: Any = None
        self._what, self._done = "", 0
        self._total: int | None = None
        self._began = time.monotonic()

    def begin(self, what: str, total: int | None) -> None:
        self.close()
        self._what, self._total, self._done, self._began = what, total, 0, time.monotonic()

    def advance(self, count: int) -> None:
        self._done += count
        if self._bar is None and time.monotonic() - self._began > 1:
            self._draw()
        if self._bar is not None:
            self._bar.update(self._task, completed=self._done)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def _draw(self) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
        from rich.progress import TaskProgressColumn as Rate

        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            Rate(show_speed=True),
            TimeRemainingColumn(),
            console=console(stderr=True),
            transient=True,
        )
        self._task = self._bar.add_task(self._what, total=self._total)
        self._bar.start()
