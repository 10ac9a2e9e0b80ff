"""Licences as people, sites and dataset cards write them, and the SPDX identifier each of them means."""

from __future__ import annotations

import re
from collections.abc import Collection

FLICKR_VERSION = "2.0"
"""The version that Flickr's own names stand for (its 'Attribution License' links to by/2.0)."""
KNOWN_REFERENCES = ("LicenseRef-no-known-copyright", "LicenseRef-US-government-work", "LicenseRef-scancode-")
"""Beginnings of references that need no description in the plan."""

_DEED = re.compile(
    r"creativecommons\.org/(?:licen[sc]es|publicdomain)/([a-z+-]+)(?:/(\d\.\d))?(?:/([a-z]{2,3})(?:/|$))?",
    re.I,
)
_WORDS = re.compile(
    r"\b(attribution|by|non-?\s?commercial|nc|no-?\s?deriv(?:ative)?s?(?:\s+works)?|nd|share-?\s?alike|sa)\b",
    re.I,
)
_VERSION = re.compile(r"(?<![\d.])v?([1-4]\.\d)(?![\d.])")
_PLAIN = {
    "apache": "Apache-2.0",
    "apache 2": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "mit license": "MIT",
    "the mit license": "MIT",
    "bsd": "BSD-3-Clause",
    "new bsd": "BSD-3-Clause",
    "gpl-2.0": "GPL-2.0-only",
    "gpl-3.0": "GPL-3.0-only",
    "gpl 3": "GPL-3.0-only",
    "lgpl-3.0": "LGPL-3.0-only",
    "agpl-3.0": "AGPL-3.0-only",
    "cc0": "CC0-1.0",
    "cc-0": "CC0-1.0",
    "cc0 1.0": "CC0-1.0",
    "cc0: public domain": "CC0-1.0",
    "cc0 1.0 universal": "CC0-1.0",
    "creative commons zero": "CC0-1.0",
    "public domain dedication (cc0)": "CC0-1.0",
    "public domain mark": "CC-PDM-1.0",
    "public domain": "CC-PDM-1.0",
    "public-domain": "CC-PDM-1.0",
    "no known copyright restrictions": "LicenseRef-no-known-copyright",
    "united states government work": "LicenseRef-US-government-work",
    "u.s. government works": "LicenseRef-US-government-work",
    "odbl": "ODbL-1.0",
    "open database license": "ODbL-1.0",
    "odc-by": "ODC-By-1.0",
    "odc by": "ODC-By-1.0",
    "pddl": "PDDL-1.0",
    "gfdl": "GFDL-1.3-or-later",
    "unlicense": "Unlicense",
    "cdla-permissive": "CDLA-Permissive-2.0",
    "cdla-sharing": "CDLA-Sharing-1.0",
}
_ADDRESSES = (
    (re.compile(r"flickr\.com/commons/usage", re.I), "LicenseRef-no-known-copyright"),
    (re.compile(r"usa\.gov/(copyright|government-works)", re.I), "LicenseRef-US-government-work"),
    (re.compile(r"opendatacommons\.org/licenses/odbl", re.I), "ODbL-1.0"),
    (re.compile(r"opendatacommons\.org/licenses/by", re.I), "ODC-By-1.0"),
    (re.compile(r"opendatacommons\.org/licenses/pddl", re.I), "PDDL-1.0"),
    (re.compile(r"apache\.org/licenses/LICENSE-2\.0", re.I), "Apache-2.0"),
    (re.compile(r"opensource\.org/licen[sc]es?/mit", re.I), "MIT"),
    (re.compile(r"gnu\.org/licenses/gpl-3\.0", re.I), "GPL-3.0-only"),
)
_SPDX_PAGE = re.compile(r"spdx\.org/licenses/([A-Za-z0-9.+-]+?)(?:\.html|\.json)?/?$", re.I)


def written_as(text: str) -> str | None:
    """The SPDX identifier that a name or an address means, or None where it is neither."""
    text = text.strip()
    if "://" in text or text.startswith("www."):
        return _address(text)
    plain = re.sub(r"\s+", " ", text.lower())
    return _PLAIN.get(plain) or _creative_commons(text)


def _address(text: str) -> str | None:
    deed = _DEED.search(text)
    if deed:
        name, version, port = deed[1].lower(), deed[2], deed[3]
        if name == "zero":
            return "CC0-1.0"
        if name == "mark":
            return "CC-PDM-1.0"
        return _identifier(name.split("-"), version, port)
    page = _SPDX_PAGE.search(text)
    if page:
        return page[1]
    return next((known for address, known in _ADDRESSES if address.search(text)), None)


def _creative_commons(text: str) -> str | None:
    """Reads ``CC BY-SA 4.0``, ``Attribution 4.0 International``, ``Attribution-NonCommercial License``."""
    if re.search(r"\b(and|or|with)\b|cc0|odc", text, re.I):
        return None
    names = {_short(re.sub(r"[-\s]", "", word.lower())) for word in _WORDS.findall(text)}
    commons = re.search(r"\bcc\b|creative commons", text, re.I)
    spelt = re.search(r"attribution", text, re.I)
    if "by" not in names or not (commons or spelt):
        return None
    version = _VERSION.search(text)
    flickr = spelt and not commons and re.search(r"licen[sc]e\s*$", text, re.I)
    return _identifier(names, version[1] if version else FLICKR_VERSION if flickr else None, None)


def _short(word: str) -> str:
    for start, name in (
        ("attr", "by"),
        ("by", "by"),
        ("nonc", "nc"),
        ("nc", "nc"),
        ("share", "sa"),
        ("sa", "sa"),
    ):
        if word.startswith(start):
            return name
    return "nd"


def _identifier(words: Collection[str], version: str | None, port: str | None) -> str | None:
    if version is None or "by" not in words:
        return None
    name = "-".join(["CC", *(word.upper() for word in ("by", "nc", "nd", "sa") if word in words), version])
    return f"{name}-{port.upper()}" if port else name
