"""The studio's tables: accounts, campaigns, consent, tasks, what people gave, credit, withdrawals."""

from __future__ import annotations

from alembic import op

from ingather.store.studio_schema import STUDIO_TABLES

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Makes them as they are declared; what changes them later is a migration of its own."""
    for table in STUDIO_TABLES:
        table.create(op.get_bind(), checkfirst=True)
