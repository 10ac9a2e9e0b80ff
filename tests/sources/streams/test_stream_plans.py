"""Options of a stream: what is wrong with them is told; odd messages make sound recordings."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from ingather.series import decode
from ingather.sources.kinds.mqtt import Config, gives
from ingather.sources.segments import Segment
from ingather.sources.streams.payloads import Shape, understand
from ingather.sources.streams.segment_items import MOST_CHANNELS, segment_item
from ingather.sources.streams.spool import Message

SOUND: dict[str, Any] = {"address": "mqtt://plant.example:1883", "topics": "plant/#"}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"address": "http://plant.example"}, "write mqtt://HOST:PORT"),
        ({"address": "mqtt://me:secret@plant.example"}, "without names and passwords"),
        ({"address": "mqtt://plant.example:99999"}, "write mqtt://HOST:PORT"),
        ({"topics": []}, "at least 1"),
        ({"topics": ["plant/#/x"]}, "is no filter"),
        ({"topics": ["plant/a+"]}, "is no filter"),
        ({"session": ["machine"]}, "names no {machine}"),
        ({"topic": "plant/{sensor}", "stream": "sensor"}, "streams of one recording share"),
        ({"take": "event"}, "usual values of a channel"),
        ({"take": "most"}, "reservoir"),
        ({"limit": {"days": 3}}, "Extra inputs"),
        ({"qos": 2}, "Input should be 0 or 1"),
        ({"seconds": 0}, "greater than 0"),
    ],
)
def test_wrong_options_are_told(wrong: dict[str, Any], told: str) -> None:
    Config(**SOUND)
    with pytest.raises(ValueError, match=told):
        Config(**{**SOUND, **wrong})


def test_groups_that_topics_tell_may_be_asked_for() -> None:
    config = Config(**SOUND, topic="plant/{machine}/{sensor}")
    assert gives(config, None, {"machine": "a"})  # type: ignore[arg-type]
    assert not gives(config, None, {"label": "worn"})  # type: ignore[arg-type]


def recording(*payloads: dict[str, Any]) -> Segment:
    messages = [Message(n, n, "t", orjson.dumps(one)) for n, one in enumerate(payloads, 1)]
    return Segment("t", [understand(one, Shape()) for one in messages])


def test_a_channel_called_time_does_not_take_the_clocks_place() -> None:
    item = segment_item(recording({"time": 7, "v": 1}, {"v": 2}), Shape(), {"v": "g"}, 1.0)
    assert isinstance(item.content, bytes)
    stream = decode(item.content)
    assert stream.time.tolist() == [1, 2]
    assert sorted(stream.channels) == ["time-value", "v"]
    assert stream.units == {"v": "g"}


def test_messages_that_name_ever_new_channels_do_not_fill_memory() -> None:
    item = segment_item(recording(*({f"c{n}": n, "v": 1} for n in range(3_000))), Shape(), {}, 1.0)
    assert item.fault is not None
    assert "2001 channels more than the 1,000" in item.fault
    assert isinstance(item.content, bytes)
    stream = decode(item.content)
    assert len(stream.channels) == MOST_CHANNELS
    assert stream.channels["v"].tolist() == [1.0] * 3_000


def test_the_same_segment_is_the_same_item() -> None:
    one, two = (segment_item(recording({"v": 1}, {"v": 2}), Shape(), {}, 1.0) for _ in range(2))
    assert (one.key, one.stamp, one.content) == (two.key, two.stamp, two.content)
