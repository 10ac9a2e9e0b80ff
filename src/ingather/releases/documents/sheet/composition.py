"""What is in the dataset."""

from __future__ import annotations

from ingather.releases.documents import sentences
from ingather.releases.documents.markdown import bullets, count
from ingather.releases.documents.sheet import Question
from ingather.releases.facts import Facts


def _what(facts: Facts) -> str:
    return f"Each sample is one piece of {facts.plan.modality}. " + sentences.synthetic(facts)


def _how_many(facts: Facts) -> str:
    splits = ", ".join(f"{n:,} in {name}" for name, n in facts.splits.items() if n)
    return f"{count(facts.samples, 'sample')}: {splits}."


def _all_or_some(facts: Facts) -> str:
    told = sentences.gaps(facts)
    words = f"{facts.samples:,} of the {facts.collected:,} samples collected are in it."
    if not told:
        return words + " The plan's quotas are met. Whether they stand for the world is for a person to say."
    return words + " Against the plan's quotas it lacks:\n\n" + bullets(told[:20])


def _data(facts: Facts) -> str:
    return "Columns: " + ", ".join(f"`{field.name}` ({field.type})" for field in facts.schema) + "."


def _labels(facts: Facts) -> str:
    told = sentences.labels_by(facts)
    return " ".join(told) if told else "No: there are no labels."


def _missing(facts: Facts) -> str:
    told = sentences.unknown(facts)
    if facts.blanked:
        told.append(
            f"For {count(facts.blanked, 'sample')} attributes are blank because fewer than "
            f"{facts.least_people} people share them."
        )
    if facts.coarsened:
        told.append(
            f"For {count(facts.coarsened, 'sample')} an attribute is coarser than it was given, since few "
            "people share it."
        )
    return " ".join(told) or "No attribute that is released is unknown for any sample."


def _relations(facts: Facts) -> str:
    words = "Samples of one contributor share a pseudonym (`contributor`), of one sitting the `session`"
    return words + ", and what was cut from another names it (`parent`)."


def _splits(facts: Facts) -> str:
    return sentences.splitting(facts)


def _errors(facts: Facts) -> str:
    rejected = sum(o["in"] - o["out"] for o in facts.operators)
    return (
        f"Cleaning rejected {count(rejected, 'sample')} by {count(len(facts.operators), 'step')}; exact and "
        "near copies are among what the steps look for, where the plan has such a step. What no step "
        "measures was not looked for."
    )


def _alone(facts: Facts) -> str:
    beside = facts.plan.release is not None and facts.plan.release.media == "files"
    where = "in files of the release" if beside else "inside the shards"
    return f"It stands alone: everything lies {where}. No address is needed to use it."


def _people(facts: Facts) -> str:
    told = [name for name, a in facts.plan.attributes.items() if a.of == "contributor" and a.release]
    if not told and not facts.contributors:
        return (
            "No attribute of people and no contributor is recorded. What the samples show, a person must say."
        )
    words = f"{count(facts.contributors, 'contributor')}"
    return words + (f", described by {', '.join(told)}; counts are in `tables/groups.csv`." if told else ".")


def _identify(facts: Facts) -> str:
    words = "Names are replaced by keyed pseudonyms, and names of files and keys are not released"
    if facts.plan.release is not None and facts.plan.release.keys:
        words = "Names are replaced by keyed pseudonyms; the items' own names are released, as the plan asks"
    if facts.least_people > 1:
        words += f"; a combination of attributes that under {facts.least_people} people share is blank"
    return words + ". A voice, a face or what somebody writes may still tell who they are."


def _sensitive(facts: Facts) -> str:
    told = [name for name, a in facts.plan.attributes.items() if a.sensitive]
    out = [name for name in told if facts.plan.attributes[name].release]
    if not told:
        return ""
    words = f"The plan marks {', '.join(out)} as sensitive." if out else "None that is marked so is released."
    basis = facts.plan.rights.special_basis
    return words + (f" Ground: {basis}." if basis else "")


QUESTIONS: tuple[Question, ...] = (
    ("What does one sample stand for?", _what),
    ("How many samples are there?", _how_many),
    ("Is it everything there is, or a part? If a part, does it stand for the whole?", _all_or_some),
    ("What does each sample consist of?", _data),
    ("Has each sample a label or a target?", _labels),
    ("Is anything missing from samples?", _missing),
    ("Are relations between samples made plain?", _relations),
    ("Which splits are to be used, and why these?", _splits),
    ("What errors, noise or repetitions are in it?", _errors),
    ("Does it stand alone, or lean on things elsewhere?", _alone),
    ("Is anything in it confidential?", None),
    ("Could something in it offend, hurt or frighten, if looked at?", None),
    ("Does it tell apart groups of people, such as by age or gender? How many are in each?", _people),
    ("Could a person be recognised from it, alone or together with other data?", _identify),
    ("Does it hold anything sensitive: health, belief, origin, money, place, and the like?", _sensitive),
    ("Is there more to say on what is in it?", None),
)
