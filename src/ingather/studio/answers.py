"""What the API says when it does not do what was asked: one shape, in words."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


class Refused(Exception):
    """A request that is not carried out: status, what is wrong, why, and what to do."""

    def __init__(self, status: int, message: str, *, why: str = "", fix: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.told = {"error": {"message": message, "why": why, "fix": fix}}


class ErrorWords(BaseModel):
    """What is wrong, why that matters, and what to do."""

    message: str
    why: str = ""
    fix: str = ""


class ErrorBody(BaseModel):
    """The body of every answer from 400 on."""

    error: ErrorWords


class Body(BaseModel):
    """Base of every request's body: unknown fields are mistakes."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, allow_inf_nan=False)


def _plain(text: str) -> str:
    """Text without control characters (line breaks and tabs stay) and without what turns writing around."""
    for sign in text:
        if (ord(sign) < 32 and sign not in "\n\t") or sign in _TURNING or 0xD800 <= ord(sign) <= 0xDFFF:
            raise ValueError("holds a sign that cannot be shown")
    return text


_TURNING = "\x7f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"

Line = Annotated[str, Field(max_length=200), AfterValidator(_plain)]
"""A name, a title, a reason: short and printable."""
Words = Annotated[str, Field(max_length=20_000), AfterValidator(_plain)]
"""A longer text."""
Secret = Annotated[str, Field(max_length=400), AfterValidator(_plain)]
"""A password or a code."""

ERRORS: dict[int | str, dict[str, Any]] = {
    400: {"model": ErrorBody, "description": "what was sent cannot be used"},
    401: {"model": ErrorBody, "description": "nobody is signed in"},
    403: {"model": ErrorBody, "description": "this role may not"},
    404: {"model": ErrorBody, "description": "there is no such thing, or it is not yours to know of"},
    409: {"model": ErrorBody, "description": "it is no longer as you think"},
    413: {"model": ErrorBody, "description": "too large"},
    422: {"model": ErrorBody, "description": "a field is missing or wrong"},
    429: {"model": ErrorBody, "description": "too many requests"},
}
"""Answers that any route may give."""
