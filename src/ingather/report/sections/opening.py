"""What is in short: the headline, the figures, and the way of the samples."""

from __future__ import annotations

from typing import Any

from ingather.report.facts import Facts
from ingather.report.marks import way
from ingather.report.markup import Markup, h, joined, paragraph
from ingather.report.wording import (
    BASES,
    count,
    figure_of,
    group_of,
    metric_name,
    people_of,
    several,
    value_of,
)
from ingather.statistics.intervals import LEVEL_WORDS

NAME = "short"
TITLE = "In short"


def headline(facts: Facts) -> Markup:
    """Where the plan stands, in one sentence."""
    told = facts.trained
    if told is None:
        if facts.release is not None and facts.plan.train is None:
            number = several(facts.release["samples"], "sample")
            return h("Release {} is there, with {}.", facts.release["release"], number)
        if facts.release is not None:
            return h("Release {} is there; no baseline was trained on it yet.", facts.release["release"])
        if facts.states.get("collected"):
            return Markup("Samples are there; no release was cut of them yet.")
        return Markup("Nothing is collected yet.")
    if told.get("goal_met"):
        return Markup("The goal is met.")
    if told.get("goal_reached"):
        return Markup("The goal is reached, though not for certain.")
    worst = told.get("worst_group")
    if told.get("goal_met") is None:
        return Markup("A baseline is trained; the plan names no goal for it.")
    wanted = told["goal"].get("worst_group")
    if worst is not None and wanted is not None and not _reaches(told, worst["value"], wanted):
        return h("Not there yet: {} does worse than the plan allows.", group_of(worst["by"]))
    return Markup("Not there yet: the goal is not reached.")


def body(facts: Facts) -> Markup:
    """Samples, people, release and figures in sentences, and the thread."""
    states, release = facts.states, facts.release
    collected = states.get("collected", 0)
    steps = [
        ("collected", count(collected), collected > 0),
        ("kept", count(facts.kept), facts.kept > 0),
        (
            f"in release {release['release']}" if release else "released",
            count(release["samples"]) if release else "not yet",
            release is not None,
        ),
    ]
    parts = [way(steps), paragraph(_samples(facts))]
    if facts.trained is not None:
        parts.append(_figures(facts, facts.trained))
    elif facts.plan.train is None:
        parts.append(paragraph("The plan trains no baseline, so nothing is judged.", "soft"))
    else:
        parts.append(h("<p>Here will stand how well a baseline does, and for whom: {}</p>", _RUN))
    return joined(parts)


_RUN = Markup("<code>ingather run</code>")


def _samples(facts: Facts) -> Markup:
    states = facts.states
    if not states.get("collected"):
        return h("Here will stand how many samples there are, of how many people. To begin: {}", _RUN)
    parts = [several(states["collected"], "sample") + " came in"]
    if facts.people:
        parts.append(f"what is kept to learn from is of {several(facts.people, 'person', 'people')}")
    parts.append(f"{count(states.get('quarantined', 0))} were set aside")
    if states.get("review"):
        parts.append(f"{count(states['review'])} of those kept are marked for review")
    if states.get("waiting"):
        parts.append(f"{count(states['waiting'])} are not cleaned yet")
    return h("{}.{}", "; ".join(parts), _left_out(facts))


def _left_out(facts: Facts) -> Markup:
    """How many of what is kept the newest release leaves out; why stands in its own section."""
    release = facts.release
    left = facts.kept - release["samples"] if release is not None else 0
    if release is None or left <= 0:
        return Markup("")
    return h(
        ' Of what is kept, {} not in release {}: <a href="#releases">why</a>.',
        f"{count(left)} {'is' if left == 1 else 'are'}",
        release["release"],
    )


def _figures(facts: Facts, told: dict[str, Any]) -> Markup:
    metric, goal = told["metric"], told.get("goal") or {}
    overall, worst = told["overall"], told.get("worst_group")
    parts = [
        h(
            "<p>Overall {} is {}{}.</p>",
            metric_name(metric),
            figure_of(metric, overall),
            _goal(told, goal.get("overall")),
        )
    ]
    if worst is not None:
        parts.append(
            h(
                "<p>The worst group that can be judged is {}: {}{}; {}.</p>",
                group_of(worst["by"]),
                figure_of(metric, worst),
                _goal(told, goal.get("worst_group")),
                people_of(worst, facts.knows_people),
            )
        )
        thin = [
            group_of(one["by"])
            for one in told.get("unjudged", [])
            if list(one["by"]) == list(worst["by"]) and None not in one["by"].values()
        ]
        if thin:
            names = joined(thin[:6], "; ")
            parts.append(h("<p>Too little to be judged, and perhaps worse: {}.</p>", names))
        ties = [one for one in told.get("tied_worst", []) if one["by"] != worst["by"]]
        if ties:
            names = joined([group_of(one["by"]) for one in ties], "; ")
            parts.append(h('<p class="soft">Not to be told from it: {}.</p>', names))
    else:
        parts.append(paragraph("No group is large enough to be judged.", "soft"))
    parts.append(
        h(
            '<p class="soft">Measured {}, on {}; {} intervals. Release {}, recipe {}.</p>',
            BASES.get(told["basis"], told["basis"]),
            people_of(overall, facts.knows_people),
            LEVEL_WORDS.replace(" ", "\N{NO-BREAK SPACE}"),
            told.get("release", "–"),
            told["recipe"],
        )
    )
    if facts.release is not None and told.get("release") not in (None, facts.release["release"]):
        newest = facts.release["release"]
        parts.append(
            h(
                "<p>Release {} is newer than these figures: <code>ingather train</code> judges it.</p>",
                newest,
            )
        )
    return joined(parts)


def _goal(told: dict[str, Any], wanted: float | None) -> str:
    if wanted is None:
        return ""
    side = "at most" if told["lower_is_better"] else "at least"
    return f"; the goal is {side} {value_of(told['metric'], wanted)}"


def _reaches(told: dict[str, Any], value: float | None, wanted: float) -> bool:
    if value is None:
        return False
    return value <= wanted if told["lower_is_better"] else value >= wanted
