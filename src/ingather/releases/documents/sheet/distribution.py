"""How the dataset is passed on."""

from __future__ import annotations

from ingather.releases.documents.licence import address
from ingather.releases.documents.markdown import bullets
from ingather.releases.documents.sheet import Question
from ingather.releases.facts import Facts


def _to_whom(facts: Facts) -> str:
    wanted = [name for name in ("publish", "share", "commercial") if name in facts.plan.rights.purposes]
    return (
        f"The plan's purposes name: {', '.join(wanted)}."
        if wanted
        else "The plan names no purpose to pass it on."
    )


def _how(facts: Facts) -> str:
    further = f" and as {', '.join(facts.formats)}" if facts.formats else ""
    return (
        f"As a folder of Parquet shards that the Hugging Face loader reads{further}. Its digest is the "
        "SHA-256 of `manifest.json`. Where it lies is for a person to say."
    )


def _licence(facts: Facts) -> str:
    whole = facts.plan.release.licence if facts.plan.release else None
    start = f"As a whole under {whole}. " if whole else ""
    parts = [f"{name} ({n:,} samples)" for name, n in facts.licences.items()]
    links = ", ".join(f"<{address(n)}>" for n in facts.mix.licences if not n.startswith("LicenseRef-"))
    return start + f"Its samples lie under {', '.join(parts)}." + (f" Texts: {links}." if links else "")


def _others(facts: Facts) -> str:
    told = [*facts.mix.obligations, *(f"Contradiction: {one}." for one in facts.mix.contradictions)]
    return bullets(told) if told else "The licences ask nothing."


QUESTIONS: tuple[Question, ...] = (
    ("Is it passed on to others than those who made it?", _to_whom),
    ("How is it passed on, and has it a lasting identifier?", _how),
    ("When is it passed on?", None),
    ("Under what licence or terms?", _licence),
    ("Have others laid terms on parts of it?", _others),
    ("Do export rules or other rules hold for it?", None),
    ("Is there more to say on how it is passed on?", None),
)
