"""datasheet.md: the questions of "Datasheets for Datasets", answered where plan and ledger can.

Source of the questions: Gebru and others, Communications of the ACM 64(12), 2021; the words are our own.
"""

from __future__ import annotations

from ingather.releases.documents.sheet import (
    Question,
    cleaning,
    collection,
    composition,
    distribution,
    maintenance,
    motivation,
    uses,
)
from ingather.releases.facts import Facts

OPEN = "**To be answered by a person.**"
SECTIONS: dict[str, tuple[Question, ...]] = {
    "Why it was made": motivation.QUESTIONS,
    "What is in it": composition.QUESTIONS,
    "How it was collected": collection.QUESTIONS,
    "How it was cleaned and labelled": cleaning.QUESTIONS,
    "What it is for": uses.QUESTIONS,
    "How it is passed on": distribution.QUESTIONS,
    "Who looks after it": maintenance.QUESTIONS,
}
"""Every question by section, in order."""


def datasheet(facts: Facts) -> str:
    """The text of datasheet.md."""
    answered, total, parts = 0, 0, []
    for title, questions in SECTIONS.items():
        parts.append(f"## {title}")
        for question, answer in questions:
            told = answer(facts) if answer is not None else ""
            total, answered = total + 1, answered + bool(told)
            parts.append(f"### {question}\n\n{told or OPEN}")
    start = (
        f"# Data sheet of {facts.plan.name}, release {facts.release}\n\n"
        'The questions are those of "Datasheets for Datasets" (Gebru and others, 2021), in other words. '
        f"{answered} of {total} are answered from the plan and from what was recorded on the way; the others "
        f"are marked: {OPEN}"
    )
    return "\n\n".join([start, *parts]) + "\n"
