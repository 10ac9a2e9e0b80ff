"""Collects mistakes and warnings of one plan, each with its place in the file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches

from ingather.errors import Finding
from ingather.plan.positions import Flaw, Node


@dataclass(slots=True)
class Report:
    """What the passes found so far, in any order; ``in_order`` sorts them as the file has them.

    Attributes:
        file: path as the user gave it.
        mistakes: what cannot be run.
        warnings: what is unwise.
    """

    file: str
    mistakes: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)

    def mistake(
        self, node: Node, message: str, fix: str, *, at_key: bool = False, value: str | None = None
    ) -> None:
        """Notes a mistake at a node, or at its key."""
        self.mistakes.append(self._finding(node, message, fix, at_key, value))

    def warn(
        self, node: Node, message: str, fix: str, *, at_key: bool = False, value: str | None = None
    ) -> None:
        """Notes a warning at a node, or at its key."""
        self.warnings.append(self._finding(node, message, fix, at_key, value))

    def flaw(self, flaw: Flaw) -> None:
        """Notes what is wrong with the file as YAML."""
        self.mistakes.append(
            Finding(
                self.file,
                flaw.span.line,
                flaw.span.column,
                flaw.path,
                flaw.value,
                sentence(flaw.message),
                flaw.fix,
            )
        )

    def _finding(self, node: Node, message: str, fix: str, at_key: bool, value: str | None) -> Finding:
        span = node.key if at_key and node.key else node.span
        told = node.told() if value is None else value
        return Finding(self.file, span.line, span.column, node.path, told, sentence(message), sentence(fix))


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Report as the file has them, each once."""
    return tuple(sorted(dict.fromkeys(findings), key=lambda f: (f.line, f.column, f.field, f.message)))


def sentence(text: str) -> str:
    """The text with a capital first letter and an end."""
    text = text.strip()
    if not text:
        return text
    text = text[0].upper() + text[1:]
    return text if text[-1] in ".!?:" else text + "."


def nearest(word: str, known: Iterable[str], *, least: float = 0.6) -> str | None:
    """The known name that is written most like this one, or None where none is that alike (0 to 1)."""
    by_lower = {name.lower().replace("_", "-"): name for name in known}
    near = get_close_matches(word.lower().replace("_", "-"), by_lower, n=1, cutoff=least)
    return by_lower[near[0]] if near else None


def instead(word: str, known: Iterable[str], what: str = "") -> str:
    """The fix for a name that is not known: the nearest one, and the list where it is short."""
    names = list(known)
    near = nearest(word, names)
    shown = ", ".join(names[:20]) + (f" and {len(names) - 20} more" if len(names) > 20 else "")
    listed = f"{what or 'Known'}: {shown}." if names else ""
    return f"Write '{near}'. {listed}".strip() if near else listed or "There is nothing to choose from yet."
