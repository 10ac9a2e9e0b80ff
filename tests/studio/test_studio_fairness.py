"""Fairness: late work, second tries, appeals, facilitators, doubts, payments, groups that lose more."""

from __future__ import annotations

import csv
import io

import pytest
from studio_place import House, make_workspace, voice
from test_studio_way import record

from ingather.pipeline import run_stages
from ingather.studio.gate_losses import clearly_more
from ingather.studio.upkeep import one_round


@pytest.fixture
def house(tmp_path):
    house = House(make_workspace(tmp_path / "w", each=1))
    yield house
    house.close()


def account(person) -> str:
    return person.do("GET", "/api/me")["account"]


def judge_it(house, campaign, answer, reason=""):
    judge = house.contributor(campaign, "scotland")
    task = judge.do("POST", f"/api/campaigns/{campaign}/tasks", json={"kind": "check"})["tasks"][0]
    body = {"answer": answer, "reason": reason}
    judge.do("POST", f"/api/assignments/{task['assignment']}/answer", json=body)


def send(person, task, key, seed=0, **headers):
    path = f"/api/assignments/{task['assignment']}/recording"
    return person.ask("POST", path, content=voice(seed), headers={"idempotency-key": key, **headers})


def test_work_that_comes_late_is_kept_and_paid_and_takes_the_next_place(house):
    campaign = house.campaign(checks=0, pay_sample=7)
    late, quick = house.contributor(campaign), house.contributor(campaign)
    ask = {"kind": "record", "count": 2}
    held = late.do("POST", f"/api/campaigns/{campaign}/tasks", json=ask)["tasks"]
    assert len(held) == 2
    now = house.studio.clock()
    house.studio.clock = lambda: now + 1000.0
    taken = quick.do("POST", f"/api/campaigns/{campaign}/tasks", json=ask)["tasks"]
    for n, task in enumerate(taken):
        assert send(quick, task, f"quick-{n:04d}", n).json()["state"] == "accepted"
    answers = [send(late, task, f"late--{n:04d}", n + 5) for n, task in enumerate(held)]
    assert [one.json()["state"] for one in answers] == ["surplus", "surplus"]
    assert late.do("GET", "/api/me/ledger")["balance"] == [{"currency": "EUR", "minor": 14}]
    assert {one["missing"] for one in house.owner.do("GET", "/api/coverage")} == {0.0, 1.0}
    assert run_stages(house.workspace, ("collect",)).results[0].new == 2
    mine = quick.do("GET", "/api/me/submissions")[0]
    quick.do("POST", f"/api/submissions/{mine['id']}/withdraw")
    one_round(house.studio)
    states = sorted(one["state"] for one in late.do("GET", "/api/me/submissions"))
    assert states == ["accepted", "surplus"]
    assert late.do("GET", "/api/me/ledger")["balance"] == [{"currency": "EUR", "minor": 14}]


def test_one_second_try_and_one_appeal_to_somebody_else(house):
    campaign = house.campaign(checks=1, agree=1)
    giver = house.contributor(campaign)
    _, sent = record(giver, campaign)
    judge_it(house, campaign, "no", "It says maybe.")
    one = f"/api/submissions/{sent.json()['submission']}"
    second = giver.do("POST", f"{one}/redo")
    assert giver.ask("POST", f"{one}/redo").status_code == 409
    again = send(giver, second, "second-try", 3)
    assert again.status_code == 201
    told = giver.do("GET", f"/api/submissions/{again.json()['submission']}")
    assert one.endswith(told["redo_of"])
    judge_it(house, campaign, "no")
    assert giver.ask("POST", f"/api/submissions/{told['id']}/redo").status_code == 409
    giver.do("POST", f"{one}/appeal", json={"words": "I said yes."})
    house.owner.do("POST", f"{one}/decision", json={"verdict": "refused", "reason": "It says maybe."})
    assert giver.ask("POST", f"{one}/appeal", json={"words": "Again."}).status_code == 409
    table = house.owner.do("GET", f"/api/campaigns/{campaign}/refusals")
    assert sum(row["refused"] for row in table["reviewers"]) == 2
    assert {row["group"]["accent"] for row in table["groups"]} == {"us"}


def test_a_facilitator_enrols_two_on_one_phone_and_the_card_finds_what_they_gave(house):
    campaign = house.campaign(checks=0)
    made = house.owner.do("POST", "/api/accounts", json={"name": "Fay", "role": "facilitator"})
    member = {"account": made["id"], "role": "facilitator"}
    house.owner.do("POST", f"/api/campaigns/{campaign}/members", json=member)
    phone = house.person()
    phone.do("POST", "/api/accounts/accept", json={"code": made["code"], "password": "a long password"})
    shown = phone.do("GET", f"/api/campaigns/{campaign}")["consent"][0]["hash"]
    agreed = {"text": shown, "purposes": ["train"], "shown_at": 1.0, "of_age": True}
    people = []
    for name, accent in (("first-key", "us"), ("other-key", "scotland")):
        body = {"key": name, "consent": agreed, "about": {"accent": accent}}
        people.append(phone.do("POST", f"/api/campaigns/{campaign}/enrolments", json=body))
        again = phone.do("POST", f"/api/campaigns/{campaign}/enrolments", json=body)
        assert again == {"account": people[-1]["account"], "card": None}
    for n, person in enumerate(people):
        head = {"x-contributor": person["account"]}
        task = phone.do("POST", f"/api/campaigns/{campaign}/tasks", json={}, headers=head)["tasks"][0]
        now = house.studio.clock()
        house.studio.clock = lambda now=now: now + 30
        sent = send(phone, task, f"shared-{n}", n, **head, **{"x-device": "one-phone"})
        assert sent.json()["state"] == "accepted"
    told = phone.do("GET", f"/api/campaigns/{campaign}/enrolments")
    assert [one["given"] for one in told] == [1, 1]
    assert house.owner.do("GET", f"/api/campaigns/{campaign}/doubts") == []
    run_stages(house.workspace, ("collect",))
    rows = house.workspace.samples.read(["contributor", "attr_accent", "origin"]).to_pylist()
    assert {row["attr_accent"] for row in rows} == {"us", "scotland"}
    assert len({row["contributor"] for row in rows}) == 2
    assert all('"facilitator"' in row["origin"] for row in rows)
    assert all(made["id"] not in row["origin"] for row in rows)
    own = house.person()
    own.do("POST", "/api/session", json={"code": people[0]["card"]})
    assert [one["state"] for one in own.do("GET", "/api/me/submissions")] == ["accepted"]
    stranger = house.contributor(campaign)
    head = {"x-contributor": people[0]["account"]}
    assert stranger.ask("GET", "/api/me/submissions", headers=head).status_code == 404


def test_the_same_recording_and_device_under_two_names_are_doubts_and_may_be_one_person(tmp_path):
    house = House(make_workspace(tmp_path / "w", each=3))
    campaign = house.campaign(checks=0)
    first, second = house.contributor(campaign), house.contributor(campaign)
    now = house.studio.clock()
    for n, person in enumerate((first, second)):
        house.studio.clock = lambda: now
        task = person.do("POST", f"/api/campaigns/{campaign}/tasks", json={})["tasks"][0]
        house.studio.clock = lambda: now + 60
        sent = send(person, task, f"twice-{n:03d}", 4, **{"x-device": "the-same"})
        assert sent.json()["state"] == "accepted"
    found = house.owner.do("GET", f"/api/campaigns/{campaign}/doubts")
    assert sorted(one["kind"] for one in found) == ["same device", "same recording"]
    assert {found[0]["about"], found[0]["other"]} == {account(first), account(second)}
    path = f"/api/campaigns/{campaign}/doubts/{found[0]['id']}"
    house.owner.do("POST", path, json={"verdict": "same person"})
    run_stages(house.workspace, ("collect",))
    assert len(set(house.workspace.samples.read(["contributor"]).column(0).to_pylist())) == 1
    second.do("POST", "/api/me/withdraw")
    assert house.workspace.samples.count() == 1
    house.close()


def test_payments_are_entered_once_never_above_what_is_owed_and_corrected_with_a_reason(house):
    campaign = house.campaign(checks=0, pay_sample=25)
    person = house.contributor(campaign)
    record(person, campaign)
    entry = {
        "key": "transfer-1", "account": account(person), "campaign": campaign, "kind": "paid", "minor": 20,
        "currency": "EUR", "reason": "=cmd|' /C calc'!A0",
    }  # fmt: skip
    assert house.owner.do("POST", "/api/ledger", json=entry) == {"entered": True}
    assert house.owner.do("POST", "/api/ledger", json=entry) == {"entered": False}
    more = {**entry, "key": "transfer-2"}
    assert house.owner.ask("POST", "/api/ledger", json=more).status_code == 409
    house.owner.do("POST", "/api/ledger", json={**more, "kind": "correction", "minor": -5})
    assert person.do("GET", "/api/me/ledger")["balance"] == [{"currency": "EUR", "minor": 0}]
    table = list(csv.reader(io.StringIO(house.owner.ask("GET", "/api/ledger.csv").text)))
    assert table[1][2:] == ["EUR", "0"]


def test_a_group_of_which_the_gates_refuse_clearly_more_goes_to_a_person(house):
    assert not clearly_more(5, 10, 0, 1000)
    assert not clearly_more(12, 100, 100, 1000)
    assert clearly_more(30, 100, 100, 1000)
    campaign = house.campaign(checks=0)
    person = house.contributor(campaign, "scotland")
    _, quiet = record(person, campaign, level=0.0001, key="too-quiet-1")
    assert quiet.status_code == 422
    from ingather.store.studio_schema import gate_tries

    with house.workspace.database.begin() as connection:
        connection.execute(gate_tries.insert(), [
            {"campaign": campaign, "groups": '{"accent":"scotland"}', "operator": "", "count": 40},
            {"campaign": campaign, "groups": '{"accent":"us"}', "operator": "", "count": 400},
        ])  # fmt: skip
        connection.execute(gate_tries.update().where(gate_tries.c.operator == "silence").values(count=20))
    _, quiet = record(person, campaign, level=0.0001, key="too-quiet-2")
    assert quiet.json()["state"] == "disputed"
    (shown,) = house.owner.do("GET", f"/api/campaigns/{campaign}/review")
    assert shown["reason"]
    gates = house.owner.do("GET", f"/api/campaigns/{campaign}/refusals")["gates"]
    assert [one["review"] for one in gates] == [True, False]
