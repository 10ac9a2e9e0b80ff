"""Mailboxes and chat exports: real words in the shapes that programs export, whole and damaged."""

from __future__ import annotations

import json
import mailbox
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingather.formats.layouts import mbox, slack, telegram, whatsapp
from ingather.sample import Item, Loss
from ingather.sources.recognise import recognise

BEGIN = datetime(2024, 3, 28, 21, 5, tzinfo=UTC)


@pytest.fixture(scope="session")
def turns(data: Path) -> list[tuple[str, str, datetime]]:
    """Two real dialogues, the second a day after the first."""
    file = next(iter(sorted(data.glob("sgd-dialogues/**/dialogues_*.json"))))
    told, at = [], BEGIN
    for dialogue in json.loads(file.read_text())[:2]:
        for turn in dialogue["turns"]:
            told.append((turn["speaker"].title(), turn["utterance"], at))
            at += timedelta(minutes=7)
        at += timedelta(days=1)
    return told


def read(module: ModuleType, path: Path, **options: object) -> tuple[list[Item], list[Loss]]:
    found = list(module.read(path, module.Config(**options)))
    return [x for x in found if isinstance(x, Item)], [x for x in found if isinstance(x, Loss)]


def letters(folder: Path, turns: list[tuple[str, str, datetime]]) -> Path:
    box = mailbox.mbox(str(folder / "in.mbox"))
    for number, (speaker, text, at) in enumerate(turns):
        letter = EmailMessage()
        letter["From"] = f"{speaker} <{speaker}@Example.org>"
        letter["Message-ID"] = f"<{number}@example.org>"
        letter["Subject"] = "Grüße aus der Stadt"
        letter["Date"] = at
        if number:
            letter["References"] = "<0@example.org>"
        letter.set_content(f"{text}\n> what was said before\n")
        if number == 1:
            letter.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="a.png")
        if number == 2:
            letter.set_content(f"<h1>News</h1><p>{text}</p>", subtype="html")
        box.add(letter)
    box.close()
    return folder


def test_letters_keep_writer_thread_and_day(turns: list[tuple[str, str, datetime]], tmp_path: Path) -> None:
    items, losses = read(mbox, letters(tmp_path, turns))
    assert len(items) == len(turns)
    assert items[0].text == turns[0][1]
    assert items[2].text == f"# News\n\n{turns[2][1]}"
    assert {item.contributor for item in items} == {"user@example.org", "system@example.org"}
    assert len({item.session for item in items}) == 1
    assert items[3].at == turns[3][2]
    assert items[0].data == {"subject": "Grüße aus der Stadt"}
    assert [(loss.count, loss.reason) for loss in losses] == [
        (1, "attachments are not taken, only the words of letters")
    ]
    assert len(read(mbox, tmp_path, quoted=True)[0][0].text or "") > len(items[0].text or "")


def whatsapp_chat(folder: Path, turns: list[tuple[str, str, datetime]], form: str) -> Path:
    lines = []
    for speaker, text, at in turns:
        if form == "iphone":
            lines.append(f"[{at:%d/%m/%Y}, {at:%H:%M:%S}] {speaker}: {text}")
        else:
            lines.append(
                f"{at.month}/{at.day}/{at:%y}, {at.hour % 12 or 12}:{at:%M} {at:%p} - {speaker}: {text}"
            )
    lines.insert(1, lines[0].replace(f"{turns[0][0]}: {turns[0][1]}", "Messages are end-to-end encrypted."))
    lines.insert(3, "a second line\nand a third")
    lines.insert(4, lines[0].replace(turns[0][1], "<Media omitted>"))
    (folder / "chat.txt").write_text("\n".join(lines))
    return folder


@pytest.mark.parametrize("form", ["iphone", "android"])
def test_a_whatsapp_chat(turns: list[tuple[str, str, datetime]], tmp_path: Path, form: str) -> None:
    items, losses = read(whatsapp, whatsapp_chat(tmp_path, turns, form))
    assert len(items) == 2
    said = [turn for item in items for turn in item.data["turns"]]  # type: ignore[index,union-attr]
    assert len(said) == len(turns)
    assert {turn["speaker"] for turn in said} == {"person-1", "person-2"}
    assert said[1]["text"] == f"{turns[1][1]}\na second line\nand a third"
    assert said[-1]["at"][:16] == turns[-1][2].isoformat()[:16]
    assert sorted(loss.reason for loss in losses) == [
        "lines of the program itself, by nobody",
        "media that the export left out",
    ]
    assert recognise(tmp_path)[0].format == "whatsapp"


def test_a_telegram_export(turns: list[tuple[str, str, datetime]], tmp_path: Path) -> None:
    messages = [
        {
            "type": "message",
            "date_unixtime": str(int(at.timestamp())),
            "from": speaker,
            "from_id": f"user{speaker}",
            "text": text if n % 2 else [text[:3], {"type": "bold", "text": text[3:]}],
        }
        for n, (speaker, text, at) in enumerate(turns)
    ]
    messages += [{"type": "service", "action": "pin"}, {"type": "message", "from": "x", "text": ""}]
    (tmp_path / "result.json").write_text(
        json.dumps({"name": "a", "type": "personal_chat", "messages": messages})
    )
    items, losses = read(telegram, tmp_path, speakers="named")
    said = [turn for item in items for turn in item.data["turns"]]  # type: ignore[index,union-attr]
    assert [turn["text"] for turn in said] == [text for _, text, _ in turns]
    assert len(items) == 2
    assert sum(loss.count for loss in losses) == 2
    assert recognise(tmp_path)[0].format == "telegram"


def test_a_slack_export(turns: list[tuple[str, str, datetime]], tmp_path: Path) -> None:
    (tmp_path / "users.json").write_text("[]")
    (tmp_path / "talk").mkdir()
    for day in sorted({at.date() for _, _, at in turns}):
        own = [
            {"type": "message", "user": speaker, "ts": str(at.timestamp()), "text": f"<@U1|ann> {text}"}
            for speaker, text, at in turns
            if at.date() == day
        ]
        own.append({"type": "message", "subtype": "channel_join", "user": "x", "ts": "1", "text": "joined"})
        (tmp_path / "talk" / f"{day}.json").write_text(json.dumps(own))
    items, losses = read(slack, tmp_path)
    said = [turn for item in items for turn in item.data["turns"]]  # type: ignore[index,union-attr]
    assert [turn["text"] for turn in said] == [f"@ann {text}" for _, text, _ in turns]
    assert losses
    assert recognise(tmp_path)[0].format == "slack"


@given(cutoff=st.integers(0, 4000), noise=st.binary(max_size=40))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damaged_exports_never_raise(
    turns: list[tuple[str, str, datetime]],
    tmp_path_factory: pytest.TempPathFactory,
    cutoff: int,
    noise: bytes,
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    whatsapp_chat(letters(folder, turns[:4]), turns[:4], "android")
    (folder / "r.json").write_text(json.dumps({"type": "a", "messages": [{"type": "message", "text": "b"}]}))
    for module, name in ((mbox, "in.mbox"), (whatsapp, "chat.txt"), (telegram, "r.json")):
        whole = (folder / name).read_bytes()
        (folder / name).write_bytes(whole[:cutoff] + noise + whole[cutoff + len(noise) :])
        module.sniff(folder)
        read(module, folder)
