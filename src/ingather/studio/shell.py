"""Around every request: headers that keep pages strict, a log without personal data, a limit by address."""

from __future__ import annotations

import hashlib
import logging
import time
from collections import deque
from typing import Any

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "ingather_session"
LOG = logging.getLogger("ingather.studio")
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "media-src 'self' blob:; "
    "connect-src 'self'; worker-src 'self'; manifest-src 'self'; font-src 'self'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)
HEADERS = [
    (b"content-security-policy", CSP.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"microphone=(self), camera=(self), geolocation=()"),
]
_SECONDS = 10.0


class Shell:
    """An ASGI middleware."""

    def __init__(self, app: ASGIApp, *, rate: int = 0, secure: bool = False, root_path: str = "") -> None:
        self.app = app
        self.root_path = root_path
        self.rate = rate
        self.headers = [*HEADERS, (b"strict-transport-security", b"max-age=31536000")] if secure else HEADERS
        self._seen: dict[str, deque[float]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 0
        if self.root_path:  # a proxy may show it under a path, and may or may not take the path away
            scope["root_path"] = self.root_path
        api = scope["path"].removeprefix(self.root_path).startswith("/api/")

        async def told(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                there = {name.lower() for name, _ in message["headers"]}
                more = [pair for pair in self.headers if pair[0] not in there]
                if api and b"cache-control" not in there:
                    more.append((b"cache-control", b"no-store"))
                message = {**message, "headers": [*message["headers"], *more]}
            await send(message)

        if self.rate and self._too_many(_asking(scope)):
            await _refuse(told)
        else:
            await self.app(scope, receive, told)
        _log(scope, status, time.perf_counter() - began)

    def _too_many(self, asking: tuple[str, ...]) -> bool:
        """Counts a request; an address may make ten times what one who is signed in may."""
        now = time.monotonic()
        if len(self._seen) > 50_000:
            self._seen.clear()
        signed = len(asking) > 1
        for name, most in zip(asking, (self.rate * 10 if signed else self.rate, self.rate), strict=False):
            seen = self._seen.setdefault(name, deque())
            while seen and seen[0] < now - _SECONDS:
                seen.popleft()
            if len(seen) >= most:
                return True
            seen.append(now)
        return False


def _asking(scope: Scope) -> tuple[str, ...]:
    """Whom requests are counted for: the address, and the session or token, each by itself.

    Many share one address behind a proxy or in a village, so who is signed in is counted alone.
    """
    address = (scope.get("client") or ("", 0))[0]
    for name, value in scope["headers"]:
        if name == b"authorization" or (name == b"cookie" and COOKIE.encode() in value):
            return (address, hashlib.blake2b(value, digest_size=8).hexdigest())
    return (address,)


async def _refuse(send: Send) -> None:
    told = {"message": "Too many requests from here.", "why": "", "fix": "Wait ten seconds, then go on."}
    body = orjson.dumps({"error": told})
    headers = [(b"content-type", b"application/json"), (b"retry-after", b"10")]
    await send({"type": "http.response.start", "status": 429, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _log(scope: Scope, status: int, seconds: float) -> None:
    """One JSON line: the route's pattern, never ids, names or addresses."""
    if not LOG.isEnabledFor(logging.INFO):
        return
    route: Any = scope.get("route")
    told = {
        "at": time.time(),
        "method": scope["method"],
        "route": getattr(route, "path", "-"),
        "status": status,
        "ms": round(seconds * 1000, 1),
    }
    LOG.info("%s", orjson.dumps(told).decode())
