"""Pascal VOC: the real set read whole, odd and hostile XML told, and every box kept when written."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingather.formats import voc_objects
from ingather.formats.boxes import read_label
from ingather.formats.layouts import voc
from ingather.formats.plain_xml import UnsafeXml, parse_xml
from ingather.sample import Item, Loss


def read(path: Path, **options: Any) -> tuple[list[Item], list[Loss]]:
    things = list(voc.read(path, voc.Config(**options)))
    return [x for x in things if isinstance(x, Item)], [x for x in things if isinstance(x, Loss)]


@pytest.fixture
def copied(data: Path, tmp_path: Path) -> Path:
    """Five pictures of the blood cells that a test may spoil."""
    target = tmp_path / "voc"
    for folder in ("Annotations", "JPEGImages"):
        (target / folder).mkdir(parents=True)
    source = data / "bccd-blood-cells" / "BCCD"
    for file in sorted((source / "Annotations").glob("*.xml"))[:5]:
        shutil.copy(file, target / "Annotations")
        shutil.copy(source / "JPEGImages" / f"{file.stem}.jpg", target / "JPEGImages")
    return target


def first_xml(folder: Path) -> Path:
    return sorted((folder / "Annotations").glob("*.xml"))[0]


def test_the_whole_set_is_read(data: Path) -> None:
    items, losses = read(data / "bccd-blood-cells")
    assert len(items) == 292
    boxes = [box for item in items for box in read_label(item.label)]
    assert Counter(box.label for box in boxes) == {"RBC": 3350, "WBC": 301, "Platelets": 292}
    assert sum(not box.has_area for box in boxes) == 2
    assert Counter(item.split for item in items) == {"train": 205, "validation": 87}
    assert [loss.count for loss in losses] == [0, 0, 72]
    assert all("has no area" in loss.reason for loss in losses[:2])
    assert {loss.where.split(":")[0] for loss in losses[:2]} == {
        "Annotations/BloodImage_00338.xml",
        "Annotations/BloodImage_00343.xml",
    }
    inner, _ = read(data / "bccd-blood-cells" / "BCCD")
    assert len(inner) == 292


def test_sniffing(data: Path) -> None:
    for path in (data / "bccd-blood-cells", data / "bccd-blood-cells" / "BCCD"):
        sniffed = voc.sniff(path)
        assert sniffed is not None
        assert sniffed.sure > 0.9
    for other in ("fsdd", "tiny-coco", "sms-spam", "movielens-small"):
        assert voc.sniff(data / other) is None


def test_pictures_without_xml_are_unlabelled_and_xml_without_picture_is_a_loss(copied: Path) -> None:
    files = sorted((copied / "Annotations").glob("*.xml"))
    files[0].unlink()
    (copied / "JPEGImages" / f"{files[1].stem}.jpg").unlink()
    items, losses = read(copied)
    assert sum(item.label is None for item in items) == 1
    assert len(items) == 4
    assert [loss.reason for loss in losses] == [f"its picture {files[1].stem}.jpg is not there"]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("<name>WBC</name>", "<name></name>", "has no name"),
        ("<xmin>", "<xmin>x", "no number as xmin"),
        ("<xmin>", "<xmin>9", "ends before it begins"),
        ("<xmin>", "<xmin>nan", "no number as xmin"),
        ("</annotation>", "", "the XML is broken"),
    ],
)
def test_odd_xml_is_told(copied: Path, old: str, new: str, reason: str) -> None:
    file = first_xml(copied)
    file.write_text(file.read_text().replace(old, new, 1) if old in file.read_text() else "")
    _, losses = read(copied)
    assert len(losses) == 1
    assert reason in losses[0].reason


def test_a_file_name_that_leads_out_is_not_followed(copied: Path) -> None:
    file = first_xml(copied)
    (copied / "JPEGImages" / f"{file.stem}.jpg").rename(copied.parent / "secret.jpg")
    text = file.read_text().replace(f"<filename>{file.stem}.jpg", "<filename>../../secret.jpg")
    file.write_text(text)
    items, losses = read(copied)
    assert len(items) == 4
    assert "is not there" in losses[0].reason


BOMB = """<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<annotation><filename>&b;</filename></annotation>"""
FETCH = (
    '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><annotation><filename>&x;</filename></annotation>'
)


@pytest.mark.parametrize("text", [BOMB, FETCH, "<a>" * 100_000, "", "<a>&undefined;</a>"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_hostile_xml_is_refused(text: str, encoding: str) -> None:
    with pytest.raises(UnsafeXml):
        parse_xml(text.encode(encoding))


@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damaged_xml_never_raises(copied: Path, data: st.DataObject) -> None:
    file = first_xml(copied)
    whole = file.read_bytes()
    content = bytearray(whole)
    for _ in range(data.draw(st.integers(0, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    file.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    try:
        items, losses = read(copied)
        assert len(items) + len(losses) >= 5
        assert sum(item.label is not None for item in items) >= 4
    finally:
        file.write_bytes(whole)


def test_two_pictures_of_one_name_both_stay(copied: Path, tmp_path: Path) -> None:
    items, _ = read(copied)
    twins = items[:2]
    twins[1].key = f"other/{Path(items[0].key).name}"
    assert voc.write(twins, tmp_path / "out", voc.Config()) == []
    again, _ = read(tmp_path / "out")
    assert len({item.key for item in again}) == 2
    assert sorted(str(item.label) for item in again) == sorted(str(item.label) for item in twins)


WORDS = st.sampled_from(["0", "1", "1.0", " 1 ", "", "Unspecified", "Left", "x"])
SIDES = st.one_of(st.integers(-9, 700).map(str), st.sampled_from(["1.5", "", "x", "1e3", "-", "1.2.3"]))


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    """Documents as annotation programs write them, now and then with a field missing, doubled or moved."""
    objects = []
    for _ in range(draw(st.integers(0, 4))):
        fields = [f"<name>{draw(st.sampled_from(['cat', ' dog ', '', 'a&amp;b', 'ä']))}</name>"]
        names = draw(st.sampled_from([("pose", "truncated", "difficult"), ("truncated", "occluded"), ()]))
        fields += [f"<{name}>{draw(WORDS)}</{name}>" for name in names]
        sides = draw(st.sampled_from([("xmin", "ymin", "xmax", "ymax"), ("xmax", "xmin", "ymax", "ymin")]))
        inner = "".join(f"<{side}>{draw(SIDES)}</{side}>" for side in sides)
        fields.append(f"<bndbox>{inner}</bndbox>")
        fields += draw(
            st.sampled_from([[], ["<difficult>1</difficult>"], ["<part><name>head</name></part>"]])
        )
        objects.append(f"<object>{draw(st.sampled_from(['', ' ']))}{''.join(fields)}</object>")
    between = draw(st.sampled_from(["", "\n\t", "<note/>", "loose words", "<!-- said -->"]))
    head = draw(st.sampled_from(["", '<?xml version="1.0"?>\n', "<?xml version='1.0' encoding='utf-8'?>"]))
    size = "<size><width>640</width><height>480</height></size>"
    body = between.join([size, *objects])
    if draw(st.booleans()):
        body = draw(st.sampled_from(["<inner>{}</inner>", "{}</annotation>", "{}<object>"])).format(body)
    return f"{head}<annotation>{body}</annotation>".encode()


@settings(max_examples=300)
@given(documents())
def test_the_usual_shape_and_any_other_are_read_alike(content: bytes) -> None:
    def told(way: Any) -> Any:
        try:
            found = way(content)
        except UnsafeXml as error:
            return str(error).partition(":")[0]
        return found.label, found.losses

    assert told(voc_objects.read_document) == told(voc_objects._any)
