"""What the columns of a table seem to be for, by their names and by what their cells hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ingather.formats.delimited import Row
from ingather.formats.values import MISSING_NUMBERS, number
from ingather.plan.compose import AttributeFound
from ingather.sample import Json, Loss
from ingather.sources.listing import natural
from ingather.sources.roles import parse_time

_MOST_DISTINCT = 250_000
_MOST_ROWS = 500_000
MOST_LABELS = 60
_MOST_ATTRIBUTE_VALUES = 30

_CONTRIBUTOR = re.compile(
    r"(?:speaker|user|client|contributor|participant|subject|patient|respondent|worker|author|person|"
    r"annotator|customer|member|reader|voice_?actor)(?:[_ ]?(?:id|name|no|number))?\Z",
    re.I,
)
_THING = re.compile(
    r"(?:movie|item|product|song|book|article|track|artist|film|game|video|page|anime)[_ ]?(?:id)?\Z", re.I
)
_RATING = re.compile(r"(?:rating|score|stars|plays|listens|clicks|likes|liked)\Z", re.I)
_KEY = re.compile(r"(?:.*[_ ]?id|.*[a-z]ID|key|uuid|row_?names?|no|nr|index)\Z", re.I)
_TEXT = re.compile(
    r".*(?:text|sentence|transcript|transcription|utterance|message|sms|review|comment|tweet)", re.I
)
_LABEL = re.compile(
    r"label|labels|class|category|target|sentiment|outcome|result|diagnosis|intent|topic|spam|y", re.I
)
_LABEL_ENDING = re.compile(r".*[_ ](?:label|labels|class|category|target|outcome|result|diagnosis)", re.I)
_TIME = re.compile(r"(?:.*[_ ])?(?:time|timestamp|date|datetime|created|created_at|at)\Z", re.I)
_LICENCE = re.compile(r"licen[cs]es?\Z", re.I)
_SESSION = re.compile(r"(?:session|conversation|dialogue|dialog|drive|visit|document)[_ ]?(?:id)?\Z", re.I)
_LANGUAGE = re.compile(r"(?:lang|language|locale)\Z", re.I)
_PEOPLE = re.compile(
    r"(?:.*[_ ])?(?:gender|sex|age|age[_ ]?group|accents?|dialect|education|income|household income|region|"
    r"country|race|ethnicity|religion|nationality|occupation|location(?: \(.*\))?|native[_ ]language)",
    re.I,
)
_SENSITIVE = re.compile(
    r"race|ethnic|religio|politic|orientation|health|disab|genetic|biometr|diagnos|disease|union member", re.I
)


@dataclass(slots=True)
class Column:
    """What is known of one column once all rows were seen.

    Attributes:
        name: as the table calls it.
        filled: cells that are not empty.
        counts: how often each value came, while there are not too many.
        unique: whether no value came twice.
        numbers: cells that are numbers.
        low: the least of them.
        high: the greatest of them.
        words: words in all cells together.
        times: cells of the first hundred that are moments.
    """

    name: str
    filled: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    unique: bool = True
    numbers: int = 0
    low: float = float("inf")
    high: float = float("-inf")
    words: int = 0
    times: int = 0

    def add(self, cell: Json) -> None:
        """Takes in one more cell."""
        if cell is None or cell == "":
            return
        text = cell if isinstance(cell, str) else str(cell)
        self.filled += 1
        if len(self.counts) < _MOST_DISTINCT:
            self.counts[text] = before = self.counts.get(text, 0) + 1
            self.unique = self.unique and before == 1
        value = number(text) if isinstance(cell, str) else cell
        if isinstance(value, int | float) and not isinstance(value, bool):
            self.numbers += 1
            self.low, self.high = min(self.low, value), max(self.high, value)
        else:
            self.words += text.count(" ") + 1
            if self.filled <= 100 and parse_time(text) is not None:
                self.times += 1

    @property
    def is_number(self) -> bool:
        """Whether nearly all its cells are numbers."""
        return self.filled > 0 and self.numbers >= 0.9 * self.filled

    @property
    def values(self) -> tuple[str, ...]:
        """Its values, without words for 'unknown': numbers in their order, else the most frequent first."""
        known = [value for value in self.counts if value not in MISSING_NUMBERS]
        if self.is_number:
            return tuple(sorted(known, key=lambda value: float(number(value) or 0)))
        if any(value[:1].isdigit() for value in known):
            return tuple(sorted(known, key=natural))
        return tuple(sorted(known, key=lambda value: (-self.counts[value], value)))

    @property
    def mean_words(self) -> float:
        """Words in a cell, on average."""
        return self.words / self.filled if self.filled else 0.0

    def is_category(self, most: int = MOST_LABELS) -> bool:
        """Whether it has a few values that come again and again."""
        return 1 <= len(self.counts) <= most and self.filled >= 2 * len(self.counts)

    def comes_again(self, most: int) -> bool:
        """Whether it has a few values, one of which at least comes twice: enough in a table of people."""
        return 1 <= len(self.counts) <= most and self.filled > len(self.counts)


@dataclass(frozen=True)
class Table:
    """A table as it was seen.

    Attributes:
        columns: by name, in order.
        rows: how many were seen.
        more: whether there are more.
        told: what reading it told.
    """

    columns: Mapping[str, Column]
    rows: int
    more: bool
    told: tuple[Loss, ...]

    def first(self, fits: re.Pattern[str]) -> Column | None:
        """The first column whose name fits."""
        return next((column for name, column in self.columns.items() if fits.fullmatch(name.strip())), None)


def survey(rows: Iterable[Row | Loss]) -> Table:
    """Looks at the rows of a table, half a million at most."""
    columns: dict[str, Column] = {}
    told: list[Loss] = []
    count = 0
    for row in rows:
        if isinstance(row, Loss):
            told.append(row)
            continue
        if count >= _MOST_ROWS:
            return Table(columns, count, True, tuple(told))
        count += 1
        for name, cell in row[1].items():
            if name not in columns:
                columns[name] = Column(name)
            if not isinstance(cell, bytes | dict):
                columns[name].add(cell)
    return Table(columns, count, False, tuple(told))


def contributor_of(table: Table) -> Column | None:
    """The column of who gave each row."""
    return table.first(_CONTRIBUTOR)


def key_of(table: Table) -> Column | None:
    """The column that names each row: never empty, never twice, and called like one."""
    for name, column in table.columns.items():
        called = _KEY.fullmatch(name) or _CONTRIBUTOR.fullmatch(name)
        if called and column.unique and column.filled == table.rows:
            return column
    return None


def text_of(table: Table) -> Column | None:
    """The column of texts: called so, or the one of few columns that holds sentences."""
    called = [c for name, c in table.columns.items() if _TEXT.fullmatch(name) and c.mean_words >= 2]
    if called:
        return max(called, key=lambda column: column.mean_words)
    written = [c for c in table.columns.values() if c.mean_words >= 5 and len(c.counts) > 0.5 * c.filled]
    return max(written, key=lambda c: c.mean_words) if written and len(table.columns) <= 5 else None


def label_of(table: Table, *, only_called: bool) -> Column | None:
    """The column of answers: called so, else the only one with a few values."""
    for fits in (_LABEL, _LABEL_ENDING):
        called = [
            c for name, c in table.columns.items() if fits.fullmatch(name) and c.filled and not c.unique
        ]
        if called:
            return called[0]
    few = [
        c for c in table.columns.values() if len(c.counts) >= 2 and c.is_category() and not _people(c.name)
    ]
    return few[0] if len(few) == 1 and not only_called else None


def transcript_of(table: Table) -> Column | None:
    """The column of what is said or seen in the media of each row."""
    return text_of(table) if any(_TEXT.fullmatch(name) for name in table.columns) else None


def time_of(table: Table) -> Column | None:
    """The column of moments."""
    column = table.first(_TIME)
    if column is None or not column.filled:
        return None
    plausible = column.is_number and column.low > 1e8
    return column if plausible or column.times >= 0.9 * min(column.filled, 100) else None


def licence_of(table: Table) -> Column | None:
    """The column of each row's licence."""
    return table.first(_LICENCE)


def session_of(table: Table) -> Column | None:
    """The column of conversations, visits, drives."""
    column = table.first(_SESSION)
    return column if column is not None and not column.unique else None


def interaction_of(table: Table) -> tuple[Column, Column, Column | None] | None:
    """Columns of user, thing and rating, where the table is one of interactions."""
    user, thing = contributor_of(table), table.first(_THING)
    if user is None or thing is None or user.unique or thing.unique:
        return None
    return user, thing, table.first(_RATING)


def is_contributor(name: str) -> bool:
    """Whether a name is one for people who give data."""
    return bool(_CONTRIBUTOR.fullmatch(name))


def is_label(name: str) -> bool:
    """Whether a name is one for answers."""
    return bool(_LABEL.fullmatch(name) or _LABEL_ENDING.fullmatch(name))


def languages_of(table: Table) -> tuple[str, ...]:
    """Language tags in a column called so."""
    column = table.first(_LANGUAGE)
    if column is None or len(column.counts) > 40:
        return ()
    return tuple(value for value in column.values if re.fullmatch(r"[a-z]{2,3}(?:-[A-Za-z]{2,4})?", value))


def attributes_of(
    table: Table, taken: Iterable[str], *, all_few: bool, of: str = "contributor"
) -> dict[str, tuple[str, AttributeFound]]:
    """Attributes by a name fit for a plan: the column, and what it was seen to be.

    Args:
        table: the table.
        taken: columns that have another meaning.
        all_few: whether every column with a few values is one, not only those called like facts of people.
        of: whom the facts that are not called so are about.
    """
    spoken_for = set(taken)
    found: dict[str, tuple[str, AttributeFound]] = {}
    for name, column in table.columns.items():
        about_people = _people(name)
        if (
            name in spoken_for
            or not column.filled
            or not (about_people or all_few or _LANGUAGE.fullmatch(name))
        ):
            continue
        sensitive = bool(_SENSITIVE.search(name))
        whom = "contributor" if about_people else of
        if column.is_number and len(column.counts) > 12:
            if about_people and column.low >= 0 and column.high <= 130:
                bins = {
                    "0-17": (0.0, 18.0),
                    "18-29": (18.0, 30.0),
                    "30-49": (30.0, 50.0),
                    "50+": (50.0, 130.0),
                }
                seen = {
                    label: ends
                    for label, ends in bins.items()
                    if ends[1] > column.low and ends[0] <= column.high
                }
                found[slug(name)] = name, AttributeFound((), whom, sensitive, seen)
        elif column.comes_again(_MOST_ATTRIBUTE_VALUES) and column.mean_words <= 6:
            found[slug(name)] = name, AttributeFound(column.values, whom, sensitive)
    return found


def slug(name: str) -> str:
    """A column's name as an attribute's: lower case, without brackets, '_' between words."""
    plain = re.sub(r"\(.*?\)", "", name).lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_") or "column"


def _people(name: str) -> bool:
    return bool(_PEOPLE.fullmatch(name.strip()))
