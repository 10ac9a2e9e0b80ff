"""Really Simple Licensing (RSL 1.0): licences for machines, as XML, named by robots.txt, header or page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree import ElementTree

from ingather.sources.signals.evidence import Decision, Read, Signal
from ingather.sources.signals.robots_paths import Rule, Rules, path_of, pattern_of

MEDIA_TYPE = "application/rsl+xml"
MAX_BYTES = 1_000_000
_TRAINING = frozenset({"all", "ai-all", "ai-train", "train-ai", "ai-training"})
_FREE = frozenset({"", "free", "attribution", "contribution"})


@dataclass(frozen=True, slots=True)
class RslFile:
    """An RSL document: what is asked for which paths.

    Attributes:
        file: what was fetched.
        rules: one for each content element; the longest path that matches decides, of two alike the one that
            reserves.
        decisions: what each of them says of training, by its number.
        fault: why it cannot be read, in words.
    """

    file: Read
    rules: Rules
    decisions: tuple[Decision, ...] = ()
    fault: str | None = None

    def signal(self, url: str) -> Signal | None:
        """What it says of training on an address."""
        if self.fault:
            return self.file.signal("rsl", self.fault, "train", "noted")
        best = self.rules.best(path_of(url))
        if best is None:
            return None
        return self.file.signal("rsl", best.text, "train", self.decisions[best.line - 1])


def read_rsl(file: Read) -> RslFile:
    """Reads an RSL document; one that declares entities or is above ``MAX_BYTES`` is refused."""
    if len(file.content) > MAX_BYTES:
        return RslFile(file, Rules(()), fault=f"larger than {MAX_BYTES:,} bytes")
    if b"<!DOCTYPE" in file.content or b"<!ENTITY" in file.content:
        return RslFile(file, Rules(()), fault="it declares a document type, which RSL does not have")
    try:
        root = ElementTree.fromstring(file.content)
    except (ElementTree.ParseError, ValueError) as error:
        return RslFile(file, Rules(()), fault=f"no XML: {error}")
    contents = [node for node in root.iter() if _name(node) == "content"]
    rules, decisions = [], []
    for number, content in enumerate(contents, 1):
        decision, said = _training(content)
        decisions.append(decision)
        where = content.get("url") or "/"
        pattern = pattern_of((path_of(where) if "://" in where else where).encode("utf-8", "replace"))
        rules.append(Rule(decision == "reserved", pattern, number, f"{where} {said}".strip()[:500]))
    return RslFile(file, Rules(rules), tuple(decisions))


def _training(content: ElementTree.Element) -> tuple[Decision, str]:
    """Training is allowed where one licence permits it without asking for money, reserved otherwise."""
    said: list[str] = []
    allowed = False
    licences = [node for node in content.iter() if _name(node) == "license"]
    for licence in licences:
        permits = _uses(licence, "permits")
        prohibits = _uses(licence, "prohibits")
        payments = {node.get("type", "").lower() for node in licence.iter() if _name(node) == "payment"}
        said.append(
            "; ".join(
                f"{name}: {', '.join(sorted(words))}"
                for name, words in (("permits", permits), ("prohibits", prohibits), ("payment", payments))
                if words
            )
        )
        permitted = bool(permits & _TRAINING) or not permits
        allowed |= permitted and not prohibits & _TRAINING and payments <= _FREE
    if not licences:
        return "noted", "no licence"
    return ("allowed" if allowed else "reserved"), " | ".join(said)


def _uses(licence: ElementTree.Element, name: str) -> set[str]:
    return {
        word
        for node in licence.iter()
        if _name(node) == name and node.get("type", "usage") == "usage"
        for word in re.split(r"[\s,]+", (node.text or "").strip().lower())
        if word
    }


def _name(node: ElementTree.Element) -> str:
    return str(node.tag).rpartition("}")[2].lower()
