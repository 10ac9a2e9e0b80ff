"""Voice: what people say into the studio; accepted submissions become samples.

Every accepted submission is one item, keyed by its own id, so that carrying it over any number of times
gives the same sample.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ingather.plan.model import Plan
from ingather.sample import Item, Loss
from ingather.sources.contract import Request, SourceConfig, option

asks = True


class Config(SourceConfig):
    """Options of the kind."""

    prompts: str | None = option(
        None,
        description="a file of what is to be said, one a line; default: the task's labels",
        json_schema_extra={"path": True},
    )
    takes: int = option(1, ge=1, le=100, description="how often one person may be asked for each prompt")
    largest: int = option(
        2048, ge=1, le=1 << 20, description="megabytes of the largest recording that is taken"
    )


def collect(config: Config, request: Request) -> Iterator[Item | Loss]:
    """What was accepted in the studio and is not yet a sample."""
    yield from request.given()


def gives(config: Config, plan: Plan, by: Mapping[str, str]) -> bool:
    """People can be asked for any group but one that is only measured afterwards."""
    return all(name not in plan.attributes or not plan.attributes[name].source for name in by)
