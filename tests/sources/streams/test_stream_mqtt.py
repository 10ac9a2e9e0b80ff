"""A source of MQTT messages against a real broker: nothing lost, nothing doubled, whatever breaks."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from broker import Mosquitto, certify, publish

from ingather.errors import InputError, OutsideError
from ingather.pipeline import run_stages
from ingather.series import decode
from ingather.sources.streams.standing import streams_of
from ingather.store.workspace import Workspace
from needed import missing

PLAN = """
version: 1
name: machines
objective: Tell a worn bearing from a sound one.
modality: {modality}
task: {{type: none}}
clean: []
attributes: {{machine: {{values: [a, b]}}}}
sources:
  - name: plant
    kind: mqtt
    licence: CC0-1.0
    address: {address}
    topics: [plant/+/+]
    topic: "plant/{{machine}}/{{sensor}}"
    session: [machine]
    quiet: 0.6
{more}
"""


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    folder = tmp_path / "broker"
    folder.mkdir()
    one = Mosquitto(folder)
    one.start()
    yield one
    one.stop()


def workspace(tmp_path: Path, broker: Mosquitto, *more: str, modality: str = "sensor") -> Workspace:
    """A workspace whose session at the broker exists already."""
    root = tmp_path / "work"
    root.mkdir()
    lines = "\n".join(f"    {one}" for one in more)
    (root / "plan.yaml").write_text(PLAN.format(address=broker.address, more=lines, modality=modality))
    place = Workspace(root)
    run_stages(place, ("collect",))
    return place


def rows(place: Workspace) -> list[dict[str, Any]]:
    found = [row for batch in place.samples.scan() for row in batch.to_pylist()]
    return sorted(found, key=lambda row: str(row["key"]))


def values(place: Workspace, channel: str = "value") -> list[float]:
    """Every number of a channel in all samples, in the order of time."""
    found = []
    for row in rows(place):
        stream = decode(place.blobs.read(row["blob"]))
        found += list(zip(stream.time.tolist(), stream.channels[channel].tolist(), strict=True))
    return [value for _, value in sorted(found)]


def highest(place: Workspace) -> int:
    """How many messages ever came into the spool."""
    with sqlite3.connect(place.folder / "streams" / "plant.spool", timeout=60) as file:
        found = file.execute("SELECT seq FROM sqlite_sequence WHERE name = 'messages'").fetchone()
    return int(found[0]) if found else 0


def losses(place: Workspace) -> dict[str, Any]:
    outcome = run_stages(place, ("collect",))
    told: dict[str, Any] = outcome.results[0].details["sources"]["plant"]
    return told


def test_what_came_while_nobody_listened_is_cut_into_recordings(tmp_path: Path, broker: Mosquitto) -> None:
    place = workspace(tmp_path, broker, "messages: 100", "units: {value: g}")
    assert rows(place) == []
    publish(broker, [(f"plant/{m}/vibration", str(n)) for n in range(250) for m in "ab"])
    outcome = run_stages(place, ("collect",))
    assert outcome.results[0].new == 6
    found = rows(place)
    assert Counter(row["attr_machine"] for row in found) == {"a": 3, "b": 3}
    assert Counter(values(place)) == Counter({float(n): 2 for n in range(250)})
    assert orjson.loads(found[0]["data"])["channels"] == [{"name": "value", "unit": "g", "rate": None}]
    assert orjson.loads(found[0]["origin"])["evidence"]["chance"] == 1.0
    (told,) = streams_of(place.folder / "streams")
    assert 0 < float(told.pop("hours")) < 0.01
    assert told == {
        "source": "plant",
        "waiting": 0,
        "messages": 500,
        "malformed": 0,
        "seen": 6,
        "samples": 6,
        "bytes": 2 * sum(len(str(n)) for n in range(250)),
    }
    assert run_stages(place, ("collect",)).results[0].new == 0
    assert len(rows(place)) == 6


def test_streams_of_one_recording_keep_their_clocks_and_tell_what_was_lost(
    tmp_path: Path, broker: Mosquitto
) -> None:
    place = workspace(
        tmp_path, broker, "stream: sensor", "time: t", "time_unit: ms", "sequence: n",
        "channels: {level: v.level}",
    )  # fmt: skip
    start = 1_700_000_000_000
    sent = [("plant/a/fast", n, start + 10 * n) for n in range(200) if n not in (50, 51, 120)]
    sent += [("plant/a/slow", n, start + 500 + 100 * n) for n in range(15)]
    sent.append(("plant/a/slow", 14, start + 500 + 1400))  # sent twice by the sensor
    publish(broker, [(t, orjson.dumps({"n": n, "t": at, "v": {"level": n / 4}})) for t, n, at in sent])
    run_stages(place, ("collect",))
    (row,) = rows(place)
    data = orjson.loads(row["data"])
    assert (data["stream"], data["missing"], data["repeated"], data["late"]) == ("fast", 3, 1, 0)
    (slow,) = data["streams"]
    assert (slow["name"], slow["start"], slow["values"], slow["lost"]) == ("slow", 0.5, 16, 0)
    assert abs(data["clock_offset"] - (time.time() - start / 1000)) < 60
    main = decode(place.blobs.read(row["blob"]))
    assert len(main) == 197
    assert main.time[0] == start * 1_000_000


def test_broken_messages_are_told_and_the_rest_goes_on(tmp_path: Path, broker: Mosquitto) -> None:
    place = workspace(tmp_path, broker, "time: t", "time_unit: s")
    publish(
        broker,
        [
            ("plant/a/x", b"\xff\x00"),
            ("plant/a/x", b""),
            ("plant/a/x", b'{"t": 1, "v": '),
            ("plant/a/x", b'{"t": 1, "v": "high"}'),
            ("plant/a/x", b'{"t": 1e300, "v": 3}'),
            ("plant/a/x", b'{"v": 3}'),
            ("plant/a/x", b"[" * 100_000),
            ("plant/a/x", b'{"t": 5, "v": 3}'),
            ("plant/a/x", b'{"t": 2, "v": 4}'),
        ],
    )
    told = losses(place)
    assert {(loss["reason"], loss["count"]) for loss in told["losses"]} == {
        ("a message is neither JSON nor a number", 4),
        ("a message holds no number that is asked for", 1),
        ("a message has no time of its own that can be read", 2),
    }
    (row,) = rows(place)
    stream = decode(place.blobs.read(row["blob"]))
    assert stream.time.tolist() == [5_000_000_000, 2_000_000_000]  # as it came: operators count the order
    assert orjson.loads(row["data"])["late"] == 1


def test_records_are_one_sample_a_message_and_limits_end(tmp_path: Path, broker: Mosquitto) -> None:
    place = workspace(tmp_path, broker, "limit: {samples: 30}", modality="record")
    publish(broker, [("plant/a/state", orjson.dumps({"n": n, "state": "on"})) for n in range(50)])
    assert "limit of samples is reached" in losses(place)["losses"][0]["reason"]
    found = [orjson.loads(row["data"]) for row in rows(place)]
    assert sorted(one["n"] for one in found) == list(range(30))
    assert found[0]["machine"] == "a"
    assert found[0]["state"] == "on"
    assert "not listened to" in losses(place)["losses"][0]["reason"]
    text = place.plan_path.read_text().replace("samples: 30", "samples: 45")
    place.plan_path.write_text(text)
    run_stages(place, ("collect",))
    assert sorted(orjson.loads(row["data"])["n"] for row in rows(place)) == list(range(45))


def test_killed_at_any_moment_nothing_is_lost_or_doubled(tmp_path: Path, broker: Mosquitto) -> None:
    place = workspace(tmp_path, broker, "messages: 37")
    command = [sys.executable, "-m", "ingather", "collect", "--watch"]
    sent, met = 0, []
    for delay in (0.0, 0.3, 0.9, 5.4):  # the last one after a commit
        process = subprocess.Popen(
            command, cwd=place.root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        before, end = highest(place), time.monotonic() + 60
        while time.monotonic() < end:
            publish(broker, [("plant/a/x", str(n)) for n in range(sent, sent + 100)])
            sent += 100
            if highest(place) > before and end - time.monotonic() > delay:
                end = time.monotonic() + delay
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        met.append(highest(place) - before)
    assert min(met) > 0, "it was killed before anything came"
    run_stages(place, ("collect",))
    found = Counter(values(place))
    assert found == Counter({float(n): 1 for n in range(sent)})


def test_a_broker_that_goes_and_comes_back_and_a_watch_that_is_stopped(
    tmp_path: Path, broker: Mosquitto
) -> None:
    place = workspace(tmp_path, broker)
    process = subprocess.Popen(
        [sys.executable, "-m", "ingather", "collect", "--watch", "--json"],
        cwd=place.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    publish(broker, [("plant/a/x", str(n)) for n in range(300)])
    time.sleep(2)
    broker.stop()
    broker.start()
    publish(broker, [("plant/a/x", str(n)) for n in range(300, 600)])
    time.sleep(4)
    process.send_signal(signal.SIGINT)
    printed, told = process.communicate(timeout=60)
    assert process.returncode == 0, told.decode()
    assert b'"collect"' in printed
    run_stages(place, ("collect",))
    assert Counter(values(place)) == Counter({float(n): 1 for n in range(600)})


def test_a_broker_that_forgot_the_session_is_told(tmp_path: Path, broker: Mosquitto) -> None:
    place = workspace(tmp_path, broker)
    broker.stop()
    (tmp_path / "broker" / "mosquitto.db").unlink()
    broker.start()
    publish(broker, [("plant/a/x", "1")])
    assert "no longer knew this session" in losses(place)["losses"][0]["reason"]
    assert rows(place) == []


def test_names_and_passwords_are_asked_over_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "broker"
    folder.mkdir()
    certify(folder)
    passwords = shutil.which("mosquitto_passwd")
    if passwords is None:
        missing("mosquitto_passwd is not installed")
    subprocess.run([passwords, "-c", "-b", folder / "users", "reader", "open sesame"], check=True)
    one = Mosquitto(
        folder,
        more=f"allow_anonymous false\npassword_file {folder}/users\n"
        f"certfile {folder}/own.pem\nkeyfile {folder}/own.key\n",
    )
    one.start()
    try:
        secure = one.address.replace("mqtt:", "mqtts:").replace("127.0.0.1", "localhost")
        options = ["username: reader", "password_env: PLANT_PASSWORD", f"authority: {folder}/own.pem"]
        with pytest.raises(InputError, match="PLANT_PASSWORD"):
            workspace(tmp_path, one, *options)
        place = Workspace(tmp_path / "work")
        place.plan_path.write_text(place.plan_path.read_text().replace(one.address, secure))
        monkeypatch.setenv("PLANT_PASSWORD", "wrong")
        with pytest.raises(OutsideError, match="it refuses"):
            run_stages(place, ("collect",))
        monkeypatch.setenv("PLANT_PASSWORD", "open sesame")
        assert run_stages(place, ("collect",)).results[0].new == 0
        place.plan_path.write_text(place.plan_path.read_text().replace(options[2], "qos: 1"))
        with pytest.raises(OutsideError, match="cannot be trusted"):
            run_stages(place, ("collect",))
    finally:
        one.stop()


def test_a_broker_that_is_not_there_is_told_in_words(tmp_path: Path, broker: Mosquitto) -> None:
    place = workspace(tmp_path, broker)
    broker.stop()
    with pytest.raises(OutsideError) as told:
        run_stages(place, ("collect",))
    assert "cannot be listened to" in told.value.message
    assert broker.address in told.value.message
