"""Writes ``report.html``: whole or not at all, and the same bytes from the same store."""

from __future__ import annotations

import os
from pathlib import Path

from ingather.plan.model import Plan
from ingather.report.facts import read_facts
from ingather.report.page import page
from ingather.store.workspace import Workspace

REPORT_FILE = "report.html"


def report(workspace: Workspace, plan: Plan) -> Path:
    """Writes the report of a workspace beside its plan and returns where it lies.

    What is not there yet is told as such, with what to type to begin, so it can be written at any moment.
    """
    path = workspace.root / REPORT_FILE
    text = str(page(read_facts(workspace, plan)))
    fresh = path.with_suffix(".html.new")
    with open(fresh, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, path)
    return path
