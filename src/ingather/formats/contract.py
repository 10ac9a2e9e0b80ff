"""What a format is: a module that reads and writes one layout of files, pure but for the files themselves.

``sniff(path) -> Sniff | None`` looks at a file or folder and says how sure it is that this is the layout.
``read(path, config) -> Iterator[Item | Loss]`` yields what is in it, with media as paths, not bytes.
``write(items, path, config) -> list[Loss]`` writes it, and says what the layout could not carry.
A format that cannot be written has no ``write``. ``tasks`` names the plan's task types that it carries.
"""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict


class FormatConfig(BaseModel):
    """Options of a format."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Sniff:
    """How sure a format is of a path: 0 to 1, and the words for why."""

    sure: float
    why: str
