"""Init: begin a workspace from a template, from data you have, or from a few questions."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import typer

from ingather.cli.output import emit, next_step, say
from ingather.cli.settings import current
from ingather.errors import InputError


def command(
    folder: Path = typer.Argument(None, help="The folder to make or to fill; nothing in it is replaced."),
    template: str = typer.Option(
        None, "--template", help="A commented plan to begin with; 'list' lists them."
    ),
    source: Path = typer.Option(None, "--from", help="Data you have: a folder, a table or an archive."),
) -> None:
    """Writes a commented plan.yaml that passes check; without options it asks in plain words."""
    from ingather.plan.templating import template_names, template_purpose, write_template

    if template == "list":
        if current().json:
            emit({"templates": {name: template_purpose(name) for name in template_names()}})
        for name in template_names():
            say(f"{name:18} {template_purpose(name)}")
        return
    if folder is None:
        raise InputError(
            "init needs to know where to begin.",
            why="The plan and all that follows from it lie in one folder, the workspace.",
            fix="ingather init FOLDER   (a dot for this folder)",
        )
    if template and source:
        raise InputError(
            "--template and --from exclude each other.",
            why="Both write the whole plan.",
            fix="Choose one; with --from the plan says what it found in your data.",
        )
    if template:
        written = write_template(template, folder)
    elif source is not None:
        written = _from_data(source, folder)
    elif sys.stdin.isatty() and not current().json:
        written = _from_answers(folder)
    else:
        raise InputError(
            "init needs to know what to begin with.",
            why="Questions are asked at a terminal only.",
            fix=f"ingather init {folder} --template NAME   (or --from PATH; --template list lists templates)",
        )
    if current().json:
        emit({"written": [str(path) for path in written]})
        return
    for path in written:
        say(f"wrote {path}")
    next_step(f"ingather -C {folder} check" if folder != Path() else "ingather check")


def _from_data(source: Path, folder: Path) -> tuple[Path, ...]:
    from ingather.plan.compose import compose
    from ingather.plan.templating import write_files
    from ingather.sources.look import look

    findings = look(source)
    options = {name: _from_there(value, folder) for name, value in findings.options.items()}
    return write_files({"plan.yaml": compose(replace(findings, options=options)).encode()}, folder)


def _from_there(value: Any, folder: Path) -> Any:
    """Paths as they are named from the plan's folder."""
    if isinstance(value, dict):
        return {name: _from_there(inner, folder) for name, inner in value.items()}
    if isinstance(value, str) and "/" in value and Path(value).exists():
        return os.path.relpath(Path(value).absolute(), folder.absolute())
    return value


def _from_answers(folder: Path) -> tuple[Path, ...]:
    from ingather.plan.questions import files_of, flaw_of, next_question, settled
    from ingather.plan.templating import write_files

    answers: dict[str, str] = {}
    while (question := next_question(answers)) is not None:
        say(f"\n{question.words}")
        for number, choice in enumerate(question.choices, 1):
            say(f"  {number}  {choice}")
        if question.hint:
            say(f"  ({question.hint})")
        answer = typer.prompt("", default=question.default or "", show_default=False, prompt_suffix="> ")
        flaw = flaw_of(question, answer)
        if flaw is not None:
            say(flaw)
            continue
        answers[question.key] = settled(question, answer)
    return write_files(files_of(answers), folder)
