"""The demonstration: the same plan, source, operators, release, recipe and next as any project, told aloud.

Two rounds with what next proposes, and beside them a control: as many more samples, collected as before.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

from ingather.cycles import apply, write_plan
from ingather.demo.faults import planted_faults
from ingather.engine.progress import SILENT, Progress
from ingather.errors import InputError
from ingather.pipeline import Outcome, run_stages
from ingather.plan.model import Plan
from ingather.plan.quotas import TOTAL, cell_key
from ingather.plan.read import read_plan
from ingather.plan.revise import Wanted, more_of, revise
from ingather.store.counts import read_counts
from ingather.store.revisions import keep_revision
from ingather.store.workspace import Workspace, open_workspace
from ingather.training.next_stage import NextRound, next_round

Say = Callable[[str], None]


@dataclass(frozen=True)
class Told:
    """What the demonstration did.

    Attributes:
        workspace: where release and report lie.
        cycles: training and proposal of each round, as JSON.
        control: the training of the control, as JSON.
    """

    workspace: Path
    cycles: list[dict[str, Any]]
    control: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """The document that ``demo --json`` prints."""
        return {"workspace": str(self.workspace), "cycles": self.cycles, "control": {"train": self.control}}


def tell(out: Path, *, seed: int | None = None, say: Say = print, progress: Progress = SILENT) -> Told:
    """Runs the demonstration in a new folder.

    Args:
        out: the folder; must not be there, or be one of an earlier demonstration that broke off.
        seed: of speakers, faults and lots; the plan's own by default.
        say: prints a line.
        progress: told how far it is.

    Raises:
        InputError: the folder holds something else.
        MissingExtra: the synthesiser is not installed.
    """
    place, plan = _begin(out, seed)
    say(f"1  PLAN     {plan.objective}")
    say("            Synthetic voices only: this shows how the way goes, and says nothing about real speech.")
    first = run_stages(place, None, progress=progress)
    _tell_collection(place, first, say)
    say(f"4  TRAIN    {_figures(first)}")
    proposal = next_round(place, first.plan)
    _tell_next(proposal, say)
    control = _control(place, out.parent / f"{out.name}-control", first.plan, proposal, progress)
    revised = apply(place, first.plan, proposal)
    say(f"            The plan now asks for it: {'; '.join(revised.changes)}")
    second = run_stages(place, None, progress=progress)
    after = next_round(place, second.plan)
    _tell_second(first, second, control, proposal, say)
    return Told(
        out,
        [
            {"train": _trained(first), "next": proposal.as_json()},
            {"train": _trained(second), "next": after.as_json()},
        ],
        _trained(control),
    )


def _begin(out: Path, seed: int | None) -> tuple[Workspace, Plan]:
    text = files("ingather.demo").joinpath("plan.yaml").read_text("utf-8")
    if seed is not None:
        text = re.sub(r"(?m)^seed: .*$", f"seed: {seed}", text)
    there = out / "plan.yaml"
    if out.exists() and any(out.iterdir()):
        if not there.is_file() or "name: demo-digits" not in there.read_text("utf-8"):
            raise InputError(
                f"{out} holds something else.",
                why="The demonstration never writes into a folder that is not its own.",
                fix="ingather demo --out ANOTHER-FOLDER",
            )
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)
    there.write_text(text, encoding="utf-8")
    place = open_workspace(out)
    # Made-up people need no secrecy: with a secret by the plan, the same seed tells the same story.
    place.folder.mkdir()
    (place.folder / "secret").write_bytes(sha256(text.encode()).digest())
    return place, read_plan(there)


def _tell_collection(place: Workspace, outcome: Outcome, say: Say) -> None:
    counts = read_counts(place, outcome.plan)
    accents = outcome.plan.attributes["accent"].known_values
    given = ", ".join(
        f"{accent} {counts.cells[key].contributors}"
        for accent in accents
        if (key := cell_key({"accent": accent})) in counts.cells
    )
    total = counts.cells[TOTAL]
    say(f"2  COLLECT  {total.collected:.0f} recordings, {total.contributors} speakers: {given}")
    rows, good, refused = planted_faults(place)
    heard = [row for row in rows if row.fault not in ("wrong", "flood")]
    found = ", ".join(f"{row.fault} {row.found} of {row.count}" for row in heard)
    say(f"3  CLEAN    planted faults found: {found}; sound recordings refused: {refused} of {good}")
    release = next(one for one in outcome.results if one.stage == "release")
    share = release.details["left_out"]["share"]
    if share:
        say(f"            {share} more of one eager speaker stay out: nobody may be too large a share")


def _tell_next(proposal: NextRound, say: Say) -> None:
    rows = ", ".join(
        f"{row['samples']} {row['by']['accent']} from {row['contributors']} "
        f"{'person' if row['contributors'] == 1 else 'people'} ({row['cost']})"
        for row in proposal.rows
    )
    say(f"5  NEXT     collect {rows or 'nothing'}")
    if proposal.expected is not None:
        expected = proposal.expected
        say(
            f"            expected for the worst accent: {expected['worst_group']:.0%} "
            f"(roughly {expected['low']:.0%} to {expected['high']:.0%}); {proposal.pays}"
        )


def _control(place: Workspace, folder: Path, plan: Plan, proposal: NextRound, progress: Progress) -> Outcome:
    """As many more samples, from accents as they came at first: the same way, another proposal."""
    if folder.exists():
        shutil.rmtree(folder)
    shutil.copytree(place.root, folder)
    other = open_workspace(folder)
    counts = read_counts(other, plan)
    more = sum(row["samples"] for row in proposal.rows)
    revised = revise(plan, [*_as_before(plan, counts, more)])
    write_plan(other, revised.text)
    keep_revision(other, read_plan(other.plan_path), "control: collect as before")
    return run_stages(other, None, progress=progress)


def _as_before(plan: Plan, counts: Any, more: int) -> list[Wanted]:
    cells = [{"accent": value} for value in plan.attributes["accent"].known_values]
    people = [counts.cells[cell_key(cell)].contributors for cell in cells]
    exact = [more * one / sum(people) for one in people]
    amounts = [int(one) for one in exact]
    order = sorted(range(len(cells)), key=lambda n: amounts[n] - exact[n])
    for n in order[: more - sum(amounts)]:
        amounts[n] += 1
    return [
        more_of(plan, counts, cell, amount) for cell, amount in zip(cells, amounts, strict=True) if amount
    ]


def _tell_second(first: Outcome, second: Outcome, control: Outcome, proposal: NextRound, say: Say) -> None:
    more = sum(row["samples"] for row in proposal.rows)
    say(f"6  AGAIN    {more} more recordings as proposed; in a second workspace {more} as they came before")
    say("            accent        first              as proposed        as before")
    groups = [_by_accent(one) for one in (first, second, control)]
    for accent in groups[0]:
        cells = [f"{_figure(group[accent]):19}" for group in groups]
        say(f"            {accent:12}  {''.join(cells).rstrip()}")
    worst = [_trained(one)["worst_group"]["value"] for one in (first, second, control)]
    say(
        f"            worst accent: {worst[0]:.0%} at first, {worst[1]:.0%} as proposed, "
        f"{worst[2]:.0%} with the same number collected as before"
    )


def _by_accent(outcome: Outcome) -> dict[str, dict[str, Any]]:
    told = _trained(outcome)["groups"]
    return {one["by"]["accent"]: one for one in told if list(one["by"]) == ["accent"] and one["by"]["accent"]}


def _figure(one: dict[str, Any]) -> str:
    return f"{one['value']:.0%} ({one['low']:.0%} to {one['high']:.0%})"


def _figures(outcome: Outcome) -> str:
    groups = ", ".join(f"{name} {_figure(one)}" for name, one in _by_accent(outcome).items())
    return f"right on speakers never heard before: {groups}"


def _trained(outcome: Outcome) -> dict[str, Any]:
    return next(one.details for one in outcome.results if one.stage == "train")
