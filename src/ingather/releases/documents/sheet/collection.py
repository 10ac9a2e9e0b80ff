"""How the dataset came together."""

from __future__ import annotations

from ingather.releases.documents.markdown import bullets
from ingather.releases.documents.sheet import Question
from ingather.releases.facts import Facts

_KINDS = {
    "files": "read from files that were there",
    "dataset": "read from a dataset that others published",
    "synthetic": "made by a program",
    "voice": "read aloud by people for this",
    "upload": "given by people for this",
    "survey": "answered by people for this",
    "web": "taken from web pages",
    "feed": "taken from feeds",
    "api": "taken through an interface",
}
_FROM_PEOPLE = ("voice", "upload", "survey")


def _how(facts: Facts) -> str:
    return bullets(
        f"{name}: {told['samples']:,} samples, {_KINDS.get(told['kind'], told['kind'])}"
        for name, told in facts.sources.items()
    )


def _sampling(facts: Facts) -> str:
    share = facts.plan.targets.max_share_per_contributor
    words = (
        "Sources that bring what exists bring all of it; sources that ask people stop at the plan's quotas."
    )
    if share < 1:
        words += f" No contributor has more than {100 * share:.3g} % of it."
    return words


def _ethics(facts: Facts) -> str:
    return f"{facts.plan.rights.ethics}." if facts.plan.rights.ethics else ""


def _from_people(facts: Facts) -> str:
    asked = [name for name, told in facts.sources.items() if told["kind"] in _FROM_PEOPLE and told["samples"]]
    if not asked:
        return "From the sources above, not by asking people for this dataset."
    return f"From people themselves: {', '.join(asked)}."


def _consent(facts: Facts) -> str:
    rights = facts.plan.rights
    if rights.consent:
        return "Yes. The hash of the text that each person agreed to is kept with what they gave."
    if rights.lawful_basis:
        return f"The plan's ground is {rights.lawful_basis}; no consent text is named."
    return ""


def _withdraw(facts: Facts) -> str:
    contact = facts.plan.rights.contact
    if not contact:
        return ""
    return (
        f"Yes, by writing to {contact}. What is taken back leaves the next release, and a tombstone marks it."
    )


QUESTIONS: tuple[Question, ...] = (
    ("How was each sample come by: seen, said, or worked out from other things?", _how),
    ("By what means was it collected, and how were these checked?", None),
    ("If it is a part of something greater, how was the part chosen?", _sampling),
    ("Who took part in collecting, and how were they paid?", None),
    ("Over what time was it collected?", None),
    ("Was it looked at by an ethics board?", _ethics),
    ("Did it come from the people it is about, or by way of others?", _from_people),
    ("Were these people told?", None),
    ("Did they agree, and to what?", _consent),
    ("Can they take their agreement back, and how?", _withdraw),
    ("Was it thought through what it may do to the people it is about?", None),
    ("Is there more to say on how it was collected?", None),
)
