"""Puts the reference, made from the code, into the site while it is built."""

from __future__ import annotations

from typing import Any

from mkdocs.structure.files import File, Files
from reference import pages  # MkDocs puts this folder on the path while it loads its hooks


def on_files(files: Files, config: Any) -> Files:
    """Adds the generated pages."""
    for path, text in pages().items():
        files.append(File.generated(config, path, content=text))
    return files
