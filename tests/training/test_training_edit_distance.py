from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingather.training.metrics import edit_distance
from ingather.training.metrics.edit_distance import edit_distances


def plain(left: str, right: str) -> int:
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        above, row[0] = row[0], i
        for j, b in enumerate(right, 1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (a != b))
    return row[-1]


@given(st.lists(st.tuples(st.text("abc", max_size=9), st.text("abc", max_size=9)), max_size=8))
@settings(max_examples=150, deadline=None)
def test_like_the_textbook(pairs: list[tuple[str, str]]) -> None:
    found = edit_distances([a for a, _ in pairs], [b for _, b in pairs])
    assert found.tolist() == [plain(a, b) for a, b in pairs]


def test_batches_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    left = ["abc" * i for i in range(12)]
    right = ["cab" * (11 - i) for i in range(12)]
    whole = edit_distances(left, right).tolist()
    monkeypatch.setattr(edit_distance, "CELLS", 50)
    assert edit_distances(left, right).tolist() == whole
