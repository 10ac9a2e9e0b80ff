"""Uploads in pieces (tus 1.0.0): what was acknowledged is on the disk, whatever is killed afterwards.

The size of the file is the offset, so nothing can be added twice. An upload that is whole is handed in;
asking again gives the same answer.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import fcntl
import os
import re
from pathlib import Path
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response
from sqlalchemy import delete, insert, select, update
from starlette.requests import ClientDisconnect

from ingather.annotation.handout import new_id
from ingather.plan.model import Plan
from ingather.store.studio_schema import Record, assignments, uploads
from ingather.studio.answers import ERRORS, Refused
from ingather.studio.campaign import find_campaign
from ingather.studio.guard import Here, Id, SignedIn
from ingather.studio.state import Studio
from ingather.studio.submitting import Handed, submit

router = APIRouter(prefix="/api/uploads", tags=["uploads"], responses=ERRORS)
_TUS = {"Tus-Resumable": "1.0.0"}
_TYPE = "application/offset+octet-stream"
_PIECE = 1 << 20
_NUMBER = re.compile(r"\d{1,18}\Z")


@router.options("", status_code=204)
def options(studio: Here) -> Response:
    """What this server can: creation, creation with data, termination."""
    most = str(studio.settings.most_upload)
    told = {"Tus-Version": "1.0.0", "Tus-Extension": "creation,creation-with-upload,termination"}
    return Response(status_code=204, headers={**_TUS, **told, "Tus-Max-Size": most})


@router.post("", status_code=201)
async def create(request: Request, who: SignedIn, studio: Here) -> Response:
    """Begins an upload; ``Upload-Metadata`` names ``assignment`` and ``key``, whose upload it always is."""
    length = _number(request.headers.get("upload-length"), "Upload-Length")
    if not 0 < length <= studio.settings.most_upload:
        raise Refused(413, "It is empty, or larger than is taken here.")
    meta = _metadata(request.headers.get("upload-metadata", ""))
    assignment, key = meta.get("assignment", ""), meta.get("key", "")
    if not re.fullmatch(r"[0-9a-f]{20}", assignment) or not re.fullmatch(r"[A-Za-z0-9_-]{8,80}", key):
        raise Refused(
            400, "Upload-Metadata must name 'assignment' and a 'key' of 8 to 80 letters and digits."
        )
    now, one, plan = studio.clock(), new_id(), studio.plan

    def job(connection: Any) -> str | None:
        mine = (assignments.c.id == assignment, assignments.c.worker == who.account)
        held = connection.execute(select(assignments.c.source, assignments.c.kind).where(*mine)).first()
        if held is None or held.kind != "record":
            return None
        if length > largest(plan, held.source):
            raise Refused(413, f"A recording is {largest(plan, held.source) >> 20} MB at the most.")
        same = (uploads.c.account == who.account, uploads.c.upload_key == key)
        known = connection.execute(select(uploads.c.id).where(*same)).scalar()
        until = now + studio.settings.hold_seconds
        hold = update(assignments).where(
            *mine, assignments.c.state == "reserved", assignments.c.until < until
        )
        connection.execute(hold.values(until=until))
        if known is None:
            connection.execute(
                insert(uploads).values(
                    id=one, assignment=assignment, account=who.account, upload_key=key, length=length,
                    meta="{}", state="open", at=now,
                )
            )  # fmt: skip
        return known or one

    made = await studio.writer.write(job)
    if made is None:
        raise Refused(404, "There is no such task, or it is not yours.")
    _part(studio, made).touch()
    headers = {**_TUS, "Location": f"{studio.settings.root_path}/api/uploads/{made}"}
    if request.headers.get("content-type") == _TYPE:
        row = await studio.reading(lambda connection: _own(connection, made, who.account))
        offset, told = await _take(studio, row, _size(studio, row), request)
        body = orjson.dumps(told) if told is not None else b""
        return Response(
            body, 201, headers={**headers, "Upload-Offset": str(offset)}, media_type="application/json"
        )
    return Response(status_code=201, headers=headers)


@router.head("/{upload}")
def head(upload: Id, who: SignedIn, studio: Here) -> Response:
    """How far an upload is."""
    row = studio.read(lambda connection: _own(connection, upload, who.account))
    told = {"Upload-Offset": str(_size(studio, row)), "Upload-Length": str(row.length)}
    return Response(headers={**_TUS, **told, "Cache-Control": "no-store"})


@router.patch("/{upload}")
async def patch(upload: Id, request: Request, who: SignedIn, studio: Here) -> Response:
    """Adds a piece at an offset; the last piece is answered with the submission."""
    if request.headers.get("content-type") != _TYPE:
        raise Refused(415, f"A piece has the type {_TYPE}.")
    offset = _number(request.headers.get("upload-offset"), "Upload-Offset")
    row = await studio.reading(lambda connection: _own(connection, upload, who.account))
    reached, told = await _take(studio, row, offset, request)
    headers = {**_TUS, "Upload-Offset": str(reached)}
    if told is None:
        return Response(status_code=204, headers=headers)
    return Response(orjson.dumps(told), headers=headers, media_type="application/json")


@router.delete("/{upload}", status_code=204)
def end(upload: Id, who: SignedIn, studio: Here) -> Response:
    """Throws an upload away that is not handed in."""
    row = studio.read(lambda connection: _own(connection, upload, who.account))
    studio.writer.write_now(
        lambda connection: connection.execute(delete(uploads).where(uploads.c.id == row.id))
    )
    _part(studio, row.id).unlink(missing_ok=True)
    return Response(status_code=204, headers=_TUS)


async def _take(
    studio: Studio, row: Record, offset: int, request: Request
) -> tuple[int, dict[str, Any] | None]:
    if row.state == "done":
        return row.length, orjson.loads(row.answer)
    path = _part(studio, row.id)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as busy:
            raise Refused(423, "Another request writes this upload.", fix="Try again in a moment.") from busy
        reached = os.fstat(handle).st_size
        if reached != offset:
            raise Refused(
                409, f"The upload is at {reached}, not at {offset}.", fix="Ask with HEAD, go on there."
            )
        reached = await _append(handle, reached, row.length, request)
        if reached < row.length:
            return reached, None
        return reached, await hand_in(studio, row, path)
    finally:
        os.close(handle)


async def _append(handle: int, reached: int, length: int, request: Request) -> int:
    """Writes what comes, a megabyte at a time; it is on the disk when this returns."""
    waiting = bytearray()

    def flush(content: bytes, at: int) -> int:
        while content:
            written = os.pwrite(handle, content, at)
            content, at = content[written:], at + written
        return at

    begun = reached
    try:
        async for piece in request.stream():
            waiting += piece
            if reached + len(waiting) > length:
                os.ftruncate(handle, begun)
                raise Refused(413, "More came than was announced.")
            if len(waiting) >= _PIECE:
                reached = await asyncio.to_thread(flush, bytes(waiting), reached)
                waiting.clear()
    except ClientDisconnect:
        pass  # what came is kept: the client goes on from there
    try:
        reached = await asyncio.to_thread(flush, bytes(waiting), reached)
        await asyncio.to_thread(os.fsync, handle)
    except OSError as full:
        raise Refused(507, "The studio's disk is full.", fix="What was sent is kept: go on later.") from full
    return reached


def largest(plan: Plan, source: str) -> int:
    """Bytes of the largest recording that the plan takes for a source."""
    from ingather.sources.kinds.voice import Config

    return Config(**plan.source(source).options).largest << 20


async def hand_in_whole(studio: Studio) -> int:
    """Hands in uploads that were whole when a server died before it could answer; returns how many."""
    query = select(uploads).where(uploads.c.state == "open")
    done = 0
    for row in await studio.reading(lambda connection: connection.execute(query).all()):
        path = _part(studio, row.id)
        if _size(studio, row) != row.length:
            continue
        handle = os.open(path, os.O_RDWR)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            await hand_in(studio, row, path)
            done += 1
        except (BlockingIOError, Refused):
            continue  # somebody is at it, or it is refused: who sends it is told when they ask
        finally:
            os.close(handle)
    return done


async def hand_in(studio: Studio, row: Record, path: Path) -> dict[str, Any]:
    """Makes a submission of an upload that is whole.

    Raises:
        Refused: the gates refuse it, or the assignment is over.
    """
    held = await studio.reading(
        lambda connection: connection.execute(
            select(assignments.c.campaign).where(assignments.c.id == row.assignment)
        ).one()
    )
    campaign = await studio.reading(lambda connection: find_campaign(connection, held.campaign))
    handed = Handed(row.assignment, row.account, row.upload_key, path)
    try:
        told = await submit(studio, campaign, handed)
    except Refused as refused:
        if refused.status == 422:  # the gates: it is sent anew
            path.unlink(missing_ok=True)
            gone = delete(uploads).where(uploads.c.id == row.id)
            await studio.writer.write(lambda connection: connection.execute(gone))
        raise
    done = (
        update(uploads).where(uploads.c.id == row.id).values(state="done", answer=orjson.dumps(told).decode())
    )
    await studio.writer.write(lambda connection: connection.execute(done))
    path.unlink(missing_ok=True)
    return told


def _own(connection: Any, upload: str, account: str) -> Record:
    query = select(uploads).where(uploads.c.id == upload, uploads.c.account == account)
    row = connection.execute(query).first()
    if row is None:
        raise Refused(404, "There is no such upload, or it is not yours.")
    return row


def _part(studio: Studio, upload: str) -> Path:
    return studio.uploads / f"{upload}.part"


def _size(studio: Studio, row: Record) -> int:
    if row.state == "done":
        return int(row.length)
    path = _part(studio, row.id)
    return path.stat().st_size if path.is_file() else 0


def _number(text: str | None, name: str) -> int:
    if text is None or not _NUMBER.match(text):
        raise Refused(400, f"{name} must be a whole number.")
    return int(text)


def _metadata(text: str) -> dict[str, str]:
    told: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        name, _, value = pair.partition(" ")
        try:
            told[name] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as wrong:
            raise Refused(400, f"Upload-Metadata: '{name[:40]}' is not base64 of UTF-8.") from wrong
    return told
