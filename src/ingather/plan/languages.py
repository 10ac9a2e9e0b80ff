"""Language tags: well-formed by BCP 47 (RFC 5646); whether a language is known to anyone is not asked."""

from __future__ import annotations

import re

_TAG = re.compile(
    r"""
    (?P<language>[a-z]{2,3}(-[a-z]{3}){0,3}|[a-z]{4}|[a-z]{5,8})
    (-(?P<script>[a-z]{4}))?
    (-(?P<region>[a-z]{2}|[0-9]{3}))?
    (?P<variants>(-([a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)
    (?P<extensions>(-[a-wy-z0-9](-[a-z0-9]{2,8})+)*)
    (-x(-[a-z0-9]{1,8})+)?
    |x(-[a-z0-9]{1,8})+
    """,
    re.VERBOSE | re.IGNORECASE,
)
_GRANDFATHERED = frozenset(
    "art-lojban cel-gaulish en-GB-oed i-ami i-bnn i-default i-enochian i-hak i-klingon i-lux i-mingo i-navajo"
    " i-pwn i-tao i-tay i-tsu no-bok no-nyn sgn-BE-FR sgn-BE-NL sgn-CH-DE zh-guoyu zh-hakka zh-min zh-min-nan"
    " zh-xiang".lower().split()
)


def flaw_of_tag(tag: str) -> str | None:
    """Why a tag is not well-formed, in words, or None where it is."""
    if tag.lower() in _GRANDFATHERED:
        return None
    if "_" in tag:
        return "the parts of a language tag are joined by '-'"
    match = _TAG.fullmatch(tag)
    if match is None:
        return "it is not a language tag (BCP 47), such as en, pt-BR, ff-Adlm or gya-x-yaayuwee"
    variants = [part for part in (match["variants"] or "").lower().split("-") if part]
    if len(set(variants)) < len(variants):
        return "a variant stands twice in it"
    singletons = [part for part in (match["extensions"] or "").lower().split("-") if len(part) == 1]
    if len(set(singletons)) < len(singletons):
        return "an extension stands twice in it"
    return None
