"""Facilitators, devices, appeals, trials, one person in two accounts, and what the gates refuse by group."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Adds columns that may be empty, their indexes, and a table of counts."""
    op.add_column("accounts", sa.Column("enrolled", sa.String(64)))
    op.add_column("accounts", sa.Column("same_as", sa.String(24)))
    op.create_index("ix_accounts_enrolled", "accounts", ["enrolled"], unique=True)
    op.add_column("members", sa.Column("trial", sa.Text))
    op.add_column("submissions", sa.Column("facilitator", sa.String(24)))
    op.add_column("submissions", sa.Column("device", sa.String(64)))
    op.add_column("submissions", sa.Column("appealed", sa.Float))
    op.create_index("ix_submissions_blob", "submissions", ["blob"])
    op.create_index("ix_submissions_device", "submissions", ["device"])
    op.create_table(
        "gate_tries",
        sa.Column("campaign", sa.String(24), primary_key=True),
        sa.Column("groups", sa.String(400), primary_key=True),
        sa.Column("operator", sa.String(40), primary_key=True),
        sa.Column("count", sa.BigInteger, nullable=False),
    )
