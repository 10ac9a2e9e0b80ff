"""Alembic's entry: runs migrations on the engine that the program already has."""

from __future__ import annotations

from alembic import context

from ingather.store.database_schema import metadata

engine = context.config.attributes["engine"]
with engine.begin() as connection:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
