"""The workspace: the folder where a plan, its samples, its runs and its releases live."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ingather.errors import InputError
from ingather.store.blobs import Blobs
from ingather.store.keys import load_secret, pseudonym, sample_id

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from ingather.plan.model import Plan
    from ingather.store.tables import Table

PLAN_FILE = "plan.yaml"
DATABASE_FILE = "ingather.db"
DATABASE_VARIABLE = "INGATHER_DATABASE_URL"
"""Environment variable that names another database."""
STORE_FOLDER = ".ingather"


@dataclass(frozen=True)
class Workspace:
    """An open workspace. Parts are opened when they are first used.

    Attributes:
        root: the folder that holds plan.yaml.
        database_address: a SQLAlchemy address; None for the plan's, or SQLite inside.
    """

    root: Path
    database_address: str | None = None

    @property
    def plan_path(self) -> Path:
        """Where the plan is."""
        return self.root / PLAN_FILE

    @property
    def folder(self) -> Path:
        """The part of the folder that is Ingather's own."""
        return self.root / STORE_FOLDER

    @property
    def started(self) -> bool:
        """Whether anything was stored here yet."""
        return self.folder.is_dir()

    @property
    def releases(self) -> Path:
        """Where releases lie."""
        return self.root / "releases"

    @cached_property
    def secret(self) -> bytes:
        """What ids and pseudonyms are keyed with."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return load_secret(self.folder / "secret")

    @cached_property
    def database(self) -> Engine:
        """The SQL database: the environment's, else the plan's, else SQLite inside."""
        from ingather.store.database import connect, written_address

        self.folder.mkdir(parents=True, exist_ok=True)
        named = os.environ.get(DATABASE_VARIABLE) or self.database_address
        return connect(named or written_address(self.plan_path), self.folder)

    @cached_property
    def blobs(self) -> Blobs:
        """The media bytes."""
        return Blobs(self.folder / "blobs")

    @cached_property
    def samples(self) -> Table:
        """What was collected, never rewritten by cleaning."""
        return self._table("samples", "SAMPLES")

    @cached_property
    def verdicts(self) -> Table:
        """Kept, quarantined or review, one row a sample."""
        return self._table("verdicts", "VERDICTS")

    @cached_property
    def cleaned(self) -> Table:
        """What mappers changed; only samples that were changed."""
        return self._table("cleaned", "CLEANED")

    @cached_property
    def labels(self) -> Table:
        """Settled labels, where votes settled them."""
        return self._table("labels", "LABELS")

    @cached_property
    def splits(self) -> Table:
        """The split of every unit, set once."""
        return self._table("splits", "SPLITS")

    @cached_property
    def predictions(self) -> Table:
        """What the baseline answered."""
        return self._table("predictions", "PREDICTIONS")

    @cached_property
    def duplicates(self) -> Table:
        """Pairs that are the same, as confirmed; the id is of both."""
        return self._table("duplicates", "DUPLICATES")

    @cached_property
    def measures(self) -> Table:
        """One column for each measure of each operator, ``OPERATOR.MEASURE``."""
        import pyarrow as pa

        from ingather.store.tables import Table

        return Table(self.folder / "measures.lance", pa.schema([("id", pa.string())]))

    @cached_property
    def parts(self) -> Table:
        """What cleaning made and measured of further parts, one row a part."""
        import pyarrow as pa

        from ingather.store.tables import Table

        words = [pa.field(name, pa.string()) for name in ("id", "sample", "role", "modality")]
        changed = [pa.field("text", pa.large_string()), pa.field("blob", pa.string())]
        return Table(self.folder / "parts.lance", pa.schema([*words, *changed, ("empty", pa.bool_())]))

    @cached_property
    def signatures(self) -> Table:
        """One column for each deduplicator."""
        import pyarrow as pa

        from ingather.store.tables import Table

        return Table(self.folder / "signatures.lance", pa.schema([("id", pa.string())]))

    def sample_id(self, source: str, key: str) -> str:
        """The id that a source's item has in this workspace."""
        return sample_id(self.secret, source, key)

    def pseudonym(self, plan: Plan, source: str, name: str) -> str:
        """The pseudonym of an outside name; sources that the plan calls the same share their names.

        Names that the plan's table of aliases calls one person have one pseudonym.
        """
        if "aliases" in plan.contributors:
            from ingather.plan.aliases import aliases_of

            aliases = aliases_of(plan, self.root)
            spec = next((one for one in plan.sources if one.identity == source), None)
            person = aliases.get((spec.name if spec is not None else source, name))
            if person is not None:
                return pseudonym(self.secret, "", person)
        return pseudonym(self.secret, plan.people_of(source), name)

    def _table(self, name: str, schema: str) -> Table:
        from ingather.store import sample_schema
        from ingather.store.tables import Table

        return Table(self.folder / f"{name}.lance", getattr(sample_schema, schema))


def find_workspace(start: Path) -> Path:
    """The nearest folder upwards that holds a plan.yaml.

    Raises:
        InputError: there is none.
    """
    for folder in (start, *start.parents):
        if (folder / PLAN_FILE).is_file():
            return folder
    raise InputError(
        f"There is no {PLAN_FILE} in {start} or above it.",
        why="A workspace is the folder that holds the plan.",
        fix="ingather init my-project   (or name the folder: ingather -C FOLDER ...)",
    )


def open_workspace(folder: Path | str) -> Workspace:
    """Opens the workspace at a folder; nothing is made or read until a part is used.

    Raises:
        InputError: the folder is not there.
    """
    root = Path(folder).resolve()
    if not root.is_dir():
        raise InputError(f"There is no folder {root}.", fix=f"ingather init {folder}")
    return Workspace(root)
