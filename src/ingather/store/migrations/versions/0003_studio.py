"""The studio's tables: accounts, campaigns, consent, tasks, what people gave, credit, withdrawals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Makes them as they were in that version; what changed later is a migration of its own."""
    _house()
    _campaigns()
    _work()
    _credit()


def _house() -> None:
    """Who works here, and what they did."""
    op.create_table(
        "studio_settings",
        sa.Column("name", sa.String(80), primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    op.create_table(
        "accounts",
        sa.Column("id", sa.String(24), primary_key=True),
        sa.Column("name", sa.String(120), unique=True),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("password", sa.String(200)),
        sa.Column("recovery", sa.String(64), unique=True),
        sa.Column("invitation", sa.String(64), unique=True),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("facilitator", sa.String(24)),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("disabled", sa.Boolean, nullable=False),
    )
    op.create_index("ix_accounts_facilitator", "accounts", ["facilitator"])
    op.create_table(
        "sessions",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("account", sa.String(24), nullable=False),
        sa.Column("csrf", sa.String(64), nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("until", sa.Float, nullable=False),
    )
    op.create_index("ix_sessions_account", "sessions", ["account"])
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.String(24), primary_key=True),
        sa.Column("hash", sa.String(64), nullable=False, unique=True),
        sa.Column("account", sa.String(24), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("until", sa.Float),
        sa.Column("revoked", sa.Boolean, nullable=False),
    )
    op.create_index("ix_api_tokens_account", "api_tokens", ["account"])
    op.create_table(
        "audit",
        sa.Column("number", _NUMBER, primary_key=True, autoincrement=True),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("who", sa.String(24), nullable=False),
        sa.Column("what", sa.String(80), nullable=False),
        sa.Column("about", sa.String(200), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
    )


def _campaigns() -> None:
    """What is asked, of whom, and what they agreed to."""
    op.create_table(
        "campaigns",
        sa.Column("id", sa.String(24), primary_key=True),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("door", sa.String(20), nullable=False),
        sa.Column("places", sa.Integer),
        sa.Column("starts", sa.Float),
        sa.Column("ends", sa.Float),
        sa.Column("settings", sa.Text, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    )
    op.create_index("ix_campaigns_source", "campaigns", ["source"])
    op.create_table(
        "members",
        sa.Column("campaign", sa.String(24), primary_key=True),
        sa.Column("account", sa.String(24), primary_key=True),
        sa.Column("role", sa.String(20), primary_key=True),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("panel", sa.Text, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
    )
    op.create_index("ix_members_account", "members", ["account"])
    op.create_table(
        "invitations",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("id", sa.String(24), nullable=False, unique=True),
        sa.Column("campaign", sa.String(24), nullable=False),
        sa.Column("note", sa.String(200), nullable=False),
        sa.Column("uses", sa.Integer, nullable=False),
        sa.Column("used", sa.Integer, nullable=False),
        sa.Column("revoked", sa.Boolean, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    )
    op.create_index("ix_invitations_campaign", "invitations", ["campaign"])
    op.create_table(
        "consent_texts",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("campaign", sa.String(24), primary_key=True),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("sound", sa.String(64)),
        sa.Column("current", sa.Boolean, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    )
    op.create_table(
        "consents",
        sa.Column("id", sa.String(24), primary_key=True),
        sa.Column("account", sa.String(24), nullable=False),
        sa.Column("campaign", sa.String(24), nullable=False),
        sa.Column("text", sa.String(64), nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("ended", sa.Float),
    )
    op.create_index("ix_consents_account", "consents", ["account", "campaign", "at"])
    op.create_table(
        "declarations",
        sa.Column("id", sa.String(24), primary_key=True),
        sa.Column("account", sa.String(24), nullable=False),
        sa.Column("attribute", sa.String(120), nullable=False),
        sa.Column("value", sa.String(400)),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("current", sa.Boolean, nullable=False),
    )
    op.create_index("ix_declarations_account", "declarations", ["account", "attribute"])
    op.create_table(
        "prompts",
        sa.Column("id", sa.String(24), primary_key=True),
        sa.Column("campaign", sa.String(24), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("label", sa.Text),
        sa.Column("groups", sa.Text, nullable=False),
        sa.Column("picture", sa.String(64)),
        sa.Column("sound", sa.String(64)),
        sa.Column("reports", sa.Integer, nullable=False),
    )
    op.create_index("ix_prompts_campaign", "prompts", ["campaign", "number"], unique=True)


def _work() -> None:
    """Tasks, who holds them, and what was given."""
    op.create_table(
        "tasks",
        sa.Column("id", sa.String(24), primary_key=True),
        sa.Column("campaign", sa.String(24), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("subject", sa.String(24), nullable=False),
        sa.Column("giver", sa.String(24)),
        sa.Column("family", sa.String(400), nullable=False),
        sa.Column("lot", sa.Integer, nullable=False),
        sa.Column("overlap", sa.Integer),
        sa.Column("taken", sa.Integer, nullable=False),
        sa.Column("answered", sa.Integer, nullable=False),
        sa.Column("known", sa.Text),
        sa.Column("outcome", sa.Text),
        sa.Column("at", sa.Float, nullable=False),
    )
    op.create_index("ix_tasks_queue", "tasks", ["campaign", "kind", "state", "family", "lot"])
    op.create_index("ix_tasks_subject", "tasks", ["subject"])
    op.create_table(
        "assignments",
        sa.Column("id", sa.String(24), primary_key=True),
        sa.Column("task", sa.String(24), nullable=False),
        sa.Column("campaign", sa.String(24), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("worker", sa.String(24), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("groups", sa.Text, nullable=False),
        sa.Column("amount", sa.Float, nullable=False),
        sa.Column("answer", sa.Text),
        sa.Column("weight", sa.Float),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("until", sa.Float, nullable=False),
        sa.Column("done", sa.Float),
    )
    op.create_index("ix_assignments_due", "assignments", ["state", "until"])
    op.create_index("ix_assignments_task", "assignments", ["task", "worker"])
    op.create_index("ix_assignments_worker", "assignments", ["worker", "campaign", "kind", "state"])
    op.create_table(
        "submissions",
        sa.Column("id", sa.String(24), primary_key=True),
        sa.Column("assignment", sa.String(24), nullable=False),
        sa.Column("upload_key", sa.String(80), nullable=False),
        sa.Column("campaign", sa.String(24), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("account", sa.String(24), nullable=False),
        sa.Column("sample", sa.LargeBinary(16), nullable=False, unique=True),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("measures", sa.Text, nullable=False),
        sa.Column("blob", sa.String(64), nullable=False),
        sa.Column("media_type", sa.String(80), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("seconds", sa.Float),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("consent", sa.String(24)),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("due", sa.Float, nullable=False),
        sa.Column("decided", sa.Float),
        sa.Column("decided_by", sa.String(24)),
        sa.Column("carried", sa.Boolean, nullable=False),
        sa.Column("redo_of", sa.String(24)),
        sa.Column("appeal", sa.Text),
    )
    op.create_index("ix_submissions_account", "submissions", ["account", "at"])
    op.create_index("ix_submissions_assignment", "submissions", ["assignment"])
    op.create_index("ix_submissions_carry", "submissions", ["source", "state", "carried"])
    op.create_index("ix_submissions_key", "submissions", ["account", "upload_key"], unique=True)
    op.create_index("ix_submissions_queue", "submissions", ["campaign", "state", "at"])
    op.create_table(
        "uploads",
        sa.Column("id", sa.String(24), primary_key=True),
        sa.Column("assignment", sa.String(24), nullable=False),
        sa.Column("account", sa.String(24), nullable=False),
        sa.Column("upload_key", sa.String(80), nullable=False),
        sa.Column("length", sa.BigInteger, nullable=False),
        sa.Column("meta", sa.Text, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("answer", sa.Text),
        sa.Column("at", sa.Float, nullable=False),
    )
    op.create_index("ix_uploads_assignment", "uploads", ["assignment"])
    op.create_index("ix_uploads_key", "uploads", ["account", "upload_key"], unique=True)


def _credit() -> None:
    """What follows from what was given."""
    op.create_table(
        "ledger",
        sa.Column("number", _NUMBER, primary_key=True, autoincrement=True),
        sa.Column("account", sa.String(24), nullable=False),
        sa.Column("campaign", sa.String(24), nullable=False),
        sa.Column("cause", sa.String(80), nullable=False, unique=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("minor", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    )
    op.create_index("ix_ledger_account", "ledger", ["account", "number"])
    op.create_index("ix_ledger_campaign", "ledger", ["campaign", "account"])
    op.create_table(
        "worker_records",
        sa.Column("worker", sa.String(24), primary_key=True),
        sa.Column("campaign", sa.String(24), primary_key=True),
        sa.Column("kind", sa.String(20), primary_key=True),
        sa.Column("known_right", sa.Float, nullable=False),
        sa.Column("known_asked", sa.Integer, nullable=False),
        sa.Column("answered", sa.Integer, nullable=False),
        sa.Column("barred", sa.Boolean, nullable=False),
    )
    op.create_table(
        "doubts",
        sa.Column("id", sa.String(24), primary_key=True),
        sa.Column("campaign", sa.String(24), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("about", sa.String(24), nullable=False),
        sa.Column("other", sa.String(24)),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("settled", sa.Text),
    )
    op.create_index("ix_doubts_campaign", "doubts", ["campaign", "at"])
    op.create_index("ix_doubts_same", "doubts", ["kind", "about", "other"], unique=True)
    op.create_table(
        "withdrawals",
        sa.Column("id", sa.String(24), primary_key=True),
        sa.Column("what", sa.String(20), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("samples", sa.Integer, nullable=False),
    )
