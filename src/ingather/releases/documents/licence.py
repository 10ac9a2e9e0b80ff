"""LICENSE.md: under what the parts of a release lie, with the texts that are the plan's own."""

from __future__ import annotations

from ingather.plan.licences import terms_of
from ingather.releases.documents.markdown import bullets, table
from ingather.releases.facts import Facts

_SPDX = "https://spdx.org/licenses/"


def address(licence: str) -> str:
    """Where a licence's text is read: SPDX's page, or the part of LICENSE.md that has it."""
    return "LICENSE.md" if licence.startswith("LicenseRef-") else f"{_SPDX}{licence}.html"


def licence_text(facts: Facts) -> str:
    """The text of LICENSE.md."""
    own = facts.plan.rights.own
    whole = facts.plan.release.licence if facts.plan.release else None
    rows = [
        (name, n, ", ".join(sorted(terms_of(name, own) or ())) or "none")
        for name, n in facts.licences.items()
    ]
    parts = [
        "# Licences",
        f"The collection as a whole is offered under {whole}; each sample keeps its own, in the column "
        "`licence`."
        if whole
        else "Each sample has its own licence, in the column `licence`.",
        table(("Licence", "Samples", "Asks"), rows),
        bullets(
            f"{name}: <{address(name)}>" for name in facts.mix.licences if not name.startswith("License")
        ),
        *(f"## {name}\n\n{terms.text}" for name, terms in own.items() if name in facts.mix.licences),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"
