"""Dialogues, preferences and questions: real schema-guided ones, and every form of chat training files."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import orjson
import pytest

from ingather.formats.convert import convert
from ingather.formats.layouts import openai_chat, schema_guided, squad, trl
from ingather.sample import Item, Json, Loss


def lines(path: Path, *rows: Json) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    return path


def sorted_out(found: list[Item | Loss]) -> tuple[list[Item], list[Loss]]:
    return [x for x in found if isinstance(x, Item)], [x for x in found if isinstance(x, Loss)]


def test_real_dialogues_with_turns_intents_and_slots(data: Path) -> None:
    path = data / "sgd-dialogues"
    items, losses = sorted_out(list(schema_guided.read(path, schema_guided.Config())))
    assert losses == []
    assert len(items) == 256
    turns = [turn for item in items for turn in item.data["turns"]]  # type: ignore[index]
    assert len(turns) == 3186
    assert {item.licence for item in items} == {"CC-BY-SA-4.0"}
    assert Counter(item.split for item in items) == {"validation": 128, "test": 128}
    first = turns[0]
    assert first["speaker"] == "user"
    assert first["intent"] == "ReserveRestaurant"
    assert first["slots"] == {"number_of_seats": ["2"], "time": ["half past 11 in the morning"]}
    intents, _ = sorted_out(list(schema_guided.read(path, schema_guided.Config(take="intents"))))
    assert len(intents) == sum(turn["speaker"] == "user" for turn in turns)
    assert len({item.session for item in intents}) == 256
    slots, _ = sorted_out(list(schema_guided.read(path, schema_guided.Config(take="slots"))))
    marked = [(item.text, result) for item in slots for result in item.label]  # type: ignore[union-attr]
    assert len(marked) == sum(len(turn.get("places", [])) for turn in turns)
    assert all(text[v["start"] : v["end"]] == v["text"] for text, r in marked for v in [r["value"]])
    assert not [item.fault for item in slots if item.fault]


def test_dialogues_become_chat_training_rows(data: Path, tmp_path: Path) -> None:
    done = convert("schema-guided", data / "sgd-dialogues", "trl", tmp_path / "chat")
    assert done.items == 256
    assert {loss.reason for loss in done.losses} == {
        "TRL does not carry attributes",
        "TRL does not carry the licence",
    }
    items, _ = sorted_out(list(trl.read(tmp_path / "chat", trl.Config())))
    assert len(items) == 256
    back = convert("trl", tmp_path / "chat", "openai-chat", tmp_path / "tuning")
    assert (back.items, back.losses) == (256, ())


ASK = {"role": "user", "content": "Why?"}
SAY = {"role": "assistant", "content": "So."}
FORMS: list[tuple[dict[str, Json], str, dict[str, str]]] = [
    ({"messages": [ASK, SAY]}, "user: Why?\nassistant: So.", {}),
    ({"prompt": "Why?", "completion": "So."}, "Why?", {"completion": "So."}),
    ({"prompt": [ASK], "completion": [SAY]}, "user: Why?", {"completion": "So."}),
    ({"prompt": "Why?", "chosen": "So.", "rejected": "No."}, "Why?", {"chosen": "So.", "rejected": "No."}),
    (
        {"chosen": [ASK, SAY], "rejected": [ASK, {**SAY, "content": "No."}]},
        "user: Why?",
        {"chosen": "So.", "rejected": "No."},
    ),
    ({"chosen": "So.", "rejected": "No."}, "", {"chosen": "So.", "rejected": "No."}),
    ({"prompt": "Why?", "completion": "So.", "label": False}, "Why?", {"completion": "So."}),
    ({"conversations": [{"from": "human", "value": "Why?"}]}, "user: Why?", {}),
    ({"messages": [{"role": "user", "content": [{"type": "text", "text": "Why?"}]}]}, "user: Why?", {}),
    (
        {"input": {"messages": [ASK]}, "preferred_output": [SAY], "non_preferred_output": [SAY]},
        "user: Why?",
        {"chosen": "So.", "rejected": "So."},
    ),
]


@pytest.mark.parametrize(("row", "text", "answers"), FORMS)
def test_every_form_of_a_row(
    tmp_path: Path, row: dict[str, Json], text: str, answers: dict[str, str]
) -> None:
    file = lines(tmp_path / "train.jsonl", row)
    (item,) = trl.read(file, trl.Config())
    assert isinstance(item, Item)
    assert (item.text, {part.role: part.text for part in item.parts}) == (text, answers)
    assert item.split == "train"
    assert item.label is (False if "label" in row else None)
    sniffed = [module.sniff(file) for module in (trl, openai_chat)]
    assert max(one.sure for one in sniffed if one) > 0.9
    assert trl.write([item], tmp_path / "out", trl.Config()) == []
    (again,) = trl.read(tmp_path / "out", trl.Config())
    assert isinstance(again, Item)
    assert (again.text, again.parts, again.label, again.data) == (
        item.text,
        item.parts,
        item.label,
        item.data,
    )


def test_rows_of_no_form_are_losses_by_line(tmp_path: Path) -> None:
    good: Json = {"messages": [ASK]}
    file = lines(
        tmp_path / "chat.jsonl", good, {"messages": "hi"}, {"messages": [{"role": 3}]}, {"a": 1}, good
    )
    file.write_bytes(file.read_bytes() + b'{"messages": [{"ro')
    items, losses = sorted_out(list(trl.read(file, trl.Config())))
    assert [item.key for item in items] == ["chat.jsonl#1", "chat.jsonl#5"]
    assert [loss.where for loss in losses] == [f"chat.jsonl, line {n}" for n in (2, 3, 4, 6)]


def squad_file(path: Path, **question: Json) -> Path:
    asked = {"id": "1", "question": "Who?", "answers": [{"text": "Ann", "answer_start": 4}], **question}
    told: Json = {"data": [{"title": "T", "paragraphs": [{"context": "Hi, Ann.", "qas": [asked]}]}]}
    return lines(path, told)


def test_answers_stand_where_they_are_said_to(tmp_path: Path) -> None:
    (item,) = squad.read(squad_file(tmp_path / "dev-v2.0.json"), squad.Config())
    assert isinstance(item, Item)
    assert item.split == "validation"
    assert item.session == "T"
    assert [part.text for part in item.parts] == ["Who?"]
    assert item.label[0]["value"] == {"start": 4, "end": 7, "text": "Ann", "labels": ["answer"]}  # type: ignore[index,call-overload]
    (wrong,) = squad.read(
        squad_file(tmp_path / "x.json", answers=[{"text": "Ann", "answer_start": -4}]), squad.Config()
    )
    assert isinstance(wrong, Item)
    assert "does not stand" in str(wrong.fault)


def test_no_answer_and_none_given_are_not_the_same(tmp_path: Path) -> None:
    impossible = squad_file(tmp_path / "a.json", is_impossible=True, answers=[])
    unknown = squad_file(tmp_path / "b.json", answers=None)
    labels = [
        item.label
        for f in (impossible, unknown)
        for item in squad.read(f, squad.Config())
        if isinstance(item, Item)
    ]
    assert labels == [[], None]
