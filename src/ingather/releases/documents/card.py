"""README.md: a Hugging Face dataset card with its YAML."""

from __future__ import annotations

from ingather.releases.facts import Facts


def card(facts: Facts) -> str:
    """The card's text."""
    plan = facts.plan
    files = "\n".join(
        f"  - split: {name}\n    path: data/{name}-*.parquet" for name, n in facts.splits.items() if n
    )
    return f"""---
pretty_name: {plan.name}
configs:
- config_name: default
  data_files:
{files}
---

# {plan.name}

{plan.objective}
"""
