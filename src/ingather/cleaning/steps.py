"""The plan's cleaning steps made ready: operators found, options read, what they measure named by a key."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pyarrow as pa
from pydantic import ValidationError

from ingather.cleaning.contract import Bound, OperatorConfig, measuring_key
from ingather.cleaning.defaults import DEFAULTS, EXPANDED
from ingather.errors import InputError
from ingather.plan.model import Plan, Step
from ingather.plugins import OPERATORS, load


@dataclass(frozen=True)
class Ready:
    """One operator with its options.

    Attributes:
        name: its name in the plan.
        module: the plug-in.
        config: its options.
        key: changes when it would measure something else, also because a mapper before it changed.
    """

    name: str
    module: ModuleType
    config: OperatorConfig
    key: str

    @property
    def reads(self) -> str:
        """What it must be given: a name of ``cleaning.forms.FORMS``."""
        return str(self.module.reads)

    @property
    def is_mapper(self) -> bool:
        """Whether it changes samples."""
        return hasattr(self.module, "change")

    @property
    def is_deduplicator(self) -> bool:
        """Whether it compares samples."""
        return hasattr(self.module, "sign")

    @property
    def measures(self) -> dict[str, pa.DataType]:
        """Names and types of what it measures, with what its options add."""
        if hasattr(self.module, "measures_of"):
            return dict(self.module.measures_of(self.config))
        return dict(getattr(self.module, "measures", {}))

    @property
    def bounds(self) -> tuple[Bound, ...]:
        """What it asks of its measures."""
        return tuple(self.module.bounds(self.config)) if hasattr(self.module, "bounds") else ()

    def column(self, measure: str) -> str:
        """The column of ``measures`` that holds one of its measures."""
        return measure_column(self.name, measure)

    @property
    def signature(self) -> str:
        """The column of ``signatures`` that is its."""
        return self.name.replace("-", "_")


def measure_column(operator: str, measure: str) -> str:
    """The column of ``measures`` for a measure of an operator."""
    return f"{operator}__{measure}".replace("-", "_")


def prepare(plan: Plan) -> list[Ready]:
    """The operators that the plan asks for, or its modality's defaults, in their order.

    Raises:
        InputError: an option of an operator is wrong.
        MissingExtra: an operator needs a part that is not installed.
    """
    return prepare_steps(plan, _expanded(plan))


def prepare_steps(plan: Plan, steps: Iterable[Step]) -> list[Ready]:
    """These steps made ready, in their order.

    Raises:
        InputError: an option of an operator is wrong.
        MissingExtra: an operator needs a part that is not installed.
    """
    ready: list[Ready] = []
    above: dict[str, str] = {}
    for step in steps:
        module = load(OPERATORS, step.operator)
        given = module.defaults(plan) if hasattr(module, "defaults") else {}
        try:
            config: OperatorConfig = module.Config(**{**given, **step.options})
        except ValidationError as wrong:
            first = wrong.errors()[0]
            raise InputError(
                f"clean: {step.operator}: {'.'.join(map(str, first['loc']))}: {first['msg']}",
                fix="ingather check",
            ) from wrong
        own = measuring_key(module, config)
        key = hashlib.sha256(f"{above.get(module.reads, '')}{own}".encode()).hexdigest()[:16]
        ready.append(Ready(step.operator, module, config, key))
        if ready[-1].is_mapper:
            above[module.reads] = key
    return ready


def _by_default(plan: Plan) -> list[Step]:
    """The modality's operators, without those that say that this plan does not need them."""
    modules = {name: load(OPERATORS, name) for name in DEFAULTS[plan.modality]}
    return [
        Step(operator=name)
        for name, module in modules.items()
        if not hasattr(module, "by_default") or module.by_default(plan)
    ]


def _expanded(plan: Plan) -> list[Step]:
    named = plan.clean
    steps = list(named) if named is not None else _by_default(plan)
    out: list[Step] = []
    for step in steps:
        more = EXPANDED.get((plan.modality, step.operator), ())
        out += [step, *(Step(operator=name) for name in more)]
    seen: dict[str, Any] = {}
    for step in out:
        seen.setdefault(step.operator, step)
    return list(seen.values())
