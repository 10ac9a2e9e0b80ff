"""What the dataset may be used for, and what not."""

from __future__ import annotations

from ingather.releases.documents import sentences
from ingather.releases.documents.markdown import bullets
from ingather.releases.documents.sheet import Question
from ingather.releases.facts import Facts


def _used(facts: Facts) -> str:
    train = facts.plan.train
    return f"A baseline is trained on it by the recipe {train.recipe}." if train is not None else ""


def _care(facts: Facts) -> str:
    told = sentences.gaps(facts)[:20] + sentences.unknown(facts) + sentences.losses(facts)
    if facts.synthetic:
        told.insert(0, sentences.synthetic(facts))
    if not told:
        return ""
    return (
        "A model learns little of what is scarce here, and its errors on it are known poorly:\n\n"
        + bullets(told)
    )


def _not_for(facts: Facts) -> str:
    against = [name for name, ok in facts.mix.allows.items() if not ok]
    return f"Its licences do not allow it for: {', '.join(against)}." if against else ""


QUESTIONS: tuple[Question, ...] = (
    ("Has it been used for something already?", _used),
    ("Is there a list of works that use it?", None),
    ("What else could it be used for?", None),
    ("Does the way it was made limit what it should be used for?", _care),
    ("What must it not be used for?", _not_for),
    ("Is there more to say on its use?", None),
)
