"""Statements of preference: AIPREF's ``Content-Usage`` and Cloudflare's ``Content-Signal``.

The vocabulary is that of draft-ietf-aipref-vocab (``train-ai``, ``bots``, ``ai``, ``tdm``, ``search``) in any
of its versions, and of contentsignals.org (``ai-train``, ``ai-input``, ``search``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ingather.sources.signals.evidence import Decision
from ingather.sources.signals.robots_paths import Rule, Rules, path_of, pattern_of

_STATEMENT = re.compile(r"([a-z][a-z0-9_*-]*)\s*=\s*\"?\??([a-z0-9]+)", re.I)
_YES = frozenset({"y", "yes", "1", "true", "allow"})
_NO = frozenset({"n", "no", "0", "false", "deny", "disallow"})
_TRAINING = ("train-ai", "ai-train", "train-genai", "genai", "ai-training")
_ALL_USES = ("ai", "tdm", "bots", "all")


def training(value: str) -> Decision:
    """What a list of preferences says of training: narrow words count before wide ones, no before yes."""
    said = {name.lower(): answer.lower() for name, answer in _STATEMENT.findall(value)}
    for names in (_TRAINING, _ALL_USES):
        answers = {said[name] for name in names if name in said}
        if answers & _NO:
            return "reserved"
        if answers & _YES:
            return "allowed"
    return "noted"


def for_path(values: Iterable[tuple[str, int]], url: str) -> tuple[str, int] | None:
    """Of the usage lines of a robots.txt the one for an address: the longest path that matches.

    Args:
        values: value and line number; a value may begin with a path, which it is then about.
        url: the address.
    """
    rules: list[Rule] = []
    without: list[tuple[str, int]] = []
    for value, line in values:
        path, _, rest = value.partition(" ")
        if path.startswith(("/", "*")) and rest:
            rules.append(Rule(training(rest) == "reserved", pattern_of(path.encode()), line, value))
        else:
            without.append((value, line))
    best = Rules(rules).best(path_of(url)) if rules else None
    if best is not None:
        return best.text, best.line
    if not without:
        return None
    return next((one for one in without if training(one[0]) == "reserved"), without[0])
