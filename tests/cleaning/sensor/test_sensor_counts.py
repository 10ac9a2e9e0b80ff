"""Counts of doubled stamps and gaps are those that a plain query of the files gives."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
from sensor_batches import measured

from ingather.cleaning.sensor import doubled_stamps, gaps
from ingather.series import Stream


def test_nab_as_pyarrow_counts(data: Path, nab_streams: dict[str, Stream]) -> None:
    doubled = measured(doubled_stamps, nab_streams.values())["doubled"]
    found = measured(gaps, nab_streams.values())
    told = {}
    for row, key in enumerate(nab_streams):
        table = pa.csv.read_csv(data / "nab" / "data" / key)
        stamps = table["timestamp"].cast(pa.timestamp("s")).cast(pa.int64()).to_numpy()
        # the query: SELECT count(*) - count(DISTINCT timestamp), and steps above 1.5 times the median step
        distinct = np.unique(stamps)
        steps = np.diff(distinct)
        usual = np.median(steps)
        long = steps[steps > 1.5 * usual]
        assert doubled[row] == len(stamps) - len(distinct), key
        assert found["gaps"][row] == len(long), key
        assert found["lost"][row] == int((np.round(long / usual) - 1).sum()), key
        assert found["longest"][row] == float(steps.max()), key
        told[Path(key).stem] = (doubled[row], found["gaps"][row])
    assert told == {
        "art_daily_small_noise": (0, 0),
        "art_daily_jumpsup": (0, 0),
        "ec2_cpu_utilization_5f5533": (0, 0),
        "rds_cpu_utilization_cc0c53": (0, 1),
        "exchange-2_cpc_results": (1, 5),
        "ambient_temperature_system_failure": (0, 10),
        "occupancy_6005": (0, 570),
        "Twitter_volume_GOOG": (0, 0),
    }


def test_comma2k19_as_numpy_counts(data: Path, drive: dict[str, Stream]) -> None:
    (root,) = (data / "comma2k19-example").glob("*/*/40")
    doubled = measured(doubled_stamps, drive.values())["doubled"]
    found = measured(gaps, drive.values())["gaps"]
    told = {}
    for row, name in enumerate(drive):
        file = root / ("global_pose/frame_times" if name == "global_pose" else f"processed_log/{name}/t")
        stamps = np.load(file, allow_pickle=False)
        distinct = np.unique(stamps)
        steps = np.diff(distinct)
        assert doubled[row] == len(stamps) - len(distinct), name
        if name not in ("CAN/radar",):  # its steps of microseconds have no median that rounding leaves alone
            assert found[row] == int((steps > 1.5 * np.median(steps)).sum()), name
        told[name] = (doubled[row], found[row])
    assert {name: counts for name, counts in told.items() if counts[0]} == {
        "CAN/radar": (3937, 3022),
        "GNSS/raw_gnss_qcom": (540, 0),
        "GNSS/raw_gnss_ublox": (8628, 0),
    }


def test_places_are_told(nab_streams: dict[str, Stream]) -> None:
    exchange = [one for name, one in nab_streams.items() if "exchange" in name]
    told = measured(doubled_stamps, exchange)
    assert (told["places"], told["conflicting"]) == (["1304"], [1])
    assert measured(gaps, exchange)["places"][0].startswith("1742400 s: 7200 s; ")
    assert measured(doubled_stamps, [Stream(np.array([3, 1, 3, 2, 1]), {"x": np.zeros(5)})]) == {
        "doubled": [2],
        "doubled_share": [None],
        "conflicting": [0],
        "places": ["2, 4"],
    }
