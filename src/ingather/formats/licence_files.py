"""What a folder says of its licence: a licence file, the head of a dataset card, a sentence of a README."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingather.plan.licences import spdx_of

_NAMED = re.compile(r"(licen[cs]e|copying|copyright|unlicense|notice)", re.I)
_LONGEST = 1 << 18
_TEXTS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.I | re.S), spdx)
    for pattern, spdx in (
        (r"CC0 1\.0 Universal", "CC0-1.0"),
        (r"Permission is hereby granted, free of charge, to any person obtaining a copy", "MIT"),
        (r"Apache License\W+Version 2\.0", "Apache-2.0"),
        (r"GNU AFFERO GENERAL PUBLIC LICENSE\W+Version 3", "AGPL-3.0-only"),
        (r"GNU LESSER GENERAL PUBLIC LICENSE\W+Version 3", "LGPL-3.0-only"),
        (r"GNU LESSER GENERAL PUBLIC LICENSE\W+Version 2\.1", "LGPL-2.1-only"),
        (r"GNU GENERAL PUBLIC LICENSE\W+Version 3", "GPL-3.0-only"),
        (r"GNU GENERAL PUBLIC LICENSE\W+Version 2", "GPL-2.0-only"),
        (r"Mozilla Public License,?\W+Version 2\.0", "MPL-2.0"),
        (r"Open (?:Data Commons )?(?:Open )?Database License \(ODbL\)", "ODbL-1.0"),
        (r"Open Data Commons Attribution License", "ODC-By-1.0"),
        (r"Public Domain Dedication and Licen[cs]e \(PDDL\)|Open Data Commons Public Domain", "PDDL-1.0"),
        (r"Community Data License Agreement\W+Permissive\W+Version 2\.0", "CDLA-Permissive-2.0"),
        (r"Redistribution and use in source and binary forms.*Neither the name", "BSD-3-Clause"),
        (r"Redistribution and use in source and binary forms", "BSD-2-Clause"),
        (r"This is free and unencumbered software released into the public domain", "Unlicense"),
        (r"Permission to use, copy, modify, and/or distribute this software for any purpose", "ISC"),
    )
)
_CREATIVE = re.compile(
    r"Attribution(?:-NonCommercial)?(?:-ShareAlike|-NoDerivatives|-NoDerivs)?\s+\d\.\d(?:\s+(?:International|Unported))?"
)
_DEED = re.compile(r"https?://creativecommons\.org/(?:licenses|publicdomain)/[a-z+-]+/\d\.\d")
_SHORT = re.compile(r"\bCC[- ]?(?:BY(?:[- ](?:NC|SA|ND))*[- ]\d\.\d|0(?:[- ]1\.0)?)\b")
_OTHERS = re.compile(r"\b(?:MIT|Apache(?: License)?,?(?: Version)? 2\.0|ODbL|MPL[- ]2\.0|BSD-[23]-Clause)\b")
_TAGGED = re.compile(r"^\s*(?:SPDX-License-Identifier|License):\s*([A-Za-z0-9.+ ()-]+?)\s*$", re.M)
_ABOUT_CODE = re.compile(r"\b(?:code|software|scripts?|package|library)\b", re.I)


@dataclass(frozen=True, slots=True)
class LicenceFound:
    """What a folder's files say of its licence.

    Attributes:
        spdx: the licence, or None where the files differ or say what no SPDX name is known for.
        file: the file that says so.
        told: words for how it was found.
    """

    spdx: str | None
    file: str
    told: str


def licence_of_folder(folder: Path) -> LicenceFound | None:
    """Reads the licence files and READMEs of a folder; None where none speaks of a licence.

    A dataset card's ``license:`` counts first, then licence files, then a README's sentence about the
    licence of the data. Where two of the same rank differ, the licence is unknown.
    """
    files = sorted(file for file in folder.iterdir() if file.is_file() and file.stat().st_size <= _LONGEST)
    readmes = [file for file in files if file.name.lower().startswith("readme")]
    cards = [(file, card_licence(_text(file))) for file in readmes]
    legal = [(file, licences_of_text(_text(file))) for file in files if _NAMED.match(file.name)]
    prose = [(file, licences_of_prose(_text(file))) for file in readmes]
    for rank, told in ((cards, "its card says"), (legal, "its text is"), (prose, "it says")):
        found = [(file, spdx) for file, several in rank for spdx in several]
        names = tuple(dict.fromkeys(spdx for _, spdx in found))
        if len(names) == 1:
            return LicenceFound(names[0], found[0][0].name, f"{told} {names[0]}")
        if names:
            return LicenceFound(None, found[0][0].name, f"{told} several: {', '.join(names)}")
    if legal:
        return LicenceFound(None, legal[0][0].name, "its text is none that has an SPDX name")
    return None


def licences_of_text(text: str) -> tuple[str, ...]:
    """The licences that a licence file is or names, each once."""
    flat = re.sub(r"\s+", " ", text)
    tagged = [spdx for tag in _TAGGED.findall(text) if (spdx := spdx_of(tag))]
    if tagged:
        return tuple(dict.fromkeys(tagged))
    for pattern, spdx in _TEXTS:
        if pattern.search(flat):
            return (spdx,)
    match = _CREATIVE.search(flat) or _DEED.search(flat)
    found = spdx_of(match[0]) if match else None
    return (found,) if found else ()


def licences_of_prose(text: str) -> tuple[str, ...]:
    """The licences that a README names where it speaks of a licence, but not of its code's."""
    found: dict[str, None] = {}
    about = False
    for paragraph in re.split(r"\n\s*\n|(?=\n#)", text):
        heading = paragraph.lstrip().startswith("#")
        speaks = about or bool(re.search(r"licen[cs]e|public domain|\bCC0\b", paragraph, re.I))
        about = heading and bool(
            re.search(r"licen[cs]e", paragraph.splitlines()[0] if paragraph else "", re.I)
        )
        if not speaks or _ABOUT_CODE.search(paragraph):
            continue
        for pattern in (_DEED, _SHORT, _CREATIVE, _OTHERS):
            for match in pattern.finditer(paragraph):
                spdx = spdx_of(match[0])
                if spdx:
                    found[spdx] = None
    return tuple(found)


def card_head(text: str) -> dict[str, Any]:
    """The YAML that a dataset card begins with, between two lines of dashes; empty where there is none."""
    if not text.startswith("---"):
        return {}
    parts = re.split(r"^---\s*$", text, maxsplit=2, flags=re.M)
    if len(parts) < 3:
        return {}
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        head = YAML(typ="safe", pure=True).load(parts[1])
    except YAMLError:
        return {}
    return head if isinstance(head, dict) else {}


def card_licence(text: str) -> tuple[str, ...]:
    """The licences that a dataset card's head names."""
    told = card_head(text).get("license")
    names = told if isinstance(told, list) else [told]
    return tuple(spdx for name in names if name and (spdx := spdx_of(str(name))))


def _text(file: Path) -> str:
    return file.read_bytes().decode("utf-8", "replace").removeprefix("\ufeff")
