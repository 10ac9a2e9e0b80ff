"""A campaign: who may take part in filling one source of the plan, when, for what pay, judged how."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, bindparam, func, insert, select

from ingather.annotation.handout import add_tasks, new_id
from ingather.errors import InputError
from ingather.plan.cells import cell_key
from ingather.plan.model import Plan, SourceSpec
from ingather.store.prepared import Prepared
from ingather.store.studio_schema import Record, campaigns, invitations, members, prompts
from ingather.store.workspace import Workspace
from ingather.studio.answers import Line, Refused, Words
from ingather.studio.consent import keep_text, texts_of_plan
from ingather.studio.credentials import hashed

Door = Literal["open", "invitation"]


class CampaignSettings(BaseModel):
    """What may be set of a campaign beside its title, its door and its time."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    languages: tuple[Line, ...] = Field((), description="BCP 47 tags of its pages and prompts")
    instructions: Words = Field("", description="what to do, in plain words")
    currency: str = Field("EUR", pattern=r"^[A-Z]{3}$", description="ISO 4217")
    pay_sample: int = Field(0, ge=0, le=10**9, description="for one accepted sample, in minor units")
    pay_check: int = Field(0, ge=0, le=10**9, description="for one check, in minor units")
    checks: int = Field(3, ge=0, le=9, description="how many people judge a sample; 0: the gates alone do")
    agree: int = Field(2, ge=1, le=9, description="how many of them must say the same")
    decide_days: float = Field(7, gt=0, le=365, description="days after which a submission accepts itself")
    seconds: float = Field(5, gt=0, le=3600, description="how long one answer is, as far as is known")
    adults_only: bool = Field(True, description="whether contributors must say that they are of age")
    panel: tuple[Line, ...] = Field((), description="parameters of the link that are kept, as PROLIFIC_PID")
    completed_url: Line = Field("", description="where a panel's participant ends who is done")
    screened_out_url: Line = Field("", description="where one ends for whom there is no room")
    full_url: Line = Field("", description="where one ends who comes when all is full")


@dataclass(frozen=True, slots=True)
class Campaign:
    """One campaign as it is stored."""

    id: str
    source: str
    title: str
    state: str
    door: Door
    places: int | None
    starts: float | None
    ends: float | None
    settings: CampaignSettings

    def is_open(self, now: float) -> bool:
        """Whether work is handed out now."""
        begun = self.starts is None or self.starts <= now
        return self.state == "open" and begun and (self.ends is None or now < self.ends)

    def amount(self, plan: Plan, text: str) -> float:
        """What one answer counts in the plan's unit."""
        unit = plan.targets.unit
        if unit == "hours":
            return self.settings.seconds / 3600
        return float(max(1, len(text.split()))) if unit == "tokens" else 1.0


def campaign_of(row: Record) -> Campaign:
    """A row as a campaign."""
    settings = _settings(row.settings)
    return Campaign(
        row.id, row.source, row.title, row.state, row.door, row.places, row.starts, row.ends, settings
    )


@lru_cache(256)
def _settings(text: str) -> CampaignSettings:
    return CampaignSettings.model_validate_json(text)


_CAMPAIGN = Prepared(select(campaigns).where(campaigns.c.id == bindparam("one")))


def find_campaign(connection: Connection, campaign: str) -> Campaign:
    """The campaign of that id.

    Raises:
        Refused: there is none.
    """
    row = _CAMPAIGN(connection, one=campaign).first()
    if row is None:
        raise Refused(404, "There is no such campaign, or you are not in it.")
    return campaign_of(row)


def voice_source(plan: Plan, name: str) -> SourceSpec:
    """The plan's source that a campaign is to fill.

    Raises:
        Refused: the plan has no source of that name to which people speak.
    """
    found = [source for source in plan.sources if source.kind == "voice"]
    for source in found:
        if source.name == name:
            return source
    known = ", ".join(source.name for source in found) or "none"
    raise Refused(
        422,
        f"The plan has no source '{name}' of kind voice (there: {known}).",
        fix="Add to the plan's sources: {name: studio, kind: voice, prompts: prompts.txt}",
    )


def make_campaign(
    connection: Connection,
    workspace: Workspace,
    plan: Plan,
    *,
    source: str,
    title: str,
    door: Door,
    places: int | None,
    starts: float | None,
    ends: float | None,
    settings: CampaignSettings,
    now: float,
) -> str:
    """Makes a campaign with the plan's prompts and consent texts; returns its id."""
    spec = voice_source(plan, source)
    one = new_id()
    if not settings.languages:
        settings = settings.model_copy(update={"languages": tuple(plan.languages)})
    connection.execute(
        insert(campaigns).values(
            id=one, source=source, title=title, state="open", door=door, places=places, starts=starts,
            ends=ends, settings=settings.model_dump_json(), at=now,
        )
    )  # fmt: skip
    language = plan.languages[0] if plan.languages else "en"
    add_prompts(connection, plan, one, prompts_of_plan(workspace, plan, spec, language), now)
    for text_language, text in texts_of_plan(workspace, plan.rights_of(spec)):
        keep_text(connection, one, text_language or language, text, now)
    return one


class PromptIn(BaseModel):
    """One prompt as it is imported."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    text: Words = Field(min_length=1, description="what is shown")
    kind: Literal["read", "answer", "describe", "free", "command"] = Field(
        "read", description="what to do with it"
    )
    language: Line = Field("", description="BCP 47; the campaign's first where left out")
    label: Line | None = Field(None, description="the sample's label; the text where it is one of the task's")
    attributes: dict[Line, Line] = Field(
        default_factory=dict, description="of the sample, as the plan names them"
    )


def prompts_of_plan(workspace: Workspace, plan: Plan, spec: SourceSpec, language: str) -> list[PromptIn]:
    """The prompts that the source's option ``prompts`` names; the task's labels where it names none.

    Raises:
        InputError: the file cannot be read.
    """
    from ingather.sources.kinds.voice import Config

    config = Config(**spec.options)
    texts = list(plan.task.labels)
    if config.prompts:
        path = workspace.root / config.prompts
        try:
            lines = path.read_text("utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(
                f"Cannot read the prompts in {config.prompts}: {error}.",
                why="They are what contributors are asked to say.",
                fix="Write one prompt a line, in UTF-8.",
            ) from error
        texts = [line.strip() for line in lines if line.strip()]
    return [PromptIn(text=text, language=language) for text in texts for _ in range(config.takes)]


def add_prompts(connection: Connection, plan: Plan, campaign: str, new: list[PromptIn], now: float) -> int:
    """Adds prompts and a task for each; returns how many."""
    last = connection.execute(
        select(func.max(prompts.c.number)).where(prompts.c.campaign == campaign)
    ).scalar()
    number = -1 if last is None else int(last)
    rows, subjects = [], []
    for place, prompt in enumerate(new, number + 1):
        label = prompt.label
        if label is None and (prompt.text in plan.task.labels or plan.task.type == "transcription"):
            label = prompt.text
        groups = {name: value for name, value in prompt.attributes.items() if name in plan.attributes}
        if label in plan.task.labels:
            groups["label"] = str(label)
        if len(plan.languages) > 1 and prompt.language in plan.languages:
            groups["language"] = prompt.language
        one = new_id()
        rows.append({
            "id": one, "campaign": campaign, "number": place, "kind": prompt.kind, "text": prompt.text,
            "language": prompt.language or (plan.languages[0] if plan.languages else "en"), "label": label,
            "groups": orjson.dumps(groups, option=orjson.OPT_SORT_KEYS).decode(), "reports": 0,
        })  # fmt: skip
        subjects.append((one, cell_key(groups), None, None))
    if rows:
        connection.execute(insert(prompts), rows)
        add_tasks(connection, campaign, "record", subjects, overlap=None, now=now)
    return len(rows)


def enter(
    connection: Connection,
    campaign: Campaign,
    account: str,
    invitation: str | None,
    panel: dict[str, str],
    now: float,
    *,
    invited: bool = False,
) -> None:
    """Makes an account a contributor of a campaign; again changes nothing.

    Raises:
        Refused: it is closed, full, or asks for an invitation that is not there or used up.
    """
    there = connection.execute(
        select(members.c.state).where(
            members.c.campaign == campaign.id, members.c.account == account, members.c.role == "contributor"
        )
    ).scalar()
    if there == "active":
        return
    if there is not None:
        raise Refused(403, "You left this campaign, or were asked to.")
    if not campaign.is_open(now):
        raise Refused(409, "This campaign is not open now.", fix="Come back when it is, or ask who sent you.")
    if campaign.places is not None:
        taken = connection.execute(
            select(func.count()).select_from(members).where(
                members.c.campaign == campaign.id, members.c.role == "contributor"
            )
        ).scalar_one()  # fmt: skip
        if taken >= campaign.places:
            raise Refused(409, "All places of this campaign are taken.")
    if campaign.door == "invitation" and not invited:
        _use_invitation(connection, campaign.id, invitation)
    kept = {name: panel[name] for name in campaign.settings.panel if name in panel}
    connection.execute(
        insert(members).values(
            campaign=campaign.id, account=account, role="contributor", at=now, state="active",
            panel=orjson.dumps(kept, option=orjson.OPT_SORT_KEYS).decode(),
        )
    )  # fmt: skip


def _use_invitation(connection: Connection, campaign: str, code: str | None) -> None:
    from sqlalchemy import update

    used = connection.execute(
        update(invitations)
        .where(
            invitations.c.hash == hashed(code or ""),
            invitations.c.campaign == campaign,
            invitations.c.revoked.is_(False),
            invitations.c.used < invitations.c.uses,
        )
        .values(used=invitations.c.used + 1)
    ).rowcount
    if not used:
        raise Refused(403, "This campaign is by invitation.", fix="Use the link that you were sent.")
