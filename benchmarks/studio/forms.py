"""Small durable forms a second over HTTP, and the time to the next task, client on the same cores.

    python benchmarks/studio/forms.py [--database postgresql://...] [--seconds 20] [--clients 64]

Judges answer checks by keep-alive connections; each answer is durable before it is answered. Tasks are handed
out in tens. ``--tasks`` (default 1,000,000) are in the queue, ``--people`` (10,000) hold an answer each.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import secrets
import socket
import tempfile
import time
from pathlib import Path

import orjson
from sqlalchemy import insert, select

from ingather.annotation.handout import add_tasks, new_id
from ingather.plan.read import read_plan
from ingather.store.studio_schema import accounts, assignments, members, sessions, submissions, tasks
from ingather.store.workspace import open_workspace
from ingather.studio.campaign import CampaignSettings, make_campaign
from ingather.studio.consent import current_texts, give_consent
from ingather.studio.credentials import hashed

PLAN = """
version: 1
name: bench
objective: To be measured.
modality: audio
languages: [en]
task: {type: classification, labels: ['yes', 'no']}
targets: {groups: [{by: label, each: 1000000}]}
rights: {licences: [CC0-1.0], consent: en.md, lawful_basis: consent}
sources: [{name: studio, kind: voice, licence: CC0-1.0}]
"""
_PORTION = 50_000


def prepare(folder: Path, database: str, count: int, people: int, clients: int) -> tuple[str, list[str]]:
    """A workspace with tasks in the queue; returns the campaign and the clients' cookies."""
    (folder / "plan.yaml").write_text(PLAN + (f"database: {database}\n" if database else ""))
    (folder / "en.md").write_text("You give your voice.\n")
    workspace = open_workspace(folder)
    plan = read_plan(workspace.plan_path)
    now, cookies = time.time(), []
    with workspace.database.begin() as connection:
        settings = CampaignSettings(pay_check=1, checks=3, agree=3)
        campaign = make_campaign(
            connection, workspace, plan, source="studio", title="t", door="open", places=None, starts=None,
            ends=None, settings=settings, now=now,
        )  # fmt: skip
        prompt = connection.execute(select(tasks.c.id)).scalars().first()
        text = current_texts(connection, campaign)[0].hash
        for _ in range(clients):
            account, secret = new_id(), secrets.token_urlsafe(32)
            connection.execute(
                insert(accounts).values(id=account, role="contributor", at=now, language="en", disabled=False)
            )
            connection.execute(
                insert(members).values(campaign=campaign, account=account, role="contributor", at=now)
            )
            connection.execute(
                insert(sessions).values(
                    hash=hashed(secret), account=account, csrf="x", at=now, until=now + 1e6
                )
            )
            give_consent(
                connection, plan, account, campaign, text=text, purposes=("train",), shown_at=now,
                of_age=True, guardian=False, method="ticked", now=now,
            )  # fmt: skip
            cookies.append(secret)
        held = new_id()
        connection.execute(insert(assignments).values(
            id=held, task=prompt, campaign=campaign, kind="record", worker="giver", source="studio",
            state="submitted", at=now, until=now,
        ))  # fmt: skip
    for start in range(0, count, _PORTION):
        with workspace.database.begin() as connection:
            ids = [new_id() for _ in range(min(_PORTION, count - start))]
            connection.execute(insert(submissions), [
                {"id": one, "assignment": held, "upload_key": one, "campaign": campaign,
                 "source": "studio", "account": "giver",
                 "sample": bytes.fromhex(one.ljust(32, "0")), "state": "waiting",
                 "blob": "", "media_type": "audio/flac", "size": 0, "record": "{}", "at": now,
                 "due": now + 1e7}
                for one in ids
            ])  # fmt: skip
            made = add_tasks(
                connection, campaign, "check", [(one, "{}", "giver", None) for one in ids], overlap=3, now=now
            )
            few = made[: people * _PORTION // count]
            connection.execute(insert(assignments), [
                {"id": new_id(), "task": one, "campaign": campaign, "kind": "check",
                 "worker": f"p{start}-{n}", "source": "studio",
                 "state": "answered", "answer": "yes", "weight": 1.0, "at": now, "until": now}
                for n, one in enumerate(few)
            ])  # fmt: skip
    workspace.database.dispose()
    return campaign, cookies


def serve(folder: str, port: int) -> None:
    """The studio in a process of its own."""
    import uvicorn

    from ingather.studio.app import create_app
    from ingather.studio.settings import Settings

    app = create_app(open_workspace(folder), Settings(rate=0, gate_workers=0))
    uvicorn.run(app, host="127.0.0.1", port=port, access_log=False, log_level="error")


async def judge(port: int, campaign: str, cookie: str, until: float, told: dict[str, list[float]]) -> None:
    """One judge: takes ten tasks, answers them one by one, goes on."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def ask(path: str, body: object) -> dict:
        content = orjson.dumps(body)
        head = (
            f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncookie: ingather_session={cookie}\r\n"
            f"x-csrf-token: x\r\ncontent-type: application/json\r\ncontent-length: {len(content)}\r\n\r\n"
        )
        writer.write(head.encode() + content)
        answer = await reader.readuntil(b"\r\n\r\n")
        length = int(answer.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        found = await reader.readexactly(length)
        if b" 200 " not in answer[:20]:
            raise RuntimeError(found.decode())
        return orjson.loads(found)

    while time.perf_counter() < until:
        began = time.perf_counter()
        given = (await ask(f"/api/campaigns/{campaign}/tasks", {"kind": "check", "count": 10}))["tasks"]
        told["next"].append(time.perf_counter() - began)
        for task in given:
            began = time.perf_counter()
            await ask(f"/api/assignments/{task['assignment']}/answer", {"answer": "yes"})
            told["answer"].append(time.perf_counter() - began)
    writer.close()


async def crowd(port: int, campaign: str, cookies: list[str], seconds: float) -> dict[str, list[float]]:
    """All judges at once."""
    told: dict[str, list[float]] = {"next": [], "answer": []}
    until = time.perf_counter() + seconds
    await asyncio.gather(*(judge(port, campaign, cookie, until, told) for cookie in cookies))
    return told


def main() -> None:
    """Measures and prints one line of JSON."""
    options = argparse.ArgumentParser()
    options.add_argument("--database", default="")
    options.add_argument("--seconds", type=float, default=20)
    options.add_argument("--clients", type=int, default=64)
    options.add_argument("--tasks", type=int, default=1_000_000)
    options.add_argument("--people", type=int, default=10_000)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        campaign, cookies = prepare(Path(name), chosen.database, chosen.tasks, chosen.people, chosen.clients)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        server = multiprocessing.get_context("spawn").Process(target=serve, args=(name, port), daemon=True)
        server.start()
        for _ in range(100):
            time.sleep(0.2)
            with socket.socket() as trying:
                if trying.connect_ex(("127.0.0.1", port)) == 0:
                    break
        asyncio.run(crowd(port, campaign, cookies, 2))
        before = cpu(server.pid)
        began = time.perf_counter()
        told = asyncio.run(crowd(port, campaign, cookies, chosen.seconds))
        spent = time.perf_counter() - began
        used = cpu(server.pid) - before
        server.terminate()
        server.join()
    line = {
        "database": chosen.database.split(":")[0] or "sqlite",
        "tasks": chosen.tasks,
        "clients": chosen.clients,
    }
    line |= {"forms_per_second": round(len(told["answer"]) / spent), "server_cpu": round(used / spent, 2)}
    for kind, times in told.items():
        times.sort()
        for share in (50, 95, 99):
            line[f"{kind}_p{share}_ms"] = round(1000 * times[len(times) * share // 100], 1)
    print(orjson.dumps(line).decode())


def cpu(pid: int | None) -> float:
    """Seconds of processor time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
