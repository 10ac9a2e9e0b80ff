"""Robots: what a robots.txt says to an agent about an address."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from ingather.cli.output import emit, say
from ingather.cli.settings import current
from ingather.errors import InputError


def command(
    file: Path | None = typer.Argument(None, help="The robots.txt."),
    url: str | None = typer.Argument(None, help="The address that is asked for; may be empty."),
    agent: str = typer.Option("*", "--agent", help="The crawler's name in robots files; may be empty."),
    cases: Path | None = typer.Option(
        None, "--cases", help="JSON lines of robots, agent and url, each answered with allowed added."
    ),
) -> None:
    """Says whether an agent may fetch an address, and which line of the robots.txt decides."""
    if cases is not None:
        _answer_cases(cases)
        return
    if file is None or url is None:
        raise InputError(
            "A robots.txt and an address are needed.",
            why="The answer is about one address.",
            fix="ingather robots FILE URL --agent NAME, or ingather robots --cases FILE.jsonl",
        )
    from ingather.sources.signals.robots import parse_robots

    decision = parse_robots(_read(file)).decide(agent, url)
    if current().json:
        emit(decision.as_json())
        return
    said = f"line {decision.line}: {decision.rule}" if decision.line else "no line is about it"
    say(f"{'allowed' if decision.allowed else 'not allowed'} ({said})")


def _read(file: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise InputError(
            f"{file} cannot be read: {error.strerror or error}.",
            why="Without the file there is nothing to decide by.",
            fix="Name a file that exists, or - for standard input.",
            where=str(file),
        ) from error


def _answer_cases(file: Path) -> None:
    """Writes one line out for each line in, all of what came in kept, in the same order."""
    import json

    from ingather.sources.signals.robots import Robots, parse_robots

    parsed: dict[str, Robots] = {}
    cases = list(_cases(file))
    for case in cases:
        content = case["robots"]
        robots = parsed.get(content)
        if robots is None:
            robots = parsed[content] = parse_robots(content.encode("utf-8", "surrogatepass"))
        case |= robots.decide(case.get("agent") or "", case.get("url") or "").as_json()
    sys.stdout.write("".join(json.dumps(case) + "\n" for case in cases))


def _cases(file: Path) -> Iterator[dict[str, Any]]:
    """The cases of a file, once every line of it is sound."""
    import json

    wrong: list[str] = []
    cases: list[dict[str, Any]] = []
    for number, line in enumerate(_read(file).splitlines(), 1):
        if not line.strip():
            continue
        try:
            case = json.loads(line)
        except ValueError as error:
            wrong.append(f"line {number} is no JSON ({error})")
            continue
        if not isinstance(case, dict) or not isinstance(case.get("robots"), str):
            wrong.append(f"line {number} lacks robots as text")
            continue
        if any(not isinstance(case.get(name) or "", str) for name in ("agent", "url")):
            wrong.append(f"in line {number} agent or url is no text")
            continue
        cases.append(case)
    if wrong:
        raise InputError(
            f"{file} has {len(wrong)} lines that are no cases: {'; '.join(wrong[:5])}.",
            why="Nothing is answered until every line can be, so that lines in and lines out agree.",
            fix='Write one {"robots": "...", "agent": "...", "url": "..."} a line.',
            where=str(file),
        )
    yield from cases
