"""What a DICOM file tells of the person it shows: in its attributes, and perhaps in its pixels.

Attributes that name, number or date a person are those of the Basic Application Level Confidentiality Profile
(PS3.15, table E.1-1) and of HIPAA's Safe Harbor (45 CFR 164.514(b)(2)). Nothing found is repeated: only what
kind of thing it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ingather.media.dicom import keywords

if TYPE_CHECKING:
    from pydicom import DataElement, Dataset

NUMBERS = keywords(
    """
    PatientID OtherPatientIDs AccessionNumber StudyID AdmissionID MedicalRecordLocator
    InsurancePlanIdentification MilitaryRank PatientInsurancePlanCodeSequence ServiceEpisodeID
    IssuerOfPatientID PlacerOrderNumberImagingServiceRequest FillerOrderNumberImagingServiceRequest
    RequestedProcedureID ScheduledProcedureStepID PerformedProcedureStepID PatientTelephoneNumbers
    PatientTelecomInformation SocialSecurityNumber DeviceSerialNumber PlateID DetectorID
    """
)
PLACES = keywords(
    """
    PatientAddress InstitutionAddress InstitutionName InstitutionalDepartmentName CountryOfResidence
    RegionOfResidence CurrentPatientLocation PatientInstitutionResidence StationName
    ReferringPhysicianAddress PersonAddress
    """
)
WORDS = keywords(
    """
    PatientComments AdditionalPatientHistory ImageComments StudyComments Occupation MedicalAlerts
    Allergies PatientReligiousPreference EthnicGroup VisitComments RequestedProcedureComments
    IdentifyingComments AcquisitionComments FrameComments
    """
)
BIRTH = frozenset({"PatientBirthDate", "PatientBirthTime", "PatientMotherBirthName", "PatientBirthName"})
_DATED = ("DA", "DT")
_SCREENS = frozenset({"US", "IVUS", "ES", "SC", "OT", "XC", "GM", "SM", "DOC", "ECG", "RESP", "OP", "PX"})
"""Modalities whose devices draw on the picture, or that are photographs or screens."""
_STORAGE = "1.2.840.10008.5.1.4.1.1."
_SHOWING = {"7": "a secondary capture", "6": "ultrasound", "3": "ultrasound", "77": "a photograph or film"}
"""Storage classes by the first number of their own (PS3.4, table B.5-1)."""
_DRAWN = (
    "SCREEN SAVE",
    "SCREENSAVE",
    "SCREEN CAPTURE",
    "DOSE_INFO",
    "DOSE REPORT",
    "REPORT",
    "RESULT",
    "REFORMATTED",
)
_OLD = 89


def identifiers(dataset: Dataset) -> list[str]:
    """What its attributes tell of a person, each kind once, in words; empty where nothing is told."""
    kept_dates = str(dataset.get("LongitudinalTemporalInformationModified") or "").upper() in (
        "MODIFIED",
        "REMOVED",
    )
    found: dict[str, int] = {}
    for element in _elements(dataset):
        kind = _kind(element, kept_dates)
        if kind:
            found[kind] = found.get(kind, 0) + 1
    if _age(dataset) > _OLD:
        found["an age above 89"] = 1
    if any(0x6000 <= tag.group <= 0x60FF and tag.element == 0x3000 for tag in list(dataset.keys())):
        found["an overlay that may hold text"] = 1
    return [f"{count} {kind}" if kind == "private tags" else kind for kind, count in found.items()]


def pixel_risks(dataset: Dataset) -> list[str]:
    """Why its pixels may hold text or a face, in words; empty where there is no reason to think so.

    A device that says that nothing is burned in is believed. What is learnt of the picture itself is not
    asked: a small text escapes any reader that could be asked here.
    """
    risks: list[str] = []
    burned = str(dataset.get("BurnedInAnnotation") or "").strip().upper()
    if burned == "YES":
        risks.append("text is burned into its pixels")
    elif burned != "NO":
        risks += [f"its pixels may hold text ({why})" for why in _suspicions(dataset)][:1]
    if str(dataset.get("RecognizableVisualFeatures") or "").strip().upper() == "YES":
        risks.append("a face can be recognised in its pixels")
    return risks


def _suspicions(dataset: Dataset) -> Iterator[str]:
    kind = str(dataset.get("SOPClassUID") or "")
    shown = _SHOWING.get(kind.removeprefix(_STORAGE).split(".")[0]) if kind.startswith(_STORAGE) else None
    if shown:
        yield shown
    if dataset.get("ConversionType"):
        yield "a secondary capture"
    modality = str(dataset.get("Modality") or "").strip().upper()
    if modality in _SCREENS:
        yield f"modality {modality}"
    told = " ".join(map(str, _many(dataset.get("ImageType")))).upper()
    if any(word in told for word in _DRAWN):
        yield "a saved screen or report"


def _kind(element: DataElement, kept_dates: bool) -> str | None:
    if element.tag.is_private:
        return "private tags"
    if not _is_filled(element):
        return None
    name = element.keyword
    if name in BIRTH:
        return "the birth date" if "Date" in name or "Time" in name else "names of people"
    if element.VR == "PN":
        return "the patient's name" if name == "PatientName" else "names of people"
    if name in NUMBERS:
        return (
            "the patient's number"
            if name in ("PatientID", "OtherPatientIDs")
            else "numbers of a case or device"
        )
    if name in PLACES:
        return "places"
    if name in WORDS:
        return "words about the patient"
    if element.VR in _DATED and not kept_dates:
        return "dates"
    return None


def _elements(dataset: Dataset, depth: int = 0) -> Iterator[DataElement]:
    """Every element, those inside of sequences too; what cannot be read is passed on as private."""
    for tag in list(dataset.keys()):
        if tag.is_private and tag.element <= 0xFF:
            continue  # a creator names a block; it is told by the block's elements
        try:
            element = dataset[tag]
        except Exception:  # a value that breaks its own rules
            continue
        yield element
        if element.VR == "SQ" and depth < 16 and not tag.is_private:
            for item in element.value:
                yield from _elements(item, depth + 1)


def _is_filled(element: DataElement) -> bool:
    value: Any = element.value
    if value is None:
        return False
    return any(str(one).strip(" ^=\0") for one in _many(value))


def _many(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) or type(value).__name__ == "MultiValue" else [value]


def _age(dataset: Dataset) -> int:
    told = str(dataset.get("PatientAge") or "")
    return int(told[:3]) if told[3:4] == "Y" and told[:3].isdecimal() else 0
