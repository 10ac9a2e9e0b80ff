"""The pages: the built front end, served as files; every address that is no file is the one page."""

from __future__ import annotations

import gzip
import html
import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fastapi import APIRouter, Request, Response

from ingather.studio.answers import Refused
from ingather.studio.guard import Here

router = APIRouter(include_in_schema=False)
STATIC = Path(__file__).parents[1] / "static"
"""Where a build of ``frontend/`` lies; it is inside the wheel."""
_TYPES = {".js": "text/javascript", ".webmanifest": "application/manifest+json", ".svg": "image/svg+xml"}
_FOREVER = "public, max-age=31536000, immutable"
_SMALL = 400


@dataclass(frozen=True, slots=True)
class _File:
    content: bytes
    packed: bytes | None
    media_type: str
    cache: str


@router.get("/{path:path}")
async def page(path: str, request: Request, studio: Here) -> Response:
    """A file of the front end, or its one page for any other address."""
    if path == "api" or path.startswith("api/"):
        raise Refused(404, "There is no such route.", fix="See /api/openapi.json.")
    if not (STATIC / "index.html").is_file():
        raise Refused(503, "The pages are not built.", fix="In a checkout: make pages.")
    built = int((STATIC / "index.html").stat().st_mtime_ns)
    found = _files(built).get(path)
    if found is None and path.startswith("assets/"):
        raise Refused(404, "There is no such file.", fix="Load the page again.")
    found = found or _index(built, studio.settings.root_path)
    headers = {"cache-control": found.cache, "vary": "accept-encoding"}
    if found.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        headers["content-encoding"] = "gzip"
        return Response(found.packed, media_type=found.media_type, headers=headers)
    return Response(found.content, media_type=found.media_type, headers=headers)


@lru_cache(2)
def _files(built: int) -> dict[str, _File]:
    """Every file of a build by its path, packed once; ``built`` tells one build from the next."""
    found = {}
    for path in sorted(STATIC.rglob("*")):
        name = path.relative_to(STATIC).as_posix()
        if path.is_file() and name != "index.html" and not name.startswith("."):
            cache = _FOREVER if name.startswith("assets/") else "no-cache"
            found[name] = _file(path.read_bytes(), path.suffix, cache)
    return found


@lru_cache(2)
def _index(built: int, root_path: str) -> _File:
    text = (STATIC / "index.html").read_text("utf-8")
    base = html.escape(root_path.rstrip("/") + "/", quote=True)
    return _file(text.replace('<base href="/"', f'<base href="{base}"').encode(), ".html", "no-cache")


def _file(content: bytes, suffix: str, cache: str) -> _File:
    media_type = _TYPES.get(suffix) or mimetypes.types_map.get(suffix) or "application/octet-stream"
    packed = gzip.compress(content, 9, mtime=0) if len(content) > _SMALL else None
    return _File(content, packed, media_type, cache)
