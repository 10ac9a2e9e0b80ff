"""Properties of readers of signals: whatever is done to the bytes, what is told adds up to what was there."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from signal_specimens import DBC, GPX, SIGNALS, START, clock, edf, sentence

from ingather.formats.layouts import can, gpx, mcap, nmea, series_tables, sktime_ts, wfdb
from ingather.formats.layouts import edf as edf_layout
from ingather.formats.series_items import series_item
from ingather.formats.time_ranges import read_ranges
from ingather.formats.wfdb_annotations import SYMBOLS, Annotation, decode_annotations, encode_annotations
from ingather.formats.wfdb_samples import BITS, FLAC, decode_samples, encode_samples
from ingather.plugins import FORMATS, load
from ingather.sample import Item, Loss
from ingather.series import MEDIA_TYPE, Stream, decode

FEW = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
PLACE = st.floats(0, 1, exclude_max=True)
JUNK_LINE = st.text(
    st.characters(codec="utf-8", exclude_characters="\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"), min_size=1
).filter(lambda text: bool(text.strip()))


def things_of(name: str, folder: Path) -> list[Item | Loss]:
    module = load(FORMATS, name)
    things = list(module.read(folder, module.Config()))
    for thing in things:
        assert isinstance(thing, Item | Loss)
        if isinstance(thing, Item):
            assert_sound(thing)
    return things


def assert_sound(item: Item) -> None:
    """Its streams decode, its channels are those that its facts name, its label is one."""
    assert item.key
    if item.modality != "sensor":
        return
    assert isinstance(item.content, bytes)
    main = decode(item.content)
    assert item.data is not None
    channels = item.data["channels"]
    assert isinstance(channels, list)
    assert [one["name"] for one in channels if isinstance(one, dict)] == list(main.channels)
    for part in item.parts:
        if part.media_type == MEDIA_TYPE:
            assert isinstance(part.content, bytes)
            assert decode(part.content).channels
    if isinstance(item.label, list):
        read_ranges(item.label)


def harmed(name: str, which: float, harm: Callable[[bytes], bytes]) -> None:
    """Every recording of a sound set is there, or something is told, whatever is done to one of its files."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "set"
        SIGNALS[name](folder)
        sound = {thing.key for thing in things_of(name, folder) if isinstance(thing, Item)}
        files = sorted(file for file in folder.rglob("*") if file.is_file())
        file = files[int(which * len(files))]
        file.write_bytes(harm(file.read_bytes()))
        things = things_of(name, folder)
        missing = sound - {thing.key for thing in things if isinstance(thing, Item)}
        losses = [thing for thing in things if isinstance(thing, Loss)]
        module = load(FORMATS, name)
        assert not missing or losses or module.sniff(folder) is None


@pytest.mark.parametrize("name", sorted(SIGNALS))
def test_cut(name: str) -> None:
    @FEW
    @given(PLACE, PLACE)
    def attack(which: float, where: float) -> None:
        harmed(name, which, lambda content: content[: int(where * len(content))])

    attack()


@pytest.mark.parametrize("name", sorted(SIGNALS))
def test_a_bit_flipped(name: str) -> None:
    @FEW
    @given(PLACE, PLACE, st.integers(0, 7))
    def attack(which: float, where: float, bit: int) -> None:
        def harm(content: bytes) -> bytes:
            place = int(where * len(content))
            return content[:place] + bytes([content[place] ^ 1 << bit]) + content[place + 1 :]

        harmed(name, which, harm)

    attack()


@pytest.mark.parametrize("name", sorted(SIGNALS))
def test_random_bytes(name: str) -> None:
    @FEW
    @given(PLACE, st.binary(max_size=400), st.integers(0, 600))
    def attack(which: float, noise: bytes, kept: int) -> None:
        harmed(name, which, lambda content: content[:kept] + noise)

    attack()


@FEW
@given(
    st.lists(
        st.builds(
            Annotation,
            st.integers(0, 1 << 30),
            st.sampled_from(sorted(SYMBOLS.values())),
            st.integers(-128, 127),
            st.integers(0, 255),
            st.integers(-128, 127),
            st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40).filter(
                lambda text: not text.startswith("## ")
            ),
        )
    )
)
def test_annotations_come_back(entries: list[Annotation]) -> None:
    found = decode_annotations(encode_annotations(entries))
    assert found.told is None
    assert list(found.entries) == sorted(entries, key=lambda one: one.sample)


@pytest.mark.parametrize("form", [form for form in BITS if form not in FLAC])
def test_samples_come_back(form: str) -> None:
    most = 1 << (BITS[form] - 1)

    @FEW
    @given(st.lists(st.integers(-most, most - 1), max_size=50))
    def there_and_back(samples: list[int]) -> None:
        content = encode_samples(np.array(samples, np.int64), form)
        assert decode_samples(content, form, len(samples)).tolist() == samples

    there_and_back()


VALUES = st.one_of(
    st.integers(-(10**6), 10**6).map(float),
    st.floats(-1e6, 1e6).map(lambda value: round(value, 3)),
    st.just(float("nan")),
)


@FEW
@given(st.lists(VALUES, min_size=2, max_size=40), st.sampled_from([0.5, 1.0, 12.5, 360.0]), st.booleans())
def test_what_wfdb_and_mcap_write_comes_back(values: list[float], rate: float, dated: bool) -> None:
    channel = np.array(values) + 0.0
    made = Stream(clock(len(values), rate, START if dated else 0), {"x": channel}, {"x": "V"}, rate)
    item = series_item("a", [made], dated=dated)
    for layout in (wfdb, mcap):
        with tempfile.TemporaryDirectory() as place:
            told = layout.write([item], Path(place), layout.Config())
            found = [thing for thing in layout.read(Path(place), layout.Config()) if isinstance(thing, Item)]
            assert len(found) == 1
            assert isinstance(found[0].content, bytes)
            back = decode(found[0].content)
            assert np.array_equal(back.time, made.time)
            exact = np.array_equal(back.channels["x"], channel, equal_nan=True)
            assert exact or (layout is wfdb and any("as finely" in loss.reason for loss in told))
            assert np.allclose(back.channels["x"], channel, equal_nan=True, rtol=1e-9, atol=1e-3)


def mixed(good: list[str], junk: list[str], order: list[int]) -> list[str]:
    """Good lines in their order, with others between them."""
    lines = list(good)
    for line, place in zip(junk, order, strict=False):
        lines.insert(place % (len(lines) + 1), line)
    return lines


ORDER = st.lists(st.integers(0, 100), min_size=8, max_size=8)


@FEW
@given(st.lists(JUNK_LINE, max_size=8), ORDER)
def test_lines_of_nmea_add_up(junk: list[str], order: list[int]) -> None:
    good = [sentence(f"GPRMC,1235{n:02d}.00,A,4807.038,N,01131.000,E,1,2,230394,,") for n in range(20)]
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "a.nmea"
        file.write_text("\n".join(line.strip() for line in mixed(good, junk, order)), "utf-8")
        assert counted(nmea.read(file, nmea.Config())) == (20, 20 + len(junk))


@FEW
@given(st.lists(JUNK_LINE, max_size=8), ORDER)
def test_lines_of_can_add_up(junk: list[str], order: list[int]) -> None:
    good = [f"(1436509052.{n:06d}) can0 123#{n:02X}" for n in range(20)]
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "a.log"
        file.write_text("\n".join(mixed(good, junk, order)), "utf-8")
        assert counted(can.read(file, can.Config())) == (20, 20 + len(junk))


@FEW
@given(st.lists(st.text(max_size=8).map(lambda text: text.replace("<", "").replace("&", "")), max_size=8))
def test_points_of_gpx_add_up(odd: list[str]) -> None:
    points = [f'<trkpt lat="{n}.5" lon="7"><time>2020-01-01T10:00:0{n}Z</time></trkpt>' for n in range(9)]
    points[3:3] = [
        f"<trkpt lat='north'><name>{one.encode('ascii', 'ignore').decode()}</name></trkpt>" for one in odd
    ]
    text = GPX[: GPX.index("<wpt")] + "<trk><trkseg>" + "".join(points) + "</trkseg></trk></gpx>"
    text = "".join(letter for letter in text if letter.isprintable() or letter == "\n")
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "a.gpx"
        file.write_text(text, "utf-8")
        assert counted(gpx.read(file, gpx.Config())) == (9, 9 + len(odd))


@FEW
@given(st.integers(0, 400))
def test_data_records_of_edf_add_up(cut: int) -> None:
    whole = edf([("EEG", "uV", [[n, n] for n in range(100)])])
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / "a.edf").write_bytes(whole[: len(whole) - cut])
        things = list(edf_layout.read(Path(place), edf_layout.Config()))
        item = next((thing for thing in things if isinstance(thing, Item)), None)
        there = 100 - -(-cut // 4)
        if item is None:
            assert there == 0
            return
        assert isinstance(item.content, bytes)
        assert len(decode(item.content)) == 2 * there
        assert (item.fault is not None) == (cut > 0)


@FEW
@given(st.lists(st.integers(1, 9).filter(lambda cells: cells != 3), max_size=8), ORDER)
def test_rows_of_tables_add_up(widths: list[int], order: list[int]) -> None:
    good = [f"2024-05-01T00:00:{n:02d}Z,{n},{n / 2}" for n in range(20)]
    lines = mixed(good, [",".join(["7"] * width) for width in widths], order)
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "a.csv"
        file.write_text("\n".join(["time,a [V],b [A]", *lines]))
        assert counted(series_tables.read(file, series_tables.Config())) == (20, 20 + len(widths))


@FEW
@given(st.lists(JUNK_LINE.filter(lambda text: not text.strip().startswith("#")), max_size=8), ORDER)
def test_series_of_ts_add_up(junk: list[str], order: list[int]) -> None:
    good = [f"{n},2,3:walk" for n in range(10)]
    head = "@problemName x\n@classLabel true walk run\n@dimensions 1\n@data\n"
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "a.ts"
        file.write_text(head + "\n".join(mixed(good, junk, order)), "utf-8")
        things = list(sktime_ts.read(file, sktime_ts.Config()))
        losses = sum(thing.count for thing in things if isinstance(thing, Loss))
        assert sum(isinstance(thing, Item) for thing in things) + losses == 10 + len(junk)


@FEW
@given(st.text(max_size=300), st.binary(max_size=64))
def test_databases_of_messages_never_raise(text: str, data: bytes) -> None:
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / "a.dbc").write_text(DBC[: len(text) * 3] + text, "utf-8")
        line = f"(1436509052.000001) can0 123##0{data.hex()}\n"
        (Path(place) / "a.log").write_text(line)
        things = list(can.read(Path(place), can.Config()))
        assert [thing.key for thing in things if isinstance(thing, Item)] == ["a.log"]


def counted(things: object) -> tuple[int, int]:
    """Rows of the only recording, and rows and lost things together."""
    listed = list(things)  # type: ignore[call-overload]
    items = [thing for thing in listed if isinstance(thing, Item)]
    assert len(items) == 1
    assert isinstance(items[0].content, bytes)
    rows = len(decode(items[0].content))
    return rows, rows + sum(thing.count for thing in listed if isinstance(thing, Loss))
