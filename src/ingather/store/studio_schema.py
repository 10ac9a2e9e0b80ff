"""The SQL tables of the studio: people, campaigns, consent, tasks, what was given, credit, withdrawals.

Times are seconds since 1970 (UTC). Ids are random, so that nobody can count or guess them.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, LargeBinary, String, Table, Text

from ingather.store.database_schema import metadata

ID = String(24)
Record: TypeAlias = Any
"""A row of one of these tables, its columns as attributes."""

studio_settings = Table(
    "studio_settings",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("value", Text, nullable=False),
)

accounts = Table(
    "accounts",
    metadata,
    Column("id", ID, primary_key=True),
    Column("name", String(120), unique=True),
    Column("role", String(20), nullable=False),
    Column("password", String(200)),
    Column("recovery", String(64), unique=True),
    Column("invitation", String(64), unique=True),
    Column("language", String(35), nullable=False, default="en"),
    Column("facilitator", ID, index=True),
    Column("at", Float, nullable=False),
    Column("disabled", Boolean, nullable=False, default=False),
    Column("enrolled", String(64)),
    Column("same_as", ID),
    Index("ix_accounts_enrolled", "enrolled", unique=True),
)
"""``enrolled`` is the key under which a facilitator enrolled somebody, so that doing it twice adds one;
``same_as`` the account that this one was found to be, as which it counts in quotas and splits."""

sessions = Table(
    "sessions",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("account", ID, nullable=False, index=True),
    Column("csrf", String(64), nullable=False),
    Column("at", Float, nullable=False),
    Column("until", Float, nullable=False),
)

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", ID, primary_key=True),
    Column("hash", String(64), nullable=False, unique=True),
    Column("account", ID, nullable=False, index=True),
    Column("name", String(120), nullable=False),
    Column("scopes", Text, nullable=False),
    Column("at", Float, nullable=False),
    Column("until", Float),
    Column("revoked", Boolean, nullable=False, default=False),
)

audit = Table(
    "audit",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("at", Float, nullable=False),
    Column("who", ID, nullable=False),
    Column("what", String(80), nullable=False),
    Column("about", String(200), nullable=False),
    Column("detail", Text, nullable=False),
)

campaigns = Table(
    "campaigns",
    metadata,
    Column("id", ID, primary_key=True),
    Column("source", String(200), nullable=False, index=True),
    Column("title", String(200), nullable=False),
    Column("state", String(20), nullable=False),
    Column("door", String(20), nullable=False),
    Column("places", Integer),
    Column("starts", Float),
    Column("ends", Float),
    Column("settings", Text, nullable=False),
    Column("at", Float, nullable=False),
)

members = Table(
    "members",
    metadata,
    Column("campaign", ID, primary_key=True),
    Column("account", ID, primary_key=True, index=True),
    Column("role", String(20), primary_key=True),
    Column("at", Float, nullable=False),
    Column("panel", Text, nullable=False, default="{}"),
    Column("state", String(20), nullable=False, default="active"),
    Column("trial", Text),
)
"""``trial`` is how somebody did who had to qualify (JSON: state, asked, right, device)."""

invitations = Table(
    "invitations",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("id", ID, nullable=False, unique=True),
    Column("campaign", ID, nullable=False, index=True),
    Column("note", String(200), nullable=False),
    Column("uses", Integer, nullable=False),
    Column("used", Integer, nullable=False, default=0),
    Column("revoked", Boolean, nullable=False, default=False),
    Column("at", Float, nullable=False),
)

consent_texts = Table(
    "consent_texts",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("campaign", ID, primary_key=True),
    Column("language", String(35), nullable=False),
    Column("version", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("sound", String(64)),
    Column("current", Boolean, nullable=False),
    Column("at", Float, nullable=False),
)

consents = Table(
    "consents",
    metadata,
    Column("id", ID, primary_key=True),
    Column("account", ID, nullable=False),
    Column("campaign", ID, nullable=False),
    Column("text", String(64), nullable=False),
    Column("at", Float, nullable=False),
    Column("record", Text, nullable=False),
    Column("ended", Float),
    Index("ix_consents_account", "account", "campaign", "at"),
)

declarations = Table(
    "declarations",
    metadata,
    Column("id", ID, primary_key=True),
    Column("account", ID, nullable=False),
    Column("attribute", String(120), nullable=False),
    Column("value", String(400)),
    Column("at", Float, nullable=False),
    Column("current", Boolean, nullable=False),
    Index("ix_declarations_account", "account", "attribute"),
)

prompts = Table(
    "prompts",
    metadata,
    Column("id", ID, primary_key=True),
    Column("campaign", ID, nullable=False),
    Column("number", Integer, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("text", Text, nullable=False),
    Column("language", String(35), nullable=False),
    Column("label", Text),
    Column("groups", Text, nullable=False),
    Column("picture", String(64)),
    Column("sound", String(64)),
    Column("reports", Integer, nullable=False, default=0),
    Index("ix_prompts_campaign", "campaign", "number", unique=True),
)

tasks = Table(
    "tasks",
    metadata,
    Column("id", ID, primary_key=True),
    Column("campaign", ID, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("state", String(12), nullable=False),
    Column("subject", ID, nullable=False),
    Column("giver", ID),
    Column("family", String(400), nullable=False, default="{}"),
    Column("lot", Integer, nullable=False),
    Column("overlap", Integer),
    Column("taken", Integer, nullable=False, default=0),
    Column("answered", Integer, nullable=False, default=0),
    Column("known", Text),
    Column("outcome", Text),
    Column("at", Float, nullable=False),
    Index("ix_tasks_queue", "campaign", "kind", "state", "family", "lot"),
    Index("ix_tasks_subject", "subject"),
)
"""One question about one thing: a prompt to be spoken, a recording to be judged. ``family`` is the group of
the plan that its answer will count in (JSON), ``lot`` a number drawn once that orders the queue."""

assignments = Table(
    "assignments",
    metadata,
    Column("id", ID, primary_key=True),
    Column("task", ID, nullable=False),
    Column("campaign", ID, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("worker", ID, nullable=False),
    Column("source", String(200), nullable=False),
    Column("state", String(12), nullable=False),
    Column("groups", Text, nullable=False, default="{}"),
    Column("amount", Float, nullable=False, default=0.0),
    Column("answer", Text),
    Column("weight", Float),
    Column("at", Float, nullable=False),
    Column("until", Float, nullable=False),
    Column("done", Float),
    Index("ix_assignments_task", "task", "worker"),
    Index("ix_assignments_worker", "worker", "campaign", "kind", "state"),
    Index("ix_assignments_due", "state", "until"),
)
"""One person's hold on one task: reserved, then submitted, then accepted or refused (or expired, skipped,
void). ``groups`` and ``amount`` say which quotas it takes a place of, and how much."""

submissions = Table(
    "submissions",
    metadata,
    Column("id", ID, primary_key=True),
    Column("assignment", ID, nullable=False, index=True),
    Column("upload_key", String(80), nullable=False),
    Column("campaign", ID, nullable=False),
    Column("source", String(200), nullable=False),
    Column("account", ID, nullable=False),
    Column("sample", LargeBinary(16), nullable=False, unique=True),
    Column("state", String(12), nullable=False),
    Column("reason", Text, nullable=False, default=""),
    Column("measures", Text, nullable=False, default="{}"),
    Column("blob", String(64), nullable=False),
    Column("media_type", String(80), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("seconds", Float),
    Column("record", Text, nullable=False),
    Column("consent", ID),
    Column("at", Float, nullable=False),
    Column("due", Float, nullable=False),
    Column("decided", Float),
    Column("decided_by", ID),
    Column("carried", Boolean, nullable=False, default=False),
    Column("redo_of", ID),
    Column("appeal", Text),
    Column("facilitator", ID),
    Column("device", String(64)),
    Column("appealed", Float),
    Index("ix_submissions_blob", "blob"),
    Index("ix_submissions_device", "device"),
    Index("ix_submissions_account", "account", "at"),
    Index("ix_submissions_key", "account", "upload_key", unique=True),
    Index("ix_submissions_carry", "source", "state", "carried"),
    Index("ix_submissions_queue", "campaign", "state", "at"),
)

uploads = Table(
    "uploads",
    metadata,
    Column("id", ID, primary_key=True),
    Column("assignment", ID, nullable=False, index=True),
    Column("account", ID, nullable=False),
    Column("upload_key", String(80), nullable=False),
    Column("length", BigInteger, nullable=False),
    Column("meta", Text, nullable=False),
    Column("state", String(12), nullable=False),
    Column("answer", Text),
    Column("at", Float, nullable=False),
    Index("ix_uploads_key", "account", "upload_key", unique=True),
)

ledger = Table(
    "ledger",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("account", ID, nullable=False),
    Column("campaign", ID, nullable=False),
    Column("cause", String(80), nullable=False, unique=True),
    Column("kind", String(20), nullable=False),
    Column("minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Float, nullable=False),
    Index("ix_ledger_account", "account", "number"),
    Index("ix_ledger_campaign", "campaign", "account"),
)
"""Append-only: what was earned (for a cause, once), corrected and paid, in minor units of its currency."""

worker_records = Table(
    "worker_records",
    metadata,
    Column("worker", ID, primary_key=True),
    Column("campaign", ID, primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("known_right", Float, nullable=False, default=0.0),
    Column("known_asked", Integer, nullable=False, default=0),
    Column("answered", Integer, nullable=False, default=0),
    Column("barred", Boolean, nullable=False, default=False),
)
"""How far a person's answers to tasks with a known answer were right: their weight."""

doubts = Table(
    "doubts",
    metadata,
    Column("id", ID, primary_key=True),
    Column("campaign", ID, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("about", ID, nullable=False),
    Column("other", ID),
    Column("detail", Text, nullable=False),
    Column("at", Float, nullable=False),
    Column("settled", Text),
    Index("ix_doubts_campaign", "campaign", "at"),
    Index("ix_doubts_same", "kind", "about", "other", unique=True),
)

withdrawals = Table(
    "withdrawals",
    metadata,
    Column("id", ID, primary_key=True),
    Column("what", String(20), nullable=False),
    Column("name", String(80), nullable=False),
    Column("at", Float, nullable=False),
    Column("state", String(12), nullable=False),
    Column("samples", Integer, nullable=False, default=0),
)

gate_tries = Table(
    "gate_tries",
    metadata,
    Column("campaign", ID, primary_key=True),
    Column("groups", String(400), primary_key=True),
    Column("operator", String(40), primary_key=True),
    Column("count", BigInteger, nullable=False),
)
"""How many recordings of a group each gate refused; the operator is empty for those that passed."""

STUDIO_TABLES = (
    studio_settings, accounts, sessions, api_tokens, audit, campaigns, members, invitations, consent_texts,
    consents, declarations, prompts, tasks, assignments, submissions, uploads, ledger, worker_records, doubts,
    withdrawals, gate_tries,
)  # fmt: skip
