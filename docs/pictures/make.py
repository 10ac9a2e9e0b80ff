"""Draws the demonstration's own words as they stand at a terminal: ``python docs/pictures/make.py [OUTPUT]``.

Without OUTPUT, a file that holds what ``ingather demo`` printed, the demonstration is run.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.text import Text

PICTURE = Path(__file__).parent / "demo.svg"
WIDTH = 118


def main() -> None:
    """Writes ``demo.svg`` beside this file."""
    told = Path(sys.argv[1]).read_text("utf-8") if len(sys.argv) > 1 else run_demo()
    PICTURE.write_text(draw(told), encoding="utf-8")


def run_demo() -> str:
    """What ``ingather demo`` prints."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "ingather", "demo"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout


def draw(told: str) -> str:
    """An SVG of a terminal that asks nothing of the network."""
    console = Console(record=True, width=WIDTH, file=StringIO())
    console.print(Text("$ ingather demo", style="bold"))
    told = re.sub(r"It took \d+ s\. ", "", told)  # says more of the machine than of the demonstration
    for line in told.rstrip().splitlines():
        for piece in wrapped(line):
            text = Text(piece)
            text.highlight_regex(r"^\d  [A-Z]+", style="bold cyan")
            text.highlight_regex(r"\d+%(?! \()(?= as proposed)", style="bold green")
            console.print(text)
    picture = console.export_svg(title="ingather demo", unique_id="demo")
    picture = re.sub(r"@font-face\s*\{.*?\}", "", picture, flags=re.DOTALL)
    return re.sub(r"[ \t]+\n", "\n", picture.replace("Fira Code, monospace", "monospace"))


def wrapped(line: str) -> list[str]:
    """A line in pieces that fit, further ones set in as deep as the first one's words."""
    depth = len(line) - len(line.lstrip())
    if line[:1].isdigit():
        depth = 12
    pieces = []
    while len(line) > WIDTH:
        cut = line.rfind(" ", depth + 1, WIDTH)
        pieces.append(line[:cut])
        line = " " * depth + line[cut + 1 :]
    return [*pieces, line]


if __name__ == "__main__":
    main()
