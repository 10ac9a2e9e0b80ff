"""How mistakes and warnings of a plan are shown."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Any

from ingather.cli.output import printable
from ingather.errors import Finding


def findings_json(mistakes: tuple[Finding, ...], warnings: tuple[Finding, ...]) -> dict[str, Any]:
    """The two lists as ``--json`` prints them."""
    return {"mistakes": [asdict(one) for one in mistakes], "warnings": [asdict(one) for one in warnings]}


def print_findings(mistakes: tuple[Finding, ...], warnings: tuple[Finding, ...]) -> None:
    """Writes them to standard error, each with its place, its field and its mend."""
    for word, findings in (("mistake", mistakes), ("warning", warnings)):
        for one in findings:
            place = f"{one.file}:{one.line}:{one.column}" if one.line else one.file
            field = f" {one.field}:" if one.field else ""
            sys.stderr.write(printable(f"{place}: {word}:{field} {one.message}\n"))
            if one.fix:
                sys.stderr.write(printable(f"    fix: {one.fix}\n"))
    if mistakes or warnings:
        sys.stderr.write("\n")
