"""Withdraw: take back a sample, or all that somebody gave, down to the bytes."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import typer

from ingather.cli.output import emit, next_step, say, table
from ingather.cli.settings import current, workspace
from ingather.errors import InputError

if TYPE_CHECKING:
    from ingather.sources.signals.blocklist import Blocked
    from ingather.studio.removals import Removal


def command(
    sample: list[str] = typer.Option([], "--sample", help="Id of a sample, as `ingather samples` tells it."),
    contributor: list[str] = typer.Option(
        [], "--contributor", help="Somebody's pseudonym (p-...), or their account in the studio."
    ),
    url: list[str] = typer.Option([], "--url", help="An address of the web; it is never collected again."),
    domain: list[str] = typer.Option([], "--domain", help="A domain with all below it; likewise."),
    author: list[str] = typer.Option(
        [], "--author", help="Somebody's name on the web; likewise, in every source."
    ),
    requests: bool = typer.Option(False, "--requests", help="List what people asked for on the public page."),
    request: list[str] = typer.Option([], "--request", help="Carry out a request, by its number."),
    refuse: list[str] = typer.Option(
        [], "--refuse", help="Refuse a request, and forget what was said in it."
    ),
    digest: list[str] = typer.Option(
        [], "--hash", help="SHA-256 of a content; likewise, wherever it is found."
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

    from ingather.studio.removals import close_removal, entries_of, open_removals

    with place.database.connect() as connection:
        waiting = {one.id: one for one in open_removals(connection)}
    if requests:
        _tell_requests(list(waiting.values()))
        return
    for one in [*request, *refuse]:
        if one not in waiting:
            raise InputError(
                f"'{one}' is no open request.", why="Requests are named by 20 hex digits.",
                fix="ingather withdraw --requests",
            )  # fmt: skip
    named: list[tuple[Blocked, str]] = [
        *(("url", one) for one in url),
        *(("domain", one) for one in domain),
        *(("author", one) for one in author),
        *(("hash", one) for one in digest),
        *((waiting[one].what, waiting[one].name) for one in request),
    ]
    entries = [entry for what, name in named for entry in entries_of(place, plan, what, name)]
    with place.database.begin() as connection:
        names = list(connection.execute(select(accounts.c.id)).scalars())
        by_pseudonym = {alias: name for name in names for alias in known_contributor(place, plan, name)}
        now = time.time()
        for one in sample:
            ask_withdrawal(connection, plan, "sample", one, now)
        for one in contributor:
            for alias in known_contributor(place, plan, one) if one in names else [one]:
                ask_withdrawal(connection, plan, "contributor", alias, now, by_pseudonym.get(alias, ""))
        for what, name in entries:
            ask_withdrawal(connection, plan, what, name, now)
        for one in [*request, *refuse]:
            close_removal(connection, one)
    told = finish_withdrawals(place)
    if current().json:
        emit(told.as_json())
        return
    say(f"{told.samples:,} samples and {told.blobs:,} files were erased.")
    if told.records:
        say(f"{told.records:,} records of web archives were overwritten.")
    if entries:
        say("What was named is blocked from now on.")
    for release in told.releases:
        say(
            f"Release {release.release} lost {release.samples:,} samples; its new digest is {release.digest}."
        )
        say("It is stale: the next release replaces it.")
    if told.models:
        say("A model was trained on some of it: it is stale until the next `ingather train`.")
    next_step("ingather run")


def _tell_requests(waiting: list[Removal]) -> None:
    if current().json:
        emit({"requests": [one.as_json() for one in waiting]})
        return
    table(
        ["request", "what", "which", "contact", "why"],
        [[one.id, one.what, one.name, one.contact, one.words[:80]] for one in waiting],
    )
    say(f"{len(waiting):,} open requests" if waiting else "Nobody has asked for anything.")
    if waiting:
        next_step(f"ingather withdraw --request {waiting[0].id}")
