"""Checks as they come in: answered in groups, paid, and what they decide carried out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, update

from ingather.annotation.answering import Answered, Said, answer_tasks
from ingather.annotation.deciding import Rule
from ingather.store.studio_schema import submissions
from ingather.studio.campaign import Campaign, find_campaign
from ingather.studio.credit import credit_all
from ingather.studio.doubting import doubt_quick_checks
from ingather.studio.state import Studio
from ingather.studio.submitting import accept, refuse

NOT_CLEAR = "Those who listened found that it does not say the words, or not clearly."


@dataclass(frozen=True, slots=True)
class Check:
    """Somebody's answer to a check, with the reason they give, and when."""

    assignment: str
    worker: str
    answer: str
    reason: str
    now: float


class Judging:
    """The one who takes checks of a studio; ``take`` is handed to the writer."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio

    def take(self, connection: Connection, checks: list[Check]) -> list[tuple[int, str]]:
        """Writes answers; returns the status and words of each: 200, 404 or 409."""
        plan, now = self.studio.plan, max(one.now for one in checks)
        campaigns: dict[str, Campaign] = {}

        def campaign(name: str) -> Campaign:
            if name not in campaigns:
                campaigns[name] = find_campaign(connection, name)
            return campaigns[name]

        def rule(name: str) -> Rule:
            told = campaign(name).settings
            return Rule(told.checks, told.agree)

        said = [Said(one.assignment, one.worker, one.answer) for one in checks]
        answered = answer_tasks(connection, said, rule, now)
        fresh = [one for one in answered if one.state == "taken"]
        credit_all(connection, [_pay(campaign(one.held.campaign), one, now) for one in fresh if one.held])
        doubt_quick_checks(connection, fresh, now)
        for check, one in zip(checks, answered, strict=True):
            if one.held is None or one.decision is None or one.decision.state not in ("agreed", "disputed"):
                continue
            given = connection.execute(
                select(submissions).where(submissions.c.id == one.held.subject)
            ).first()
            if given is None:
                continue
            if one.decision.answer == "yes":
                accept(connection, plan, campaign(given.campaign), given, None, now)
            elif one.decision.answer == "no":
                refuse(connection, plan, given, check.reason or NOT_CLEAR, None, now)
            else:
                waits = (submissions.c.id == given.id, submissions.c.state == "waiting")
                connection.execute(update(submissions).where(*waits).values(state="disputed"))
        return [_told(one) for one in answered]


def _pay(campaign: Campaign, one: Answered, now: float) -> dict[str, Any]:
    assert one.held is not None
    return {
        "account": one.held.worker, "campaign": campaign.id, "cause": f"check:{one.held.id}",
        "kind": "checked", "minor": campaign.settings.pay_check, "currency": campaign.settings.currency,
        "reason": "", "at": now,
    }  # fmt: skip


def _told(one: Answered) -> tuple[int, str]:
    if one.state == "unknown" or one.held is None:
        return 404, "There is no such task, or it is not yours."
    if one.held.kind != "check":
        return 409, "This task asks for a recording."
    return (409, "The time for this task is over.") if one.state == "over" else (200, "")
