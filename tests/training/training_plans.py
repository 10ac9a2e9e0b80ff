"""Short plans for the tests of training."""

from __future__ import annotations

from typing import Any

from ingather.plan.model import Plan


def plan(**sections: Any) -> Plan:
    given: dict[str, Any] = {
        "version": 1,
        "name": "trial",
        "objective": "To try.",
        "modality": "text",
        "task": {"type": "classification"},
        "sources": [{"name": "all", "kind": "files"}],
        **sections,
    }
    return Plan.model_validate(given)
