"""Tables that others keep: databases, MovieLens, Weka's files; read whole, and nothing written into them."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from format_specimens import SPECIMENS

from ingather.errors import InputError
from ingather.formats.arff_read import Attribute, cells_of, parse_attribute
from ingather.formats.layouts import arff, movielens, sql
from ingather.sample import Item, Loss


def sorted_out(found: list[Item | Loss]) -> tuple[list[Item], list[Loss]]:
    return [x for x in found if isinstance(x, Item)], [x for x in found if isinstance(x, Loss)]


def test_tables_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    SPECIMENS["sql"](tmp_path)
    file = tmp_path / "shop.sqlite"
    before = file.read_bytes()
    items, losses = sorted_out(list(sql.read(file, sql.Config())))
    assert [item.key.partition("/")[0] for item in items] == ['odd "name', "reviews", "reviews"]
    assert [(item.key, item.text, item.label) for item in items[1:]] == [
        ("reviews/1", "größer", "good"),
        ("reviews/2", "bad: 100%", "bad"),
    ]
    assert items[1].data == {"id": 1, "text": "größer", "label": "good", "stars": 4.5}
    assert "all of its tables are read" in losses[0].reason
    query = sql.Config(query="SELECT id, text FROM reviews WHERE text LIKE '%:%'", key="id")
    (one,) = sql.read(file, query)
    assert isinstance(one, Item)
    assert one.key == "query/2"
    items, losses = sorted_out(list(sql.read(file, sql.Config(table="review"))))
    assert items == []
    assert "no table 'review'" in losses[0].reason
    monkeypatch.chdir(tmp_path)
    for attack in (
        "DELETE FROM reviews",
        "DROP TABLE reviews",
        "ATTACH 'x.db' AS x",
        "SELECT load_extension('x')",
    ):
        items, _ = sorted_out(list(sql.read(file, sql.Config(query=attack))))
        assert items == []
    assert file.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["shop.sqlite"]


def test_a_damaged_page_costs_what_is_behind_it(tmp_path: Path) -> None:
    file = tmp_path / "big.db"
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT)")
    connection.executemany("INSERT INTO t VALUES (?, ?)", [(n, "x" * 200) for n in range(1000)])
    connection.commit()
    connection.close()
    content = bytearray(file.read_bytes())
    content[len(content) // 2 & ~4095 :][:10] = b""
    half = len(content) // 2 & ~4095
    content[half : half + 4096] = b"\xff" * 4096
    file.write_bytes(content)
    items, losses = sorted_out(list(sql.read(file, sql.Config())))
    assert 0 < len(items) < 1000
    assert "any further" in losses[-1].reason


def test_a_duckdb_file(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    file = tmp_path / "shop.duckdb"
    connection = duckdb.connect(str(file))
    connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, text VARCHAR, far HUGEINT, tags VARCHAR[])")
    connection.execute("INSERT INTO t VALUES (7, 'größer', 170141183460469231731687303715884105727, ['a'])")
    connection.close()
    assert (found := sql.sniff(file)) is not None
    assert found.sure > 0.9
    (item,) = sql.read(file, sql.Config())
    assert isinstance(item, Item)
    assert (item.key, item.text) == ("t/7", "größer")
    assert item.data == {"id": 7, "text": "größer", "far": str(2**127 - 1), "tags": ["a"]}
    (tmp_path / "secret.csv").write_text("a\n1\n")
    items, losses = sorted_out(
        list(sql.read(file, sql.Config(query=f"SELECT * FROM '{tmp_path / 'secret.csv'}'")))
    )
    assert (items, len(losses)) == ([], 1)


def test_a_server(postgres_address: str, tmp_path: Path) -> None:
    from sqlalchemy import create_engine, text

    engine = create_engine(postgres_address.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (k TEXT PRIMARY KEY, n NUMERIC, at TIMESTAMPTZ, b BYTEA)"))
        connection.execute(text("INSERT INTO t VALUES ('a%b', 1.5, '2020-01-02T03:04:05Z', 'x')"))
    engine.dispose()
    items, losses = sorted_out(list(sql.read(tmp_path, sql.Config(address=postgres_address))))
    assert losses == []
    assert items[0].key == "t/a%b"
    assert items[0].data is not None
    assert items[0].data["n"] == 1.5
    attack = sql.Config(address=postgres_address, query="DELETE FROM t")
    items, losses = sorted_out(list(sql.read(tmp_path, attack)))
    assert items == []
    assert "cannot be read" in losses[0].reason
    assert len(list(sql.read(tmp_path, sql.Config(address=postgres_address)))) == 1


def test_addresses_that_are_none(tmp_path: Path) -> None:
    for address in ("what is this", "nodb://x/y"):
        with pytest.raises(InputError):
            list(sql.read(tmp_path, sql.Config(address=address)))


def test_real_ratings_with_films(data: Path) -> None:
    path = data / "movielens-small"
    items, losses = sorted_out(list(movielens.read(path, movielens.Config())))
    assert losses == []
    assert len(items) == 100_004
    assert len({item.contributor for item in items}) == 671
    assert items[0].data == {
        "user": "1",
        "item": "31",
        "rating": 2.5,
        "at": 1260759144,
        "title": "Dangerous Minds (1995)",
        "genres": ["Drama"],
    }
    assert len(list(movielens.read(path, movielens.Config(take="tags")))) == 1296
    assert len(list(movielens.read(path, movielens.Config(take="films")))) == 9125


def test_ratings_of_the_older_sets(tmp_path: Path) -> None:
    SPECIMENS["movielens"](tmp_path / "1m")
    items, _ = sorted_out(list(movielens.read(tmp_path / "1m", movielens.Config())))
    assert items[1].data["genres"] == ["Animation", "Children's"]  # type: ignore[index]
    assert items[0].attributes == {"gender": "F", "age": "1", "occupation": "10"}
    old = tmp_path / "100k"
    old.mkdir()
    (old / "u.data").write_text("196\t242\t3\t881250949\n196\t242\t4\t881250949\n7\t242\tx\t1\n8\t242\n")
    flags = "|".join("1" if n == 5 else "0" for n in range(19))
    (old / "u.item").write_text(f"242|Kolya (1996)|24-Jan-1997||http://x|{flags}\n", "latin-1")
    items, losses = sorted_out(list(movielens.read(old, movielens.Config())))
    assert [item.data["genres"] for item in items] == [["Comedy"]]  # type: ignore[index]
    assert [loss.where for loss in losses] == ["u.data, line 2", "u.data, line 3", "u.data, line 4"]


def test_rows_of_weka(tmp_path: Path) -> None:
    SPECIMENS["arff"](tmp_path)
    rows, losses = sorted_out(list(arff.read(tmp_path, arff.Config())))
    assert losses == []
    assert rows[0].data == {"outlook": "sunny", "the temperature": 85, "note": "hot, is", "class": "no"}
    assert rows[1].data == {
        "outlook": "very rainy",
        "the temperature": 7.5,
        "note": "it's cold",
        "class": "yes",
    }
    assert rows[2].data == {"outlook": None, "the temperature": None, "note": None, "class": "no"}
    assert [row.label for row in rows] == ["no", "yes", "no"]


def test_sparse_rows_weights_and_flaws(tmp_path: Path) -> None:
    file = tmp_path / "x.arff"
    head = "@relation r\n@attribute a {u,v}\n@attribute b numeric\n@attribute c numeric\n@data\n"
    file.write_text(f"{head}{{1 7, 2 ?}}\nv,1,2,{{0.5}}\nw,1,2\nu,x,2\nu,1\n{{9 1}}\n{{1 1\n")
    rows, _ = sorted_out(list(arff.read(file, arff.Config(label="a"))))
    assert rows[0].data == {"a": "u", "b": 7, "c": None}
    assert rows[1].evidence == {"weight": 0.5}
    assert [bool(row.fault) for row in rows] == [False, False, True, True, True, True, True]
    assert rows[2].fault == "line 8: 'w' is no nominal for a"


def test_cells_and_declarations() -> None:
    assert cells_of('a, \'b, c\' ,"d\\"e", ?, 5') == ["a", "b, c", 'd"e', None, "5"]
    assert cells_of("'?',?") == ["?", None]
    assert cells_of("'a',") == ["a", ""]
    assert parse_attribute("@attribute 'my col' {a,'b c'}") == Attribute("my col", "nominal", ("a", "b c"))
    assert parse_attribute("@attribute") is None
