"""Ingather: from a written plan of what a model must learn to a lawful dataset and a trained baseline.

The public names are loaded when they are first used, so that importing the package costs nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False  # that of typing would load it before Ctrl-C can be answered in words
if TYPE_CHECKING:
    from typing import Any

    from ingather.plan.model import Plan
    from ingather.plan.read import read_plan
    from ingather.store.workspace import Workspace, open_workspace

__version__ = "0.1.0"
__all__ = ["Plan", "Workspace", "__version__", "open_workspace", "read_plan"]

_HOMES = {
    "Plan": "ingather.plan.model",
    "Workspace": "ingather.store.workspace",
    "open_workspace": "ingather.store.workspace",
    "read_plan": "ingather.plan.read",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'ingather' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(home), name)
