"""Why the dataset was made."""

from __future__ import annotations

from ingather.releases.documents import sentences
from ingather.releases.documents.sheet import Question
from ingather.releases.facts import Facts


def _purpose(facts: Facts) -> str:
    purposes = ", ".join(facts.plan.rights.purposes)
    return (
        f"{' '.join(facts.plan.objective.split())} The task is {sentences.task(facts)}. Purposes: {purposes}."
    )


def _maker(facts: Facts) -> str:
    controller = facts.plan.rights.controller
    return f"{controller} answers for it, as the plan says." if controller else ""


def _price(facts: Facts) -> str:
    budget = facts.plan.targets.budget
    return f"The plan has a budget of {budget}. Who gave it is for a person to say." if budget else ""


QUESTIONS: tuple[Question, ...] = (
    ("What was it made for: which task, and which gap was it to fill?", _purpose),
    ("Who made it, and on whose behalf?", _maker),
    ("Who paid for it?", _price),
    ("Is there more to say on why it was made?", None),
)
