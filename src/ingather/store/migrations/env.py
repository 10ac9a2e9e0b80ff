"""Alembic's entry: runs migrations on the engine that the program already has."""

from __future__ import annotations

from alembic import context

from ingather.store.database_schema import metadata

engine = context.config.attributes["engine"]
with engine.begin() as connection:
    if engine.dialect.name == "sqlite":
        # Its driver begins no transaction for tables that are made: a crash between two would leave half of
        # them, and two first runs at once would both make them.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    context.configure(
        connection=connection, target_metadata=metadata, render_as_batch=True, transactional_ddl=True
    )
    with context.begin_transaction():
        context.run_migrations()
