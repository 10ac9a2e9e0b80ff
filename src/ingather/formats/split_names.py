"""What a data set's names of splits mean: train2017 is train, val and valid are validation."""

from __future__ import annotations

import re

_WORDS = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "dev": "validation",
    "test": "test",
    "testing": "test",
}


def split_of(name: str) -> str | None:
    """The split that a name speaks of, None where it speaks of none.

    ``instances_val2017``, ``valid`` and ``dev`` are validation; ``trainval`` is none: it is two.
    """
    for word in re.split(r"[^a-z]+", name.lower()):
        if word in _WORDS:
            return _WORDS[word]
    return None
