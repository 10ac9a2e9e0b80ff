"""Segments: where they end, and which become samples."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from ingather.plan.quotas import Gap
from ingather.series import SECOND
from ingather.sources import segments
from ingather.sources.segments import Cut, Cutter, Segment
from ingather.sources.streams.choosing import Chooser, Policy
from ingather.sources.streams.payloads import Malformed, Reading, Shape, understand
from ingather.sources.streams.spool import RECENT, Message, Spool

CUT = Cut(seconds=60, messages=1_000, bytes=1 << 20, gap=10)


def reading(number: int, at: float, session: str = "a", value: float = 0.0) -> Reading:
    """A message of one number at a time in seconds."""
    message = Message(number, round(at * SECOND), session, b"x" * 10)
    return Reading(message, session, {}, {"value": value}, message.at)


def cut(readings: list[Reading], by: Cut = CUT) -> list[list[int]]:
    cutter = Cutter(by)
    found = [one for each in readings for one in cutter.add(each)]
    return [[each.message.number for each in one.readings] for one in [*found, *cutter.rest()]]


def test_segments_end_by_time_number_size_and_silence() -> None:
    assert cut([reading(n, n * 9) for n in range(14)]) == [list(range(7)), list(range(7, 14))]
    assert cut([reading(n, 0) for n in range(5)], Cut(60, 2, 1 << 20, 10)) == [[0, 1], [2, 3], [4]]
    assert cut([reading(n, 0) for n in range(5)], Cut(60, 100, 25, 10)) == [[0, 1, 2], [3, 4]]
    assert cut([reading(0, 0), reading(1, 9), reading(2, 19)]) == [[0, 1], [2]]


def test_a_clock_that_is_set_back_or_forth_ends_a_segment_and_loses_nothing() -> None:
    assert cut([reading(0, 1_000), reading(1, 1_001), reading(2, 50), reading(3, 51)]) == [[0, 1], [2, 3]]
    assert cut([reading(0, 1_000), reading(1, 90_000)]) == [[0], [1]]


def test_what_is_open_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "MOST_OPEN", 10)
    cutter = Cutter(CUT)
    sent = [reading(n, 0, session=str(n % 4)) for n in range(200)]
    ended = [one for each in sent for one in cutter.add(each)]
    left = list(cutter.rest())
    assert sum(len(one.readings) for one in left) <= 10
    assert sum(len(one.readings) for one in [*ended, *left]) == 200


def pieces(count: int, session: str = "a", start: int = 0) -> list[Segment]:
    return [Segment(session, [reading(n, n, session, n)]) for n in range(start, start + count)]


def chosen(policy: Policy, found: list[Segment], gaps: tuple[Gap, ...] = ()) -> list[tuple[str, float]]:
    chooser = Chooser(policy, gaps, "samples", {})
    made = [one for each in found for one in chooser.add(each, {"machine": each.session})]
    return [(one.segment.key, one.chance) for one in [*made, *chooser.rest()] if one.chance is not None]


def test_every_nth_goes_on_where_it_was() -> None:
    policy = Policy("every", every=4)
    whole = chosen(policy, pieces(20))
    assert [chance for _, chance in whole] == [0.25] * 5
    first = Chooser(policy, (), "samples", {})
    parts, counts = [], Counter[str]()
    for one in pieces(7):
        for choice in first.add(one, {}):
            assert choice.met is not None
            counts[choice.met[0]] += choice.met[1]
            parts += [choice.segment.key] if choice.chance else []
    second = Chooser(policy, (), "samples", counts)
    for one in pieces(13, start=7):
        parts += [choice.segment.key for choice in second.add(one, {}) if choice.chance]
    assert parts == [key for key, _ in whole]


def test_a_reservoir_is_fair_told_with_its_chance_and_the_same_after_a_crash() -> None:
    taken: Counter[str] = Counter()
    for seed in range(400):
        found = chosen(Policy("reservoir", most=5, window=3_600, seed=seed), pieces(20))
        assert {chance for _, chance in found} == {0.25}
        taken.update(key for key, _ in found)
    assert len(taken) == 20
    assert 60 < min(taken.values()) <= max(taken.values()) < 145  # 100 each; 5 standard deviations are 43

    policy = Policy("reservoir", most=5, window=3_600)
    whole = sorted(chosen(policy, pieces(20)))
    first, counts = Chooser(policy, (), "samples", {}), Counter[str]()
    gone = set()
    for one in pieces(12):
        for choice in first.add(one, {}):
            gone.add(choice.segment.key)
            assert choice.met is not None
            counts[choice.met[0]] += choice.met[1]
    again = Chooser(policy, (), "samples", counts)
    rest = [one for one in pieces(20) if one.key not in gone]
    for one in rest:
        list(again.add(one, {}))
    assert sorted((one.segment.key, one.chance) for one in again.rest()) == whole


def test_windows_have_their_own_lots() -> None:
    found = chosen(Policy("reservoir", most=2, window=10), pieces(35))
    assert len(found) == 8
    assert [chance for _, chance in found] == [0.2] * 6 + [0.4] * 2


def test_events_and_gaps() -> None:
    unusual = Policy("event", usual={"value": (3, 16)})
    assert len(chosen(unusual, pieces(20))) == 6
    gaps = (Gap({"machine": "a"}, 3), Gap({"machine": "b"}, 1))
    found = chosen(Policy("gap"), [*pieces(10, "a"), *pieces(10, "b"), *pieces(10, "c")], gaps)
    assert [key[0] for key, _ in found] == ["a", "a", "a", "b"]


def test_what_a_message_says() -> None:
    shape = Shape("csv", "plant/{machine}/+", ("machine",), None, {"x": "1"}, "0", "s", "2")
    told = understand(Message(1, 5, "plant/m/s", b"12.5, 3e2, 7\n"), shape)
    assert (told.session, told.time, told.values, told.sequence) == ("m", 12_500_000_000, {"x": 300.0}, 7)
    iso = Shape(time="at")
    at = understand(
        Message(1, 5, "t", b'{"at": "1970-01-01T01:00:00.000002+01:00", "y": 1, "no": true}'), iso
    )
    assert (at.time, at.values, at.session) == (2_000, {"y": 1.0}, "t")
    assert understand(Message(1, 5, "t", b"[1, 2]"), Shape()).values == {"0": 1.0, "1": 2.0}
    for wrong in (b"NaN", b"{}", b"null", b'"7"', b"true", b"1e999", b"[[1]]"):
        with pytest.raises(Malformed):
            understand(Message(1, 5, "t", wrong), Shape())


def test_a_packet_that_comes_again_is_the_same_message_a_number_that_is_used_again_is_not(
    tmp_path: Path,
) -> None:
    spool = Spool(tmp_path / "one.spool")
    spool.append([(7, 0, "t", b"1", False), (8, 0, "t", b"1", False)])
    spool.append([(7, 1, "t", b"1", True), (8, 1, "t", b"2", True), (9, 1, "t", b"1", True)])
    assert [one.payload for one in spool.after(0)] == [b"1", b"1", b"2", b"1"]
    spool.append((n % 60_000 + 100, 0, "t", b"1", False) for n in range(RECENT))
    spool.append([(7, 1, "t", b"1", True)])
    assert spool.waiting() == 4 + RECENT + 1
    spool.settle([one.number for one in spool.after(0)], {"seen": 1.0})
    assert (spool.waiting(), spool.totals()) == (0, {"seen": 1.0})
    spool.append([(1, 0, "t", b"1", False)])
    assert spool.after(0)[0].number == 4 + RECENT + 2  # numbers are never used twice
    spool.close()
