"""Known items remember what they were cut from, so that an unchanged parent keeps its children."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Adds the parent, and room for longer stamps."""
    with op.batch_alter_table("items") as table:
        table.add_column(sa.Column("parent", sa.LargeBinary(16)))
        table.alter_column("stamp", type_=sa.String(200), existing_type=sa.String(80))
        table.create_index("ix_items_parent", ["parent"])
