"""Withdraw: take back a sample, or all that somebody gave, down to the bytes."""

from __future__ import annotations

import re
import time

import typer

from ingather.cli.output import emit, next_step, say
from ingather.cli.settings import current, workspace
from ingather.errors import InputError


def command(
    sample: list[str] = typer.Option([], "--sample", help="Id of a sample, as `ingather samples` tells it."),
    contributor: list[str] = typer.Option(
        [], "--contributor", help="Somebody's pseudonym (p-...), or their account in the studio."
    ),
) -> None:
    """Erases samples from tables, blobs, caches and releases; without options, ends what was begun."""
    from ingather.plan.read import read_plan
    from ingather.store.studio_schema import accounts
    from ingather.studio.withdrawing import ask_withdrawal, finish_withdrawals, known_contributor

    place = workspace()
    plan = read_plan(place.plan_path)
    for one in sample:
        if not re.fullmatch(r"[0-9a-f]{32}", one):
            raise InputError(
                f"'{one}' is no id of a sample.", why="Ids are 32 hex digits.", fix="ingather samples --json"
            )
    from sqlalchemy import select

    with place.database.begin() as connection:
        names = list(connection.execute(select(accounts.c.id)).scalars())
        by_pseudonym = {alias: name for name in names for alias in known_contributor(place, plan, name)}
        now = time.time()
        for one in sample:
            ask_withdrawal(connection, plan, "sample", one, now)
        for one in contributor:
            for alias in known_contributor(place, plan, one) if one in names else [one]:
                ask_withdrawal(connection, plan, "contributor", alias, now, by_pseudonym.get(alias, ""))
    told = finish_withdrawals(place)
    if current().json:
        emit(told.as_json())
        return
    say(f"{told.samples:,} samples and {told.blobs:,} files were erased.")
    for release in told.releases:
        say(
            f"Release {release.release} lost {release.samples:,} samples; its new digest is {release.digest}."
        )
        say("It is stale: the next release replaces it.")
    if told.models:
        say("A model was trained on some of it: it is stale until the next `ingather train`.")
    next_step("ingather run")
