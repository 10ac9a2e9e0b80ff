"""The words of a DICOM structured report (PS3.3, C.17.3): its content tree as indented lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydicom import Dataset

_DEEPEST = 32
_VALUES = ("TextValue", "PersonName", "DateTime", "Date", "Time", "UID")


def report_text(dataset: Dataset) -> str:
    """Every item of the tree on a line of its own, ``name: value``, two spaces deeper than what holds it."""
    lines: list[str] = []
    title = _meaning(dataset, "ConceptNameCodeSequence")
    if title:
        lines.append(title)
    _walk(dataset, 0, lines)
    return "\n".join(lines)


def _walk(dataset: Dataset, depth: int, lines: list[str]) -> None:
    if depth >= _DEEPEST:
        return
    for item in dataset.get("ContentSequence") or []:
        name, value = _meaning(item, "ConceptNameCodeSequence"), _value(item)
        line = ": ".join(part for part in (name, value) if part)
        if line:
            lines.append("  " * depth + line)
        _walk(item, depth + 1, lines)


def _value(item: Dataset) -> str:
    for keyword in _VALUES:
        if item.get(keyword):
            return str(item.get(keyword)).strip()
    if item.get("ConceptCodeSequence"):
        return _meaning(item, "ConceptCodeSequence")
    for measured in item.get("MeasuredValueSequence") or []:
        unit = _meaning(measured, "MeasurementUnitsCodeSequence")
        return f"{measured.get('NumericValue', '')} {unit}".strip()
    return ""


def _meaning(item: Dataset, keyword: str) -> str:
    codes: Any = item.get(keyword) or []
    return str(codes[0].get("CodeMeaning") or "").strip() if len(codes) else ""
