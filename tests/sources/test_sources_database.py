"""Databases as sources: by address, and never with a password in the plan."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from ingather.errors import InputError
from ingather.plan.model import Plan
from ingather.sample import Item, Loss
from ingather.sources.contract import Request
from ingather.sources.kinds import dataset

PLAN = Plan.model_validate(
    {
        "version": 1,
        "name": "reviews",
        "objective": "Tell good reviews from bad ones.",
        "modality": "text",
        "task": {"type": "classification", "labels": ["good", "bad"]},
        "sources": [{"name": "shop", "kind": "dataset"}],
    }
)
MAKE = "CREATE TABLE reviews (id INTEGER PRIMARY KEY, words TEXT, said TEXT)"
FILL = "INSERT INTO reviews VALUES (1, 'works well', 'good'), (2, 'broke at once', 'bad')"


def bring(folder: Path, **options: Any) -> tuple[list[Item], list[Loss]]:
    request = Request("shop", PLAN, folder, folder / "cache", known=lambda pairs: [False for _ in pairs])
    asked = dataset.Config.model_validate({"text": "words", "label": "said", **options})
    found = list(dataset.collect(asked, request))
    return [x for x in found if isinstance(x, Item)], [x for x in found if isinstance(x, Loss)]


def told(items: list[Item]) -> list[tuple[str, str | None, object]]:
    return [(item.key, item.text, item.label) for item in items]


WANTED = [("reviews/1", "works well", "good"), ("reviews/2", "broke at once", "bad")]


def test_a_file_of_sqlite(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "shop.db") as connection:
        connection.execute(MAKE)
        connection.execute(FILL)
    items, losses = bring(tmp_path, address="sqlite:///shop.db")
    assert losses == []
    assert told(items) == WANTED
    assert items[0].uri == "sqlite:///shop.db#reviews/1"
    items, _ = bring(tmp_path, address=f"sqlite:///{tmp_path}/shop.db", options={"table": "reviews"})
    assert told(items) == WANTED
    with pytest.raises(InputError, match=r"nothing at 'sqlite:///shup\.db'") as missing:
        bring(tmp_path, address="sqlite:///shup.db")
    assert "shop.db" in missing.value.fix


def test_a_file_of_duckdb(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    with duckdb.connect(str(tmp_path / "shop.duckdb")) as connection:
        connection.execute(MAKE)
        connection.execute(FILL)
    items, losses = bring(tmp_path, address="duckdb:///shop.duckdb")
    assert losses == []
    assert told(items) == WANTED


def test_a_server_whose_password_is_in_the_environment(
    postgres_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy import create_engine, text

    (tmp_path / "LICENSE").write_text("MIT License")
    engine = create_engine(postgres_address.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(text(MAKE))
        connection.execute(text(FILL))
    engine.dispose()
    monkeypatch.setenv("INGATHER_DATABASE_PASSWORD", "hush-hush")
    items, losses = bring(tmp_path, address=postgres_address)
    assert losses == []
    assert told(items) == WANTED
    assert {item.licence for item in items} == {None}  # the plan's folder says nothing of a server
    assert "hush-hush" not in repr(items)


@pytest.mark.parametrize("options", [{}, {"format": "sql"}])
@pytest.mark.parametrize(
    "address", ["postgresql://ann:hush-hush@db/shop", "postgresql://ann@db/shop?password=hush-hush"]
)
def test_a_password_in_the_plan_is_refused(address: str, options: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="INGATHER_DATABASE_PASSWORD") as refused:
        dataset.Config.model_validate({"address": address, **options})
    assert "hush-hush" not in refused.value.errors()[0]["msg"]


def test_a_password_in_the_options_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="INGATHER_DATABASE_PASSWORD"):
        bring(tmp_path, path=".", format="sql", options={"address": "postgresql://ann:hush-hush@db/shop"})


def test_what_does_not_go_with_a_database() -> None:
    for more in ({"format": "coco"}, {"sha256": "0" * 64}):
        with pytest.raises(ValidationError, match="database"):
            dataset.Config.model_validate({"address": "postgresql://ann@db/shop", **more})
