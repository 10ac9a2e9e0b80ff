"""GPX and NMEA 0183 beside the libraries of their fields; what is odd in them is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import gpxpy.gpx
import numpy as np
import pynmea2
from signal_specimens import GPX, sentence

from ingather.formats.layouts import gpx, nmea
from ingather.formats.time_ranges import read_ranges
from ingather.sample import Item, Loss
from ingather.series import MISSING, Stream, decode

START = datetime(2020, 1, 1, 10, tzinfo=UTC)


def read(layout: ModuleType, path: Path) -> tuple[list[Item], list[Loss]]:
    things = list(layout.read(path, layout.Config()))
    return [x for x in things if isinstance(x, Item)], [x for x in things if isinstance(x, Loss)]


def stream(content: object) -> Stream:
    assert isinstance(content, bytes)
    return decode(content)


def test_what_gpxpy_writes(tmp_path: Path) -> None:
    made = gpxpy.gpx.GPX()
    for number in range(2):
        track = gpxpy.gpx.GPXTrack(name=f"track {number}")
        segment = gpxpy.gpx.GPXTrackSegment()
        segment.points = [
            gpxpy.gpx.GPXTrackPoint(
                46 + n / 1000, -7.25, elevation=100 + n, time=START + timedelta(seconds=1.5 * n)
            )
            for n in range(5 + number)
        ]
        track.segments.append(segment)
        made.tracks.append(track)
    (tmp_path / "a.gpx").write_text(made.to_xml())
    items, losses = read(gpx, tmp_path)
    assert losses == []
    assert [item.key for item in items] == ["a.gpx#0", "a.gpx#1"]
    for item, track in zip(items, made.tracks, strict=True):
        found, points = stream(item.content), track.segments[0].points
        assert found.channels["latitude"].tolist() == [point.latitude for point in points]
        assert found.channels["elevation"].tolist() == [point.elevation for point in points]
        moments = [round(point.time.timestamp() * 1e9) for point in points]
        assert found.time.tolist() == moments
        assert (item.data or {})["name"] == track.name


def test_what_points_carry_and_what_is_beside_the_track(tmp_path: Path) -> None:
    (tmp_path / "run.gpx").write_text(GPX, "utf-8")
    items, losses = read(gpx, tmp_path)
    assert losses == []
    item, found = items[0], stream(items[0].content)
    assert np.array_equal(found.channels["hr"], [140, np.nan, np.nan], equal_nan=True)
    assert found.channels["segment"].tolist() == [0, 0, 1]
    assert (item.contributor, item.attributes["type"], item.at) == ("Ann", "running", START)
    assert [(one.start, one.label) for one in read_ranges(item.label)] == [(1.0, "Tree")]


def test_odd_gpx_is_told(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE gpx [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><gpx>&b;</gpx>'
    broken = GPX.replace('lat="46.0"', 'lat="north"', 1).replace(
        "10:00:01Z</time><name>", "09:00Z</time><name>"
    )
    for name, text in {"bomb": bomb, "broken": broken, "cut": GPX[:400], "other": "<kml/>"}.items():
        (tmp_path / f"{name}.gpx").write_text(text, "utf-8")
    items, losses = read(gpx, tmp_path)
    told = {loss.where: (loss.reason, loss.count) for loss in losses if loss.where != "broken.gpx"}
    assert "declares a document type" in told["bomb.gpx"][0]
    assert "broken" in told["cut.gpx"][0]
    assert told["other.gpx"] == ("its root is 'kml', not gpx", 1)
    assert [(x.reason, x.count) for x in losses if x.where == "broken.gpx"] == [
        ("points without latitude and longitude", 1),
        ("waypoints lie on no track, or at no time of one", 1),
    ]
    assert len(stream(items[0].content)) == 2


def test_sentences_as_pynmea2_reads_them(tmp_path: Path) -> None:
    lines = [
        sentence("GPRMC,225446.33,A,4916.45,N,12311.12,W,000.5,054.7,191194,020.3,E"),
        sentence("GNGGA,184353.07,1929.045,S,02410.506,E,1,04,2.6,100.00,M,-33.9,M,,0000"),
        sentence("GPGLL,3723.2475,N,12158.3416,W,161229.487,A,A"),
    ]
    for line in lines:
        (tmp_path / "one.nmea").write_text(line)
        found = stream(read(nmea, tmp_path)[0][0].content)
        theirs = pynmea2.parse(line)
        assert abs(found.channels["latitude"][0] - theirs.latitude) < 1e-12
        assert abs(found.channels["longitude"][0] - theirs.longitude) < 1e-12
        clock = theirs.timestamp
        seconds = clock.hour * 3600 + clock.minute * 60 + clock.second + clock.microsecond / 1e6
        assert int(found.time[0]) % (86_400 * 10**9) == round(seconds * 1e9)
    (tmp_path / "one.nmea").write_text(lines[1])
    found, theirs = stream(read(nmea, tmp_path)[0][0].content), pynmea2.parse(lines[1])
    assert found.channels["altitude"][0] == theirs.altitude
    assert found.channels["satellites"][0] == float(theirs.num_sats)


def test_a_log_through_midnight_with_everything_in_it(tmp_path: Path) -> None:
    lines = [sentence("GPGGA,235959.00,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,"),
             sentence("GPRMC,235959.00,A,4807.038,N,01131.000,E,022.4,084.4,311219,,"),
             sentence("HEHDT,271.5,T"), sentence("GPGSV,1,1,01,03,03,111,00"),
             sentence("GPGGA,000000.00,4807.038,N,01131.000,E,1,08,0.9,545.5,M,46.9,M,,"),
             sentence("GPGGA,000000.00,4807.038,N,01131.000,E,1,08,0.9,545.6,M,46.9,M,,"),
             sentence("GPRMC,000001.00,V,,,,,,,010120,,"),
             sentence("GPRMC,,V,,,,,,,,,"),
             "$GPGGA,000002.00,4807.038,N*00\r\n", "engine on\r\n",
             "2020 " + sentence("HEHDT,272.5,T")]  # fmt: skip
    (tmp_path / "trip.log").write_text("".join(lines), newline="")
    items, losses = read(nmea, tmp_path)
    main, heading = stream(items[0].content), stream(items[0].parts[0].content)
    midnight = int(datetime(2020, 1, 1, tzinfo=UTC).timestamp()) * 10**9
    second = 10**9
    assert main.time.tolist() == [midnight - second, midnight, midnight, midnight + second, MISSING]
    assert main.channels["speed"][0] == 22.4
    assert main.channels["valid"].tolist()[3] == 0
    assert np.isnan(main.channels["latitude"][3])
    assert heading.channels["heading"].tolist() == [271.5, 272.5]
    assert heading.time.tolist() == [midnight - second, MISSING]
    told = [(loss.where, loss.count) for loss in losses]
    assert told == [("trip.log, line 9", 1), ("trip.log, line 10", 1), ("trip.log", 0)]
    assert "GSV 1" in losses[2].reason
    assert (items[0].data or {})["zone"] == "UTC"
