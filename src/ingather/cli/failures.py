"""How failures are told: what is wrong, why that matters, what to do; never a traceback."""

from __future__ import annotations

import errno
import sys
from typing import Any

import orjson

from ingather.cli.output import printable
from ingather.cli.settings import Settings
from ingather.errors import IngatherError, PlanError

_MEMORY_WORDS = "It ran out of memory."
_FULL = "There is no room left on the disk."
_NO_SPACE = "No space left on device"
_FREE = "Free what is short, then run the same command again: it goes on where it was."


def tell(error: IngatherError, settings: Settings) -> None:
    """Tells one failure, as JSON on standard output or in words on standard error."""
    if settings.json:
        told: dict[str, Any] = {"error": error.as_json()}
        if isinstance(error, PlanError):
            from ingather.cli.findings import findings_json

            told |= {"ok": False, **findings_json(error.mistakes, error.warnings)}
        sys.stdout.write(orjson.dumps(told).decode() + "\n")
        return
    if isinstance(error, PlanError):
        from ingather.cli.findings import print_findings

        print_findings(error.mistakes, error.warnings)
    lines = [f"ingather: {error.message}"]
    if error.where and not isinstance(error, PlanError):
        lines.append(f"  where: {error.where}")
    if error.why:
        lines.append(f"  why: {error.why}")
    if error.fix:
        lines.append(f"  fix: {error.fix}")
    sys.stderr.write(printable("\n".join(lines)) + "\n")


def tell_usage(wrong: Any, settings: Settings) -> None:
    """Tells that the call's words are off."""
    message = wrong.format_message()
    context = getattr(wrong, "ctx", None)
    path = context.command_path if context is not None else "ingather"
    tell(IngatherError(message or "The call is incomplete.", fix=f"{path} --help"), settings)


def tell_interrupted(settings: Settings) -> int:
    """Tells that somebody stopped the call; returns the exit code."""
    if sys.stderr.isatty():
        sys.stderr.write("\n")  # below the ^C
    fix = "The same command again: it goes on with what is done already, and nothing is half written."
    tell(IngatherError("Interrupted.", fix=fix), settings)
    return 130


def tell_unexpected(error: Exception, settings: Settings) -> int:
    """Tells a failure that Ingather did not foresee; returns the exit code."""
    message = f"{type(error).__name__}: {error}".splitlines()[0]
    why, fix = (
        "This is a mistake in Ingather; what was stored is safe.",
        "Run the same command again with --debug and report what it prints.",
    )
    where = ""
    if isinstance(error, MemoryError):
        message, why, fix = _MEMORY_WORDS, "The system refused.", _FREE
    elif type(error).__module__.startswith("sqlalchemy."):
        message = f"The workspace's database refused: {getattr(error, 'orig', None) or error}".splitlines()[0]
        why = "Another program holds it, or it is damaged or full. What was stored before is safe."
        fix = "See that nothing else has it open and that the disk has room, then run the same command again."
    elif isinstance(error, OSError) or _NO_SPACE in str(error):
        full = getattr(error, "errno", None) == errno.ENOSPC or _NO_SPACE in str(error)
        message = (
            _FULL if full else error.strerror if isinstance(error, OSError) and error.strerror else message
        )
        where = str(getattr(error, "filename", None) or "")
        why = "The system refused. What was stored before is safe."
        fix = (
            _FREE if full else "See that this user may read and write there, then run the same command again."
        )
    tell(IngatherError(message, why=why, fix=fix, where=where), settings)
    return 3
