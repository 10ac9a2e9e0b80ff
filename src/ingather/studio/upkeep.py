"""What the studio does by itself while it runs: ends reservations, decides what is overdue, erases."""

from __future__ import annotations

import asyncio
import logging

from sqlalchemy import Connection, select

from ingather.annotation.handout import expire
from ingather.plan.model import Plan
from ingather.store.reservations import lock_counts
from ingather.store.studio_schema import submissions, withdrawals
from ingather.studio.campaign import find_campaign
from ingather.studio.state import Studio
from ingather.studio.submitting import accept, take_surplus

EVERY_SECONDS = 20.0
_MOST = 200
LOG = logging.getLogger("ingather.studio")


async def keep_up(studio: Studio) -> None:
    """Does the rounds until it is cancelled; what fails is logged and tried again."""
    from ingather.studio.routes.uploads import hand_in_whole

    while True:
        try:
            await hand_in_whole(studio)
            await asyncio.to_thread(one_round, studio)
        except Exception as error:
            LOG.warning('{"upkeep": "%s"}', type(error).__name__)
        await asyncio.sleep(EVERY_SECONDS)


def one_round(studio: Studio) -> None:
    """Ends what is over, accepts what nobody decided in time, and erases what was asked for."""
    plan, now = studio.plan, studio.clock()

    def ended(connection: Connection) -> int:
        lock_counts(connection)
        return expire(connection, plan, now)

    studio.writer.write_now(ended)
    studio.writer.write_now(lambda connection: take_surplus(connection, plan, now))
    while studio.writer.write_now(lambda connection: accept_overdue(connection, plan, now)) == _MOST:
        continue
    asked = select(withdrawals.c.id).where(withdrawals.c.state == "asked").limit(1)
    if studio.read(lambda connection: connection.execute(asked).first()) is not None:
        studio.erase()


def accept_overdue(connection: Connection, plan: Plan, now: float) -> int:
    """Accepts submissions that were not decided within the days that their campaign states."""
    overdue = select(submissions).where(
        submissions.c.state.in_(("waiting", "disputed")), submissions.c.due < now
    )
    rows = connection.execute(overdue.limit(_MOST)).all()
    for row in rows:
        accept(connection, plan, find_campaign(connection, row.campaign), row, None, now)
    return len(rows)
