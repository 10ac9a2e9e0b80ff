"""What names, numbers and places of people look like in words, and which columns are meant for them.

The eighteen kinds of 45 CFR 164.514(b)(2)(i) (HIPAA's Safe Harbor), as far as a pattern can tell them. All
patterns are RE2's and Python's alike, so that whole columns are searched at once.
"""

# ruff: noqa: E501  a pattern is read as one line

from __future__ import annotations

import re
from dataclasses import dataclass

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
DATE = (
    rf"(?:\d{{1,2}}[/.-]\d{{1,2}}[/.-](?:19|20)?\d\d|(?:19|20)\d\d-\d\d-\d\d|"
    rf"\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH},? (?:19|20)\d\d|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? (?:19|20)\d\d)"
)
"""A day: a year alone is none."""
_NAME = r"[A-Z][a-zé'’-]+"


@dataclass(frozen=True, slots=True)
class Pattern:
    """One kind of identifier in running text.

    Attributes:
        kind: what it is, in words.
        pattern: where it is found.
        alone: whether it says by itself that it is a patient's; others count in medical text only.
    """

    kind: str
    pattern: str
    alone: bool = False


TEXT: tuple[Pattern, ...] = (
    Pattern("a patient's name", rf"(?i:\b(?:patient|pt|client)(?:'s)?(?:[ ]name)?[ ]?[:=][ ]?)(?:(?:Mr|Mrs|Ms|Miss|Dr)\.? )?{_NAME}", True),
    Pattern("a patient's name", rf"\b(?i:patient|pt\.?|client),? (?:(?:named|called) )?(?:(?:Mr|Mrs|Ms|Miss)\.? )?{_NAME} (?:[A-Z]\.? )?{_NAME}", True),
    Pattern("a name", rf"(?i:\b(?:(?:full |first |last |family |given |sur)name|name of (?:patient|mother|father|spouse|next of kin)|next of kin|name))[ ]?[:=][ ]?{_NAME}"),
    Pattern("a name", rf"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof)\.? {_NAME}"),
    Pattern("a name", rf"(?i:\b(?:seen|signed|dictated|reviewed|referred|attending|electronically signed)(?: by)?[:]?) (?:Dr\.? )?{_NAME} (?:[A-Z]\.? )?{_NAME}"),
    Pattern("a birth date", rf"(?i)\b(?:d\.?o\.?b\.?|date of birth|birth ?date|born(?: on)?)[ ]?[:=]?[ ]?(?:on )?{DATE}", True),
    Pattern("a medical record number", r"(?i)\b(?:mrn|m\.r\.n\.|medical record(?: number| no\.?)?|chart (?:number|no\.?)|hospital (?:number|no\.?)|patient (?:id|number|no\.?)|case (?:number|no\.?)|accession(?: number| no\.?)?|encounter(?: number| no\.?| id)?|visit (?:number|no\.?|id))[ ]?[:#=]*[ ]?[a-z]{0,4}-?\d[\d-]{3,}", True),
    Pattern("a social security number", r"\b\d{3}-\d{2}-\d{4}\b|(?i:\b(?:ssn|social security(?: number| no\.?)?)[ ]?[:#=]*[ ]?\d{3}[ -]?\d{2}[ -]?\d{4})", True),
    Pattern("a health insurance number", r"(?i)\b(?:nhs(?: number| no\.?)?|medicare(?: number| id)?|medicaid(?: number| id)?|insurance (?:number|no\.?|id)|policy (?:number|no\.?)|member (?:id|number)|health plan(?: number| id)?|beneficiary(?: number| id)?)[ ]?[:#=]*[ ]?[a-z]{0,4}-?\d[\d -]{5,}", True),
    Pattern("an account or licence number", r"(?i)\b(?:account|acct|certificate|licen[cs]e|passport|vin|plate|serial)(?: number| no\.?| id| #)?[ ]?[:#=]+[ ]?[a-z]{0,4}[ -]?\d[a-z\d-]{3,}"),
    Pattern("a telephone number", r"(?:\+\d{1,3}[ .-]?)?\(\d{2,5}\)[ .-]?\d{3,4}[ .-]?\d{3,4}|\b\d{3}[ .-]\d{3}[ .-]\d{4}\b|\+\d{1,3}[ .-]?\d{2,4}(?:[ .-]?\d{2,4}){2,3}|(?i:\b(?:tel|phone|telephone|mobile|cell|fax|pager|beeper)\.?(?: number| no\.?)?[ ]?[:=]?[ ]?\+?\d[\d ()./-]{6,})"),
    Pattern("an e-mail address", r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b"),
    Pattern("an address", rf"\b\d{{1,5}}[a-z]? (?:[NSEW]\.? )?(?:{_NAME} ){{1,3}}(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Square|Sq|Way|Terrace|Place|Close|Crescent)\b|\b[A-Z]{{1,2}}\d[A-Z\d]? \d[A-Z]{{2}}\b|\b[A-Z]{{2}} \d{{5}}(?:-\d{{4}})?\b|(?i:\b(?:zip|postcode|postal code)(?: code)?[ ]?[:=]?[ ]?\d{{5}})|(?i:\blives? (?:at|in) )\d"),
    Pattern("a date of care", rf"(?i)\b(?:admi(?:tted|ssion)|discharged?|seen|visit(?:ed)?|examined|died|expired|deceased|date of (?:admission|discharge|service|death|surgery|procedure|visit|report)|transferred|operated|dictated|collected|follow[ -]?up|appointment|surgery|scheduled)[^.\n]{{0,30}}?\b{DATE}"),
    Pattern("a web or network address", r"(?i)\bhttps?://\S+|\b(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}\b"),
    Pattern("an age above 89", r"(?i)\b(?:9\d|1[01]\d)[ -]?(?:years?|yrs?|yo|y/o|y\.o\.)(?:[ -]?old|\b)|\b(?:aged?|age:?) (?:9\d|1[01]\d)\b"),
)  # fmt: skip
"""In the order in which they are told."""

MEDICAL = (
    r"(?i)\b(?:patients?|hospitals?|clinic(?:al|s)?|diagnos\w+|prognosis|symptoms?|admitted|admission|discharged?|"
    r"history of|hx|presents? with|complain(?:s|ed|ing) of|chief complaint|medications?|prescri\w+|dosage|\d+ ?mg\b|"
    r"treatment|therapy|surg\w+|biopsy|tumou?rs?|cancer|diabet\w+|hypertensi\w+|pneumonia|fracture\w*|blood pressure|"
    r"bp|heart rate|ct scan|mri|x-?ray|ultrasound|radiology|physicians?|nurses?|ward|icu|allerg\w+|vital signs|"
    r"labs?|haemoglobin|hemoglobin|glucose|chest pain|abdominal|acute|chronic|follow[ -]?up|referr(?:al|ed)|"
    r"consult(?:ation)?|discharge summary|progress note|assessment|mrn|dob)\b"
)
"""Words by which a text speaks of somebody's care; two different ones make it medical, see the operator."""

_PERSON = r"(?:patient|subject|first|last|full|given|family|middle|sur|maiden|person|client|contact|employer|mother|father|spouse|guardian|next of kin|user|respondent|participant)"
COLUMNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("a name", rf"^name$|\b{_PERSON} ?names?\b|^(?:surname|forename|firstname|lastname|fullname|initials)$|^next of kin$"),
        ("an address", r"\b(?:street|address|addr|addresses|city|town|county|district|precinct|parish|village|neighbou?rhood|geocode|latitude|longitude|lat lon|gps)\b(?!.*\b(?:email|mail|ip|mac)\b)"),
        ("a postal code", r"\b(?:zip|zip ?code|post ?code|postal ?code|postal)\b"),
        ("a birth date", r"\b(?:dob|birth ?dates?|date of birth|birthday|born)\b"),
        ("a date of care", r"\b(?:admission|admit|admitted|discharge|discharged|death|died|visit|encounter|service|surgery|procedure|exam|appointment|diagnosis|treatment|enrol?ment|enrolled|follow ?up|test|sample|collection|report|interview)\b.*\b(?:date|day|datetime|dt|on|at|time)\b|\b(?:date|datetime|dt) ?(?:of|at)?\b.*\b(?:admission|discharge|death|visit|service|surgery|procedure|exam|diagnosis|treatment|enrol?ment|test|interview)\b|^(?:dod|date)$"),
        ("a telephone number", r"\b(?:phone|telephone|tel|mobile|cell ?phone|cellphone|pager)\b"),
        ("a fax number", r"\bfax\b"),
        ("an e-mail address", r"\be ?mails?\b"),
        ("a social security number", r"\b(?:ssn|social security|national (?:id|insurance)|nino|tax id|personal number|personnummer|bsn|cpf)\b"),
        ("a medical record number", r"\b(?:mrn|medical record|hospital (?:number|no|id|nr)|chart (?:number|no|id)|accession|case number)\b"),
        ("a health insurance number", r"\b(?:insurance|beneficiary|health plan|medicare|medicaid|nhs|policy|member) ?(?:number|no|id|nr)?\b"),
        ("an account number", r"\b(?:account|acct|iban|credit card|card) ?(?:number|no|id|nr)?\b"),
        ("a certificate or licence number", r"\b(?:certificate|licen[cs]e|passport|driver)\b"),
        ("a vehicle number", r"\b(?:vin|vehicle|plate|registration number)\b"),
        ("a device number", r"\b(?:serial|device|imei|mac address|udi)\b"),
        ("a web address", r"\b(?:url|website|web ?page|homepage|link)\b"),
        ("a network address", r"\bip ?(?:address|addr|v4|v6)?$|\bip address\b"),
        ("a biometric mark", r"\b(?:finger ?prints?|voice ?prints?|retina|iris scan|biometrics?|dna profile)\b"),
        ("a picture of a face", r"\b(?:photo|photograph|face image|portrait|headshot|picture)\b"),
    )
)  # fmt: skip
"""Kinds of columns by name: words in lower case, one space between them."""

NOT_REAL = re.compile(r"\b(?:fake|dummy|synthetic|pseudonym\w*|hash(?:ed)?|masked|random|anonymi[sz]ed)\b")
"""What a column's name says when it holds what only looks like an identifier."""

CELLS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("an e-mail address", r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
        ("a social security number", r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])"),
        ("a telephone number", r"\+\d{1,3}[ .-]?\(?\d{2,4}\)?(?:[ .-]?\d{2,4}){2,3}|\(\d{3}\) ?\d{3}[.-]\d{4}|(?<![\d.-])\d{3}[.-]\d{3}[.-]\d{4}(?![\d-])"),
        ("a network address", r"(?<![\d.])(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}(?![\d.])"),
        ("a web address", r"https?://\S+"),
        ("a street", rf"(?i:^\d{{1,5}}[a-z]? )(?:{_NAME} ){{1,3}}(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Square|Way|Terrace|Place)\b"),
    )
)  # fmt: skip
"""Kinds of cells by what stands in them, whatever the column is called."""


def column_words(name: str) -> str:
    """A column's name as words: ``patientName`` and ``PATIENT_NAME`` are ``patient name``."""
    spaced = re.sub(r"([a-z\d])([A-Z])", r"\1 \2", name)
    return " ".join(re.split(r"[\W_]+", spaced)).strip().lower()
