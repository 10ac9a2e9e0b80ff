"""Samples: list them with their verdicts, release or set aside by hand."""

from __future__ import annotations

import getpass

import typer

from ingather.cli.output import emit, next_step, say, table
from ingather.cli.settings import current, workspace

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.callback(invoke_without_command=True)
def listing(
    context: typer.Context,
    quarantined: bool = typer.Option(
        False, "--quarantined", help="Only what was set aside, with the reason."
    ),
    review: bool = typer.Option(False, "--review", help="Only what waits for somebody's decision."),
    limit: int = typer.Option(100, "--limit", min=1, help="How many at the most."),
    after: str = typer.Option(None, "--after", help="The 'next' of the page before."),
) -> None:
    """Lists samples with verdict, reason, measure and threshold, in the order in which they came."""
    if context.invoked_subcommand is not None:
        return
    from ingather.store.sample_list import list_samples

    verdict = "quarantined" if quarantined else "review" if review else None
    told = list_samples(workspace(), verdict=verdict, limit=limit, after=after)
    if current().json:
        emit(told)
        return
    rows = [
        [
            s["id"][:12],
            s["source"],
            _short(s["key"]),
            s["verdict"] or "waiting",
            s["operator"] or "",
            s["reason"] or "",
        ]
        for s in told["samples"]
    ]
    table(["id", "source", "key", "verdict", "operator", "reason"], rows)
    if not rows:
        say("There are none.")
    if told["next"]:
        flags = " --quarantined" if quarantined else " --review" if review else ""
        next_step(f"ingather samples{flags} --after {told['next']}")
    elif rows:
        next_step(f"ingather inspect {rows[0][0]}")


@app.command()
def release(
    ids: list[str] = typer.Argument(help="Ids, beginnings of ids, or keys of the source."),
    why: str = typer.Option("looked at by hand", "--why", help="The reason, which is kept."),
) -> None:
    """Takes samples back by hand: they are kept from now on, whatever the rules say."""
    _decide(ids, "kept", why)


@app.command()
def quarantine(
    ids: list[str] = typer.Argument(help="Ids, beginnings of ids, or keys of the source."),
    why: str = typer.Option("looked at by hand", "--why", help="The reason, which is kept."),
) -> None:
    """Sets samples aside by hand, whatever the rules say."""
    _decide(ids, "quarantined", why)


@app.command()
def rules(ids: list[str] = typer.Argument(help="Ids, beginnings of ids, or keys of the source.")) -> None:
    """Gives samples back to the rules: an earlier decision by hand is forgotten."""
    _decide(ids, "rules", "")


def _short(key: str | None) -> str:
    return key if key and len(key) <= 32 else f"{(key or '')[:24]}…"


def _decide(ids: list[str], verdict: str, why: str) -> None:
    from ingather.pipeline import run_stages
    from ingather.store.sample_list import decide, find_id

    place = workspace()
    full = [find_id(place, one) for one in ids]
    for one in full:
        decide(place, one, verdict, why, getpass.getuser())
    run_stages(place, ("clean",))
    if current().json:
        emit({"decided": [{"id": one, "verdict": verdict, "why": why} for one in full]})
        return
    count = f"{len(full)} sample{'s' if len(full) != 1 else ''}"
    if verdict == "rules":
        say(f"{count} given back to the rules; what was decided by hand is forgotten.")
    else:
        say(f"{count} {verdict} by hand. This is remembered.")
    next_step("ingather release")
