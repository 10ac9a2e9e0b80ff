"""DICOM de-identification: a copy of every medical picture that names nobody, by the basic profile.

The Basic Application Level Confidentiality Profile of DICOM PS3.15 annex E: names, numbers, free text and
private tags go, UIDs are mapped, dates are shifted by as many days for one patient everywhere. The shift
and the UIDs are made with the workspace's secret. A picture whose pixels may hold text or a face is left as
it is, so that ``dicom-identifiers`` sets it aside: attributes can be cleaned, pixels have to be looked at.
"""

from __future__ import annotations

import hmac
import io
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from ingather.cleaning.contract import OperatorConfig

if TYPE_CHECKING:
    from ingather.media.image import ImageBatch, Picture
    from ingather.plan.model import Plan

reads = "image"


class Config(OperatorConfig):
    """How the copy is made."""

    to: Literal["dicom", "png"] = Field(
        "dicom",
        description="what the copy is: DICOM with all its values, or PNG as it is seen through its window",
    )
    characteristics: bool = Field(
        False, description="whether sex, age up to 89, size and weight stay in the DICOM"
    )
    looked_at: bool = Field(
        False,
        description="whether somebody has looked at those whose pixels may hold text: they are copied too",
    )
    key: str = Field("", repr=False, description="hex; made from the workspace's secret where it is left out")


def defaults(plan: Plan) -> dict[str, Any]:
    """The key, from the secret of the workspace in which the plan lies; none where there is none yet."""
    secret = Path(plan.path).resolve().parent / ".ingather" / "secret"
    if not secret.is_file():
        return {}
    return {"key": hmac.digest(secret.read_bytes(), b"dicom", sha256).hex()}


def change(batch: ImageBatch, config: Config) -> list[bytes | None]:
    """The copy of every DICOM; None where it is none, cannot be read, or its pixels may tell of a person.

    Without a key dates are emptied: a shift that anybody can compute is none. A copy is not copied again.
    """
    return [_copy(one, config) if one is not None else None for one in batch.images]


def _copy(picture: Picture, config: Config) -> bytes | None:
    from ingather.media.dicom import UnreadableDicom, as_picture, is_dicom, read_header
    from ingather.media.dicom_deidentify import deidentify, is_deidentified
    from ingather.media.dicom_identity import pixel_risks

    if not is_dicom(picture.content):
        return None
    try:
        header = read_header(picture.content)
        if pixel_risks(header) and not config.looked_at:
            return None
        if config.to == "dicom" and is_deidentified(header):
            return None
        copy = deidentify(
            picture.content,
            config.key.encode(),
            characteristics=config.characteristics,
            looked_at=config.looked_at,
        )
        if config.to == "dicom":
            return copy
        out = io.BytesIO()
        as_picture(read_header(copy, pixels=True)).save(out, "PNG")
        return out.getvalue()
    except UnreadableDicom:
        return None
    except Exception:  # a writer of odd values raises nearly anything: uncopied, the file is set aside
        return None
