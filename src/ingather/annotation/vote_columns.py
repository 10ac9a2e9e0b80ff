"""Which column of a vote file holds what: by a header's names, else by place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ingather.errors import InputError

ROLES = ("worker", "task", "label", "gold")
_KNOWN = {
    "worker": {
        "worker", "worker id", "workerid", "annotator", "annotator id", "user", "user id", "performer",
        "rater", "rater id", "observer", "coder", "labeler", "labeller", "respondent",
    },
    "task": {
        "task", "task id", "taskid", "item", "item id", "question", "question id", "sample", "sample id",
        "unit", "unit id", "orig id", "example", "object", "document", "image", "id",
    },
    "label": {
        "label", "answer", "response", "vote", "rating", "value", "class", "category", "judgment",
        "judgement", "annotation", "output", "worker label",
    },
    "gold": {
        "gold", "truth", "gold label", "true label", "ground truth", "gt", "correct", "gold answer", "true",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class VoteColumns:
    """Where in a row each role stands.

    Attributes:
        places: column index by role; ``gold`` only where there is one.
        header: whether the first row holds names.
    """

    places: Mapping[str, int]
    header: bool


def find_columns(
    rows: Sequence[Sequence[str]], asked: Mapping[str, str] | None = None, where: str = ""
) -> VoteColumns:
    """Tells the columns from the first rows of a file.

    A first row that names two of worker, task and label is a header, in any order of columns. So is one whose
    values occur nowhere else, in worker, task and label alike, where ten rows follow; then, as without a
    header, the order is worker, task, label and, if its values are labels, gold.

    Args:
        rows: the first rows, all of one width of at least three, cells stripped.
        asked: names of columns by role, which must stand in the first row.
        where: the file's name, for errors.

    Raises:
        InputError: a name asked for is not there, or a header names no column for one of the three.
    """
    first = rows[0]
    names = [_plain(cell) for cell in first]
    if asked:
        return VoteColumns(_asked(first, names, asked, where), header=True)
    found: dict[str, int] = {}
    for role in ROLES:
        for place, name in enumerate(names):
            if name in _KNOWN[role] and place not in found.values():
                found[role] = place
                break
    if len({"worker", "task", "label"} & set(found)) >= 2:
        missing = [role for role in ("worker", "task", "label") if role not in found]
        if missing:
            raise InputError(
                f"The header names no column for the {missing[0]}: {', '.join(first)}.",
                why="A vote is who (worker) gave which label to which task.",
                fix=f"Name that column '{missing[0]}'.",
                where=f"{where}:1",
            )
        return VoteColumns(found, header=True)
    places = {"worker": 0, "task": 1, "label": 2}
    header = len(rows) > 10 and all(first[i] not in {row[i] for row in rows[1:]} for i in range(3))
    body = rows[1:] if header else rows
    if len(first) > 3 and {row[3] for row in body} - {""} <= {row[2] for row in body}:
        places["gold"] = 3
    return VoteColumns(places, header)


def _asked(
    first: Sequence[str], names: Sequence[str], asked: Mapping[str, str], where: str
) -> dict[str, int]:
    places: dict[str, int] = {}
    for role, name in asked.items():
        if _plain(name) not in names:
            raise InputError(
                f"There is no column '{name}' for the {role}.",
                why=f"The first row holds: {', '.join(first)}.",
                fix="Name one of these.",
                where=f"{where}:1",
            )
        places[role] = names.index(_plain(name))
    return places


def _plain(name: str) -> str:
    spaced = name.strip().strip("!#\ufeff").replace("_", " ").replace("-", " ").lower()
    return " ".join(spaced.split())
