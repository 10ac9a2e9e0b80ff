from __future__ import annotations

import secrets
from pathlib import Path

import pyarrow as pa

from ingather.store.lookup import Lookup
from ingather.store.packed_ids import id_numbers
from ingather.store.tables import Table

SCHEMA = pa.schema([("id", pa.string()), ("value", pa.int32())])


def rows(ids: list[str], start: int = 0) -> pa.Table:
    return pa.table({"id": ids, "value": pa.array(range(start, start + len(ids)), pa.int32())})


def test_writing_twice_adds_nothing_and_versions_tell_what_is_new(tmp_path: Path) -> None:
    ids = [secrets.token_hex(16) for _ in range(30)]
    table = Table(tmp_path / "t.lance", SCHEMA)
    assert (table.version, table.count(), table.read().num_rows) == (0, 0, 0)
    table.upsert(rows(ids[:20]))
    first = table.version
    table.upsert(rows(ids[10:], 10))
    assert table.count() == 30
    fresh = [one for batch in table.scan(["id"], since=first) for one in batch.column(0).to_pylist()]
    assert fresh == ids[10:]
    assert list(table.scan(["id"], since=table.version)) == []


def test_a_part_of_the_columns_can_be_written(tmp_path: Path) -> None:
    ids = [secrets.token_hex(16) for _ in range(3)]
    table = Table(tmp_path / "t.lance", SCHEMA)
    table.upsert(rows(ids))
    table.ensure_columns([pa.field("more", pa.float32())])
    table.upsert(pa.table({"id": ids[:2], "more": pa.array([1.0, 2.0], pa.float32())}))
    told = {row["id"]: row for row in table.read().to_pylist()}
    assert told[ids[0]] == {"id": ids[0], "value": 0, "more": 1.0}
    assert told[ids[2]] == {"id": ids[2], "value": 2, "more": None}


def test_lookup_joins_in_the_order_asked_for_with_nulls_for_strangers(tmp_path: Path) -> None:
    ids = [secrets.token_hex(16) for _ in range(1000)]
    table = Table(tmp_path / "t.lance", SCHEMA)
    table.upsert(rows(ids))
    asked = [ids[7], secrets.token_hex(16), ids[999], ids[0]]
    found = Lookup(table, ["value", "absent"]).match(pa.array(asked))
    assert found["value"].to_pylist() == [7, None, 999, 0]
    assert found["absent"].null_count == 4
    assert (
        Lookup(Table(tmp_path / "none.lance", SCHEMA), ["value"]).match(pa.array(asked))["value"].null_count
        == 4
    )


def test_ids_as_numbers_are_their_first_sixteen_digits() -> None:
    ids = [secrets.token_hex(16) for _ in range(5)]
    assert id_numbers(pa.array(ids)).tolist() == [int(one[:16], 16) for one in ids]
    assert id_numbers(pa.array(ids).slice(2, 2)).tolist() == [int(one[:16], 16) for one in ids[2:4]]
