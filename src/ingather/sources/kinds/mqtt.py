"""Messages of an MQTT broker, cut into segments: each is a sample; for plans of records every message is.

The session at the broker is kept: what comes while nobody listens is delivered later. A message is
acknowledged when it lies on disk, and forgotten there when its sample is stored.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from ingather.errors import InputError
from ingather.plan.model import Plan
from ingather.sample import Item, Loss
from ingather.sources.contract import Request, SourceConfig, option
from ingather.sources.segments import Cut, Cutter, Segment
from ingather.sources.streams.choosing import Chooser, Policy, Range, Take
from ingather.sources.streams.intake import Intake
from ingather.sources.streams.limits import limits_of
from ingather.sources.streams.payloads import Shape, TimeUnit
from ingather.sources.streams.receiver import Broker, Receiver
from ingather.sources.streams.segment_items import segment_item
from ingather.sources.streams.spool import Spool
from ingather.sources.streams.stopping import stopped_by_signals

asks = True


class Limit(BaseModel):
    """Where the stream ends, over all runs."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    samples: int | None = Field(None, ge=1, description="samples")
    hours: float | None = Field(None, gt=0, description="hours of recordings")
    bytes: int | None = Field(None, ge=1, description="bytes of payload")
    until: datetime | None = Field(None, description="ISO time")


class Config(SourceConfig):
    """Options of the kind."""

    address: str = option(description="mqtt://HOST[:PORT], or mqtts:// for an encrypted connection")
    topics: list[str] = option(min_length=1, description="what is subscribed to, such as plant/+/vibration")
    client: str | None = option(None, description="the name of the session at the broker; default: one made")
    username: str | None = option(None, description="who asks")
    password_env: str | None = option(None, description="the environment variable that holds the password")
    authority: str | None = option(
        None, description="PEM file of the certificates to trust", json_schema_extra={"path": True}
    )
    qos: Literal[0, 1] = option(1, description="0: what is lost on the way is lost; 1: nothing is")
    payload: Literal["json", "csv"] = option("json", description="objects, lists or single numbers; or rows")
    topic: str | None = option(
        None, description="words of the topic by name, such as plant/{machine}/{sensor}"
    )
    session: list[str] = option(
        default_factory=list, description="words that make one recording; default: each topic is its own"
    )
    stream: str | None = option(
        None, description="the word that tells streams with clocks of their own apart"
    )
    contributor: str | None = option(None, description="the word that names who gave it")
    channels: dict[str, str] = option(
        default_factory=dict, description="path in the payload by name of the channel; default: every number"
    )
    units: dict[str, str] = option(default_factory=dict, description="unit by channel")
    time: str | None = option(None, description="path of the message's own time; default: when it came")
    time_unit: TimeUnit = option("iso", description="how that time is written")
    sequence: str | None = option(None, description="path of a number that counts the messages of a stream")
    seconds: float = option(60, gt=0, description="the longest segment")
    messages: int = option(10_000, ge=1, le=1_000_000, description="the most messages of a segment")
    bytes: int = option(8 << 20, ge=1, le=1 << 30, description="the most bytes of payload of a segment")
    gap: float = option(10, gt=0, description="seconds of silence that end a segment")
    take: Take = option("all", description="which segments become samples")
    every: int = option(10, ge=1, description="for take: every, the n of every n-th of a session")
    reservoir: int = option(10, ge=1, description="for take: reservoir, how many of a window, by lot")
    window: float = option(3_600, gt=0, description="seconds of a window")
    usual: dict[str, Range] = option(
        default_factory=dict, description="for take: event, lowest and highest usual value by channel"
    )
    limit: Limit = option(default_factory=Limit, description="where it ends; default: 1.2 times the gap")
    quiet: float = option(2, gt=0, description="seconds of silence after which a run ends (not --watch)")
    listen: float = option(60, gt=0, description="seconds after which a run ends anyway (not --watch)")
    most_waiting: int = option(
        1 << 30, ge=1 << 20, description="bytes on disk beyond which nothing more is acknowledged"
    )

    @field_validator("address")
    @classmethod
    def _is_address(cls, told: str) -> str:
        try:
            found = urlsplit(told)
            fits = found.scheme in ("mqtt", "mqtts") and bool(found.hostname) and (found.port or 1) > 0
        except ValueError:
            fits = False
        if not fits or found.username or found.password or found.path.strip("/"):
            raise ValueError("write mqtt://HOST:PORT or mqtts://HOST:PORT, without names and passwords")
        return told

    @field_validator("topics", mode="before")
    @classmethod
    def _one_topic(cls, told: object) -> object:
        return [told] if isinstance(told, str) else told

    @model_validator(mode="after")
    def _words_are_known(self) -> Config:
        for topic in self.topics:
            steps = topic.split("/")
            wild = any(len(step) > 1 and ("+" in step or "#" in step) for step in steps)
            if not topic or wild or "#" in steps[:-1] or "\0" in topic:
                raise ValueError(
                    f"topics: '{topic}' is no filter: + stands for one step, # for all that follow"
                )
        words = set(_words(self.topic))
        asked = [*self.session, *(one for one in (self.stream, self.contributor) if one)]
        if unknown := [one for one in asked if one not in words]:
            raise ValueError(
                f"topic: it names no {{{unknown[0]}}}; write for instance plant/{{{unknown[0]}}}"
            )
        if self.stream and not self.session:
            raise ValueError("session: name the words that streams of one recording share")
        if self.take == "event" and not self.usual:
            raise ValueError(
                "usual: take: event needs the usual values of a channel, such as {value: [0, 5]}"
            )
        return self


def collect(config: Config, request: Request) -> Iterator[Item | Loss]:
    """Segments of what came and comes: until it is quiet, or with ``request.watch`` until it is stopped.

    Raises:
        MissingExtra: the client is not installed.
        InputError: the plan holds neither sensors nor records, or certificates or password are not there.
        OutsideError: the broker cannot be reached, refuses, or stays away.
    """
    plan, spec = request.plan, request.plan.source(request.name)
    if request.modality not in ("sensor", "record"):
        raise InputError(
            f"A source of MQTT messages gives sensor recordings or records, not {request.modality}.",
            why="Its samples would not fit the plan.",
            fix="Set modality: sensor or modality: record.",
            where=f"sources[{plan.sources.index(spec)}].kind",
        )
    path = (request.state or request.cache) / f"{spec.identity}.spool"
    spool = Spool(path)
    try:
        totals = spool.totals()
        intake = _intake(config, request, spool, totals)
        if reached := intake.limits.reached():
            yield Loss(config.address, f"{reached}; it is not listened to", 0)
            return
        broker = _broker(config, request, spool)
        with stopped_by_signals(request.watch) as stop, Receiver(broker, path) as receiver:
            quiet, most = (None, None) if request.watch else (config.quiet, config.listen)
            yield from intake.items(stop, receiver.check, quiet, most)
    finally:
        spool.close()


def gives(config: Config, plan: Plan, by: Mapping[str, str]) -> bool:
    """Whether more of a group may come: where words of the topic tell the group."""
    return set(by) <= set(_words(config.topic))


def _words(topic: str | None) -> list[str]:
    return re.findall(r"\{(\w+)\}", topic or "")


def _intake(config: Config, request: Request, spool: Spool, totals: dict[str, float]) -> Intake:
    plan = request.plan
    shape = Shape(
        config.payload,
        config.topic,
        tuple(config.session),
        config.stream,
        config.channels,
        config.time,
        config.time_unit,
        config.sequence,
        numeric=request.modality == "sensor",
    )
    messages = config.messages if shape.numeric else 1
    policy = Policy(config.take, config.every, config.reservoir, config.window, config.usual, plan.seed)
    counts = {name[4:]: amount for name, amount in totals.items() if name.startswith("met ")}
    asked: dict[str, float | None] = {
        "samples": config.limit.samples,
        "hours": config.limit.hours,
        "bytes": config.limit.bytes,
    }
    unit = plan.targets.unit
    gaps = () if request.watch else request.gaps

    def attributes(segment: Segment) -> dict[str, str]:
        words = segment.readings[0].words
        return {name: words[name] for name in plan.attributes if name in words}

    def make(segment: Segment, chance: float) -> Item:
        item = segment_item(segment, shape, config.units, chance)
        item.attributes = dict(attributes(segment))
        item.uri = f"{config.address.rstrip('/')}/{segment.readings[0].message.topic}"
        if config.contributor:
            item.contributor = segment.readings[0].words[config.contributor]
        return item

    return Intake(
        spool,
        shape,
        Cutter(Cut(config.seconds, messages, config.bytes, config.gap)),
        Chooser(policy, request.gaps, unit, counts),
        limits_of(asked, config.limit.until, totals, gaps, unit),
        attributes,
        make,
        config.address,
    )


def _broker(config: Config, request: Request, spool: Spool) -> Broker:
    address = urlsplit(config.address)
    tls = address.scheme == "mqtts"
    return Broker(
        address.hostname or "",
        address.port or (8883 if tls else 1883),
        tuple(config.topics),
        config.client or spool.client(),
        config.username,
        config.password_env,
        tls,
        request.folder / config.authority if config.authority else None,
        qos=config.qos,
        most_waiting=config.most_waiting,
    )
