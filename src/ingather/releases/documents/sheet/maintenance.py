"""Who looks after the dataset."""

from __future__ import annotations

from ingather.releases.documents.sheet import Question
from ingather.releases.facts import Facts


def _who(facts: Facts) -> str:
    controller = facts.plan.rights.controller
    return f"{controller}." if controller else ""


def _contact(facts: Facts) -> str:
    contact = facts.plan.rights.contact
    return f"{contact}." if contact else ""


def _updates(facts: Facts) -> str:
    return (
        f"This is release {facts.release}. A release is never changed; what comes later is a release of its "
        "own, in which every sample keeps its split. How often that will be is for a person to say."
    )


def _limits(facts: Facts) -> str:
    until = facts.plan.rights.keep_until
    return f"What people gave is kept until {until}." if until else ""


def _withdrawn(facts: Facts) -> str:
    return "`tombstones.json` lists what was taken back, by the release's own names. In this one it is empty."


QUESTIONS: tuple[Question, ...] = (
    ("Who keeps it and looks after it?", _who),
    ("How can they be reached?", _contact),
    ("Is there a list of mistakes found since?", _withdrawn),
    ("Will it be brought up to date, how often, and by whom?", _updates),
    ("If it is about people: how long may it be kept?", _limits),
    ("Will older releases be kept?", None),
    ("Can others add to it, and who checks what they add?", None),
    ("Is there more to say on how it is looked after?", None),
)
