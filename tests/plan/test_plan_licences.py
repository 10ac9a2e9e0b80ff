"""Licences as people write them, what a plan allows of them, and what they allow together."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ingather.plan.licence_mix import mix, objections
from ingather.plan.licences import allowed, forbids, known_entry, spdx_of, terms_of, why_not
from ingather.plan.model import LicenceTerms, Rights

ITEMS = ("annotations/instances_train2017.json", "annotations/instances_val2017.json")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("CC-BY-4.0", "CC-BY-4.0"),
        ("cc-by-4.0", "CC-BY-4.0"),
        ("CC BY 4.0", "CC-BY-4.0"),
        ("CC BY-NC-SA 4.0", "CC-BY-NC-SA-4.0"),
        ("Attribution 4.0 International (CC BY 4.0)", "CC-BY-4.0"),
        ("Creative Commons Attribution-ShareAlike 3.0", "CC-BY-SA-3.0"),
        ("Attribution License", "CC-BY-2.0"),
        ("Attribution-NonCommercial-NoDerivs License", "CC-BY-NC-ND-2.0"),
        ("http://creativecommons.org/licenses/by-nc-sa/2.0/", "CC-BY-NC-SA-2.0"),
        ("https://creativecommons.org/licenses/by/3.0/us/deed.en", "CC-BY-3.0-US"),
        ("https://creativecommons.org/licenses/by/3.0/fr/", "CC-BY-3.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0"),
        ("CC0: Public Domain", "CC0-1.0"),
        ("apache-2.0", "Apache-2.0"),
        ("mit", "MIT"),
        ("odbl", "ODbL-1.0"),
        ("mit or apache-2.0", "MIT OR Apache-2.0"),
        ("GPL-2.0+", "GPL-2.0-or-later"),
        ("LicenseRef-ours AND MIT", "LicenseRef-ours AND MIT"),
        ("No known copyright restrictions", "LicenseRef-no-known-copyright"),
        ("CC BY", None),
        ("CC-BY-4.1", None),
        ("unknown", None),
        ("other", None),
        ("(MIT", None),
        ("by hand", None),
        ("", None),
        (None, None),
    ],
)
def test_what_people_write(written: str | None, meant: str | None) -> None:
    assert spdx_of(written) == meant


@pytest.mark.parametrize(
    ("licence", "terms"),
    [
        ("CC0-1.0", set()),
        ("CC-BY-2.0", {"attribution"}),
        ("CC-BY-NC-ND-3.0-IGO", {"attribution", "non-commercial", "no-derivatives"}),
        ("CC-BY-SA-4.0", {"attribution", "share-alike"}),
        ("GPL-3.0-only", {"attribution", "share-alike"}),
        ("ODbL-1.0", {"attribution", "share-alike"}),
        ("PDDL-1.0", set()),
        ("CC0-1.0 OR CC-BY-NC-4.0", set()),
        ("MIT AND CC-BY-NC-4.0", {"attribution", "non-commercial"}),
        ("GPL-2.0-only WITH Classpath-exception-2.0", {"attribution", "share-alike"}),
        ("LicenseRef-ours", {"research-only"}),
        ("LicenseRef-nobody", None),
        ("MIT AND LicenseRef-nobody", None),
        ("MIT OR LicenseRef-nobody", {"attribution"}),
    ],
)
def test_terms(licence: str, terms: set[str] | None) -> None:
    own = {"LicenseRef-ours": LicenceTerms(terms=("research-only",))}
    assert terms_of(licence, own) == terms


def licences_of_pictures(data: Path) -> list[str]:
    found: list[str] = []
    for name in ITEMS:
        told = json.loads((data / "tiny-coco" / name).read_text())
        address = {licence["id"]: licence["url"] for licence in told["licenses"]}
        found += [address[image["license"]] for image in told["images"]]
    return found


@pytest.mark.parametrize(
    ("entries", "kept"),
    [
        (("CC-BY-2.0", "CC-BY-SA-2.0"), 13),
        (("CC BY", "CC BY-SA"), 13),
        (("CC-BY-2.0",), 12),
        (("CC-BY-4.0", "CC-BY-SA-4.0"), 0),
    ],
)
def test_tiny_coco_keeps_what_the_plan_names(data: Path, entries: tuple[str, ...], kept: int) -> None:
    licences = licences_of_pictures(data)
    assert len(licences) == 38
    rights = Rights(licences=entries)
    assert sum(allowed(spdx_of(licence), rights) for licence in licences) == kept


def test_without_a_list_purposes_decide(data: Path) -> None:
    licences = licences_of_pictures(data)
    commercial = Rights(purposes=("train", "evaluate", "commercial"))
    assert sum(allowed(spdx_of(licence), commercial) for licence in licences) == 13


@pytest.mark.parametrize(
    ("licence", "rights", "expected"),
    [
        (None, Rights(), False),
        (None, Rights(licences=("MIT",)), False),
        ("MIT", Rights(licences=("mit",)), True),
        ("MIT OR CC-BY-NC-4.0", Rights(licences=("MIT",)), True),
        ("MIT AND CC-BY-NC-4.0", Rights(licences=("MIT",)), False),
        ("MIT AND CC-BY-4.0", Rights(licences=("MIT", "CC-BY-4.0")), True),
        ("MIT AND CC-BY-4.0", Rights(licences=("MIT AND CC-BY-4.0",)), True),
        ("GPL-2.0-only WITH Classpath-exception-2.0", Rights(licences=("GPL-2.0-only",)), True),
        ("GPL-2.0-or-later", Rights(licences=("GPL-2.0-only",)), True),
        ("GPL-2.0-only", Rights(licences=("GPL-2.0-or-later",)), False),
        ("CC-BY-NC-4.0", Rights(licences=("CC-BY-NC-4.0",)), True),
        ("CC-BY-NC-4.0", Rights(licences=("CC-BY-NC-4.0",), purposes=("train", "commercial")), False),
        ("CC-BY-3.0-US", Rights(licences=("CC-BY",)), True),
        ("CC-BY-SA-3.0", Rights(licences=("CC-BY",)), False),
        ("CC-BY-ND-4.0", Rights(), False),
        ("LicenseRef-ours", Rights(licences=("LicenseRef-ours",)), True),
        ("LicenseRef-ours", Rights(), False),
        ("LicenseRef-ours", Rights(own={"LicenseRef-ours": LicenceTerms()}), True),
        (
            "LicenseRef-ours",
            Rights(
                licences=("LicenseRef-ours",),
                own={"LicenseRef-ours": LicenceTerms(terms=("no-redistribution",))},
                purposes=("train", "publish"),
            ),
            False,
        ),
    ],
)
def test_allowed(licence: str | None, rights: Rights, expected: bool) -> None:
    assert allowed(licence, rights) is expected
    assert (why_not(licence, rights) == "") is expected


def test_a_family_is_an_entry_but_no_licence() -> None:
    assert known_entry("cc by-sa") == "CC-BY-SA"
    assert known_entry("CC-BY-9.0") is None
    assert known_entry("CC-XX") is None


def test_forbidden_purposes() -> None:
    assert forbids(frozenset({"non-commercial"})) == {"commercial"}
    assert forbids(frozenset({"no-redistribution"})) == {"publish", "share"}
    assert forbids(frozenset({"attribution", "share-alike"})) == frozenset()


def test_a_mix_of_share_alike_licences_contradicts_itself() -> None:
    whole = mix(["CC-BY-SA-4.0", "CC-BY-NC-SA-4.0", "CC-BY-4.0"])
    assert len(whole.contradictions) == 1
    assert "CC-BY-SA-4.0 and CC-BY-NC-SA-4.0" in whole.contradictions[0]
    assert whole.allows["commercial"] is False
    assert whole.allows["publish"] is True
    assert any("CC-BY-4.0" in line and line.startswith("Name who") for line in whole.obligations)


def test_later_versions_of_a_share_alike_licence_go_together() -> None:
    assert mix(["CC-BY-SA-2.0", "CC-BY-SA-4.0", "CC0-1.0"]).contradictions == ()
    assert mix(["CC-BY-SA-1.0", "CC-BY-SA-4.0"]).contradictions != ()
    assert mix(["CC-BY-SA-4.0", "GPL-3.0-only"]).contradictions == ()
    assert mix(["CC-BY-SA-4.0", "ODbL-1.0"]).contradictions != ()


def test_what_is_unknown_allows_nothing() -> None:
    whole = mix(["CC0-1.0", None, "LicenseRef-nobody"])
    assert whole.unknown == (None, "LicenseRef-nobody")
    assert not any(whole.allows.values())


def test_a_choice_takes_the_lighter_licence() -> None:
    whole = mix(["CC-BY-NC-4.0 OR CC0-1.0"])
    assert whole.licences == ("CC0-1.0",)
    assert whole.allows["commercial"] is True


@pytest.mark.parametrize(
    ("licence", "parts", "words"),
    [
        ("CC-BY-4.0", ["CC0-1.0", "CC-BY-2.0"], ""),
        ("CC-BY-4.0", ["CC-BY-SA-4.0"], "same licence"),
        ("CC-BY-SA-4.0", ["CC-BY-SA-2.0", "MIT"], ""),
        ("CC-BY-SA-4.0", ["CC-BY-NC-4.0"], "non-commercial"),
        ("CC-BY-NC-4.0", ["CC-BY-NC-2.0"], ""),
        ("CC-BY-4.0", ["CC-BY-ND-4.0"], "nothing be changed"),
    ],
)
def test_objections_to_the_licence_of_a_whole(licence: str, parts: list[str], words: str) -> None:
    told = objections(licence, parts)
    assert (told == ()) if not words else (len(told) == 1 and words in told[0])
