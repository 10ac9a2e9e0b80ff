"""One request and its answer over one connection: HTTP/1.1 on httptools, every size and time capped."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import cast

import httptools

from ingather.sources.crawl.networks import Unreachable

MOST_HEAD = 64 * 1024
"""Bytes of status line and headers; cookies without end stop here."""


@dataclass(slots=True)
class Answer:
    """What a server answered.

    Attributes:
        status: such as 200.
        headers: name (lower case) and value, in their order.
        head: status line and headers as received, with the empty line at their end.
        received: what followed, as received, chunks included.
        body: the same without chunks, still packed as ``content-encoding`` says.
        address: IP address that was asked.
        seconds: from sending the request to the end of the answer.
        truncated: why the body was cut: ``length``, ``time`` or ``disconnect``; "" where it is whole.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    head: bytes
    received: bytes
    body: bytes
    address: str = ""
    seconds: float = 0.0
    truncated: str = ""

    def header(self, name: str) -> str:
        """The first value of a header, by its name in lower case; "" where there is none."""
        return next((value for key, value in self.headers if key == name), "")

    @property
    def media_type(self) -> str:
        """Such as ``text/html``; "" where the server says nothing."""
        return self.header("content-type").partition(";")[0].strip().lower()


@dataclass
class Exchange(asyncio.Protocol):
    """A connection; ``ask`` may be called again when the answer came whole and the server keeps it open.

    Attributes:
        address: IP address at the other end.
        open: whether it can be asked.
    """

    address: str
    open: bool = False
    _transport: asyncio.Transport | None = None
    _done: asyncio.Future[None] | None = None
    _most: int = 0
    _raw: list[bytes] = field(default_factory=list)
    _headers: list[tuple[str, str]] = field(default_factory=list)
    _body: list[bytes] = field(default_factory=list)
    _size: int = 0
    _received: int = 0
    _in_head: bool = True
    _ended: bool = False
    _keep: bool = False
    _truncated: str = ""
    _parser: httptools.HttpResponseParser | None = None
    _status: int = 0

    async def ask(self, request: bytes, most: int, seconds: float) -> Answer:
        """Sends a request and waits for the answer.

        Args:
            request: its bytes.
            most: bytes of the body above which it is cut.
            seconds: until the whole answer must be there; what came by then is given, cut.

        Raises:
            Unreachable: the server closed or said nothing, or what it said is not HTTP.
        """
        assert self._transport is not None
        loop = asyncio.get_running_loop()
        self._begin(most, loop.create_future())
        assert self._done is not None
        began = loop.time()
        self._transport.write(request)
        timer = loop.call_later(seconds, self._late)
        try:
            await self._done
        finally:
            timer.cancel()
        return self._answer(loop.time() - began)

    def close(self) -> None:
        """Ends the connection."""
        self.open = False
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the event loop."""
        self._transport, self.open = cast(asyncio.Transport, transport), True

    def data_received(self, data: bytes) -> None:
        """Called by the event loop."""
        if self._done is None or self._done.done() or self._parser is None:
            self.close()  # nothing was asked: what comes now belongs to no request
            return
        self._raw.append(data)
        self._received += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._fail("the answer changes to another protocol", again=False)
        except httptools.HttpParserError as error:
            if self._in_head or not self._body:
                self._fail(f"the answer is not HTTP: {error}"[:200], again=False)
            else:
                self._cut("disconnect")
        if self._in_head and self._received > MOST_HEAD:
            self._fail(f"its headers are longer than {MOST_HEAD:,} bytes", again=False)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Called by the parser."""
        self._headers.append((name.decode("latin-1").lower(), value.decode("latin-1").strip()))

    def on_headers_complete(self) -> None:
        """Called by the parser."""
        assert self._parser is not None
        self._status = self._parser.get_status_code()
        if self._status >= 200:
            self._in_head = False

    def on_body(self, body: bytes) -> None:
        """Called by the parser."""
        self._body.append(body)
        self._size += len(body)
        if self._size > self._most:
            self._cut("length")

    def on_message_complete(self) -> None:
        """Called by the parser."""
        if 100 <= self._status < 200:
            self._headers.clear()  # a word in between; the answer follows
            return
        self._ended = True
        assert self._parser is not None
        self._keep = self._parser.should_keep_alive()  # only now: afterwards the parser no longer tells
        if self._done is not None and not self._done.done():
            self._done.set_result(None)

    def connection_lost(self, _: Exception | None) -> None:
        """Called by the event loop."""
        self.open = False
        if self._done is None or self._done.done():
            return
        if self._in_head:
            self._fail("the connection was closed before an answer came")
            return
        named = {name for name, _ in self._headers}
        if "content-length" in named or "transfer-encoding" in named:
            self._cut("disconnect")
        else:
            self._done.set_result(None)

    def _begin(self, most: int, done: asyncio.Future[None]) -> None:
        self._done, self._most = done, most
        self._raw, self._headers, self._body = [], [], []
        self._size = self._received = self._status = 0
        self._in_head, self._ended, self._keep, self._truncated = True, False, False, ""
        self._parser = httptools.HttpResponseParser(self)

    def _late(self) -> None:
        if self._in_head:
            self._fail("no answer came in time")
        else:
            self._cut("time")

    def _cut(self, why: str) -> None:
        if self._done is not None and not self._done.done():
            self._truncated = why
            self._done.set_result(None)
        self.close()

    def _fail(self, why: str, *, again: bool = True) -> None:
        if self._done is not None and not self._done.done():
            self._done.set_exception(Unreachable(why, again=again))
        self.close()

    def _answer(self, seconds: float) -> Answer:
        raw = b"".join(self._raw)
        start = _head_end(raw, self._status)
        body = b"".join(self._body)
        if self._truncated == "length":
            body = body[: self._most]
        if self._truncated or not self._keep:
            self.close()
        return Answer(
            self._status,
            tuple(self._headers),
            raw[:start],
            body if self._truncated == "length" else raw[start:],
            body,
            self.address,
            seconds,
            self._truncated,
        )


def _head_end(raw: bytes, status: int) -> int:
    """Where the head of the answer itself ends; words in between (1xx) belong to what is before it."""
    place = 0
    while True:
        ends = [raw.find(mark, place) + len(mark) for mark in (b"\r\n\r\n", b"\n\n") if mark in raw[place:]]
        if not ends:
            return len(raw)
        end = min(ends)
        first = raw[place : place + 12].split(b" ", 2)
        if status >= 200 and len(first) > 1 and first[1][:1] == b"1":
            place = end
            continue
        return end
