"""Everything Ingather raises on purpose.

IngatherError            any of the below; carries what is wrong, why that matters, how to mend it
├── InputError           what was given cannot be used (exit 2)
│   ├── PlanError        the plan has mistakes, all of them listed
│   └── MissingExtra     a part is not installed; the fix is the command that installs it
├── NotMet               the plan's own condition is not met under --strict (exit 1)
└── OutsideError         something outside failed, trying again may help (exit 3)
└── WorkspaceBusy    another run holds the workspace's lease
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake or warning in a file, where it stands and how it is put right.

    Attributes:
        file: path as the user gave it.
        line: 1-based line, 0 where the file as a whole is meant.
        column: 1-based column, 0 likewise.
        field: dotted path inside the file, such as ``targets.groups[1].by``.
        value: the offending value, as text.
        message: what is wrong, one sentence.
        fix: what to write instead.
    """

    file: str
    line: int
    column: int
    field: str
    value: str
    message: str
    fix: str


class IngatherError(Exception):
    """Any failure that is told in words: what, why it matters, and the command or edit that mends it."""

    exit_code = 2

    def __init__(self, message: str, *, why: str = "", fix: str = "", where: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.why = why
        self.fix = fix
        self.where = where

    def as_json(self) -> dict[str, str]:
        """The four fields that ``--json`` prints under ``error``."""
        return {"message": self.message, "why": self.why, "fix": self.fix, "where": self.where}


class InputError(IngatherError):
    """What was given cannot be used; nothing was touched."""


class PlanError(InputError):
    """The plan cannot be run; ``mistakes`` holds every reason at once."""

    def __init__(self, mistakes: tuple[Finding, ...], warnings: tuple[Finding, ...] = ()) -> None:
        count = len(mistakes)
        first = mistakes[0]
        super().__init__(
            f"The plan has {count} mistake{'s' if count != 1 else ''}.",
            why="Nothing is run until the plan is sound, so that nothing has to be undone.",
            fix="Mend what is listed, then: ingather check",
            where=f"{first.file}:{first.line}",
        )
        self.mistakes = mistakes
        self.warnings = warnings


class MissingExtra(InputError):
    """An optional part is not installed."""

    def __init__(self, extra: str, needed_for: str) -> None:
        super().__init__(
            f"{needed_for} needs the extra '{extra}', which is not installed.",
            why="Heavy parts are left out of the base install.",
            fix=f"pip install 'ingather[{extra}]'",
        )
        self.extra = extra


class NotMet(IngatherError):
    """The plan's own condition is not met, and ``--strict`` was asked for."""

    exit_code = 1


class OutsideError(IngatherError):
    """Something outside failed: the network, a disk, a database. Trying again may help."""

    exit_code = 3


class WorkspaceBusy(OutsideError):
    """Another run holds the workspace."""
