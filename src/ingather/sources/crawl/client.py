"""Asks servers: connections that are kept and used again, the same caps for each, addresses checked."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ingather.sources.crawl.address import origin_of
from ingather.sources.crawl.exchange import Answer, Exchange
from ingather.sources.crawl.networks import Resolver, Unreachable

PORTS = {"http": 80, "https": 443}
_KEPT = 2


@dataclass
class Client:
    """One user agent.

    Attributes:
        agent: what it calls itself, whole.
        resolver: looks up names.
        connecting: seconds until a connection must stand.
        seconds: until the whole answer must be there.
        most: bytes of a body above which it is cut.
        authority: file of certificates to trust beside the system's.
    """

    agent: str
    resolver: Resolver
    connecting: float = 10.0
    seconds: float = 60.0
    most: int = 20_000_000
    authority: str | None = None
    _idle: dict[str, list[Exchange]] = field(default_factory=dict)
    _tls: ssl.SSLContext | None = None

    def request(self, url: str, more: Sequence[tuple[str, str]] = ()) -> bytes:
        """The bytes that ask for an address."""
        origin = origin_of(url)
        lines = [
            f"GET {url[len(origin) :] or '/'} HTTP/1.1",
            f"Host: {origin.partition('://')[2]}",
            f"User-Agent: {self.agent}",
            "Accept: text/html,application/xhtml+xml,*/*;q=0.8",
            f"Accept-Encoding: {_codings()}",
            *(f"{name}: {value}" for name, value in more),
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")

    async def ask(self, url: str, request: bytes, most: int | None = None) -> Answer:
        """The answer of an address to a request.

        A connection that was kept and turns out to be closed is opened anew, once.

        Raises:
            Unreachable: with the reason that is counted.
        """
        origin = origin_of(url)
        idle = self._idle.setdefault(origin, [])
        while idle:
            kept = idle.pop()
            if not kept.open:
                continue
            try:
                answer = await kept.ask(request, most or self.most, self.seconds)
            except Unreachable as wrong:
                if "was closed before" not in str(wrong):
                    raise
                break
            self._keep(idle, kept)
            return answer
        fresh = await self._connect(origin)
        answer = await fresh.ask(request, most or self.most, self.seconds)
        self._keep(idle, fresh)
        return answer

    def let_go(self, origin: str) -> None:
        """Closes what is kept of an origin."""
        for one in self._idle.pop(origin, []):
            one.close()

    def close(self) -> None:
        """Closes all connections."""
        for origin in list(self._idle):
            self.let_go(origin)

    def _keep(self, idle: list[Exchange], one: Exchange) -> None:
        if one.open and len(idle) < _KEPT:
            idle.append(one)
        elif one.open:
            one.close()

    async def _connect(self, origin: str) -> Exchange:
        parts = urlsplit(origin)
        host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
        wrong: Unreachable | None = None
        for address in (await self.resolver.addresses(host, port))[:3]:
            try:
                async with asyncio.timeout(self.connecting):
                    return await self._open(parts.scheme == "https", host, address, port)
            except ssl.SSLCertVerificationError as error:
                words = f"its certificate is wrong: {error.verify_message}"
                raise Unreachable(words, again=False) from error
            except ssl.SSLError as error:
                wrong = Unreachable(f"no encrypted connection: {error.reason or 'refused'}", again=False)
            except TimeoutError:
                wrong = Unreachable("no connection in time", again=True)
            except OSError:
                wrong = Unreachable("the connection was refused", again=True)
        assert wrong is not None
        raise wrong

    async def _open(self, encrypted: bool, host: str, address: str, port: int) -> Exchange:
        loop = asyncio.get_running_loop()
        _, made = await loop.create_connection(
            lambda: Exchange(address),
            address,
            port,
            ssl=self._context() if encrypted else None,
            server_hostname=host if encrypted else None,
        )
        return made

    def _context(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = ssl.create_default_context()
            self._tls.set_alpn_protocols(["http/1.1"])
            if self.authority is not None:
                self._tls.load_verify_locations(self.authority)
        return self._tls


def _codings() -> str:
    """The codings that can be taken off here."""
    try:
        import brotli  # noqa: F401
    except ImportError:
        return "gzip, deflate, zstd"
    return "gzip, deflate, br, zstd"
