"""Releases with their cards, and the report."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response

from ingather.report.stage import REPORT_FILE
from ingather.store.release_log import list_releases
from ingather.studio.answers import ERRORS, Refused
from ingather.studio.guard import Here, Owner

router = APIRouter(prefix="/api", tags=["releases"], responses=ERRORS)
Name = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$", description="a release's name")]
_STYLE = re.compile(rb"<style>(.*?)</style>", re.DOTALL)
_TOLD = ("release", "path", "digest", "splits", "left_out", "samples", "stale", "formats")


@router.get("/releases")
def overview(who: Owner, studio: Here) -> list[dict[str, Any]]:
    """Every release, newest first: splits, what was left out, digest."""
    found = list_releases(studio.workspace)[::-1]
    return [{name: one[name] for name in _TOLD if name in one} for one in found]


@router.get("/releases/{release}/card")
def card(release: Name, who: Owner, studio: Here) -> dict[str, str]:
    """The card of a release as text, without its header for machines."""
    for one in list_releases(studio.workspace):
        if one["release"] == release:
            path = studio.workspace.root / one["path"] / "README.md"
            if path.is_file():
                return {"text": re.sub(r"\A---\n.*?\n---\n", "", path.read_text("utf-8"), flags=re.DOTALL)}
    raise Refused(404, "There is no such release, or it has no card.")


@router.get("/report.html", response_class=Response)
def report(who: Owner, studio: Here) -> Response:
    """The report, with a policy of its own: its one style sheet by hash, no script, nothing from outside."""
    path = studio.workspace.root / REPORT_FILE
    if not path.is_file():
        raise Refused(404, "There is no report yet.", fix="Start a run; it writes one at its end.")
    content = path.read_bytes()
    sums = (base64.b64encode(hashlib.sha256(one).digest()).decode() for one in _STYLE.findall(content))
    styles = " ".join(f"'sha256-{one}'" for one in sums) or "'none'"
    policy = (
        f"default-src 'none'; style-src {styles}; img-src data:; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'; sandbox allow-same-origin"
    )
    headers = {"content-security-policy": policy}
    return Response(content, media_type="text/html; charset=utf-8", headers=headers)
