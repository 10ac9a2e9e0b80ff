"""Taking back, down to the bytes: a canary is planted, and the whole workspace is searched for it."""

from __future__ import annotations

import shutil
import struct
import subprocess
import sys
from pathlib import Path

import orjson
import pyarrow.parquet as pq
import pytest
from studio_place import House, make_workspace, voice
from test_studio_way import record

from ingather.pipeline import run_stages
from ingather.releases.manifest import check_manifest
from ingather.store.workspace import open_workspace
from ingather.studio.withdrawing import finish_withdrawals, list_path

CANARY = b"CANARY-7f3a91c2-of-the-one-who-withdraws"


def with_canary(content: bytes) -> bytes:
    """The recording with a chunk that tells nothing but the canary; it still is a sound WAV."""
    chunk = b"note" + struct.pack("<I", len(CANARY)) + CANARY
    return content[:4] + struct.pack("<I", len(content) - 8 + len(chunk)) + content[8:] + chunk


def holding(folder: Path, *needles: bytes) -> list[str]:
    """Files that hold one of the needles, as they lie or inside Parquet."""
    found = []
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        content = path.read_bytes()
        if path.suffix == ".parquet":
            content += repr(pq.read_table(path).to_pylist()).encode()
        if any(needle in content for needle in needles):
            found.append(str(path.relative_to(folder)))
    return found


@pytest.fixture
def house(tmp_path: Path):
    house = House(make_workspace(tmp_path / "w"))
    yield house
    house.close()


def filled(house: House) -> tuple:
    """Two people who gave two recordings each, cut into a release; the first one's hold the canary."""
    campaign = house.campaign(checks=0, pay_sample=3)
    one, other = house.contributor(campaign), house.contributor(campaign, "scotland")
    given = []
    for person, first in ((one, 0), (other, 10)):
        for seed in (first, first + 1):
            task = person.do("POST", f"/api/campaigns/{campaign}/tasks", json={})["tasks"][0]
            content = with_canary(voice(seed)) if person is one else voice(seed)
            path = f"/api/assignments/{task['assignment']}/recording"
            sent = person.do("POST", path, content=content, headers={"idempotency-key": f"key-{seed:06d}"})
            given.append(sent["submission"])
    run_stages(house.workspace, None)
    return one, other, given


def test_everything_of_one_person_is_gone_down_to_the_bytes(house):
    one, other, given = filled(house)
    workspace = house.workspace
    _, waiting = record(one, one.do("GET", "/api/me/submissions")[0]["campaign"], 99)
    assert waiting.status_code == 201
    samples = {row["key"]: row for row in workspace.samples.read().to_pylist()}
    pseudonym = samples[given[0]]["contributor"]
    needles = [CANARY, voice(99)[5000:5400], pseudonym.encode(), samples[given[0]]["blob"].encode()]
    before = holding(workspace.root, CANARY)
    assert any("releases" in path for path in before)
    assert any("blobs" in path for path in before)

    assert one.do("POST", "/api/me/withdraw") == {"state": "erased"}
    left = [path for path in holding(workspace.root, *needles) if "ingather.db" not in path]
    assert left == []
    assert holding(workspace.folder, CANARY, samples[given[0]]["blob"].encode()) == []
    kept = workspace.samples.read().to_pylist()
    assert sorted(row["key"] for row in kept) == sorted(given[2:])
    release = workspace.root / "releases" / "v1"
    assert check_manifest(release) == []
    stones = orjson.loads((release / "tombstones.json").read_bytes())
    assert {stone["id"] for stone in stones} == {samples[key]["id"] for key in given[:2]}
    assert all(set(stone) == {"id", "withdrawn"} for stone in stones)
    assert one.do("GET", "/api/me/ledger")["balance"] == [{"currency": "EUR", "minor": 9}]
    assert {row["state"] for row in one.do("GET", "/api/me/submissions")} == {"withdrawn"}
    assert one.ask("GET", f"/api/submissions/{given[0]}/sound").status_code == 404
    assert other.ask("GET", f"/api/submissions/{given[2]}/sound").content == voice(10)

    outcome = run_stages(workspace, None)
    assert next(r for r in outcome.results if r.stage == "release").details["splits"] == {"train": 2}
    assert holding(workspace.folder, CANARY) == []
    missing = {orjson.dumps(row["by"]): row["missing"] for row in house.owner.do("GET", "/api/coverage")}
    assert missing[b'{"accent":"us","label":"yes"}'] + missing[b'{"accent":"us","label":"no"}'] == 6.0


def test_a_restore_takes_back_again_what_was_taken_back_since(house, tmp_path):
    one, _, given = filled(house)
    workspace = house.workspace
    backup = tmp_path / "backup"
    with workspace.database.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copytree(workspace.root, backup)
    one.do("POST", f"/api/submissions/{given[0]}/withdraw")
    assert list_path(workspace).is_file()
    shutil.copy(list_path(workspace), tmp_path / "backup.withdrawals.jsonl")
    restored = open_workspace(backup)
    told = finish_withdrawals(restored)
    assert told.samples == 1
    assert given[0] not in {row["key"] for row in restored.samples.read(["key"]).to_pylist()}
    assert finish_withdrawals(restored).samples == 0


def test_the_command_takes_back_one_sample(tmp_path):
    house = House(make_workspace(tmp_path / "w"))
    filled(house)
    row = next(r for r in house.workspace.samples.read().to_pylist())
    house.close()
    call = [sys.executable, "-m", "ingather", "-C", str(house.workspace.root), "withdraw", "--json"]
    told = subprocess.run([*call, "--sample", row["id"]], capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    said = orjson.loads(told.stdout)
    assert (said["samples"], [one["release"] for one in said["releases"]]) == (1, ["v1"])
    assert holding(tmp_path / "w", row["blob"].encode()) == []
    wrong = subprocess.run([*call, "--sample", "anna.wav"], capture_output=True, text=True)
    assert wrong.returncode == 2
    assert "no id of a sample" in orjson.loads(wrong.stdout)["error"]["message"]
