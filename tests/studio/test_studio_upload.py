"""Large recordings in pieces: kills in the middle, flat memory, types by their bytes, limits by plan."""

from __future__ import annotations

import base64
import hashlib
import http.client
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import select
from studio_place import House, make_workspace, voice
from studio_server import Client, Server, until_it_answers

from ingather.store.studio_schema import submissions

TUS = {"content-type": "application/offset+octet-stream", "tus-resumable": "1.0.0"}


def long_wav(path: Path, size: int) -> str:
    """A WAV of about that size: somebody who says the same over and over; returns its SHA-256."""
    said = voice(3, seconds=10.0)
    frames = said[44:]
    count = size // len(frames)
    length = count * len(frames)
    head = said[:4] + (length + 36).to_bytes(4, "little") + said[8:40] + length.to_bytes(4, "little")
    told = hashlib.sha256(head)
    with open(path, "wb") as file:
        file.write(head)
        for _ in range(count):
            file.write(frames)
            told.update(frames)
    return told.hexdigest()


def metadata(**values: str) -> str:
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in values.items())


def resident(pid: int) -> int:
    """Bytes of memory that a process holds itself."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith("RssAnon"))


def begin(server: Server, workspace, assignment_of: Client) -> str:
    owner = Client(server)
    made = {"token": server.link, "name": "Ola", "password": "a long password"}
    assert owner.ask("POST", "/api/owner", made)[0] == 201
    body = {"source": "studio", "title": "t", "settings": {"checks": 0}}
    campaign = owner.ask("POST", "/api/campaigns", body)[1]["id"]
    person = assignment_of
    assert person.ask("POST", f"/api/campaigns/{campaign}/join", {})[0] == 201
    _, shown = person.ask("GET", f"/api/campaigns/{campaign}")
    agreed = {"text": shown["consent"][0]["hash"], "purposes": ["train"], "shown_at": 1, "of_age": True}
    person.ask("POST", f"/api/campaigns/{campaign}/consent", agreed)
    person.ask("PUT", "/api/me/about", {"about": {"accent": "us"}})
    return person.ask("POST", f"/api/campaigns/{campaign}/tasks", {})[1]["tasks"][0]["assignment"]


def send(person: Client, place: str, path: Path, offset: int) -> None:
    """The rest of the file in one request, as long as the server takes it."""
    connection = http.client.HTTPConnection("127.0.0.1", person.port, timeout=120)
    rest = path.stat().st_size - offset
    headers = {**TUS, "upload-offset": str(offset), "content-length": str(rest), "cookie": person.cookie}
    connection.putrequest("PATCH", place)
    for name, value in {**headers, "x-csrf-token": person.csrf}.items():
        connection.putheader(name, value)
    connection.endheaders()
    with open(path, "rb") as file:
        file.seek(offset)
        while piece := file.read(1 << 18):
            connection.send(piece)
    answer = connection.getresponse()
    assert answer.status < 300, answer.read()
    connection.close()


@pytest.mark.parametrize(
    "size", [pytest.param(72 << 20, id="72MB"), pytest.param(2000 << 20, id="2GB", marks=pytest.mark.soak)]
)
def test_an_upload_survives_three_kills_and_memory_stays_flat(tmp_path, size):
    workspace = make_workspace(tmp_path / "w", each=10)
    path = tmp_path / "long.wav"
    digest = long_wav(path, size)
    whole = path.stat().st_size
    server = Server(workspace)
    server.start()
    person = Client(server)
    assignment = begin(server, workspace, person)
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    meta = metadata(assignment=assignment, key="one-long-take")
    headers = {"upload-length": str(whole), "upload-metadata": meta, "cookie": person.cookie}
    connection.request("POST", "/api/uploads", b"", {**headers, "x-csrf-token": person.csrf})
    answer = connection.getresponse()
    assert answer.status == 201, answer.read()
    place = answer.getheader("location") or ""
    part = workspace.folder / "uploads" / f"{place.rsplit('/', 1)[1]}.part"
    kills = [whole // 4, whole // 2, whole * 3 // 4]
    grown: list[int] = []

    def watch() -> None:
        before, pid = resident(server.running.pid), server.running.pid
        while kills or not done.is_set():
            if server.running.pid != pid:
                before, pid = resident(server.running.pid), server.running.pid
            try:
                grown.append(resident(pid) - before)
                if kills and part.stat().st_size >= kills[0]:
                    kills.pop(0)
                    server.kill()
                    server.start()
            except (OSError, StopIteration):
                pass
            time.sleep(0.02)

    done = threading.Event()
    watching = threading.Thread(target=watch)
    watching.start()
    offsets = []
    try:
        for _ in range(40):
            status = until_it_answers(lambda: person.ask("HEAD", place))[0]
            assert status == 200
            reached = part.stat().st_size if part.is_file() else whole
            if reached == whole and not part.is_file():
                break
            offsets.append(reached)
            try:
                send(person, place, path, reached)
            except (OSError, http.client.HTTPException):
                continue
        done.set()
        watching.join()
    finally:
        done.set()
        server.kill()
    assert not kills
    assert len(offsets) >= 4
    assert offsets == sorted(offsets)
    assert 0 < offsets[1] < whole
    with workspace.database.connect() as connection:
        row = connection.execute(select(submissions)).one()
    assert (row.blob, row.size, row.state) == (digest, whole, "accepted")
    with open(workspace.folder / "uploads" / row.id, "rb") as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == digest
    assert max(grown) < 50 << 20


def begun(house: House, person, length: int, key: str = "a-first-key") -> str:
    campaign = person.campaign
    task = person.do("POST", f"/api/campaigns/{campaign}/tasks", json={"kind": "record"})["tasks"][0]
    headers = {
        "upload-length": str(length),
        "upload-metadata": metadata(assignment=task["assignment"], key=key),
    }
    answer = person.ask("POST", "/api/uploads", headers=headers)
    return answer.headers["location"] if answer.status_code == 201 else str(answer.status_code)


@pytest.fixture
def person(tmp_path):
    workspace = make_workspace(tmp_path / "w")
    text = workspace.plan_path.read_text().replace("takes: 5", "takes: 5, largest: 2")
    workspace.plan_path.write_text(text)
    house = House(workspace)
    person = house.contributor(campaign := house.campaign(checks=0))
    person.campaign, person.house = campaign, house
    yield person
    house.close()


def piece(person, place: str, offset: int, content: bytes):
    headers = {**TUS, "upload-offset": str(offset)}
    return person.ask("PATCH", place, content=content, headers=headers)


def test_the_plan_says_how_large_a_recording_may_be(person):
    assert begun(person.house, person, (2 << 20) + 1) == "413"
    assert begun(person.house, person, 2 << 20).startswith("/api/uploads/")


def test_a_film_named_as_sound_is_refused_by_its_bytes_and_may_be_sent_anew(person):
    film = b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41" + bytes(500)
    place = begun(person.house, person, len(film))
    answer = piece(person, place, 0, film)
    assert answer.status_code == 422
    assert answer.json()["error"]["why"] == "decode"
    assert not list(person.house.studio.uploads.iterdir())
    said = voice(1)
    place = begun(person.house, person, len(said))
    answer = piece(person, place, 0, said)
    assert answer.json()["state"] == "accepted"


def test_what_was_whole_when_the_server_died_is_handed_in_without_being_asked(person):
    from ingather.studio.routes.uploads import hand_in_whole

    said = voice(1)
    place = begun(person.house, person, len(said))
    (person.house.studio.uploads / f"{place.rsplit('/', 1)[1]}.part").write_bytes(said)
    assert person.house._first.portal.call(hand_in_whole, person.house.studio) == 1
    assert person.do("GET", "/api/me/submissions")[0]["state"] == "accepted"
    assert piece(person, place, len(said), b"").json()["state"] == "accepted"


def test_pieces_must_fit_and_nothing_is_added_twice(person):
    said = voice(1)
    place = begun(person.house, person, len(said))
    assert piece(person, place, 0, said[:1000]).headers["upload-offset"] == "1000"
    assert piece(person, place, 0, said[:1000]).status_code == 409
    assert piece(person, place, 1000, said[1000:] + b"more").status_code == 413
    assert person.ask("HEAD", place).headers["upload-offset"] == "1000"
    assert piece(person, place, 1000, said[1000:]).json()["state"] == "accepted"
