"""Identifiers planted in notes of care are found; notes without them and everyday messages pass."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from ingather.cleaning.text import patient_identifiers
from ingather.media.text import text_batch
from ingather.plan.model import Plan

NOTES = (
    "The patient presents with chest pain of three hours. Blood pressure 140/90, heart rate 88. History of "
    "hypertension, on lisinopril 10 mg daily. Plan: troponin every 6 hours, repeat ECG.",
    "Discharge summary. Acute appendicitis, laparoscopic surgery without complication. Temperature 37.2. "
    "Wound clean and dry on day 2. Paracetamol 500 mg as needed; no driving for 2 weeks.",
    "Progress note: type 2 diabetes, HbA1c 7.9 % (was 8.4 % in 2018). Weight 82.5 kg, BMI 27.1. "
    "Metformin 850 mg twice daily continued. Advice on diet and exercise was given. Follow-up in 3 months.",
    "CT scan of the abdomen: liver and spleen normal, a 12 mm nodule in segment 4. Impression: haemangioma, "
    "no treatment needed. Clinical correlation advised. Compared with the study of 2019.",
    "A 54-year-old woman with chronic migraine, 3 to 4 attacks a month, aged 19 at onset. Allergy: none."
    " Assessment: stable on topiramate 50 mg. Labs within normal limits: Na 139, K 4.2, glucose 5.1.",
)
PLANTED = {
    "a patient's name": (
        "Patient: Maria Gonzalez.",
        "Patient name: O'Neill",
        "The patient, John H. Whitaker, was comfortable.",
        "Pt: Smith",
    ),
    "a name": (
        "Mrs. Kowalski tolerated it well.",
        "Seen by Alice Cooper today.",
        "Dr. Nakamura will review.",
        "Electronically signed by: Peter Brandt",
        "Next of kin: Eleanor",
        "Last name: Dubois",
    ),
    "a birth date": (
        "DOB: 03/14/1962",
        "Date of birth 14 March 1962.",
        "D.O.B. 1962-03-14",
        "Born on March 14, 1962.",
    ),
    "a medical record number": (
        "MRN 00482913",
        "MRN: A-4829131",
        "Medical record number 4829-131",
        "Patient ID: 4829131",
        "Chart no. 88213",
        "Accession: 20190412-77",
        "Hospital number 7712345",
    ),
    "a social security number": ("SSN 123-45-6789", "Social security number: 123 45 6789", "078-05-1120"),
    "a health insurance number": (
        "NHS number 943 476 5919",
        "Policy no. 77-118233-1",
        "Medicare ID 1EG4-TE5-MK73 and 1234567",
        "Member ID: 88123499",
    ),
    "an account or licence number": (
        "Account number: 7781-2234",
        "Driver's license no: D1234567",
        "Serial #: PM77812A",
    ),
    "a telephone number": (
        "Call (555) 013-4477 with results.",
        "Phone: 020 7946 0958",
        "Mobile +44 7700 900123",
        "Reach him at 555-013-4477.",
        "Fax 555.013.4478",
        "Pager 4471902",
    ),
    "an e-mail address": ("Contact: m.gonzalez@example.org", "Write to jane_doe99@mail.example.com."),
    "an address": (
        "Lives at 12 Elm Grove.",
        "Home: 4500 West Oak Street, Springfield",
        "Springfield, IL 62704",
        "London SW1A 2AA",
        "Zip code 62704",
    ),
    "a date of care": (
        "Admitted on 04/12/2019.",
        "Discharged 15 April 2019 in good state.",
        "Date of surgery: 2019-04-13",
        "Seen in clinic on May 2, 2019.",
        "Died 3 June 2020.",
        "Follow-up appointment 12.05.2019",
    ),
    "a web or network address": ("Portal https://portal.example.org/p/88123", "Uploaded from 192.168.17.44"),
    "an age above 89": ("A 93-year-old man.", "He is 101 years old.", "Aged 92, lives alone."),
}


def found(texts: list[str], **options: int) -> list[str]:
    batch = text_batch([f"{n:032x}" for n in range(len(texts))], texts)
    told = patient_identifiers.measure(batch, patient_identifiers.Config(**options))["personal"]
    return [str(one) for one in told.to_pylist()]


def test_planted_identifiers_are_found_and_named() -> None:
    cases = [
        (kind, words, f"{note} {words}" if n % 2 else f"{words} {note}")
        for kind, several in PLANTED.items()
        for n, words in enumerate(several)
        for note in (NOTES[n % len(NOTES)], NOTES[(n + 2) % len(NOTES)])
    ]
    told = found([text for _, _, text in cases])
    missed = sorted({words for (_, words, _), one in zip(cases, told, strict=True) if one == "none"})
    assert sum(one != "none" for one in told) >= 0.95 * len(cases), missed
    named = sum(kind in one for (kind, _, _), one in zip(cases, told, strict=True))
    assert named >= 0.9 * len(cases)


def test_notes_that_name_nobody_pass() -> None:
    assert found(list(NOTES)) == ["none"] * len(NOTES)


def test_what_people_write_each_other_passes(data: Path) -> None:
    with (data / "sms-spam" / "SMSSpamCollection").open(encoding="utf-8", newline="") as file:
        texts = [row[-1] for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]
    assert sum(one != "none" for one in found(texts)) <= 10


def test_a_number_counts_only_where_somebody_is_cared_for() -> None:
    assert found(["Call me on 555-013-4477 tonight"]) == ["none"]
    assert found(["Call me on 555-013-4477 tonight"], least_medical=0) == ["a telephone number"]
    assert found(["The patient asks for treatment, call 555-013-4477"]) == ["a telephone number"]
    assert found(["DOB: 03/14/1962"]) == ["a birth date"]


@pytest.mark.parametrize(
    ("objective", "expected"),
    [
        ("Sort discharge letters of a hospital by department.", True),
        ("Tell spam from other messages.", False),
        ("Name the cell in a picture of a blood smear.", True),
        ("Answer questions about train times.", False),
    ],
)
def test_it_is_on_by_default_where_the_plan_is_about_health(objective: str, expected: bool) -> None:
    plan = Plan.model_validate(
        {
            "version": 1,
            "name": "plan",
            "objective": objective,
            "modality": "text",
            "task": {"type": "classification"},
            "sources": [{"name": "here", "kind": "files"}],
        }
    )
    assert patient_identifiers.by_default(plan) is expected
