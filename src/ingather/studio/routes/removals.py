"""The public page for whoever wants something of the web taken out, and the owner's list of such requests."""

from __future__ import annotations

import html
from typing import Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field, ValidationError

from ingather.errors import InputError
from ingather.sources.signals.blocklist import Blocked
from ingather.studio.answers import ERRORS, Body, Line, Refused
from ingather.studio.guard import Here, Owner, same_site
from ingather.studio.removals import keep_removal, open_removals
from ingather.studio.state import Studio

router = APIRouter(tags=["removals"], responses=ERRORS)
MOST_BYTES = 20_000
_KINDS = {
    "url": "an address",
    "domain": "a whole domain",
    "author": "what I wrote",
    "hash": "a file, by SHA-256",
}
_FORM = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex"><title>Take something out</title></head><body><main>
<h1>Take something out of this collection</h1>
<p>This collection, {name}, holds texts, pictures or sounds from the public web. If something of yours is in
it, say here what is to go. A person looks at it and answers you. What is taken out is erased, and is not
collected again.</p>{by}{note}
<form method="post" action="removal">
<p><label for="what">What is to go</label><br><select id="what" name="what">{choices}</select></p>
<p><label for="name">Which one</label><br>
<input id="name" name="name" required maxlength="2000" size="50"></p>
<p><label for="contact">How we reach you</label><br>
<input id="contact" name="contact" required minlength="3" maxlength="200" size="50"></p>
<p><label for="words">Why, if you like</label><br>
<textarea id="words" name="words" maxlength="4000" rows="5" cols="50"></textarea></p>
<p><button>Send</button></p></form></main></body></html>"""


class NewRemoval(Body):
    """What is to be taken out, and how to answer."""

    what: Blocked
    name: str = Field(min_length=1, max_length=2_000, description="which address, domain, author or SHA-256")
    contact: Line = Field(min_length=3, description="how whoever asks can be reached")
    words: str = Field("", max_length=4_000, description="why, in their own words")


@router.post("/api/removals", status_code=202, dependencies=[Depends(same_site)])
def ask(body: NewRemoval, studio: Here) -> dict[str, str]:
    """Keeps a request; nothing is erased before somebody has looked at it."""
    return {"id": _keep(studio, body)}


@router.get("/api/removals")
def overview(who: Owner, studio: Here) -> list[dict[str, Any]]:
    """The open requests, the oldest first; ``ingather withdraw --request ID`` carries one out."""
    return [one.as_json() for one in studio.read(open_removals)]


@router.get("/removal", include_in_schema=False)
def page(studio: Here) -> Response:
    """The form."""
    return _page(studio, "")


@router.post("/removal", include_in_schema=False, dependencies=[Depends(same_site)])
async def sent(request: Request, studio: Here) -> Response:
    """What the form sends."""
    content = b""
    async for piece in request.stream():
        content += piece
        if len(content) > MOST_BYTES:
            raise Refused(413, "That is longer than a request needs to be.")
    fields = {name: values[0] for name, values in parse_qs(content.decode("utf-8", "replace")).items()}
    try:
        own = _keep(studio, NewRemoval.model_validate(fields))
    except (ValidationError, Refused):
        return _page(studio, "Please say what is to go, and how we can reach you.", 422)
    return _page(studio, f"We have your request. Its number is {own}.", 202)


def _keep(studio: Studio, asked: NewRemoval) -> str:
    now = studio.clock()
    try:
        own = studio.writer.write_now(
            lambda one: keep_removal(one, asked.what, asked.name, asked.words, asked.contact, now)
        )
    except InputError as error:
        raise Refused(422, error.message, why=error.why) from error
    if own is None:
        raise Refused(429, "Too many requests are open.", fix="Write to the contact that the page names.")
    return str(own)


def _page(studio: Studio, told: str, status: int = 200) -> Response:
    rights = studio.plan.rights
    reach = " ".join(one for one in (rights.controller, rights.contact) if one)
    choices = "".join(f'<option value="{name}">{words}</option>' for name, words in _KINDS.items())
    note = f'<p role="status"><strong>{html.escape(told)}</strong></p>' if told else ""
    by = f"<p>Who answers for it: {html.escape(reach)}</p>" if reach else ""
    text = _FORM.format(name=html.escape(studio.plan.name), by=by, note=note, choices=choices)
    return Response(text, status, media_type="text/html", headers={"cache-control": "no-store"})
