"""An MQTT client whose messages are on disk before the broker hears that they came."""

from __future__ import annotations

import os
import queue
import ssl
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import orjson

from ingather.errors import InputError, MissingExtra, OutsideError
from ingather.sources.streams.spool import Spool

_AT_ONCE = 1_000
_MOST_HELD = 10_000
"""Messages in memory; when they are as many, nothing more is read from the connection."""


@dataclass(frozen=True)
class Broker:
    """Where a broker is and how one gets in.

    Attributes:
        host: its name or number.
        port: of it.
        topics: filters such as ``plant/+/vibration``.
        client: the name under which the broker keeps what is not acknowledged.
        username: who asks; None without a name.
        password_env: the environment variable that holds the password.
        tls: whether the connection is encrypted.
        authority: a file of certificates that are trusted, instead of the system's.
        wait: seconds within which a connection must stand.
        qos: 0 or 1. Not 2: of its four steps a crash can lose the message between the first two.
        most_waiting: bytes of the spool beyond which nothing more is acknowledged.
    """

    host: str
    port: int
    topics: tuple[str, ...]
    client: str
    username: str | None = None
    password_env: str | None = None
    tls: bool = False
    authority: Path | None = None
    wait: float = 10.0
    qos: int = 1
    most_waiting: int = 1 << 30

    @property
    def address(self) -> str:
        """As an address, without who asks."""
        return f"{'mqtts' if self.tls else 'mqtt'}://{self.host}:{self.port}"


class Receiver:
    """Listens while a block runs; what comes is appended to the spool, synced, then acknowledged."""

    def __init__(self, broker: Broker, spool: Path) -> None:
        self._broker = broker
        self._path = spool
        self._came: queue.Queue[Any] = queue.Queue(_MOST_HELD)
        self._answer: queue.Queue[str] = queue.Queue()
        self._ended = threading.Event()
        self._failure: OutsideError | None = None
        self._down: float | None = None
        self._told: queue.Queue[str] = queue.Queue()
        self._known = False

    def __enter__(self) -> Receiver:
        """Connects, subscribes, and starts to keep.

        Raises:
            MissingExtra: the client is not installed.
            InputError: the certificates or the password's variable are not there.
            OutsideError: the broker cannot be reached or refuses.
        """
        broker = self._broker
        try:
            import paho.mqtt.client as mqtt
            from paho.mqtt.enums import CallbackAPIVersion
        except ImportError:
            raise MissingExtra("mqtt", "A source of MQTT messages") from None
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=broker.client, clean_session=False, manual_ack=True
        )
        if broker.username is not None:
            client.username_pw_set(broker.username, _password(broker))
        if broker.tls:
            client.tls_set_context(_context(broker))
        client.reconnect_delay_set(1, 30)
        client.on_connect = self._connected
        client.on_disconnect = lambda *_: setattr(self, "_down", self._down or time.monotonic())
        client.on_subscribe = self._subscribed
        client.on_message = lambda _client, _data, message: self._came.put((time.time_ns(), message))
        self._client = client
        self._before = self._subscriptions()
        try:
            client.connect_timeout = broker.wait
            client.connect(broker.host, broker.port, keepalive=30)
        except ssl.SSLError as error:
            told = getattr(error, "verify_message", "") or error.reason or str(error)
            raise self._refused(f"the encrypted connection cannot be trusted: {told}") from None
        except (OSError, ValueError) as error:
            raise self._refused(str(error.__cause__ or error)) from None
        client.loop_start()
        try:
            answer = self._answer.get(timeout=broker.wait)
        except queue.Empty:
            answer = f"no answer within {broker.wait:g} s"
        if answer:
            client.loop_stop()
            raise self._refused(answer)
        self._thread = threading.Thread(target=self._keep, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends the connection; the broker keeps what comes from now on."""
        self._ended.set()
        self._thread.join()
        self._client.disconnect()
        self._client.loop_stop()

    def check(self) -> list[str]:
        """Fails where nothing can be kept, or the broker has been away for a minute.

        Returns:
            in words what was lost since the last time, because the broker forgot the session.

        Raises:
            OutsideError: with what is wrong.
        """
        if self._failure is not None:
            raise self._failure
        if self._down is not None and time.monotonic() - self._down > 6 * self._broker.wait:
            raise self._refused("the connection broke and does not come back")
        told: list[str] = []
        while not self._told.empty():
            told.append(self._told.get())
        return told

    def _connected(self, client: Any, _data: Any, flags: Any, reason: Any, _more: Any) -> None:
        if reason.is_failure:
            self._answer.put(f"it refuses: {reason}")
            return
        self._down = None
        if self._known and not flags.session_present:
            self._told.put("the broker no longer knew this session: what came until it was back is lost")
        self._known = True
        dropped = [topic for topic in self._before if topic not in self._broker.topics]
        if dropped:
            client.unsubscribe(dropped)
        client.subscribe([(topic, self._broker.qos) for topic in self._broker.topics])

    def _subscribed(self, _client: Any, _data: Any, _packet: int, reasons: Any, _more: Any) -> None:
        refused = [topic for topic, one in zip(self._broker.topics, reasons, strict=False) if one.is_failure]
        self._answer.put(f"it does not let this client read {', '.join(refused)}" if refused else "")

    def _subscriptions(self) -> list[str]:
        """What the session at the broker was subscribed to before; what it is now is noted."""
        spool = Spool(self._path)
        try:
            before = spool.fact("topics", "[]")
            self._known = before != "[]"
            spool.set_fact("topics", orjson.dumps(list(self._broker.topics)).decode())
        finally:
            spool.close()
        told: list[str] = orjson.loads(before)
        return told

    def _keep(self) -> None:
        spool = Spool(self._path)
        try:
            while not self._ended.is_set():
                if spool.size() > self._broker.most_waiting:
                    self._ended.wait(0.2)
                    continue
                try:
                    came = [self._came.get(timeout=0.1)]
                except queue.Empty:
                    continue
                while len(came) < _AT_ONCE and not self._came.empty():
                    came.append(self._came.get())
                spool.append((one.mid, at, one.topic, bytes(one.payload), bool(one.dup)) for at, one in came)
                for _, one in came:
                    if one.qos:
                        self._client.ack(one.mid, one.qos)
        except Exception as error:
            self._failure = OutsideError(
                f"What comes from {self._broker.address} cannot be kept: {error}.",
                why="Nothing is acknowledged that is not on disk.",
                fix="Free what is short, then run the same command again: the broker kept the rest.",
            )
        finally:
            spool.close()

    def _refused(self, told: str) -> OutsideError:
        return OutsideError(
            f"The broker at {self._broker.address} cannot be listened to: {told}.",
            why="What was stored stays; a broker that keeps sessions keeps what comes meanwhile.",
            fix="Look at address, name, password and certificates, then run the same command again.",
            where=self._broker.address,
        )


def _password(broker: Broker) -> str | None:
    if broker.password_env is None:
        return None
    found = os.environ.get(broker.password_env)
    if found is None:
        raise InputError(
            f"The environment has no variable '{broker.password_env}'.",
            why="It holds the broker's password, which no plan should hold.",
            fix=f"export {broker.password_env}=...",
            where="password_env",
        )
    return found


def _context(broker: Broker) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=broker.authority)
    except (OSError, ssl.SSLError) as error:
        raise InputError(
            f"The certificates in '{broker.authority}' cannot be read: {error}.",
            why="Without them the broker cannot be told from somebody else.",
            fix="Name a PEM file in authority, or leave it out for the system's.",
            where="authority",
        ) from None
