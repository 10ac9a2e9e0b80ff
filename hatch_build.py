"""Builds the studio's pages before packing; wheel and sdist carry them, so installing needs no node."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).parent / "frontend"))


class Pages(BuildHookInterface[Any]):
    """Hatchling's hook: ``npm ci`` and ``vite build`` where the sources are newer than what was built."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Builds what is not built; an editable install goes on without node, and says so."""
        from build_pages import build

        built = build(Path(self.root))
        if built is None and version == "editable":
            self.app.display_warning("The studio's pages are not built: node is not there (make pages).")
        elif built is None:
            raise SystemExit("Building from a checkout needs node 20.19 or newer, with npm.")
