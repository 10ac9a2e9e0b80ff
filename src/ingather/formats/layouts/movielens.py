"""MovieLens: ratings, films, tags and users of GroupLens, as .csv, as .dat cut by ``::``, and as u.data."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import Field

from ingather.formats.contract import FormatConfig, Sniff
from ingather.formats.movielens_read import RATINGS, find, looks_like_ratings, read_films, read_ratings
from ingather.sample import Item, Loss

tasks = ("recommendation", "regression", "none")


class Config(FormatConfig):
    """Options of the MovieLens layout."""

    take: Literal["ratings", "tags", "films"] = Field(
        "ratings", description="one item a rating, a tag that somebody gave, or a film"
    )


def sniff(path: Path) -> Sniff | None:
    """Sure where a folder has ratings by user and film, surer beside the films."""
    table = find(path, RATINGS)
    if table is None or not looks_like_ratings(table):
        return None
    films = find(path, ("movies.csv", "movies.dat", "u.item"))
    beside = f" beside {films.name}" if films else ""
    return Sniff(0.96 if films else 0.8, f"{table.name} has user, film, rating and time{beside}")


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """Every rating as a record: user, item, rating, at (seconds since 1970), title, genres.

    Keys are ``USER/FILM`` (of tags ``USER/FILM/TAG``, of films their number), the user is the contributor,
    whose gender, age and occupation are attributes where the set tells them. Rows that are none, and second
    ratings of one film by one user, are losses.
    """
    if config.take == "films":
        yield from read_films(path)
    else:
        yield from read_ratings(path, config.take)
