"""Quotas that hold: many sessions at once, reservations that expire, one process or several."""

from __future__ import annotations

import multiprocessing
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import orjson
import pytest
from sqlalchemy import func, insert, select
from studio_place import make_workspace

from ingather.annotation.handout import Asked, add_tasks, hand_out
from ingather.annotation.room import room_of
from ingather.plan.read import read_plan
from ingather.store.database_schema import quota_counts
from ingather.store.recount import recount
from ingather.store.studio_schema import assignments, prompts, submissions
from ingather.store.workspace import Workspace, open_workspace
from ingather.studio.campaign import CampaignSettings, find_campaign, make_campaign
from ingather.studio.gates import Gated
from ingather.studio.submitting import Handed, _enter
from ingather.studio.writer import Writer

QUOTA = 50
SESSIONS = 200


def set_up(folder: Path, database: str = "") -> tuple[Workspace, str]:
    workspace = make_workspace(folder / "w", each=QUOTA, database=database)
    plan = read_plan(workspace.plan_path)
    recount(workspace, plan)
    settings = CampaignSettings(checks=0, pay_sample=5)
    with workspace.database.begin() as connection:
        campaign = make_campaign(
            connection, workspace, plan, source="studio", title="t", door="open", places=None, starts=None,
            ends=None, settings=settings, now=0.0,
        )  # fmt: skip
        # One group only: what everybody is asked for is "yes".
        for row in connection.execute(select(prompts)).all():
            if row.label == "no":
                from sqlalchemy import delete

                from ingather.store.studio_schema import tasks

                connection.execute(delete(tasks).where(tasks.c.subject == row.id))
    return workspace, campaign


def session(workspace: Workspace, writer: Writer, campaign: str, number: str, *, leave: bool) -> str:
    """One person: asks for a task, then hands it in, or leaves and never comes back."""
    plan = read_plan(workspace.plan_path)

    def ask(connection):
        now = time.time()
        until = now - 1 if leave else now + 600
        groups = {"accent": "us"}
        return hand_out(
            connection, plan, Asked(campaign, "studio", "record", number, groups, now, until, fills=True)
        )

    given = writer.write_now(ask)
    if not given:
        return "none"
    if leave:
        return "left"
    handed = Handed(given[0].assignment, number, f"key-{number}", b"x")

    def enter(connection):
        one = find_campaign(connection, campaign)
        gated = Gated("audio/wav", 1.0)
        return _enter(
            connection, workspace, plan, one, handed, gated, number.zfill(20), "0" * 64, 1, time.time()
        )

    return writer.write_now(enter).get("state", "refused")


def crowd(workspace: Workspace, campaign: str, numbers: range) -> list[str]:
    writer = Writer(workspace.database)
    with ThreadPoolExecutor(50) as pool:
        told = list(
            pool.map(lambda n: session(workspace, writer, campaign, str(n), leave=n % 10 == 0), numbers)
        )
    writer.close()
    return told


def process(folder: str, campaign: str, first: int, last: int) -> None:
    workspace = open_workspace(folder)
    told = crowd(workspace, campaign, range(first, last))
    (workspace.root / f"told-{first}").write_bytes(orjson.dumps(told))


def check(workspace: Workspace, told: list[str]) -> None:
    assert told.count("refused") == 0
    assert told.count("accepted") == QUOTA
    with workspace.database.connect() as connection:
        assert connection.execute(select(func.count()).select_from(submissions)).scalar() == QUOTA
        places = connection.execute(
            select(quota_counts.c.cell, quota_counts.c.reserved, quota_counts.c.accepted).where(
                quota_counts.c.accepted > 0
            )
        ).all()
    assert {row.cell for row in places} == {"{}", '{"accent":"us","label":"yes"}'}
    assert {(row.reserved, row.accepted) for row in places} == {(0.0, float(QUOTA))}
    recount(workspace, read_plan(workspace.plan_path))
    with workspace.database.connect() as connection:
        again = connection.execute(select(quota_counts.c.accepted).where(quota_counts.c.accepted > 0)).all()
    assert [row.accepted for row in again] == [float(QUOTA)] * 2


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_200_sessions_on_a_quota_of_50_end_with_exactly_50(kind, tmp_path, request):
    database = request.getfixturevalue("postgres_address") if kind == "postgresql" else ""
    workspace, campaign = set_up(tmp_path, database)
    told = crowd(workspace, campaign, range(1, SESSIONS + 1))
    check(workspace, told)
    workspace.database.dispose()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_two_processes_hold_the_same_quota(kind, tmp_path, request):
    database = request.getfixturevalue("postgres_address") if kind == "postgresql" else ""
    workspace, campaign = set_up(tmp_path, database)
    workspace.database.dispose()
    spawn = multiprocessing.get_context("spawn")
    parts = [(1, 101), (101, 201)]
    running = [spawn.Process(target=process, args=(str(workspace.root), campaign, *part)) for part in parts]
    for one in running:
        one.start()
    for one in running:
        one.join()
        assert one.exitcode == 0
    told = [
        state for first, _ in parts for state in orjson.loads((workspace.root / f"told-{first}").read_bytes())
    ]
    check(workspace, told)
    workspace.database.dispose()


def test_a_reservation_that_is_over_opens_its_place(tmp_path):
    workspace, campaign = set_up(tmp_path)
    plan = read_plan(workspace.plan_path)

    def taken(now: float, worker: str, count: int) -> int:
        with workspace.database.begin() as connection:
            asked = Asked(
                campaign, "studio", "record", worker, {"accent": "us"}, now, now + 10, count, fills=True
            )
            return len(hand_out(connection, plan, asked))

    assert sum(taken(100.0, f"a{n}", 1) for n in range(QUOTA + 3)) == QUOTA
    assert taken(105.0, "b", 1) == 0
    assert taken(111.0, "b", 1) == 1


def test_room_sets_aside_what_finer_groups_need(tmp_path):
    folder = make_workspace(tmp_path / "w", each=10).root
    text = (folder / "plan.yaml").read_text().replace("targets:\n", "targets:\n  total: 45\n")
    (folder / "plan.yaml").write_text(text)
    plan = read_plan(folder / "plan.yaml")
    full = {'{"accent":"us","label":"yes"}': 10.0, "{}": 10.0}
    room = room_of(plan, full)
    # 35 of the total are left, 30 of them for the three other groups: 5 more of the full one may come.
    assert room.spare({"accent": "us", "label": "yes"}) == 5.0
    assert room.spare({"accent": "us", "label": "no"}) == 15.0
    assert room.spare({}) == 5.0
    for _ in range(5):
        room.take({"accent": "us", "label": "yes"}, 1.0)
    assert room.spare({"accent": "us", "label": "yes"}) == 0.0
    assert room.spare({"label": "yes"}) == 0.0
    assert room.spare({"accent": "scotland", "label": "yes"}) == 10.0


def test_the_next_task_comes_as_fast_among_a_hundred_thousand(tmp_path):
    """The long form, with a million, is in benchmarks; here the answer must not grow with the tasks."""
    workspace, campaign = set_up(tmp_path)
    plan = read_plan(workspace.plan_path)

    def seconds(worker: str) -> float:
        told = []
        for n in range(15):
            with workspace.database.begin() as connection:
                began = time.perf_counter()
                asked = Asked(campaign, "studio", "check", f"{worker}{n}", {}, 100.0, 900.0)
                assert len(hand_out(connection, plan, asked)) == 1
                told.append(time.perf_counter() - began)
        return sorted(told)[len(told) // 2]

    with workspace.database.begin() as connection:
        add_tasks(
            connection,
            campaign,
            "check",
            [(f"s{n}", "{}", "g", None) for n in range(100)],
            overlap=3,
            now=0.0,
        )
    few = seconds("a")
    with workspace.database.begin() as connection:
        subjects = [(f"t{n}", "{}", "g", None) for n in range(100_000)]
        add_tasks(connection, campaign, "check", subjects, overlap=3, now=0.0)
        connection.execute(insert(assignments), [
            {"id": f"{n:020d}", "task": f"{n}", "campaign": campaign, "kind": "check", "worker": "w",
             "source": "studio", "state": "answered", "at": 0.0, "until": 0.0} for n in range(10_000)
        ])  # fmt: skip
    many = seconds("b")
    assert many < 0.02
    assert many < 4 * few + 0.002


def test_what_one_job_breaks_does_not_break_the_others(tmp_path):
    workspace, _ = set_up(tmp_path)
    writer = Writer(workspace.database)
    from ingather.store.studio_schema import studio_settings

    gate = threading.Event()
    writer.submit(lambda connection: gate.wait(5))

    def job(n: int):
        def write(connection):
            connection.execute(insert(studio_settings).values(name=f"n{n}", value="x"))
            if n == 3:
                raise ValueError("this one")
            return n

        return write

    waiting = [writer.submit(job(n)) for n in range(8)]
    gate.set()
    told = [one.exception() or one.result() for one in waiting]
    assert [n for n in told if isinstance(n, int)] == [0, 1, 2, 4, 5, 6, 7]
    with workspace.database.connect() as connection:
        names = connection.execute(select(studio_settings.c.name)).scalars().all()
    assert sorted(names) == ["n0", "n1", "n2", "n4", "n5", "n6", "n7"]
    writer.close()
