"""What every route asks first: who is there, from where, and may they."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Path, Request

from ingather.studio.answers import Refused
from ingather.studio.identity import Identities, Identity, Role, Scope
from ingather.studio.state import Studio

COOKIE = "ingather_session"
ACTING = "x-contributor"
"""Header by which a facilitator names whom of the people that they enrolled a request is for."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{20}$", description="an id, 20 hex digits")]


async def studio_of(request: Request) -> Studio:
    """The studio that serves this request."""
    found: Studio = request.app.state.studio
    return found


def identities_of(request: Request) -> Identities:
    """The look-up of who is signed in."""
    found: Identities = request.app.state.identities
    return found


def same_site(request: Request) -> None:
    """Refuses what another site's page sends.

    Raises:
        Refused: the request's Origin is not this host.
    """
    if request.method in _SAFE:
        return
    origin = request.headers.get("origin")
    if origin is None and request.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none"):
        return
    if origin is None or urlsplit(origin).netloc != request.headers.get("host", ""):
        raise Refused(403, "This came from another site.", fix="Open the studio's own page and do it there.")


async def maybe(request: Request) -> Identity | None:
    """Who is signed in, or nobody."""
    found = _who(request)
    asked = request.headers.get(ACTING)
    if found is None or not asked:
        return found
    studio = await studio_of(request)
    other = identities_of(request).acting(studio.workspace.database, found, asked[:24], studio.clock())
    if other is None:
        raise Refused(404, "You have enrolled nobody of that number.")
    return other


def _who(request: Request) -> Identity | None:
    studio: Studio = request.app.state.studio
    known = identities_of(request)
    now = studio.clock()
    header = request.headers.get("authorization", "")
    if header.lower().startswith("bearer "):
        found = known.find(studio.workspace.database, header[7:].strip(), "token", now)
        if found is None:
            raise Refused(401, "This token is not valid.", fix="Make a new one in the studio.")
        _scope(request, found)
        return found
    secret = request.cookies.get(COOKIE)
    if not secret:
        return None
    found = known.find(studio.workspace.database, secret, "session", now)
    if found is not None and request.method not in _SAFE:
        same_site(request)
        if request.headers.get("x-csrf-token") != found.csrf:
            raise Refused(
                403, "The page that sent this is not the one you signed in with.", fix="Load the page again."
            )
    return found


def _scope(request: Request, found: Identity) -> None:
    needed: Scope = "read" if request.method in _SAFE else "write"
    if needed not in found.scopes:
        raise Refused(403, f"This token may not {needed}.", fix=f"Make one with the scope '{needed}'.")


async def signed_in(who: Annotated[Identity | None, Depends(maybe)]) -> Identity:
    """Whoever is signed in.

    Raises:
        Refused: nobody is.
    """
    if who is None:
        raise Refused(401, "Nobody is signed in.", fix="Sign in, or use your link again.")
    return who


Maybe = Annotated[Identity | None, Depends(maybe)]
SignedIn = Annotated[Identity, Depends(signed_in)]
Here = Annotated[Studio, Depends(studio_of)]


async def owner(who: SignedIn) -> Identity:
    """The owner.

    Raises:
        Refused: it is somebody else.
    """
    if who.role != "owner":
        raise Refused(403, "Only the owner may do this.")
    return who


Owner = Annotated[Identity, Depends(owner)]


def must_be(who: Identity, campaign: str, *roles: Role) -> None:
    """Refuses who has none of these roles in a campaign; it is not told whether there is one.

    Raises:
        Refused: with 404 to those who have nothing to do with it, 403 to its members.
    """
    if who.is_in(campaign, *roles):
        return
    if campaign in who.campaigns:
        raise Refused(403, "Your part in this campaign does not let you do this.")
    raise Refused(404, "There is no such campaign, or you are not in it.")
