"""Lines: every line of a text file is a sample."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from ingather.errors import InputError
from ingather.sample import Item, Loss
from ingather.sources.contract import Request, SourceConfig, option


class Config(SourceConfig):
    """Which file, and what stands before the text of a line."""

    path: str = option(description="the file, from the plan's folder", json_schema_extra={"path": True})
    mark: str = option("|", description="what parts a line's label from its text")


def collect(config: Config, request: Request) -> Iterator[Item | Loss]:
    """Yields every line in the order of the file; the key is the line's number.

    Raises:
        InputError: the file is not there.
    """
    file = request.folder / config.path
    if not file.is_file():
        raise InputError(f"There is no file {config.path}.", fix="Mend 'path' of the source.")
    with file.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, 1):
            label, mark, text = line.strip().partition(config.mark)
            if not mark:
                yield Loss(f"{config.path}, line {number}", f"it has no '{config.mark}'")
                continue
            yield Item(
                str(number),
                "text",
                text=text.strip(),
                label=label.strip(),
                uri=config.path,
                evidence={"line": number},
                stamp=hashlib.sha256(line.encode()).hexdigest(),
            )
