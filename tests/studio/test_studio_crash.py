"""A server that is killed in the middle: what was acknowledged is there, and nothing is there twice."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select
from studio_place import make_workspace, voice
from studio_server import Client, Server, until_it_answers

from ingather.pipeline import run_stages
from ingather.store.studio_schema import ledger, submissions

KILLS = 3
PEOPLE = 6
TAKES = 8


def contribute(server: Server, campaign: str, number: int) -> list[str]:
    person = Client(server)
    status, told = until_it_answers(lambda: person.ask("POST", f"/api/campaigns/{campaign}/join", {}))
    assert status == 201, told
    _, shown = until_it_answers(lambda: person.ask("GET", f"/api/campaigns/{campaign}"))
    agreed = {"text": shown["consent"][0]["hash"], "purposes": ["train"], "shown_at": 1, "of_age": True}
    until_it_answers(lambda: person.ask("POST", f"/api/campaigns/{campaign}/consent", agreed))
    until_it_answers(lambda: person.ask("PUT", "/api/me/about", {"about": {"accent": "us"}}))
    acknowledged = []
    for take in range(TAKES):
        _, given = until_it_answers(lambda: person.ask("POST", f"/api/campaigns/{campaign}/tasks", {}))
        task, key = given["tasks"][0], f"person-{number}-take-{take}"
        sent = voice(number * 100 + take, seconds=0.9, rate=16_000)
        path = f"/api/assignments/{task['assignment']}/recording"
        status, told = until_it_answers(
            lambda p=path, s=sent, k=key: person.ask("POST", p, s, idempotency_key=k)
        )
        assert status == 201, told
        acknowledged.append(told["submission"])
    return acknowledged


@pytest.mark.skipif(os.name != "posix", reason="kill -9")
def test_kill_9_under_load_loses_and_doubles_nothing(tmp_path: Path):
    workspace = make_workspace(tmp_path / "w", each=1000)
    server = Server(workspace)
    server.start()
    owner = Client(server)
    made = {"token": server.link, "name": "Ola", "password": "a long password"}
    assert owner.ask("POST", "/api/owner", made)[0] == 201
    settings = {"checks": 0, "pay_sample": 4}
    body = {"source": "studio", "title": "t", "settings": settings}
    campaign = owner.ask("POST", "/api/campaigns", body)[1]["id"]
    try:
        with ThreadPoolExecutor(PEOPLE) as pool:
            waiting = [pool.submit(contribute, server, campaign, number) for number in range(PEOPLE)]
            for _ in range(KILLS):
                time.sleep(1.5)
                server.kill()
                server.start()
            acknowledged = [one for person in waiting for one in person.result()]
    finally:
        server.kill()
    assert len(acknowledged) == len(set(acknowledged)) == PEOPLE * TAKES
    with workspace.database.connect() as connection:
        there = connection.execute(select(submissions.c.id)).scalars().all()
        paid = connection.execute(select(func.sum(ledger.c.minor))).scalar()
    assert sorted(there) == sorted(acknowledged)
    assert paid == 4 * PEOPLE * TAKES
    collected = run_stages(workspace, ("collect",)).results[0]
    assert (collected.new, collected.details["sources"]["studio"]["lost"]) == (PEOPLE * TAKES, 0)
