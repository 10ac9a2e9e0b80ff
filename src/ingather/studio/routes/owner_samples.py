"""Samples for the owner: a gallery to hear and see, and decisions by hand."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import FileResponse
from pydantic import Field

from ingather.store.sample_list import decide, thread_of
from ingather.store.workspace import Workspace
from ingather.studio.answers import ERRORS, Body, Line, Refused
from ingather.studio.guard import Here, Owner
from ingather.studio.identity import note
from ingather.studio.owner_gallery import as_it_is_now, gallery_page, peaks, sound_of
from ingather.studio.owner_runs import start_run

router = APIRouter(prefix="/api/samples", tags=["samples"], responses=ERRORS)
SampleId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", description="a sample's id, 32 hex digits")]
_SHOWN = re.compile(r"(audio|image|video)/[a-z0-9.+-]{1,60}|text/plain")


class ByHand(Body):
    """A decision that outranks every rule, or its end."""

    verdict: Literal["kept", "quarantined", "rules"]
    why: Line = Field("looked at by hand", min_length=1)


@router.get("")
def gallery(
    who: Owner,
    studio: Here,
    request: Request,
    after: Annotated[int, Query(ge=0, le=10**12)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 24,
) -> dict[str, Any]:
    """A page of samples; every other parameter is a filter: verdict, source, an attribute."""
    asked = {name: value[:400] for name, value in request.query_params.items() if value}
    asked.pop("after", None)
    asked.pop("limit", None)
    return gallery_page(as_it_is_now(studio.workspace), studio.plan, asked, after=after, limit=limit)


@router.get("/{sample}")
def thread(sample: SampleId, who: Owner, studio: Here) -> dict[str, Any]:
    """All that is known of one sample: origin, rights, measures, verdict, labels, releases."""
    told = thread_of(_there(studio, sample), sample)
    return {name: value for name, value in told.items() if not isinstance(value, bytes)}


@router.get("/{sample}/bytes", response_class=FileResponse)
def content(sample: SampleId, who: Owner, studio: Here) -> FileResponse:
    """The sample's bytes, to hear or see; what is neither sound nor picture is only to be saved."""
    path, kind = sound_of(as_it_is_now(studio.workspace), sample)
    shown = _SHOWN.fullmatch(kind) and "svg" not in kind
    headers = {"content-security-policy": "default-src 'none'; sandbox"}
    if not shown:
        return FileResponse(path, media_type="application/octet-stream", filename=sample, headers=headers)
    return FileResponse(path, media_type=kind, content_disposition_type="inline", headers=headers)


@router.get("/{sample}/peaks")
def waveform(sample: SampleId, who: Owner, studio: Here) -> list[float]:
    """Peaks from 0 to 1 along a recording; empty where it is none."""
    return peaks(sound_of(as_it_is_now(studio.workspace), sample)[0])


@router.post("/{sample}/decision", status_code=202)
def by_hand(sample: SampleId, body: ByHand, who: Owner, studio: Here) -> dict[str, str | None]:
    """Releases, sets aside, or gives back to the rules; the clean stage is started to carry it out."""
    now, workspace = studio.clock(), _there(studio, sample)
    decide(workspace, sample, body.verdict, body.why, who.account)
    studio.writer.write_now(lambda one: note(one, now, who.account, f"sample {body.verdict}", sample))
    try:
        return {"run": start_run(studio.workspace, "clean", now, {})}
    except Refused:  # one is under way; the next carries it out
        return {"run": None}


def _there(studio: Here, sample: str) -> Workspace:
    workspace = as_it_is_now(studio.workspace)
    if not workspace.samples.by_ids([sample], ["id"]).num_rows:
        raise Refused(404, "There is no such sample.")
    return workspace
