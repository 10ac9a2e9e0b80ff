"""What was done to the data before it was released."""

from __future__ import annotations

from ingather.releases.documents.markdown import bullets, count
from ingather.releases.documents.sheet import Question
from ingather.releases.facts import Facts


def _done(facts: Facts) -> str:
    steps = bullets(
        f"{o['operator']}: {o['in']:,} in, {o['out']:,} out"
        + (f", {o['review']:,} wait for a person" if o["review"] else "")
        for o in facts.operators
    )
    changed = (
        f"{count(facts.changed, 'sample')} were changed by it." if facts.changed else "No sample was changed."
    )
    return f"{steps}\n\n{changed}" if steps else "Nothing."


def _raw(facts: Facts) -> str:
    return (
        "Yes, in the workspace it was cut from: cleaning never deletes. What was rejected is kept there with "
        "the reason, the measure and the threshold. It is not part of this release."
    )


def _software(facts: Facts) -> str:
    return (
        "Ingather, with the steps named above; the plan that it was run with is known by its hash in "
        "`manifest.json`."
    )


QUESTIONS: tuple[Question, ...] = (
    ("Was anything cleaned, changed or labelled?", _done),
    ("Is the raw data kept as well?", _raw),
    ("Is the software that did it there for others?", _software),
    ("Is there more to say on what was done to it?", None),
)
