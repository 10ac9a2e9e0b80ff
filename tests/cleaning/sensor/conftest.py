from __future__ import annotations

from pathlib import Path

import pytest

from ingather.formats.layouts import comma2k19, nab, sktime_ts
from ingather.sample import Item
from ingather.series import Stream, decode


def _items(read: object) -> list[Item]:
    return [item for item in read if isinstance(item, Item)]  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def nab_streams(data: Path) -> dict[str, Stream]:
    items = _items(nab.read(data / "nab", nab.Config()))
    return {item.key: decode(item.content) for item in items}  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def drive(data: Path) -> dict[str, Stream]:
    (item,) = _items(comma2k19.read(data / "comma2k19-example", comma2k19.Config()))
    parts = [decode(part.content) for part in item.parts if part.role.startswith("stream")]  # type: ignore[arg-type]
    return {one.name: one for one in (decode(item.content), *parts)}  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def motions(data: Path) -> dict[str, Stream]:
    items = _items(sktime_ts.read(data / "basic-motions", sktime_ts.Config(rate=10)))
    return {item.key: decode(item.content) for item in items}  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def good(
    nab_streams: dict[str, Stream], drive: dict[str, Stream], motions: dict[str, Stream]
) -> dict[str, Stream]:
    """Real series in which nothing is known to be wrong: radar and raw satellites send rows in groups."""
    grouped = ("CAN/radar", "GNSS/raw_gnss_qcom", "GNSS/raw_gnss_ublox", "IMU/gyro_bias")
    return nab_streams | motions | {name: one for name, one in drive.items() if name not in grouped}
