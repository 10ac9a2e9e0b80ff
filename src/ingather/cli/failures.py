"""How failures are told: what is wrong, why that matters, what to do; never a traceback."""

from __future__ import annotations

import sys
from typing import Any

import orjson

from ingather.cli.settings import Settings
from ingather.errors import IngatherError, PlanError

_MEMORY_WORDS = "It ran out of memory."


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
    sys.stderr.write("\n".join(lines) + "\n")


def tell_usage(wrong: Any, settings: Settings) -> None:
    """Tells that the call's words are off."""
    message = wrong.format_message()
    context = getattr(wrong, "ctx", None)
    path = context.command_path if context is not None else "ingather"
    tell(IngatherError(message or "The call is incomplete.", fix=f"{path} --help"), settings)


def tell_unexpected(error: Exception, settings: Settings) -> int:
    """Tells a failure that Ingather did not foresee; returns the exit code."""
    outside = isinstance(error, OSError | MemoryError)
    message = _MEMORY_WORDS if isinstance(error, MemoryError) else f"{type(error).__name__}: {error}"
    tell(
        IngatherError(
            message.splitlines()[0] if message else type(error).__name__,
            why="The system refused."
            if outside
            else "This is a mistake in Ingather; what was stored is safe.",
            fix="Free what is short, then run the same command again."
            if outside
            else "Run the same command again with --debug and report what it prints.",
        ),
        settings,
    )
    return 3
