"""What became of one address: signals, decision, extraction, and what cleaning would say of its text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ingather.cli.output import emit, next_step, say, table
from ingather.cli.settings import current, workspace
from ingather.errors import InputError

if TYPE_CHECKING:
    from ingather.plan.model import Plan, SourceSpec


def tell_explained(url: str, only: tuple[str, ...]) -> None:
    """Asks for an address as the plan's crawl would, and tells each step; nothing is stored.

    Raises:
        InputError: the plan has no source of kind web, or it is no address.
    """
    from ingather.plan.read import read_plan
    from ingather.sources.extract.explaining import Asking, client_for, explain
    from ingather.sources.kinds import web
    from ingather.sources.signals.blocklist import read_blocklist
    from ingather.sources.signals.read import Policy

    place = workspace()
    plan = read_plan(place.plan_path)
    config = web.Config(**_source(plan, only).options)
    authority = place.root / config.authority if config.authority else None
    client = client_for(config.agent, tuple(config.networks), authority, config.seconds, config.most_bytes)
    token = config.agent.partition("/")[0].partition(" ")[0]
    policy = Policy(token, config.opt_outs, plan.modality == "image")
    told = explain(url, Asking(client, policy, read_blocklist(place.folder), config.delay))
    verdicts = _verdicts(plan, told.page.text) if told.page is not None and told.page.text else []
    if current().json:
        emit(told.as_json() | {"verdicts": verdicts})
        return
    for asked, status in told.way:
        say(f"asked {asked}: {status}")
    if told.signals is not None:
        table(
            ["signal", "says", "of", "decision", "meant for", "read at"],
            [[o.kind, o.value[:60], o.use, o.decision, o.audience, o.url] for o in told.signals.found],
        )
        for claim in told.signals.licences:
            say(f"licence of {claim.of}: {claim.licence or claim.value} ({claim.kind})")
    say("It may be collected." if told.allowed else f"It is left: {told.reason}")
    page = told.page
    if page is not None:
        say(f"\n{page.kind}: {page.title or '(no title)'}" + (f", {page.date}" if page.date else ""))
        say(f"read by the way '{page.path}', confidence {page.confidence:.2f}" + _words_of(page.told))
        say(
            f"{len(page.blocks)} blocks, {len(page.text):,} characters, {len(page.turns)} turns, "
            f"{len(page.comments)} comments, {len(page.tables)} tables, {len(page.pictures)} pictures"
        )
        say(page.fault or f"\n{page.text[:600]}{'...' if len(page.text) > 600 else ''}\n")
        for one in verdicts:
            say(f"{one['operator']}: {one['reason']}")
        if page.text and not verdicts:
            say("No operator of this plan that looks at one text alone refuses it.")
    next_step("ingather collect")


def _words_of(told: tuple[str, ...]) -> str:
    return f" ({'; '.join(told)})" if told else ""


def _source(plan: Plan, only: tuple[str, ...]) -> SourceSpec:
    for source in plan.sources:
        if source.kind == "web" and (not only or source.name in only):
            return source
    raise InputError(
        "The plan has no source of kind web" + (f" named {', '.join(only)}." if only else "."),
        why="An address is asked as a crawl would ask it, by the crawl's name and under its rules.",
        fix="Add {name: pages, kind: web, agent: 'name/1.0 (+https://...)', seeds: [...]} to sources.",
    )


def _verdicts(plan: Plan, text: str) -> list[dict[str, Any]]:
    """What the plan's operators refuse of one text; those that compare with others are not asked."""
    if plan.modality != "text":
        return []
    import pyarrow as pa

    from ingather.cleaning.judging import judge
    from ingather.cleaning.steps import prepare
    from ingather.media.text import TextBatch

    batch = TextBatch(["one"], pa.array([text], pa.large_string()))
    columns: dict[str, Any] = {}
    asked = []
    for step in prepare(plan):
        module = step.module
        if module.reads != "text" or hasattr(module, "learn") or not hasattr(module, "measure"):
            continue
        measured = module.measure(batch, step.config)
        columns |= {step.column(name): pa.array(values) for name, values in measured.items()}
        asked.append(step)
    return [
        {
            "operator": one.operator,
            "reason": one.reason,
            "measure": one.measure,
            "value": one.value,
            "to": one.to,
        }
        for one in (judge(pa.table(columns), asked) if columns else [])
    ]
