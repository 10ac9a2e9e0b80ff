"""A copy of a DICOM file that names nobody: the Basic Application Level Confidentiality Profile, or stricter.

PS3.15 annex E, table E.1-1, with the option Retain Longitudinal Temporal Information with Modified Dates. The
table names single attributes; here whole kinds go: every free text that is not a code or a device's setting,
every name, number, address, time of day, private tag, overlay, curve and signature. So what the table removes
is removed, and what a later edition adds to it in the same kinds too. Pixels are copied as they are.
"""

from __future__ import annotations

import hmac
import io
from datetime import date, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from ingather.errors import MissingExtra
from ingather.media.dicom import UnreadableDicom, keywords, load_pydicom, read_header
from ingather.media.dicom_identity import identifiers

if TYPE_CHECKING:
    from pydicom import DataElement, Dataset

METHOD = "Basic profile of DICOM PS3.15 annex E, dates shifted"
_LONGEST_SHIFT = 3650
_TEXTS = frozenset({"LO", "SH", "LT", "ST", "UT", "UC", "UR", "AE", "UN", "PN", "AS", "TM"})
_KEPT_TEXTS = keywords(
    """
    Manufacturer ManufacturerModelName SoftwareVersions ConvolutionKernel SequenceName CodeValue
    CodingSchemeDesignator CodingSchemeVersion CodeMeaning LongCodeValue WindowCenterWidthExplanation
    RescaleType FilterType GridAbsorbingMaterial TransmitCoilName ReceiveCoilName
    FrameOfReferenceTransformationComment LossyImageCompressionMethod SegmentLabel LUTExplanation
    ModalityLUTType DigitalImageFormatAcquired
    """
)
_PATIENT = keywords(
    """
    PatientSex PatientAge PatientSize PatientWeight PatientSexNeutered SmokingStatus PregnancyStatus
    PatientSpeciesDescription PatientBreedDescription LastMenstrualDate
    """
)
_CHARACTERISTICS = frozenset({"PatientSex", "PatientAge", "PatientSize", "PatientWeight", "SmokingStatus"})
"""What the option Retain Patient Characteristics leaves (PS3.15, E.3.7)."""
_BIRTH = frozenset({"PatientBirthDate"})
_SEQUENCES = keywords(
    """
    OtherPatientIDsSequence RequestAttributesSequence ReferencedPatientSequence ContentSequence
    ReferencedPatientAliasSequence IssuerOfPatientIDQualifiersSequence DigitalSignaturesSequence
    OriginalAttributesSequence ModifiedAttributesSequence EncryptedAttributesSequence
    PatientPrimaryLanguageCodeSequence PersonIdentificationCodeSequence MACParametersSequence
    ReferringPhysicianIdentificationSequence PhysiciansOfRecordIdentificationSequence
    PerformingPhysicianIdentificationSequence OperatorIdentificationSequence IconImageSequence
    PhysiciansReadingStudyIdentificationSequence InstitutionCodeSequence ClinicalTrialSeriesSequence
    ConsentForClinicalTrialUseSequence AuthorObserverSequence VerifyingObserverSequence
    ParticipantSequence CustodialOrganizationSequence ReferencedPerformedProcedureStepSequence
    ReferencedRequestSequence AcquisitionContextSequence GraphicAnnotationSequence UDISequence
    PatientBreedCodeSequence ContributingEquipmentSequence RequestedProcedureCodeSequence
    AdmittingDiagnosesCodeSequence ReferencedStudySequence HangingProtocolUserIdentificationCodeSequence
    """
)
_ALWAYS_THERE = (
    "PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime", "StudyID",
    "AccessionNumber", "ReferringPhysicianName",
)  # fmt: skip
"""Type 2: they stay in place, empty, so that the file stays a sound one."""
_PIXELS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")
_STANDARD_UIDS = "1.2.840.10008."


def is_deidentified(header: Dataset) -> bool:
    """Whether a file is such a copy, and still names nobody."""
    return str(header.get("DeidentificationMethod") or "") == METHOD and not identifiers(header)


def deidentify(
    content: bytes, key: bytes, *, characteristics: bool = False, looked_at: bool = False
) -> bytes:
    """The copy: dates shifted by days that the key and the patient decide, UIDs replaced, the rest as said.

    The same file and key give the same bytes; files of one patient keep their order in time, and files of
    one study stay one. Without a key dates are emptied, for a shift that anybody can compute is none.

    Args:
        content: a DICOM file.
        key: the secret; may be empty.
        characteristics: whether sex, age up to 89, size, weight and smoking stay.
        looked_at: whether somebody has seen that the pixels hold no text: the copy says so.

    Raises:
        UnreadableDicom: it cannot be read, or holds what cannot be written again.
    """
    try:
        return _copied(read_header(content, pixels=True), key, characteristics, looked_at)
    except (UnreadableDicom, MissingExtra):
        raise
    except Exception as error:  # a parser and writer of hostile values raises nearly anything
        raise UnreadableDicom(f"the DICOM cannot be copied: {str(error)[:200]}") from None


def _copied(dataset: Dataset, key: bytes, characteristics: bool, looked_at: bool) -> bytes:
    person = str(
        dataset.get("PatientID") or dataset.get("PatientName") or dataset.get("StudyInstanceUID") or ""
    )
    told = hmac.digest(key, f"days\0{person}".encode(), sha256)
    work = _Work(key, timedelta(days=1 + int.from_bytes(told[:4], "big") % _LONGEST_SHIFT), characteristics)
    work.clean(dataset)
    _mark(dataset, work)
    if looked_at:
        dataset.BurnedInAnnotation = "NO"
    return _written(dataset, work)


class _Work:
    """The rules, with one patient's shift and the key for UIDs."""

    def __init__(self, key: bytes, shift: timedelta, characteristics: bool) -> None:
        self.key = key
        self.shift = shift
        self.characteristics = characteristics

    def clean(self, dataset: Dataset, depth: int = 0) -> None:
        """Changes a data set in place, and those inside of it."""
        for tag in list(dataset.keys()):
            if (
                tag.is_private
                or 0x5000 <= tag.group <= 0x501F
                or 0x6000 <= tag.group <= 0x601F
                or tag.element == 0
            ):
                del dataset[tag]
                continue
            try:
                element = dataset[tag]
                kept = self._keep(element, depth)
            except Exception:  # a value that breaks its own rules cannot be judged, so it goes
                kept = False
            if not kept:
                del dataset[tag]
        if depth == 0:
            for name in _ALWAYS_THERE:
                if name not in dataset:
                    setattr(dataset, name, "")

    def uid(self, value: str) -> str:
        """The replacement of a UID; those of the standard itself stay."""
        if not value or value.startswith(_STANDARD_UIDS):
            return value
        told = hmac.digest(self.key, f"uid\0{value}".encode(), sha256)
        return f"2.25.{int.from_bytes(told[:16], 'big')}"

    def _keep(self, element: DataElement, depth: int) -> bool:
        name, kind = element.keyword, element.VR
        if name in _PATIENT or name in _BIRTH:
            return self._characteristic(element)
        if kind == "SQ":
            if name in _SEQUENCES or depth >= 16:
                return False
            for item in element.value:
                self.clean(item, depth + 1)
            return True
        if kind in ("DA", "DT"):
            element.value = self._shifted(element.value)
            return True
        if kind == "UI":
            value: Any = element.value
            many = isinstance(value, list) or type(value).__name__ == "MultiValue"
            element.value = [self.uid(str(one)) for one in value] if many else self.uid(str(value or ""))
            return True
        if kind in _TEXTS:
            return name in _KEPT_TEXTS
        if kind in ("OB", "OW", "OL", "OV", "OF", "OD"):
            return name in _PIXELS or "LookupTable" in name or name == "LUTData"
        return name != ""

    def _characteristic(self, element: DataElement) -> bool:
        if not self.characteristics or element.keyword not in _CHARACTERISTICS:
            return False
        told = str(element.value or "")
        return not (element.keyword == "PatientAge" and (told[3:4] == "Y" and told[:3] > "089"))

    def _shifted(self, value: Any) -> Any:
        if isinstance(value, list) or type(value).__name__ == "MultiValue":
            return [self._shifted(one) for one in value]
        told = str(value or "").strip()
        try:
            if not self.key:
                return ""
            day = date(int(told[:4]), int(told[4:6] or 1), int(told[6:8] or 1)) - self.shift
        except (ValueError, OverflowError):
            return ""
        return f"{day:%Y%m%d}"


def _mark(dataset: Dataset, work: _Work) -> None:
    from pydicom.dataset import Dataset as Fresh
    from pydicom.sequence import Sequence

    dataset.PatientIdentityRemoved = "YES"
    dataset.DeidentificationMethod = METHOD
    dataset.LongitudinalTemporalInformationModified = "MODIFIED" if work.key else "REMOVED"
    codes = [("113100", "Basic Application Confidentiality Profile")]
    if work.key:
        codes.append(("113107", "Retain Longitudinal Temporal Information Modified Dates Option"))
    if work.characteristics:
        codes.append(("113108", "Retain Patient Characteristics Option"))
    told = []
    for value, meaning in codes:
        code = Fresh()
        code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = value, "DCM", meaning
        told.append(code)
    dataset.DeidentificationMethodCodeSequence = Sequence(told)


def _written(dataset: Dataset, work: _Work) -> bytes:
    from pydicom.dataset import FileMetaDataset

    pydicom = load_pydicom()
    old = dataset.file_meta
    meta: Any = FileMetaDataset()
    meta.TransferSyntaxUID = old.TransferSyntaxUID
    meta.MediaStorageSOPClassUID = old.get("MediaStorageSOPClassUID") or dataset.get("SOPClassUID") or ""
    meta.MediaStorageSOPInstanceUID = dataset.get("SOPInstanceUID") or work.uid(
        str(old.get("MediaStorageSOPInstanceUID") or "none")
    )
    dataset.file_meta = meta
    dataset.preamble = bytes(128)
    out = io.BytesIO()
    pydicom.dcmwrite(out, dataset, enforce_file_format=True)
    return out.getvalue()
