"""What a table seems to be: interactions, texts with labels, or records."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ingather.errors import InputError
from ingather.formats.delimited import looks_like_data
from ingather.formats.tables import TableFormat, TableOptions, read_table, table_format
from ingather.plan.compose import Findings
from ingather.sources.listing import Entry
from ingather.sources.look_columns import (
    MOST_LABELS,
    Table,
    attributes_of,
    contributor_of,
    interaction_of,
    key_of,
    label_of,
    languages_of,
    session_of,
    survey,
    text_of,
    time_of,
)
from ingather.sources.look_unknown import describe

_QUESTIONS = frozenset(
    {"text", "integer", "decimal", "select", "select_one", "select_multiple", "date", "time", "datetime"}
    | {"geopoint", "geotrace", "geoshape", "note", "begin", "end", "calculate", "image", "audio", "video"}
    | {"start", "today", "deviceid", "barcode", "acknowledge", "hidden", "range", "rank", "username"}
)
"""Words that a question's type begins with in XLSForm (https://xlsform.org)."""
_FORM = (
    "It is a form (XLSForm): questions to ask people, without an answer",
    "the table of answers that such a form gives, as CSV or XLSX: it is read by 'kind: files'; a source that "
    "asks the questions is not here yet",
)


def look_at_table(entry: Entry, path: Path, facts: dict[str, Any], told: list[str]) -> Findings:
    """What to plan for one table.

    Args:
        entry: the table.
        path: what the plan's source is to name: the table itself, or the archive that holds it.
        facts: what is known already (name, licence), as fields of the findings.
        told: notes so far; added to.

    Raises:
        InputError: it has no rows.
    """
    kind = kind_of(entry)
    assert kind is not None
    table = survey(read_table(entry.name, entry.open, TableOptions(kind)))
    if not table.rows:
        why = f": {table.told[0].reason}" if table.told else ""
        raise nothing_known(path, f"It is a table without rows{why}")
    if is_form(table):
        raise nothing_known(path, *_FORM)
    headless = kind in ("csv", "tsv") and looks_like_data(list(table.columns))
    if headless:
        table = survey(read_table(entry.name, entry.open, TableOptions(kind, header_rows=0)))
        told.append(
            "its first line looks like data, so its columns have no names; give them some: 'columns: [...]'"
        )
    told += [f"{loss.where}: {loss.reason}" for loss in table.told[:5]]
    facts["samples"] = table.rows
    if table.more:
        told.append(f"only the first {table.rows:,} rows were looked at")
    options: dict[str, Any] = {"path": str(path), "format": kind}
    if headless:
        options["header_rows"] = 0
    shape = f"{table.rows:,} rows, {len(table.columns)} columns"
    interaction = interaction_of(table)
    text = text_of(table)
    if interaction is not None:
        return _interactions(table, interaction, options, shape, facts, told)
    if text is not None and not _many_answers(table):
        return _texts(table, text.name, options, shape, facts, told)
    return _records(table, options, shape, facts, told)


def _interactions(
    table: Table, columns: Any, options: dict[str, Any], shape: str, facts: dict[str, Any], told: list[str]
) -> Findings:
    user, thing, rating = columns
    at = time_of(table)
    meant = {user.name: "user", thing.name: "item"}
    if rating is not None:
        meant[rating.name] = "rating"
    if at is not None:
        meant[at.name] = "at"
    options["columns"] = [meant.get(name, name) for name in table.columns]
    options["contributor"] = "user"
    options["fields"] = list(meant.values())
    if at is not None:
        options["at"] = "at"
    facts["people"] = len(user.counts)
    return Findings(
        modality="record",
        kind="files",
        options=options,
        task="recommendation",
        guessed={
            "task": f"{len(user.counts):,} users, {len(thing.counts):,} things",
            "sources.columns": f"new names for {', '.join(table.columns)}",
        },
        found={"modality": shape},
        notes=tuple(told),
        **facts,
    )


def _texts(
    table: Table, text: str, options: dict[str, Any], shape: str, facts: dict[str, Any], told: list[str]
) -> Findings:
    guessed = {"modality": f"{shape}; {text} holds sentences"}
    options["text"] = text
    label = label_of(table, only_called=False)
    if label is not None and label.name != text:
        options["label"] = label.name
        if len(label.counts) <= MOST_LABELS:
            facts["task"], facts["labels"] = "classification", label.values
            facts["seen"] = {"label": label.counts}
            guessed["labels"] = ", ".join(f"{value} {label.counts[value]:,}" for value in label.values[:8])
    who, session, at = contributor_of(table), session_of(table), time_of(table)
    for role, column in (("contributor", who), ("session", session), ("at", at)):
        if column is not None:
            options[role] = column.name
    if who is not None:
        facts["people"] = len(who.counts)
    taken = {text, *(c.name for c in (label, who, session, at) if c is not None)}
    attributes = attributes_of(table, taken, all_few=False)
    facts["attributes"] = {name: what for name, (_, what) in attributes.items()}
    counted = {
        name: table.columns[column].counts for name, (column, what) in attributes.items() if what.values
    }
    facts["seen"] = {**facts.get("seen", {}), **counted}
    _map(options, {name: column for name, (column, _) in attributes.items()})
    facts["languages"] = languages_of(table)
    return Findings(
        modality="text", kind="files", options=options, guessed=guessed, notes=tuple(told), **facts
    )


def _records(
    table: Table, options: dict[str, Any], shape: str, facts: dict[str, Any], told: list[str]
) -> Findings:
    key, who, label = key_of(table), contributor_of(table), label_of(table, only_called=True)
    guessed: dict[str, str] = {}
    if key is not None:
        options["key"] = key.name
        guessed["sources.key"] = "never empty, never twice"
    if who is not None:
        options["contributor"] = who.name
        facts["people"] = len(who.counts)
        guessed["sources.contributor"] = f"{len(who.counts):,} people"
    taken = {column.name for column in (key, who, label) if column is not None}
    attributes = attributes_of(table, taken, all_few=False)
    facts["attributes"] = {name: what for name, (_, what) in attributes.items()}
    counted = {
        name: table.columns[column].counts for name, (column, what) in attributes.items() if what.values
    }
    facts["seen"] = {**facts.get("seen", {}), **counted}
    _map(options, {name: column for name, (column, _) in attributes.items()})
    codes = [
        name for name, (_, what) in attributes.items() if what.values and all(map(str.isdigit, what.values))
    ]
    if codes:
        told.append(
            f"{', '.join(codes)} {'is' if len(codes) == 1 else 'are'} written in numbers: "
            f"'values: {{{codes[0]}: {{1: ..., 2: ...}}}}' in the source says what they stand for"
        )
    if label is not None:
        facts["target"] = label.name
        few = label.is_category()
        facts["task"] = (
            "classification" if few and not (label.is_number and len(label.counts) > 12) else "regression"
        )
        if facts["task"] == "classification":
            facts["labels"] = label.values
            facts["seen"]["label"] = label.counts
        guessed["target"] = "it is called like an answer"
    else:
        few_values = [
            c.name for c in table.columns.values() if c.name not in taken and 2 <= len(c.counts) <= 12
        ]
        if few_values:
            shown = ", ".join(name if len(name) < 40 else f"{name[:37]}..." for name in few_values[-6:])
            told.append(
                "no column is called like an answer; to predict one, write under task "
                f"'type: classification' and 'target:' with its name, such as {shown}"
            )
    return Findings(
        modality="record",
        kind="files",
        options=options,
        guessed=guessed,
        found={"modality": shape},
        notes=tuple(told),
        **facts,
    )


def is_form(table: Table) -> bool:
    """Whether the rows of a table are questions of a form, as XLSForm writes them."""
    names = {name.casefold().partition(":")[0]: name for name in table.columns}
    if not {"type", "name", "label"} <= names.keys():
        return False
    types = table.columns[names["type"]].counts
    return bool(types) and all(value.split()[0].casefold() in _QUESTIONS for value in types)


def _many_answers(table: Table) -> bool:
    """Whether a table is a survey or the like: many columns, of which a text is only one."""
    return len(table.columns) > 12


def _map(options: dict[str, Any], columns: dict[str, str]) -> None:
    differ = {name: column for name, column in columns.items() if name.casefold() != column.casefold()}
    if differ:
        options["attributes"] = differ


def kind_of(entry: Entry) -> TableFormat | None:
    """Which kind of table a file is, by its name, else by its first bytes; None if it is none."""
    known = table_format(entry.name)
    if known is not None or entry.suffix not in ("", ".data", ".dat", ".txt"):
        return known
    if entry.suffix == ".txt" and entry.name.lower().rpartition("/")[2].startswith(("readme", "licen")):
        return None
    return table_format(entry.name, entry.head(1 << 14))


def nothing_known(path: Path, what: str = "", nearest: str = "", fix: str = "") -> InputError:
    """The words for data of which no plan can be made: what is there, what is nearest, what to do."""
    told, alike = describe(path)
    known = (
        "Known are tables (CSV, TSV, JSONL, XLSX, Parquet), media, texts, their archives and known data sets"
    )
    return InputError(
        f"No plan can be made of '{path.name}': nothing in it is known. {what or told}.",
        why=f"{known}. The nearest known: {nearest or alike}.",
        fix=fix
        or "Name the folder or table that holds the data, or begin with: ingather init DIR --template NAME",
        where=str(path),
    )
