"""A server that is killed in the middle: what was acknowledged is there, and nothing is there twice."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import orjson
import pytest
from sqlalchemy import func, select
from studio_place import make_workspace, voice

from ingather.pipeline import run_stages
from ingather.store.studio_schema import ledger, submissions
from ingather.store.workspace import Workspace

KILLS = 3
PEOPLE = 6
TAKES = 8


class Server:
    """`ingather studio` as its users start it."""

    def __init__(self, workspace: Workspace) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.workspace = workspace
        self.link = ""

    def start(self) -> None:
        call = [
            sys.executable,
            "-m",
            "ingather",
            "-C",
            str(self.workspace.root),
            "studio",
            "--port",
            str(self.port),
        ]
        log = open(self.workspace.root / "studio.log", "a+")  # noqa: SIM115
        self.running = subprocess.Popen(
            call, stdout=log, stderr=log, env={**os.environ, "PYTHONUNBUFFERED": "1"}
        )
        for _ in range(200):
            time.sleep(0.1)
            try:
                if Client(self).ask("GET", "/api/health")[0] == 200:
                    break
            except OSError:
                assert self.running.poll() is None, (self.workspace.root / "studio.log").read_text()
        text = (self.workspace.root / "studio.log").read_text()
        if "/first#" in text:
            self.link = text.split("/first#")[1].split()[0]

    def kill(self) -> None:
        self.running.send_signal(signal.SIGKILL)
        self.running.wait()


class Client:
    def __init__(self, server: Server) -> None:
        self.port = server.port
        self.cookie = self.csrf = ""

    def ask(self, method: str, path: str, body: object = None, **headers: str):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        sent = body if isinstance(body, bytes | None) else orjson.dumps(body)
        given = {"cookie": self.cookie, "x-csrf-token": self.csrf, "content-type": "application/json"}
        connection.request(
            method, path, sent, {**given, **{n.replace("_", "-"): v for n, v in headers.items()}}
        )
        answer = connection.getresponse()
        content = answer.read()
        if cookie := answer.getheader("set-cookie"):
            self.cookie = cookie.split(";")[0]
        connection.close()
        told = orjson.loads(content) if content[:1] in (b"{", b"[") else None
        if isinstance(told, dict) and told.get("csrf"):
            self.csrf = told["csrf"]
        return answer.status, told


def until_it_answers(asking):
    """As a page with a queue does: tries again until the server answers."""
    for _ in range(300):
        try:
            status, told = asking()
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
            continue
        if status < 500:
            return status, told
    raise AssertionError("the server never came back")


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
