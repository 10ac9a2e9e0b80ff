"""What protects people in a release: the greatest share of one, and combinations that few share."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from ingather.plan.model import Attribute, Plan, Release, Rights, SourceSpec, Task
from ingather.releases.capping import within_share
from ingather.releases.privacy import hidden_fields, least_people, released_attributes


def plan_with(least: int | None, *, publish: bool = False, release: bool = True) -> Plan:
    return Plan(
        version=1,
        name="p",
        objective="o",
        modality="text",
        task=Task(type="none"),
        attributes={
            "accent": Attribute(of="contributor"),
            "gender": Attribute(of="contributor"),
            "noise": Attribute(of="sample"),
            "hidden": Attribute(of="contributor", release=release),
        },
        rights=Rights(purposes=("train", "publish") if publish else ("train",)),
        sources=(SourceSpec(name="s", kind="files"),),
        release=Release(least_people=least),
    )


def test_five_people_are_the_least_where_it_is_to_be_published() -> None:
    assert least_people(plan_with(None, publish=True)) == 5
    assert least_people(plan_with(None)) == 1
    assert least_people(plan_with(3, publish=True)) == 3


PEOPLE = st.lists(
    st.tuples(
        st.one_of(st.none(), st.integers(0, 12)),
        st.one_of(st.none(), st.sampled_from("abc")),
        st.one_of(st.none(), st.sampled_from("xy")),
        st.booleans(),
    ),
    min_size=1,
    max_size=80,
)


@settings(deadline=None)
@given(PEOPLE, st.integers(2, 5))
def test_no_combination_that_is_told_is_of_few_people(
    people: list[tuple[int | None, str | None, str | None, bool]], least: int
) -> None:
    who, accent, gender, inside = zip(*people, strict=True)
    groups = {
        "accent": pa.array(accent, pa.string()),
        "gender": pa.array(gender, pa.string()),
        "noise": pa.array(["loud"] * len(who)),
        "hidden": pa.array(["secret"] * len(who)),
    }
    contributors = pa.array([None if one is None else f"p{one}" for one in who], pa.string())
    released = released_attributes(plan_with(least, release=False), groups, contributors, np.array(inside))
    told, blanked = released.values, released.blanked
    assert "hidden" not in told
    assert told["noise"].equals(groups["noise"])
    cells: dict[tuple[str | None, str | None], set[object]] = {}
    changed = 0
    for row, (a, g) in enumerate(zip(told["accent"].to_pylist(), told["gender"].to_pylist(), strict=True)):
        assert a in (None, accent[row])
        assert g in (None, gender[row])
        if inside[row]:
            changed += (a, g) != (accent[row], gender[row])
            cells.setdefault((a, g), set()).add(who[row] if who[row] is not None else ("alone", row))
    assert all(len(some) >= least for cell, some in cells.items() if cell != (None, None))
    assert blanked == changed


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(-1, 8), st.floats(0.1, 50)), min_size=1, max_size=120),
    st.floats(0.05, 1),
)
def test_nobody_has_more_than_the_greatest_share(given_: list[tuple[int, float]], share: float) -> None:
    who = np.array([one for one, _ in given_], np.int64)
    amounts = np.array([amount for _, amount in given_])
    order = np.arange(len(who))[::-1].astype(np.uint64)
    stays = within_share(who, amounts, order, share)
    assert stays[who < 0].all()
    kept = amounts[stays].sum()
    people = sorted(set(who[who >= 0].tolist()))
    enough = len(people) + int((who < 0).sum()) > 1 / share + 1
    if share >= 1:
        assert stays.all()
    elif enough:
        # A sample is in or out as a whole: what is cut may make the rest's share greater by one sample.
        most = max((amounts[stays & (who == one)].sum() for one in people), default=0)
        assert most <= share * amounts.sum() + 1e-6
        assert kept > 0


def test_a_share_that_few_cannot_keep_cuts_all_to_the_smallest() -> None:
    who = np.repeat([0, 1, 2], [50, 30, 10])
    stays = within_share(who, np.ones(90), np.arange(90).astype(np.uint64), 0.2)
    assert np.bincount(who[stays]).tolist() == [10, 10, 10]


def test_the_share_is_of_what_stays() -> None:
    who = np.concatenate([np.zeros(500, np.int64), np.repeat(np.arange(1, 31), 10)])
    stays = within_share(who, np.ones(800), np.arange(800).astype(np.uint64), 0.1)
    counts = np.bincount(who[stays])
    assert counts[0] == int(stays.sum() * 0.1)
    assert counts[1:].tolist() == [10] * 30


def ages(least: int, *, bins: bool) -> Plan:
    by_bins = {"0-17": (0, 18), "18-29": (18, 30), "30-49": (30, 50), "50+": (50, 130)}
    age = (
        Attribute(of="contributor", bins=by_bins)
        if bins
        else Attribute(of="contributor", values=tuple(by_bins))
    )
    return plan_with(least).model_copy(update={"attributes": {"age": age}})


def test_neighbouring_ranges_become_one_where_that_is_enough() -> None:
    given = ["0-17"] * 2 + ["18-29"] * 3 + ["30-49"] * 9 + ["50+"] * 2
    people = pa.array([f"p{n}" for n in range(len(given))])
    told = released_attributes(ages(5, bins=False), {"age": pa.array(given)}, people)
    assert told.values["age"].to_pylist() == ["0-29"] * 5 + ["30-49"] * 9 + [None] * 2
    assert (told.coarsened, told.blanked) == (5, 2)


def test_a_measured_number_of_people_is_told_by_its_bin() -> None:
    given = [20.0, 21.0, 22.0, 23.0, 24.0, 31.0, 70.0, None]
    people = pa.array([f"p{n}" for n in range(len(given))])
    told = released_attributes(ages(5, bins=True), {"age": pa.array(given)}, people)
    assert told.values["age"].to_pylist() == ["18-29"] * 5 + [None] * 3
    assert told.blanked == 2
    assert (
        released_attributes(ages(1, bins=True), {"age": pa.array(given)}, people).values["age"][0].as_py()
        == 20.0
    )


def test_the_field_behind_an_attribute_tells_no_more_than_the_attribute() -> None:
    plan = plan_with(None, release=False)
    mapped = SourceSpec.model_validate({"name": "s", "kind": "files", "attributes": {"hidden": "Race"}})
    assert hidden_fields(plan.model_copy(update={"sources": (mapped,)})) == {"hidden", "Race"}
    assert hidden_fields(plan_with(5)) == {"accent", "gender", "hidden"}
