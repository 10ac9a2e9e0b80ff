"""Which fields of a record are keys, by their name."""

from __future__ import annotations

import re

_KEY_NAME = re.compile(
    r"(?:(?:^|[\W_])(?:id|key|uuid|guid|nr|no|number|rownames|index)|[a-z](?:Id|ID|Key|Nr|No|Number))\W*$",
    re.ASCII,
)


def is_key_name(name: str) -> bool:
    """Whether a field's name says that it names the record or another one: id, user_id, caseNumber."""
    return bool(_KEY_NAME.search(name))
