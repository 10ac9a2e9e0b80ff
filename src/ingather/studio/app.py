"""The application: its routes, and what stands around them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy import delete, insert, select
from starlette.exceptions import HTTPException

from ingather import __version__
from ingather.errors import IngatherError
from ingather.store.studio_schema import accounts, studio_settings
from ingather.store.workspace import Workspace, open_workspace
from ingather.studio.answers import Refused
from ingather.studio.credentials import hashed, new_secret
from ingather.studio.fast_path import FastPath
from ingather.studio.identity import Identities
from ingather.studio.routes import (
    campaigns,
    facilitating,
    fairness,
    house,
    mine,
    owner_campaigns,
    owner_coverage,
    owner_languages,
    owner_plan,
    owner_releases,
    owner_runs,
    owner_samples,
    pages,
    panel,
    removals,
    session,
    taking_part,
    uploads,
)
from ingather.studio.settings import Settings
from ingather.studio.shell import Shell
from ingather.studio.state import Studio
from ingather.studio.upkeep import keep_up

ENVIRONMENT = "INGATHER_STUDIO"
"""Environment variable by which worker processes are told folder and settings, as JSON."""


def create_app(workspace: Workspace, settings: Settings | None = None, **more: Any) -> FastAPI:
    """The studio of a workspace as an ASGI application.

    Args:
        workspace: where; its plan must be sound.
        settings: how it runs.
        more: further fields of ``Studio``, such as a clock for tests.
    """
    studio = Studio(workspace, settings or Settings(), **more)

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        assert studio.plan.hash, app
        studio.erase()  # what was taken back since a backup that was restored goes before anything is served
        rounds = asyncio.create_task(keep_up(studio))
        yield
        rounds.cancel()
        studio.close()

    app = FastAPI(
        title="Ingather studio",
        version=__version__,
        description="People give samples, check each other's, and keep a hold on what they gave.",
        lifespan=life,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        servers=[{"url": studio.settings.root_path}] if studio.settings.root_path else None,
    )
    app.state.studio = studio
    app.state.identities = Identities()
    rooms = (taking_part, uploads, mine, session, campaigns, house, facilitating, fairness, panel)
    owners = (owner_coverage, owner_campaigns, owner_samples, owner_runs, owner_plan, owner_releases)
    for room in (*rooms, *owners, owner_languages, removals):  # most asked first
        app.include_router(room.router)
    app.include_router(pages.router)  # whatever is no route is a page
    app.add_exception_handler(Refused, refused)
    app.add_exception_handler(IngatherError, _ingather)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_middleware(FastPath)
    told = studio.settings
    app.add_middleware(Shell, rate=told.rate, secure=told.secure, root_path=told.root_path)
    return app


def first_link(studio: Studio, *, again: bool = False) -> str | None:
    """The token of the one-time link that makes the owner's account; None where there is an owner.

    It is told once for each call: an earlier link no longer works. ``again`` makes one although there is an
    owner, for who has lost the password.
    """
    token = new_secret()

    def job(connection: Any) -> bool:
        there = connection.execute(select(accounts.c.id).where(accounts.c.role == "owner").limit(1)).first()
        if there is not None and not again:
            return False
        connection.execute(delete(studio_settings).where(studio_settings.c.name == session.FIRST))
        connection.execute(insert(studio_settings).values(name=session.FIRST, value=hashed(token)))
        return True

    return token if studio.writer.write_now(job) else None


def from_environment() -> FastAPI:
    """The application of one worker process, as the command told it."""
    told = orjson.loads(os.environ[ENVIRONMENT])
    return create_app(open_workspace(Path(told["folder"])), Settings(**told["settings"]))


async def refused(_: Request, error: Exception) -> JSONResponse:
    """The answer to what is not carried out."""
    assert isinstance(error, Refused)
    return JSONResponse(error.told, error.status)


async def _ingather(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, IngatherError)
    status = {2: 409, 3: 503}.get(error.exit_code, 409)
    return JSONResponse({"error": {"message": error.message, "why": error.why, "fix": error.fix}}, status)


async def invalid(_: Request, error: Exception) -> JSONResponse:
    """The answer to a body or an address that is not as described."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"][1:]) or "the request"
    told = {"message": f"{where[:200]}: {first['msg'][:300]}", "why": "", "fix": "See /api/openapi.json."}
    return JSONResponse({"error": told}, 422)


async def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    told = {"message": str(error.detail), "why": "", "fix": ""}
    return JSONResponse({"error": told}, error.status_code, headers=error.headers)
