"""What a cleaning operator is: a module with a Config and a few of the functions named here.

==============  =============================================================================
a mapper has    ``change(batch, config) -> list[str | bytes | None]``, None where nothing changes
a filter has    ``measures``, ``measure(batch, config)`` and ``bounds(config)``
a signal has    ``measures`` and ``measure``, no bounds
a deduplicator  ``sign(batch, config) -> pa.Array``, ``pairs(signatures, first_new, config)``
                and, where a pair must be looked at again, ``same(left, right, config)``
==============  =============================================================================

Every operator says what it ``reads`` (text, audio, image, video, sensor, record, or bytes: their digests
alone; ``cleaning/forms.py`` makes each): the batch is decoded once for all operators that read it. All are
pure: arrays in, arrays out, the same answer however rows are batched.
``version`` rises when the same options give other numbers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any, ClassVar, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field

Reads = Literal["text", "audio", "image", "video", "sensor", "record", "bytes"]


class OperatorConfig(BaseModel):
    """Options of an operator, as the plan's ``clean`` section gives them."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    operator: ClassVar[str] = ""


def limit(default: Any, **options: Any) -> Any:
    """A pydantic field that only judges: changing it needs no new measuring."""
    return Field(default, json_schema_extra={"limit": True}, **options)


@dataclass(frozen=True, slots=True)
class Bound:
    """What a filter asks of one measure.

    Attributes:
        measure: a name of the operator's ``measures``.
        reason: words for who gave the sample; ``{value}`` and ``{threshold}`` are filled in, and
            ``{s}`` is an s unless the value is 1.
        low: the least value that is still fine, or None.
        high: the greatest value that is still fine, or None.
        allowed: the only values that are fine (for measures that are words), or None.
        when: another bound that must hold for this one to judge at all.
        to: where a sample goes that breaks the bound.
        field: the Config field a user changes to move this bound.
    """

    measure: str
    reason: str
    low: float | None = None
    high: float | None = None
    allowed: tuple[str, ...] | None = None
    when: Bound | None = None
    to: Literal["quarantined", "review"] = "quarantined"
    field: str = ""


def measuring_key(operator: ModuleType, config: OperatorConfig) -> str:
    """Sixteen hex digits that change exactly when an operator would measure something else.

    Limits do not count: they judge what was measured.
    """
    fields = type(config).model_fields
    measuring = {
        name: value
        for name, value in config.model_dump(mode="json").items()
        if not _is_limit(fields[name].json_schema_extra)
    }
    told = orjson.dumps([getattr(operator, "version", 1), measuring], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(told).hexdigest()[:16]


def _is_limit(extra: dict[str, Any] | Callable[..., None] | None) -> bool:
    return isinstance(extra, dict) and bool(extra.get("limit"))
