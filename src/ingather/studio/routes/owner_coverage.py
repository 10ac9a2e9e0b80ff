"""Coverage, live: server-sent events whenever a count changes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from ingather.studio.answers import ERRORS, Refused
from ingather.studio.guard import Here, SignedIn
from ingather.studio.owner_coverage import Coverage, coverage_now
from ingather.studio.state import Studio

router = APIRouter(prefix="/api", tags=["coverage"], responses=ERRORS)
_EVERY = 1.0
_LASTS = 20.0
"""Seconds after which a stream ends and the page asks again: so a sign-out or a shutdown waits no longer."""


@router.get("/coverage/live", response_model=Coverage)
async def live(who: SignedIn, studio: Here, request: Request) -> Any:
    """Every cell of the plan now; as ``text/event-stream``, again whenever something changed."""
    if who.role == "contributor":
        raise Refused(403, "Only those who run a campaign may do this.")
    if "text/event-stream" not in request.headers.get("accept", ""):
        return await _now(studio)
    return StreamingResponse(_events(studio, request), media_type="text/event-stream")


async def _events(studio: Studio, request: Request) -> AsyncIterator[str]:
    yield "retry: 1000\n\n"
    told: list[Any] = []
    until = time.monotonic() + _LASTS
    while time.monotonic() < until and not await request.is_disconnected():
        now = await _now(studio)
        if now.cells != told or not told:
            told = list(now.cells)
            yield f"event: coverage\ndata: {now.model_dump_json()}\n\n"
        await asyncio.sleep(_EVERY)


async def _now(studio: Studio) -> Coverage:
    plan = await asyncio.to_thread(lambda: studio.plan)
    return await studio.reading(lambda connection: coverage_now(connection, plan, studio.clock()))
