"""Second pass: do all names that the plan uses exist?"""

from __future__ import annotations

from ingather.plan.findings import Findings
from ingather.plan.shape import Draft


def check_names(draft: Draft, findings: Findings) -> None:
    """Notes names that do not exist."""
