"""What the owner's pages ask: coverage as it changes, the gallery, runs, the plan, prompts, languages."""

from __future__ import annotations

import http.client
import threading
import time

import orjson
import pytest
from studio_place import House, make_workspace
from studio_server import Client, Server
from test_studio_way import record

from ingather.pipeline import run_stages


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    house = House(make_workspace(tmp_path_factory.mktemp("owner") / "w", each=5))
    yield house
    house.close()


@pytest.fixture(scope="module")
def filled(house):
    """A campaign in which one accepted and one quarantined sample are samples of the store."""
    campaign = house.campaign(checks=0)
    for number in range(2):
        record(house.contributor(campaign, accent="us"), campaign, key=f"filled-{number:04d}")
    run_stages(house.workspace, ("collect", "clean"))
    return campaign


def test_coverage_counts_what_is_reserved_and_accepted(house):
    campaign = house.campaign(checks=0)
    before = {orjson.dumps(c["by"]): c for c in house.owner.do("GET", "/api/coverage/live")["cells"]}
    person = house.contributor(campaign, accent="scotland")
    person.do("POST", f"/api/campaigns/{campaign}/tasks", json={"kind": "record"})
    now = {orjson.dumps(c["by"]): c for c in house.owner.do("GET", "/api/coverage/live")["cells"]}
    changed = [key for key in now if now[key] != before[key]]
    assert changed
    assert all(orjson.loads(key)["accent"] == "scotland" for key in changed)
    assert sum(now[key]["reserved"] - before[key]["reserved"] for key in changed) == 1
    assert all(now[key]["missing"] == before[key]["missing"] - 1 for key in changed)


def test_live_coverage_tells_a_change_while_the_page_is_open(tmp_path):
    server = Server(make_workspace(tmp_path / "w"))
    server.start()
    try:
        owner = Client(server)
        body = {"token": server.link, "name": "Ola", "password": "a long password"}
        assert owner.ask("POST", "/api/owner", body)[0] == 201
        _, made = owner.ask("POST", "/api/campaigns", {"source": "studio", "title": "t"})
        told: list[dict] = []

        def listen() -> None:
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
            head = {"cookie": owner.cookie, "accept": "text/event-stream"}
            connection.request("GET", "/api/coverage/live", headers=head)
            answer = connection.getresponse()
            assert answer.getheader("content-type").startswith("text/event-stream")
            while len(told) < 2 and (line := answer.readline()):
                if line.startswith(b"data: "):
                    told.append(orjson.loads(line[6:]))
            connection.close()

        listening = threading.Thread(target=listen)
        listening.start()
        while not told:
            time.sleep(0.05)
        person, at = Client(server), f"/api/campaigns/{made['id']}"
        person.ask("POST", f"{at}/join", {})
        shown = person.ask("GET", at)[1]["consent"][0]["hash"]
        agreed = {"text": shown, "purposes": ["train", "evaluate"], "shown_at": 1.0, "of_age": True}
        person.ask("POST", f"{at}/consent", agreed)
        person.ask("PUT", "/api/me/about", {"about": {"accent": "us"}})
        assert person.ask("POST", f"{at}/tasks", {"kind": "record"})[0] == 200
        listening.join(10)
        assert (
            sum(c["reserved"] for c in told[1]["cells"]) > sum(c["reserved"] for c in told[0]["cells"]) == 0
        )
    finally:
        server.kill()


def test_what_waits_comes_by_page_and_does_not_tell_who_gave_it(house):
    campaign = house.campaign(checks=2)
    people = [house.contributor(campaign, accent="us") for _ in range(3)]
    sent = [
        record(one, campaign, key=f"waits-{n:04d}")[1].json()["submission"] for n, one in enumerate(people)
    ]
    seen, after = [], ""
    while after is not None:
        page = house.owner.do("GET", f"/api/campaigns/{campaign}/waiting?limit=2&after={after}")
        assert len(page["submissions"]) <= 2
        seen += [one["id"] for one in page["submissions"]]
        assert not any("account" in one for one in page["submissions"])
        after = page["next"]
    assert seen == sent
    managed = {one["id"]: one for one in house.owner.do("GET", "/api/managed")}
    assert managed[campaign]["submissions"] == {"waiting": 3}


def test_an_identity_is_the_owners_to_see_and_that_is_written_down(house):
    campaign = house.campaign(checks=0, panel=["PROLIFIC_PID"])
    person = house.person()
    joined = {"panel": {"PROLIFIC_PID": "p-17"}}
    person.do("POST", f"/api/campaigns/{campaign}/join", json=joined)
    account = person.do("GET", "/api/me")["account"]
    listed = house.owner.do("GET", f"/api/campaigns/{campaign}/contributors")["contributors"]
    assert [one["account"] for one in listed] == [account]
    assert "panel" not in listed[0]
    assert "name" not in listed[0]
    known = house.owner.do("GET", f"/api/campaigns/{campaign}/contributors/{account}")
    assert known["panel"] == {"PROLIFIC_PID": "p-17"}
    log = house.owner.do("GET", "/api/audit?limit=5")
    assert (log[0]["what"], log[0]["about"]) == ("identity looked at", account)


def test_prompts_of_a_csv_are_added_whole_or_not_at_all(house):
    campaign = house.campaign(checks=0)
    before = house.owner.do("GET", f"/api/campaigns/{campaign}/balance")
    path = f"/api/campaigns/{campaign}/prompts.csv"
    wrong = house.owner.ask("POST", path, json={"csv": "text,kind\nyes,read\nno,sing\n,read\n"})
    assert wrong.status_code == 422
    assert "line 3" in wrong.json()["error"]["message"]
    assert "line 4" in wrong.json()["error"]["message"]
    unknown = house.owner.ask("POST", path, json={"csv": "text,colour\nyes,red\n"})
    assert "'colour'" in unknown.json()["error"]["message"]
    assert house.owner.do("GET", f"/api/campaigns/{campaign}/balance") == before
    assert house.owner.do("POST", path, json={"csv": '\ufefftext,kind\n"=1+1",read\nyes,\n'}) == {"added": 2}
    after = house.owner.do("GET", f"/api/campaigns/{campaign}/balance")
    assert sum(one["prompts"] for one in after) == sum(one["prompts"] for one in before) + 2


def test_the_gallery_filters_by_anything_and_its_waveform_is_the_recordings(house, filled):
    every = house.owner.do("GET", "/api/samples")["samples"]
    assert len(every) == 2
    one = every[0]
    assert [s["id"] for s in house.owner.do("GET", f"/api/samples?key={one['key']}")["samples"]] == [
        one["id"]
    ]
    assert len(house.owner.do("GET", "/api/samples?accent=us")["samples"]) == 2
    assert house.owner.do("GET", "/api/samples?accent=scotland")["samples"] == []
    assert house.owner.do("GET", "/api/samples?label=it''s")["samples"] == []
    by_label = [house.owner.do("GET", f"/api/samples?label={one}")["samples"] for one in ("yes", "no")]
    assert len(by_label[0]) + len(by_label[1]) == 2
    assert house.owner.ask("GET", "/api/samples?colour=red").status_code == 422
    first = house.owner.do("GET", "/api/samples?limit=1")
    second = house.owner.do("GET", f"/api/samples?limit=1&after={first['next']}")
    assert [first["samples"][0]["id"], second["samples"][0]["id"]] == [s["id"] for s in every]
    assert second["next"] is None
    drawn = house.owner.do("GET", f"/api/samples/{one['id']}/peaks")
    assert len(drawn) == 160
    assert max(drawn[:16]) < 0.05 < 0.2 < max(drawn[60:100])  # quiet, then the voice
    heard = house.owner.client.get(f"/api/samples/{one['id']}/bytes")
    assert heard.headers["content-type"].startswith("audio/")
    assert heard.headers["content-security-policy"] == "default-src 'none'; sandbox"


def test_a_sample_is_set_aside_and_released_by_hand(house, filled):
    one = house.owner.do("GET", "/api/samples")["samples"][1]["id"]
    for verdict, why in (("quarantined", "a dog barks"), ("kept", "it is a wolf")):
        told = house.owner.do("POST", f"/api/samples/{one}/decision", json={"verdict": verdict, "why": why})
        assert ended(house, told["run"])["state"] == "done"
        found = house.owner.do("GET", f"/api/samples?verdict={verdict}")["samples"]
        mine = [sample for sample in found if sample["id"] == one]
        assert mine
        assert verdict == "kept" or mine[0]["reason"].endswith(why)


def ended(house, run):
    for _ in range(600):
        told = house.owner.do("GET", f"/api/runs/{run}")
        if told["state"] != "running":
            return told
        time.sleep(0.05)
    raise AssertionError(told)


def test_a_run_is_started_once_and_tells_its_log_and_its_answer(house, filled):
    one = house.owner.do("POST", "/api/runs", json={"stage": "collect"})["id"]
    assert house.owner.ask("POST", "/api/runs", json={"stage": "clean"}).status_code == 409
    told = ended(house, one)
    assert told["state"] == "done", told
    assert told["answer"]["stages"][0]["stage"] == "collect"
    assert house.owner.do("GET", "/api/runs")["runs"][0]["id"] == one


def test_a_run_that_is_stopped_says_so(house, filled):
    one = house.owner.do("POST", "/api/runs", json={"stage": "run"})["id"]
    time.sleep(0.6)
    assert house.owner.do("POST", f"/api/runs/{one}/stop") == {"stopped": True}
    assert ended(house, one)["state"] == "stopped"
    assert house.owner.do("POST", f"/api/runs/{one}/stop") == {"stopped": False}


def test_the_plan_is_checked_as_check_does_and_saved_only_sound_and_only_over_what_was_read(house):
    there = house.owner.do("GET", "/api/plan")
    wrong = there["text"].replace("licences: [CC0-1.0]", "licences: [CC0-9.0]")
    found = house.owner.do("POST", "/api/plan/check", json={"text": wrong})["mistakes"]
    line = wrong.split("\n")[found[0]["line"] - 1]
    assert line[found[0]["column"] - 1 :].startswith("CC0-9.0"), found
    bad = house.owner.ask("PUT", "/api/plan", json={"text": wrong, "was": there["hash"]})
    assert bad.status_code == 422
    text = there["text"]
    for path, value in ((["targets", "groups", 0, "each"], 6), (["seed"], 3), (["objective"], "yes: no #1")):
        made = house.owner.do("POST", "/api/plan/edit", json={"text": text, "path": path, "value": value})
        assert made["mistakes"] == [], (path, made["mistakes"])
        text = made["text"]
    assert "each: 6" in text
    saved = house.owner.do("PUT", "/api/plan", json={"text": text, "was": there["hash"]})
    assert house.studio.plan.seed == 3
    late = house.owner.ask("PUT", "/api/plan", json={"text": there["text"], "was": there["hash"]})
    assert late.status_code == 409
    house.owner.do("PUT", "/api/plan", json={"text": there["text"], "was": saved["hash"]})


def test_the_report_is_shown_under_a_policy_that_lets_only_its_own_style_in(house):
    from ingather.report.stage import report

    report(house.workspace, house.studio.plan)
    answer = house.owner.client.get("/api/report.html")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


def test_a_language_is_added_without_a_build_and_anybody_reads_it(house):
    body = {"name": "Kiswahili", "messages": {"record": "Rekodi <b>"}}
    house.owner.do("PUT", "/api/languages/sw", json=body)
    told = house.person().do("GET", "/api/languages/sw")
    assert told["messages"] == {"record": "Rekodi <b>"}
    assert told["reviewed"] is False
    listed = house.person().do("GET", "/api/languages")
    assert [(one["tag"], one["count"]) for one in listed] == [("sw", 1)]
