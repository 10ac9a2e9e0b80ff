"""Puts the reference, made from the code, into the site while it is built."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

sys.path.insert(0, str(Path(__file__).parent))


def on_files(files: Files, config: Any) -> Files:
    """Adds the generated pages."""
    from reference import pages

    for path, text in pages().items():
        files.append(File.generated(config, path, content=text))
    return files
