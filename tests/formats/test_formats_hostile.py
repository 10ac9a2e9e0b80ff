"""Whatever is done to a data set's files, its reader names what is wrong, goes on, and never raises."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from format_specimens import SPECIMENS, files_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingather.formats.contract import Sniff
from ingather.plugins import FORMATS, load
from ingather.sample import Item, Loss

SMALL = settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
JUNK = st.one_of(
    st.binary(max_size=60),
    st.text(max_size=30).map(str.encode),
    st.sampled_from(
        [b"\0" * 40, b"\xff\xfe", b"\xef\xbb\xbf", b"-1", b"NaN", b"1e999", b"../../etc/passwd", b"[" * 3000,
         b'{"a":' * 2000, b"\n\n\n", b'"', b"9" * 400, b"\xf0\x9f", b"null", b"{}", b"[]", b'""', b"true"]
    ),
)  # fmt: skip
BY_NAMES = ("audiofolder", "imagefolder")
"""Layouts that are known by the names of folders and files; what is in these is judged one by one."""
DAMAGE = st.tuples(st.integers(0, 50), st.floats(0, 1), st.integers(0, 40), JUNK)


def damage(folder: Path, which: int, where: float, length: int, junk: bytes) -> None:
    files = list(files_of(folder))
    file = files[which % len(files)]
    content = file.read_bytes()
    place = int(where * len(content))
    if length == 0:  # cut
        file.write_bytes(content[:place])
    else:
        file.write_bytes(content[:place] + junk + content[place + length - 1 :])


@pytest.mark.parametrize("name", sorted(SPECIMENS))
def test_damage_is_told_and_never_raised(name: str) -> None:
    module = load(FORMATS, name)

    @SMALL
    @given(st.lists(DAMAGE, min_size=1, max_size=3))
    def attack(damages: list[tuple[int, float, int, bytes]]) -> None:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place) / "set"
            SPECIMENS[name](folder)
            for one in damages:
                damage(folder, *one)
            sniffed = module.sniff(folder)
            assert sniffed is None or isinstance(sniffed, Sniff)
            for thing in module.read(folder, module.Config()):
                assert isinstance(thing, Item | Loss)
                if isinstance(thing, Item):
                    assert thing.key
                    assert "\0" not in thing.key
                else:
                    assert thing.where
                    assert thing.reason
                    assert thing.count >= 0

    attack()


@pytest.mark.parametrize("name", sorted(SPECIMENS))
def test_a_file_of_noise_is_no_data(name: str, tmp_path: Path) -> None:
    module = load(FORMATS, name)
    SPECIMENS[name](tmp_path / "set")
    for file in files_of(tmp_path / "set"):
        file.write_bytes(bytes(range(256)) * 8)
    list(module.read(tmp_path / "set", module.Config()))
    if name not in BY_NAMES:
        assert (module.sniff(tmp_path / "set") or Sniff(0, "")).sure < 0.5


@pytest.mark.parametrize("name", sorted(SPECIMENS))
def test_a_sound_set_is_recognised_and_read_alike_twice(name: str, tmp_path: Path) -> None:
    module = load(FORMATS, name)
    SPECIMENS[name](tmp_path / "set")
    sniffed = module.sniff(tmp_path / "set")
    assert sniffed is not None
    assert sniffed.sure >= 0.5
    found = [list(module.read(tmp_path / "set", module.Config())) for _ in range(2)]
    assert found[0] == found[1]
    items = [thing for thing in found[0] if isinstance(thing, Item)]
    assert items
    assert len({item.key for item in items}) == len(items)
    assert not [item.fault for item in items if item.fault]
    assert sum(thing.count for thing in found[0] if isinstance(thing, Loss)) == 0
    assert all(item.stamp for item in items)
