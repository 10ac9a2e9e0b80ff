"""Consensus: settle the votes of a file of worker, task, label."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import typer

from ingather.cli.output import emit, say, table
from ingather.cli.settings import current
from ingather.errors import InputError


class Method(StrEnum):
    """Ways of settling."""

    majority = "majority"
    one_coin = "one-coin"
    dawid_skene = "dawid-skene"


def command(
    file: Path = typer.Argument(help="CSV or TSV of worker, task, label; with or without a header."),
    method: Method = typer.Option(Method.dawid_skene, "--method", help="How votes are settled."),
) -> None:
    """Settles one label a task, and says how good the workers are and how far they agree."""
    from ingather.annotation.settle import settle
    from ingather.annotation.votes import read_votes

    votes = read_votes(file)
    if not len(votes.worker):
        raise InputError(
            f"There are no votes in {file}.",
            why="Labels are settled from votes of worker, task and label.",
            fix="Name another file." + (f" ({votes.losses[0].reason})" if votes.losses else ""),
            where=str(file),
        )
    settled = settle(votes, method.value)
    if current().json:
        emit(
            settled.as_json()
            | {"losses": [{"where": one.where, "reason": one.reason} for one in votes.losses]}
        )
        return
    for loss in votes.losses[:10]:
        say(f"{loss.where}: {loss.reason}")
    say(f"{len(votes.worker):,} labels by {len(votes.workers):,} workers on {len(votes.tasks):,} tasks")
    table(
        ["label", "share"], [[name, f"{share:.4f}"] for name, share in settled.marginals.items()], right=(1,)
    )
    poorest = sorted(settled.workers.items(), key=lambda one: float(one[1]["accuracy"]))[:10]
    if len(settled.workers) > len(poorest):
        say(f"the {len(poorest)} workers of {len(settled.workers):,} who agree least with what was settled:")
    table(
        ["worker", "labels", "accuracy"],
        [[name, told["labels"], f"{told['accuracy']:.3f}"] for name, told in poorest],
        right=(1, 2),
    )
    for name, value in settled.agreement.items():
        say(f"{name}: {value:.4f}" if value is not None else f"{name}: not defined for these votes")
    say("Labels of every task: ingather consensus ... --json")
