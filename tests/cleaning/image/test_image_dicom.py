"""DICOM files that name a person are set aside with what was found; their copies name nobody."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from ingather.cleaning.image import dicom_deidentify, dicom_identifiers
from ingather.media.dicom import UnreadableDicom, is_dicom, read_header, shown_frame
from ingather.media.dicom_deidentify import deidentify
from ingather.media.dicom_identity import identifiers
from ingather.media.image import decode_images

KEY = b"secret"
PICTURES = ("CT_small", "MR_small", "liver_1frame", "examples_palette", "examples_rgb_color", "JPEG2000")
CLEAN = ("CT_small", "MR_small", "liver_1frame")
"""Those whose pixels nobody suspects of text."""


def content(data: Path, name: str) -> bytes:
    return (data / "dicom-samples" / f"{name}.dcm").read_bytes()


def found(contents: list[bytes], **options: bool) -> list[str | None]:
    batch = decode_images([f"{n:032x}" for n in range(len(contents))], contents)
    told: list[str | None] = dicom_identifiers.measure(batch, dicom_identifiers.Config(**options))[
        "personal"
    ].to_pylist()
    return told


def planted(clean: bytes, change: Callable[[Dataset], None]) -> bytes:
    dataset = read_header(clean, pixels=True)
    change(dataset)
    out = io.BytesIO()
    pydicom.dcmwrite(out, dataset)
    return out.getvalue()


def setting(name: str, value: Any) -> Callable[[Dataset], None]:
    return lambda dataset: setattr(dataset, name, value)


def inside(name: str, value: str) -> Callable[[Dataset], None]:
    def change(dataset: Dataset) -> None:
        inner = Dataset()
        setattr(inner, name, value)
        dataset.ReferencedSeriesSequence = Sequence([inner])

    return change


def private(dataset: Dataset) -> None:
    dataset.private_block(0x0011, "SOMEBODY", create=True).add_new(1, "LO", "note")


PLANTED = {
    "the patient's name": [setting("PatientName", "Lee^Ann"), setting("PatientName", "X")],
    "the patient's number": [setting("PatientID", "4711"), setting("OtherPatientIDs", ["1", "2"])],
    "the birth date": [setting("PatientBirthDate", "19620314")],
    "private tags": [private],
    "names of people": [
        setting("ReferringPhysicianName", "House^G"),
        setting("OperatorsName", "Bo"),
        inside("PerformingPhysicianName", "Lee"),
    ],
    "numbers of a case or device": [setting("AccessionNumber", "77"), inside("StudyID", "3")],
    "places": [setting("InstitutionName", "St Mary"), setting("PatientAddress", "12 Elm Grove")],
    "words about the patient": [setting("PatientComments", "tall"), setting("EthnicGroup", "x")],
    "an age above 89": [setting("PatientAge", "093Y")],
    "text is burned into its pixels": [setting("BurnedInAnnotation", "YES")],
    "its pixels may hold text": [
        setting("SOPClassUID", "1.2.840.10008.5.1.4.1.1.7"),
        setting("SOPClassUID", "1.2.840.10008.5.1.4.1.1.6.1"),
        setting("ConversionType", "WSD"),
        setting("Modality", "ES"),
        setting("ImageType", ["DERIVED", "SECONDARY", "SCREEN SAVE"]),
    ],
    "a face": [setting("RecognizableVisualFeatures", "YES")],
    "dates": [setting("LongitudinalTemporalInformationModified", "UNMODIFIED")],
}


def test_every_sample_as_it_comes_is_set_aside(data: Path) -> None:
    told = found([content(data, name) for name in PICTURES])
    assert all(one and "the patient's name" in one and "the patient's number" in one for one in told)
    assert [one is not None and "pixels may hold text" in one for one in told] == [False] * 3 + [True] * 3
    ((bound),) = dicom_identifiers.bounds(dicom_identifiers.Config())
    assert bound.allowed == ("none",)


@pytest.mark.parametrize("name", CLEAN)
def test_each_planted_identifier_is_found_and_named(name: str, data: Path) -> None:
    clean = deidentify(content(data, name), KEY)
    assert found([clean]) == ["none"]
    cases = [(kind, planted(clean, change)) for kind, changes in PLANTED.items() for change in changes]
    told = found([one for _, one in cases])
    assert [kind for (kind, _), one in zip(cases, told, strict=True) if kind not in str(one)] == []


def test_a_device_that_says_nothing_is_burned_in_is_believed(data: Path) -> None:
    copy = deidentify(content(data, "examples_rgb_color"), KEY)
    assert "ultrasound" in str(found([copy])[0])
    assert found([copy], pixels=False) == ["none"]
    assert found([planted(copy, setting("BurnedInAnnotation", "NO"))]) == ["none"]


def test_the_copy_keeps_pixels_and_drops_whatever_names(data: Path) -> None:
    for name in PICTURES:
        old, new = content(data, name), deidentify(content(data, name), KEY)
        assert new == deidentify(old, KEY)
        before, after = read_header(old, pixels=True), read_header(new, pixels=True)
        assert np.array_equal(shown_frame(before), shown_frame(after))
        assert identifiers(after) == []
        assert not any(element.tag.is_private for element in after.iterall())
        assert after.PatientIdentityRemoved == "YES"
        assert after.SOPInstanceUID.startswith("2.25.")
        assert after.file_meta.MediaStorageSOPInstanceUID == after.SOPInstanceUID
        assert after.SOPClassUID == before.SOPClassUID


FREE = (
    "PatientName", "PatientID", "PatientComments", "StudyDescription", "SeriesDescription",
    "ProtocolName", "InstitutionName", "InstitutionAddress", "ReferringPhysicianName",
    "PerformingPhysicianName", "OperatorsName", "StationName", "DeviceSerialNumber", "AccessionNumber",
    "StudyID", "PatientAddress", "PatientTelephoneNumbers", "OtherPatientNames", "Occupation",
    "AdditionalPatientHistory", "EthnicGroup", "MedicalAlerts", "Allergies", "ImageComments",
    "DerivationDescription", "RequestingPhysician", "AdmissionID", "IssuerOfPatientID", "MilitaryRank",
    "CountryOfResidence", "PatientReligiousPreference", "PerformedProcedureStepDescription",
    "RequestedProcedureDescription", "ReasonForTheRequestedProcedure", "ContrastBolusAgent",
    "PatientBirthName", "AcquisitionDeviceProcessingDescription", "InstitutionalDepartmentName",
    "PhysiciansOfRecord", "CassetteID", "NameOfPhysiciansReadingStudy", "AdmittingDiagnosesDescription",
    "DetectorID", "PlateID", "ResponsiblePerson",
)  # fmt: skip
"""Attributes of table E.1-1 that hold words; each is given one that must be nowhere in the copy."""


def test_nothing_of_table_e1_survives(data: Path) -> None:
    dataset = read_header(content(data, "CT_small"), pixels=True)
    for name in FREE:
        setattr(dataset, name, "ZQXPLANT")
    nested = Dataset()
    nested.PersonName = nested.RequestedProcedureDescription = "ZQXPLANT"
    dataset.SourceImageSequence = Sequence([nested])
    dataset.add_new(0x60003000, "OW", b"ZQXPLANT")
    out = io.BytesIO()
    pydicom.dcmwrite(out, dataset)
    assert out.getvalue().count(b"ZQXPLANT") > len(FREE)
    assert b"ZQXPLANT" not in deidentify(out.getvalue(), KEY)


def test_dates_move_by_as_many_days_for_one_patient_and_only_with_the_key(data: Path) -> None:
    old = content(data, "CT_small")
    later = planted(old, setting("StudyDate", "20040219"))
    dates = [read_header(deidentify(one, KEY)).StudyDate for one in (old, later)]
    assert read_header(old).StudyDate == "20040119"
    assert int((np.datetime64(iso(dates[1])) - np.datetime64(iso(dates[0]))).astype(int)) == 31
    assert dates[0] < "20040119"
    assert read_header(deidentify(old, b"other")).StudyDate != dates[0]
    assert read_header(deidentify(old, b"")).StudyDate == ""
    same = [read_header(deidentify(one, KEY)).StudyInstanceUID for one in (old, later)]
    assert same[0] == same[1] != read_header(old).StudyInstanceUID


def iso(day: str) -> str:
    return f"{day[:4]}-{day[4:6]}-{day[6:]}"


def test_the_operator_copies_only_what_can_be_copied(data: Path) -> None:
    contents = [content(data, name) for name in PICTURES]
    batch = decode_images(list(PICTURES), contents)
    copies = dicom_deidentify.change(batch, dicom_deidentify.Config(key="ab"))
    assert [one is not None for one in copies] == [True] * 3 + [False] * 3
    looked = dicom_deidentify.change(batch, dicom_deidentify.Config(key="ab", looked_at=True))
    assert found([one for one in looked if one]) == ["none"] * 6
    shown = dicom_deidentify.change(batch, dicom_deidentify.Config(key="ab", to="png"))
    assert [one[:4] if one else None for one in shown] == [b"\x89PNG"] * 3 + [None] * 3


def test_pictures_that_are_no_dicom_are_left_alone(data: Path) -> None:
    path = next((data / "tiny-coco" / "images").rglob("*.jpg"))
    assert found([path.read_bytes()]) == [None]


@given(st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damage_never_raises_and_never_passes_as_clean(data: Path, draws: st.DataObject) -> None:
    broken = bytearray(content(data, "MR_small"))
    for _ in range(draws.draw(st.integers(1, 8))):
        broken[draws.draw(st.integers(132, 1500))] = draws.draw(st.integers(0, 255))
    cut = bytes(broken[: draws.draw(st.integers(0, len(broken)))])
    batch = decode_images(["0" * 32], [cut])
    (told,) = dicom_identifiers.measure(batch, dicom_identifiers.Config())["personal"].to_pylist()
    assert told is None or isinstance(told, str)
    dicom_deidentify.change(batch, dicom_deidentify.Config(key="ab"))
    if is_dicom(cut) and told is not None:
        with suppress(UnreadableDicom):
            assert identifiers(read_header(deidentify(cut, KEY))) == []
