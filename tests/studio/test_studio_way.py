"""The whole way: somebody records by the API, others check it, and it becomes a sample of a release."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from studio_place import House, make_workspace, voice

from ingather.pipeline import run_stages
from ingather.studio.credentials import is_password


@pytest.fixture
def house(tmp_path: Path):
    house = House(make_workspace(tmp_path / "w"))
    yield house
    house.close()


def record(person, campaign, seed=0, key=None, **more):
    task = person.do("POST", f"/api/campaigns/{campaign}/tasks", json={"kind": "record"})["tasks"][0]
    answer = person.ask(
        "POST", f"/api/assignments/{task['assignment']}/recording", content=voice(seed, **more),
        headers={"idempotency-key": key or f"key-{seed:06d}"},
    )  # fmt: skip
    return task, answer


def test_one_recording_becomes_one_sample_however_often_it_is_sent_and_carried(house):
    campaign = house.campaign(checks=0, pay_sample=12)
    person = house.contributor(campaign)
    task, first = record(person, campaign)
    assert first.status_code == 201, first.text
    again = person.ask(
        "POST", f"/api/assignments/{task['assignment']}/recording", content=voice(0),
        headers={"idempotency-key": "key-000000"},
    )  # fmt: skip
    assert again.json() == first.json()
    assert first.json()["state"] == "accepted"
    assert person.do("GET", "/api/me/ledger")["balance"] == [{"currency": "EUR", "minor": 12}]

    outcome = run_stages(house.workspace, None)
    assert [one.new for one in outcome.results if one.stage == "collect"] == [1]
    row = house.workspace.samples.read().to_pylist()[0]
    assert row["label"] == f'"{task["prompt"]["text"]}"'
    assert (row["attr_accent"], row["basis_accent"]) == ("us", "declared")
    assert row["licence"] == "CC0-1.0"
    assert row["consent"] == person.do("GET", f"/api/campaigns/{campaign}")["consent"][0]["hash"]
    assert json.loads(row["origin"])["evidence"]["purposes"] == ["train", "evaluate"]
    assert house.workspace.blobs.read(row["blob"]) == voice(0)
    release = next(one for one in outcome.results if one.stage == "release")
    assert release.details["splits"] == {"train": 1}

    assert run_stages(house.workspace, ("collect",)).results[0].new == 0
    coverage = {json.dumps(one["by"]): one["missing"] for one in house.owner.do("GET", "/api/coverage")}
    assert sorted(coverage.values()) == [2.0, 3.0, 3.0, 3.0]
    heard = person.ask("GET", f"/api/submissions/{first.json()['submission']}/sound")
    assert heard.content == voice(0)


def test_three_judges_decide_and_a_reviewer_settles_what_they_cannot(house):
    campaign = house.campaign(checks=2, agree=2, pay_sample=10, pay_check=1)
    giver = house.contributor(campaign)
    _, sent = record(giver, campaign)
    assert sent.json()["state"] == "waiting"
    assert giver.do("POST", f"/api/campaigns/{campaign}/tasks", json={"kind": "check"})["tasks"] == []
    for answer in ("yes", "no"):
        judge = house.contributor(campaign, "scotland")
        task = judge.do("POST", f"/api/campaigns/{campaign}/tasks", json={"kind": "check"})["tasks"][0]
        assert task["prompt"]["text"] in ("yes", "no")
        assert judge.ask("GET", f"/api/assignments/{task['assignment']}/sound").content == voice(0)
        path = f"/api/assignments/{task['assignment']}/answer"
        judge.do("POST", path, json={"answer": answer})
        judge.do("POST", path, json={"answer": answer})
        assert judge.do("GET", "/api/me/ledger")["balance"] == [{"currency": "EUR", "minor": 1}]
    one = sent.json()["submission"]
    assert giver.do("GET", f"/api/submissions/{one}")["state"] == "disputed"
    waiting = house.owner.do("GET", f"/api/campaigns/{campaign}/review")
    assert [row["id"] for row in waiting] == [one]
    assert "account" not in waiting[0]
    house.owner.do("POST", f"/api/submissions/{one}/decision", json={"verdict": "accepted"})
    assert giver.do("GET", "/api/me/ledger")["balance"] == [{"currency": "EUR", "minor": 10}]


def test_a_refusal_opens_the_place_and_an_appeal_goes_to_somebody_else(house):
    campaign = house.campaign(checks=1, agree=1)
    giver, judge = house.contributor(campaign), house.contributor(campaign, "scotland")
    _, sent = record(giver, campaign)
    task = judge.do("POST", f"/api/campaigns/{campaign}/tasks", json={"kind": "check"})["tasks"][0]
    judge.do(
        "POST",
        f"/api/assignments/{task['assignment']}/answer",
        json={"answer": "no", "reason": "It says maybe."},
    )
    told = giver.do("GET", f"/api/submissions/{sent.json()['submission']}")
    assert (told["state"], told["reason"]) == ("refused", "It says maybe.")
    assert {one["missing"] for one in house.owner.do("GET", "/api/coverage")} == {3.0}
    path = f"/api/submissions/{told['id']}"
    giver.do("POST", f"{path}/appeal", json={"words": "I said yes."})
    assert giver.ask("POST", f"{path}/appeal", json={"words": "Again."}).status_code == 409
    house.owner.do("POST", f"{path}/decision", json={"verdict": "accepted"})
    assert giver.do("GET", path)["state"] == "accepted"


@pytest.mark.parametrize(
    ("more", "operator"),
    [({"level": 0.0001}, "silence"), ({"seconds": 0.05}, "duration"), ({"level": 9.0}, "clipping")],
)
def test_the_gates_refuse_with_a_kind_sentence_and_keep_the_place(house, more, operator):
    campaign = house.campaign(checks=0)
    person = house.contributor(campaign)
    task, answer = (
        record(person, campaign, **more) if operator != "duration" else record_bytes(person, campaign)
    )
    assert answer.status_code == 422
    assert answer.json()["error"]["why"] == operator
    assert answer.json()["error"]["message"]
    again = person.do("POST", f"/api/campaigns/{campaign}/tasks", json={"kind": "record"})["tasks"][0]
    assert again["assignment"] == task["assignment"]
    assert list(house.studio.uploads.iterdir()) == []


def record_bytes(person, campaign):
    import io

    import numpy as np
    import soundfile

    out = io.BytesIO()
    soundfile.write(out, np.sin(np.arange(3000) / 9).astype(np.float32) * 0.2, 48_000, format="WAV")
    task = person.do("POST", f"/api/campaigns/{campaign}/tasks", json={"kind": "record"})["tasks"][0]
    path = f"/api/assignments/{task['assignment']}/recording"
    return task, person.ask("POST", path, content=out.getvalue(), headers={"idempotency-key": "short-01"})


def test_a_page_that_says_it_is_a_recording_is_none(house):
    campaign = house.campaign(checks=0)
    person = house.contributor(campaign)
    task = person.do("POST", f"/api/campaigns/{campaign}/tasks", json={"kind": "record"})["tasks"][0]
    answer = person.ask(
        "POST", f"/api/assignments/{task['assignment']}/recording", content=b"<script>alert(1)</script>",
        headers={"idempotency-key": "hostile-1", "content-type": "audio/wav"},
    )  # fmt: skip
    assert answer.status_code == 422
    assert answer.json()["error"]["why"] == "decode"


def test_a_new_consent_text_asks_again(house):
    campaign = house.campaign(checks=0)
    person = house.contributor(campaign)
    text = {"language": "en", "text": "You give your voice, and it is published."}
    house.owner.do("POST", f"/api/campaigns/{campaign}/consent-texts", json=text)
    assert person.ask("POST", f"/api/campaigns/{campaign}/tasks", json={}).status_code == 403
    told = person.do("GET", f"/api/campaigns/{campaign}/standing")
    assert told["consent"] is None
    agreed = {"text": told["texts"][0], "purposes": ["train"], "shown_at": 2.0, "of_age": True}
    person.do("POST", f"/api/campaigns/{campaign}/consent", json=agreed)
    assert person.do("POST", f"/api/campaigns/{campaign}/tasks", json={})["tasks"]
    assert len(person.do("GET", "/api/me/export")["consents"]) == 2


def test_a_code_on_paper_lets_its_holder_in_again(house):
    campaign = house.campaign()
    person = house.person()
    code = person.do("POST", f"/api/campaigns/{campaign}/join", json={})["code"]
    me = person.do("GET", "/api/me")["account"]
    other = house.person()
    other.do("POST", "/api/session", json={"code": code.upper().replace("-", " ")})
    assert other.do("GET", "/api/me")["account"] == me
    assert house.person().ask("POST", "/api/session", json={"code": code[:-1] + "x"}).status_code == 401


def test_an_upload_in_pieces_goes_on_where_it_was(house):
    import base64

    campaign = house.campaign(checks=0)
    person = house.contributor(campaign)
    task = person.do("POST", f"/api/campaigns/{campaign}/tasks", json={"kind": "record"})["tasks"][0]
    content = voice(3)
    meta = ",".join(
        f"{name} {base64.b64encode(value.encode()).decode()}"
        for name, value in (("assignment", task["assignment"]), ("key", "pieces-01"))
    )
    headers = {"upload-length": str(len(content)), "upload-metadata": meta, "tus-resumable": "1.0.0"}
    made = person.ask("POST", "/api/uploads", headers=headers)
    where = made.headers["location"]
    assert person.ask("POST", "/api/uploads", headers=headers).headers["location"] == where
    piece = {"content-type": "application/offset+octet-stream", "upload-offset": "0"}
    assert (
        person.ask("PATCH", where, content=content[:40_000], headers=piece).headers["upload-offset"]
        == "40000"
    )
    assert person.ask("PATCH", where, content=content[:10], headers=piece).status_code == 409
    assert person.ask("HEAD", where).headers["upload-offset"] == "40000"
    piece["upload-offset"] = "40000"
    done = person.ask("PATCH", where, content=content[40_000:], headers=piece)
    assert done.json()["state"] == "accepted"
    piece["upload-offset"] = str(len(content))
    assert (
        person.ask("PATCH", where, content=b"", headers=piece).json()["submission"]
        == done.json()["submission"]
    )
    run_stages(house.workspace, ("collect",))
    assert house.workspace.blobs.read(house.workspace.samples.read().to_pylist()[0]["blob"]) == content


def test_passwords_are_kept_by_argon2id():
    from ingather.studio.credentials import hash_password

    hashed = hash_password("a long password")
    assert hashed.startswith("$argon2id$")
    assert is_password(hashed, "a long password")
    assert not is_password(hashed, "another")
    assert not is_password(None, "another")


def test_what_nobody_decides_in_time_accepts_itself(house):
    from ingather.studio.upkeep import one_round

    campaign = house.campaign(checks=3, decide_days=2, pay_sample=7)
    person = house.contributor(campaign)
    _, sent = record(person, campaign)
    one_round(house.studio)
    assert person.do("GET", f"/api/submissions/{sent.json()['submission']}")["state"] == "waiting"
    later = house.studio.clock() + 2 * 86400 + 1
    house.studio.clock = lambda: later
    one_round(house.studio)
    one_round(house.studio)
    assert person.do("GET", f"/api/submissions/{sent.json()['submission']}")["state"] == "accepted"
    assert person.do("GET", "/api/me/ledger")["balance"] == [{"currency": "EUR", "minor": 7}]


def test_judges_who_fail_known_answers_lose_their_vote_and_then_the_task(house):
    from sqlalchemy import select

    from ingather.annotation.answering import Said, answer_tasks
    from ingather.annotation.deciding import BARRED_AFTER, Rule
    from ingather.annotation.handout import Asked, add_tasks, hand_out
    from ingather.store.studio_schema import tasks

    plan = house.studio.plan
    with house.workspace.database.begin() as connection:
        subjects = [(f"k{n}", "{}", None, "yes") for n in range(BARRED_AFTER)]
        add_tasks(connection, "c", "check", subjects, overlap=None, now=0.0)

    def answers(worker: str, answer: str) -> object:
        with house.workspace.database.begin() as connection:
            asked = Asked("c", "studio", "check", worker, {}, 1.0, 100.0)
            (given,) = hand_out(connection, plan, asked)
            said = [Said(given.assignment, worker, answer)]
            (told,) = answer_tasks(connection, said, lambda _: Rule(3, 2), 2.0)
            return told.decision

    for _ in range(BARRED_AFTER):
        assert answers("careless", "no").state == "known"
    from ingather.store.studio_schema import worker_records

    with house.workspace.database.begin() as connection:
        known = connection.execute(select(worker_records)).one()
        assert (known.known_asked, known.known_right, known.barred) == (BARRED_AFTER, 0.0, True)
        connection.execute(tasks.delete())
        add_tasks(connection, "c", "check", [("real", "{}", "giver", None)], overlap=3, now=0.0)
    assert answers("careless", "no").state == "open"
    assert answers("a", "yes").state == "open"
    decided = answers("b", "yes")
    assert (decided.state, decided.answer) == ("agreed", "yes")


def test_a_plan_that_wants_more_opens_places_while_the_studio_runs(house):
    """What `next --apply` does to the plan is all that it takes."""
    campaign = house.campaign(checks=0)
    person = house.contributor(campaign)
    for seed in range(6):
        assert record(person, campaign, seed)[1].status_code == 201
    assert person.do("POST", f"/api/campaigns/{campaign}/tasks", json={})["tasks"] == []
    run_stages(house.workspace, ("collect",))
    assert person.do("POST", f"/api/campaigns/{campaign}/tasks", json={})["tasks"] == []
    plan = house.workspace.plan_path
    plan.write_text(plan.read_text().replace("each: 3", "each: 5"))
    given = person.do("POST", f"/api/campaigns/{campaign}/tasks", json={"count": 9})["tasks"]
    assert sorted(task["prompt"]["text"] for task in given) == ["no", "no", "yes", "yes"]
