"""Third pass: does what the plan says make sense together?"""

from __future__ import annotations

from ingather.plan.findings import Findings
from ingather.plan.shape import Draft


def check_sense(draft: Draft, findings: Findings) -> None:
    """Notes what contradicts itself."""
