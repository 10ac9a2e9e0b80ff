"""The SQL tables: plan revisions, runs, leases, cursors, known items, counts, decisions, releases."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

SCHEMA_VERSION = 4
"""Rises with every change of the tables here or of the Lance tables' meaning."""

metadata = MetaData()

plan_revisions = Table(
    "plan_revisions",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("hash", String(64), nullable=False, index=True),
    Column("text", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("who", String(200), nullable=False),
    Column("why", Text, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("plan", String(64), nullable=False),
    Column("stage", String(40), nullable=False),
    Column("state", String(20), nullable=False),
    Column("started", DateTime(timezone=True), nullable=False),
    Column("ended", DateTime(timezone=True)),
    Column("summary", Text, nullable=False, default="{}"),
)

leases = Table(
    "leases",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("holder", String(200), nullable=False),
    Column("until", Float, nullable=False),
)

cursors = Table(
    "cursors",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("value", Text, nullable=False),
)

items = Table(
    "items",
    metadata,
    Column("id", LargeBinary(16), primary_key=True),
    Column("source", String(200), nullable=False, index=True),
    Column("parent", LargeBinary(16), index=True),
    Column("stamp", String(200), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("seen", BigInteger, nullable=False),
    Column("gone", Boolean, nullable=False, default=False),
)

losses = Table(
    "losses",
    metadata,
    Column("source", String(200), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("place", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("count", BigInteger, nullable=False),
)

quota_counts = Table(
    "quota_counts",
    metadata,
    Column("revision", String(64), primary_key=True),
    Column("cell", String(600), primary_key=True),
    Column("source", String(200), primary_key=True),
    Column("collected", Float, nullable=False),
    Column("samples", BigInteger, nullable=False, default=0),
    Column("kept", Float, nullable=False),
    Column("reserved", Float, nullable=False, default=0.0),
    Column("accepted", Float, nullable=False, default=0.0),
    Column("contributors", Integer, nullable=False, default=0),
)

decisions = Table(
    "decisions",
    metadata,
    Column("sample", String(32), primary_key=True),
    Column("verdict", String(20), nullable=False),
    Column("who", String(200), nullable=False),
    Column("why", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)

releases = Table(
    "releases",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("path", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("plan", String(64), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("summary", Text, nullable=False),
)
