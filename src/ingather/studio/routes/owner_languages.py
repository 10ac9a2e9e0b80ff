"""Languages that an owner adds: the pages' messages in a table beside English, live without a build."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path
from pydantic import Field
from sqlalchemy import delete, select

from ingather.store.database import upsert
from ingather.store.studio_schema import studio_settings
from ingather.studio.answers import ERRORS, Body, Line, Refused, Words
from ingather.studio.guard import Here, Owner
from ingather.studio.identity import note

router = APIRouter(prefix="/api/languages", tags=["languages"], responses=ERRORS)
Tag = Annotated[
    str,
    Path(
        pattern=r"^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,6}$", max_length=35, description="BCP 47, such as sw-KE"
    ),
]
_NAME = "messages:"


class Messages(Body):
    """The messages of one language by their names; what is left out is shown in English."""

    name: Line = Field(min_length=1, description="the language's own name, such as Kiswahili")
    direction: str = Field("ltr", pattern="^(ltr|rtl)$")
    reviewed: bool = Field(False, description="whether somebody who speaks it has read it all")
    messages: dict[Line, Words] = Field(default_factory=dict, max_length=5_000)


@router.get("")
def overview(studio: Here) -> list[dict[str, Any]]:
    """The languages that were added here, for everybody to choose from."""
    query = select(studio_settings).where(studio_settings.c.name.startswith(_NAME, autoescape=True))
    found = studio.read(lambda one: one.execute(query.order_by(studio_settings.c.name)).all())
    told = []
    for row in found:
        known = orjson.loads(row.value)
        count = len(known.pop("messages"))
        told.append({"tag": row.name.removeprefix(_NAME), "count": count, **known})
    return told


@router.get("/{tag}")
def show(tag: Tag, studio: Here) -> Messages:
    """The messages of one language that was added here."""
    query = select(studio_settings.c.value).where(studio_settings.c.name == _NAME + tag)
    value = studio.read(lambda connection: connection.execute(query).scalar())
    if value is None:
        raise Refused(404, "This language was not added here.")
    return Messages.model_validate_json(value)


@router.put("/{tag}", status_code=204)
def save(tag: Tag, body: Messages, who: Owner, studio: Here) -> None:
    """Adds a language or changes its messages; pages use them from the next load on."""
    now = studio.clock()

    def job(connection: Any) -> None:
        upsert(connection, studio_settings, [{"name": _NAME + tag, "value": body.model_dump_json()}])
        note(connection, now, who.account, "language changed", tag)

    studio.writer.write_now(job)


@router.delete("/{tag}", status_code=204)
def remove(tag: Tag, who: Owner, studio: Here) -> None:
    """Takes an added language, or what was changed of a built-in one, away."""
    now = studio.clock()

    def job(connection: Any) -> int:
        note(connection, now, who.account, "language removed", tag)
        gone = delete(studio_settings).where(studio_settings.c.name == _NAME + tag)
        return int(connection.execute(gone).rowcount)

    if not studio.writer.write_now(job):
        raise Refused(404, "This language was not added here.")
