"""The two requests that are asked most, without what a framework does for every request.

The same guards, the same bodies and the same answers as the routes of that name, whose functions do the work;
only the way from the socket to them is shorter. What does not fit is left to the routes.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import orjson
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ingather.studio.answers import Refused
from ingather.studio.guard import maybe
from ingather.studio.identity import Identity
from ingather.studio.routes.taking_part import Checked, Want, judge, take_tasks
from ingather.studio.state import Studio

MOST_BODY = 1 << 20
"""Bytes of a form at the most."""


@dataclass(frozen=True, slots=True)
class _Way:
    path: str
    shape: re.Pattern[str]
    body: type[BaseModel]
    work: Callable[[Studio, Identity, str, Any], Awaitable[Any]]


_WAYS = (
    _Way(
        "/api/assignments/{assignment}/answer",
        re.compile(r"/api/assignments/([0-9a-f]{20})/answer\Z"),
        Checked,
        judge,
    ),
    _Way(
        "/api/campaigns/{campaign}/tasks",
        re.compile(r"/api/campaigns/([0-9a-f]{20})/tasks\Z"),
        Want,
        take_tasks,
    ),
)


@dataclass(frozen=True, slots=True)
class _Route:
    path: str


class FastPath:
    """An ASGI middleware in front of the routes."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers what it knows, passes the rest on."""
        if scope["type"] == "http" and scope["method"] == "POST":
            path: str = scope["path"].removeprefix(scope.get("root_path", ""))
            for way in _WAYS:
                found = way.shape.match(path)
                if found is not None:
                    scope["route"] = _Route(way.path)
                    await self._answer(way, found[1], scope, receive, send)
                    return
        await self.app(scope, receive, send)

    async def _answer(self, way: _Way, name: str, scope: Scope, receive: Receive, send: Send) -> None:
        from ingather.studio.app import invalid, refused

        request = Request(scope, receive)
        try:
            who = await maybe(request)
            if who is None:
                raise Refused(401, "Nobody is signed in.", fix="Sign in, or use your link again.")
            body = way.body.model_validate_json(await _content(request))
            told = await way.work(scope["app"].state.studio, who, name, body)
        except Refused as error:
            await (await refused(request, error))(scope, receive, send)
        except ValidationError as error:
            wrong = [{**one, "loc": ("body", *one["loc"])} for one in error.errors(include_url=False)]
            await (await invalid(request, RequestValidationError(wrong)))(scope, receive, send)
        except ClientDisconnect:
            return
        except Exception:
            words = {"message": "Something went wrong here; nothing was changed.", "why": "", "fix": ""}
            await JSONResponse({"error": words}, 500)(scope, receive, send)
            raise
        else:
            content = orjson.dumps(told)
            length = str(len(content)).encode()
            headers = [(b"content-type", b"application/json"), (b"content-length", length)]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": content})


async def _content(request: Request) -> bytes:
    content = b""
    async for piece in request.stream():
        content += piece
        if len(content) > MOST_BODY:
            raise Refused(413, "This is more than a form holds.")
    return content
