"""The plain questions of ``init`` at a terminal, and the plan that their answers make."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from ingather.plan.compose import AttributeFound, Findings, compose, plan_name
from ingather.plan.findings import nearest
from ingather.plan.languages import flaw_of_tag
from ingather.plan.licences import known_entry, spdx_of
from ingather.plan.model import TaskType
from ingather.plan.tasks import MODALITIES_OF, WITH_LABELS
from ingather.sample import Modality

Answers: TypeAlias = Mapping[str, str]
_MODALITIES: dict[str, Modality] = {
    "texts": "text",
    "sound": "audio",
    "pictures": "image",
    "videos": "video",
    "measurements": "sensor",
    "tables": "record",
}
_TASKS: dict[str, TaskType] = {
    "one of several answers": "classification",
    "several answers at once": "classification",
    "a number": "regression",
    "the words that are said": "transcription",
    "where things are in a picture": "boxes",
    "what someone will like": "recommendation",
    "nothing yet": "none",
}
_USES: dict[str, tuple[str, ...]] = {
    "only to learn from it here": ("train", "evaluate"),
    "also to publish it": ("train", "evaluate", "publish"),
    "also to earn money with it": ("train", "evaluate", "commercial"),
    "both": ("train", "evaluate", "publish", "commercial"),
}
_OF_PEOPLE = (
    *("accent", "age", "gender", "sex", "dialect", "country", "region", "education", "income"),
    *("speaker", "patient", "customer", "user"),
)
_SENSITIVE = (
    *("health", "religion", "ethnicity", "race", "disability", "orientation", "politics", "diagnosis"),
)
_TABLES: dict[Modality, tuple[str, str]] = {
    "text": ("data/texts.csv", "text,label"),
    "record": ("data/records.csv", "label"),
}


@dataclass(frozen=True, slots=True)
class Question:
    """One question.

    Attributes:
        key: the name of its answer.
        words: the question.
        hint: an example, or what an empty answer means.
        choices: the answers it can have; empty for any.
        default: what an empty answer means; None where an answer is needed.
        when: whether it is asked at all, by the answers so far.
        flaw: why an answer cannot be used, in words, or None.
    """

    key: str
    words: str
    hint: str
    choices: tuple[str, ...] = ()
    default: str | None = None
    when: Callable[[Answers], bool] = lambda answers: True
    flaw: Callable[[str], str | None] = lambda answer: None


def next_question(answers: Answers) -> Question | None:
    """The question to ask now, or None when all is said.

    Args:
        answers: what was answered so far, by key, each as ``settled`` gives it.
    """
    question = next((q for q in QUESTIONS if q.key not in answers and q.when(answers)), None)
    if question is not None and question.key == "answers" and "looks" in answers:
        return replace(question, choices=tasks_for(answers["looks"]))
    return question


def flaw_of(question: Question, answer: str) -> str | None:
    """Why an answer cannot be used, in words, or None where it can. Nothing is asked twice without one."""
    answer = answer.strip()
    if not answer:
        return None if question.default is not None else "This one is needed."
    if question.choices and settled(question, answer) not in question.choices:
        near = nearest(answer, question.choices)
        meant = f" Did you mean '{near}'?" if near else ""
        return f"Choose one by its number or its words.{meant}"
    return question.flaw(answer)


def settled(question: Question, answer: str) -> str:
    """The answer that is meant: the default for none, a choice for its number or its beginning."""
    answer = answer.strip()
    if not answer:
        return question.default or ""
    if not question.choices:
        return answer
    if answer.isdigit() and 1 <= int(answer) <= len(question.choices):
        return question.choices[int(answer) - 1]
    begun = [choice for choice in question.choices if choice.lower().startswith(answer.lower())]
    return begun[0] if len(begun) == 1 or answer in begun else answer


def files_of(answers: Answers) -> dict[str, bytes]:
    """The files that the answers make, by path: plan.yaml, and an empty table where one is to be filled."""
    findings = findings_of(answers)
    files = {"plan.yaml": compose(findings).encode()}
    if not answers.get("where", "").strip() and findings.modality in _TABLES:
        path, columns = _TABLES[findings.modality]
        names = dict.fromkeys([*columns.split(","), *findings.attributes])
        if findings.task == "recommendation":
            names = dict.fromkeys(["user", "item", "rating", "at", *findings.attributes])
        files[path] = (",".join(names) + "\n").encode()
    return files


def findings_of(answers: Answers) -> Findings:
    """What the answers say, as the writer of plans takes it."""
    said = {q.key: settled(q, answers.get(q.key, "")) for q in QUESTIONS}
    modality = _MODALITIES[said["looks"]]
    task = _TASKS[said["answers"]]
    labels = tuple(dict.fromkeys(_parts(said["labels"]))) if task in WITH_LABELS else ()
    attributes = _attributes(said["differs"])
    licence = spdx_of(said["licence"]) if said["licence"] else None
    people = any(attribute.of == "contributor" for attribute in attributes.values())
    return Findings(
        name=plan_name(said["name"] or said["does"]),
        modality=modality,
        kind="files",
        options=_options(said, modality, task),
        objective=said["does"],
        task=task,
        labels=labels,
        multi=said["answers"] == "several answers at once",
        languages=tuple(_parts(said["languages"])),
        attributes=attributes,
        licence=licence,
        licences=(licence,) if licence else (),
        purposes=_USES[said["use"]],
        people=1 if people else 0,
        total=int(said["many"].replace(",", "").replace("_", "").replace(" ", "")),
        notes=() if said["where"] else ("Put the data where 'path' says, named as it says there.",),
    )


def _options(said: Mapping[str, str], modality: Modality, task: TaskType) -> dict[str, str | list[str]]:
    where = said["where"]
    if modality in _TABLES:
        path = where or _TABLES[modality][0]
        if task == "recommendation":
            return {"path": path, "contributor": "user", "fields": ["user", "item", "rating", "at"]}
        labelled = {"label": "label"} if task != "none" else {}
        return (
            {"path": path, "text": "text", **labelled} if modality == "text" else {"path": path, **labelled}
        )
    return {"path": where or "data/", **({"label": "folder"} if task == "classification" else {})}


def _attributes(answer: str) -> dict[str, AttributeFound]:
    """``accent: us, uk; age: young, old`` as attributes."""
    found: dict[str, AttributeFound] = {}
    for part in re.split(r"[;\n]", answer):
        name, _, values = part.partition(":")
        name = re.sub(r"\W+", "_", name.strip().lower()).strip("_")
        if not name:
            continue
        words = name.split("_")
        sensitive = any(word in _SENSITIVE for word in words)
        people = sensitive or any(word in _OF_PEOPLE for word in words)
        found[name] = AttributeFound(
            values=tuple(dict.fromkeys(_parts(values))),
            of="contributor" if people else "sample",
            sensitive=sensitive,
        )
    return found


def _parts(answer: str) -> list[str]:
    return [part.strip() for part in answer.split(",") if part.strip()]


def _flaw_of_labels(answer: str) -> str | None:
    return "Name at least two, with a comma between." if len(set(_parts(answer))) < 2 else None


def _flaw_of_attributes(answer: str) -> str | None:
    for part in re.split(r"[;\n]", answer):
        name, colon, values = part.partition(":")
        if part.strip() and (not colon or not name.strip()[:1].isalpha() or len(set(_parts(values))) < 2):
            return f"'{part.strip()}' does not say which values there are, such as accent: us, uk"
        if name.strip().lower() in ("label", "source", "language"):
            return f"'{name.strip()}' is known of every sample already: leave it out"
    return None


def _flaw_of_languages(answer: str) -> str | None:
    return next((f"{tag}: {flaw}" for tag in _parts(answer) if (flaw := flaw_of_tag(tag))), None)


def _flaw_of_number(answer: str) -> str | None:
    plain = re.sub(r"[,_ ]", "", answer)
    return None if plain.isdigit() and int(plain) > 0 else "Write a whole number above 0, such as 1000."


def _flaw_of_licence(answer: str) -> str | None:
    if spdx_of(answer):
        return None
    if known_entry(answer):
        return f"Say which version: {known_entry(answer)}-4.0, for instance."
    return "No licence of that name is known. Write one such as CC-BY-4.0, or LicenseRef-NAME for one's own."


def _task_has_labels(answers: Answers) -> bool:
    question = next(q for q in QUESTIONS if q.key == "answers")
    return _TASKS.get(settled(question, answers.get("answers", "")), "none") in WITH_LABELS


def _is_spoken_or_written(answers: Answers) -> bool:
    question = next(q for q in QUESTIONS if q.key == "looks")
    return _MODALITIES.get(settled(question, answers.get("looks", ""))) in ("text", "audio", "video")


def tasks_for(looks: str) -> tuple[str, ...]:
    """The answers to what the model answers that make sense for what it looks at."""
    modality = _MODALITIES[looks]
    return tuple(words for words, task in _TASKS.items() if modality in MODALITIES_OF.get(task, (modality,)))


QUESTIONS: tuple[Question, ...] = (
    Question("does", "What must the model do, and for whom?", "One sentence: Tell spoken commands apart."),
    Question("name", "What shall the plan be called?", "Empty: made of the sentence.", default=""),
    Question("looks", "What does it look at?", "One of these.", choices=tuple(_MODALITIES)),
    Question("answers", "What does it answer?", "One of these.", choices=tuple(_TASKS)),
    Question(
        "labels",
        "Which answers can it give?",
        "With commas: yes, no, stop",
        when=_task_has_labels,
        flaw=_flaw_of_labels,
    ),
    Question(
        "languages",
        "Which languages are spoken or written?",
        "Tags with commas: en, pt-BR. Empty: not said.",
        default="",
        when=_is_spoken_or_written,
        flaw=_flaw_of_languages,
    ),
    Question(
        "differs",
        "What may differ between people or samples, and must not make it worse?",
        "accent: us, uk; age: young, old. Empty: nothing.",
        default="",
        flaw=_flaw_of_attributes,
    ),
    Question(
        "many", "How many samples are wanted in all?", "Empty: 1000.", default="1000", flaw=_flaw_of_number
    ),
    Question("where", "Where is the data now?", "A folder or a table. Empty: there is none yet.", default=""),
    Question(
        "licence",
        "Under which licence may you use it?",
        "CC-BY-4.0, CC0-1.0, LicenseRef-ours. Empty: not known yet.",
        default="",
        flaw=_flaw_of_licence,
    ),
    Question(
        "use",
        "What may you use it for?",
        "One of these. Empty: the first.",
        choices=tuple(_USES),
        default=next(iter(_USES)),
    ),
)
"""All questions, in the order they are asked."""
