"""Folds: every sample is answered by a model that has seen neither it nor its contributor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from ingather.training.contract import Examples, Predictions, RecipeConfig
from ingather.training.label_names import label_name, number

FOLDS = 5
STRATA = 10
Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Folds:
    """Which fold each of n samples is answered in.

    Attributes:
        of: fold number per sample, from 0.
        count: how many folds there are.
        told: where contributors could not be kept apart.
    """

    of: Codes
    count: int
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OutOfFold:
    """Answers to all samples, each from the model of its fold.

    Attributes:
        predictions: n answers; classes are those of all folds together.
        folds: which model gave each.
        told: what the folds and the models have to say.
    """

    predictions: Predictions
    folds: Folds
    told: tuple[str, ...]


def assign_folds(
    examples: Examples,
    contributors: Codes,
    seed: int,
    folds: int = FOLDS,
    groups: Mapping[str, Sequence[str | None]] | None = None,
) -> Folds:
    """Deals contributors into folds of equal size and, as far as can be, equal shares of labels.

    A contributor is kept together, except one who is alone in a value of a group: left out whole, that group
    would be learned from nowhere, so their samples are dealt one by one. The order of rows does not matter.

    Args:
        examples: n samples; their labels are the strata (numbers: in ten ranges).
        contributors: code per sample, negative where nobody is known.
        seed: another seed gives other folds.
        folds: how many are wanted.
        groups: values by attribute, n each, to find contributors who are a group of their own.
    """
    n = len(examples.ids)
    lots = np.array([_lot(name, seed) for name in examples.ids], np.uint64)
    alone, told = _alone(contributors, groups or {})
    people = np.unique(contributors[contributors >= 0])
    together = (contributors >= 0) & ~np.isin(contributors, alone)
    if not (~together).any() and len(people) < 2:
        told.append("All samples are of one contributor: folds are by sample, so a new person may do worse.")
        together[:] = False
    _, units = np.unique(np.where(together, contributors, -1 - np.arange(n)), return_inverse=True)
    count = max(min(folds, int(units.max(initial=-1)) + 1), 1)
    if n and count < folds:
        told.append(f"Only {count} folds: there are no more contributors.")
    strata = _strata(examples)
    own = np.where(np.isin(contributors, alone), contributors + 1, 0)
    _, strata = np.unique(own * (int(strata.max(initial=0)) + 1) + strata, return_inverse=True)
    return Folds(_deal(units, strata, lots, count), count, tuple(told))


def fold_units(examples: Examples, contributors: Codes) -> tuple[Codes, tuple[str, ...]]:
    """Codes of what must not be parted by folds: the contributor, else the session, else the common parent.

    Windows of a series are alike where they are near. Where they come of fewer machines (sessions) than there
    are folds, stretches of each machine's time are the units, and that is told.
    """
    if not examples.beside:
        return contributors, ()
    names = [
        f"person {code}" if code >= 0 else one.session or one.parent or None
        for code, one in zip(contributors.tolist(), examples.beside, strict=True)
    ]
    starts = np.array([_start(one.segment) for one in examples.beside])
    known = sorted({name for name in names if name is not None})
    told: tuple[str, ...] = ()
    if 0 < len(known) < FOLDS and not np.isnan(starts).any() and None not in names:
        whose = np.array(names, dtype=np.str_)
        for name in known:
            rows = np.flatnonzero(whose == name)
            order = rows[np.argsort(starts[rows], kind="stable")]
            for part, inside in enumerate(np.array_split(order, FOLDS)):
                for row in inside.tolist():
                    names[row] = f"{name} {part}"
        told = (
            f"There are fewer sessions than folds ({len(known)}): folds are stretches of time of each, so a "
            "new one may do worse.",
        )
        known = sorted({name for name in names if name is not None})
    places = {name: place for place, name in enumerate(known)}
    return np.array([-1 if name is None else places[name] for name in names], np.int64), told


def out_of_fold(
    recipe: ModuleType,
    examples: Examples,
    contributors: Codes,
    config: RecipeConfig,
    seed: int,
    groups: Mapping[str, Sequence[str | None]] | None = None,
    folds: int = FOLDS,
) -> OutOfFold:
    """Fits once a fold on all the others and answers the fold.

    Args:
        recipe: the module of a recipe.
        examples: n samples, best ``prepared`` ones; also unlabelled ones, which are only answered.
        contributors: code per sample, negative where nobody is known.
        config: the recipe's options.
        seed: of the folds and of every fit.
        groups: as in ``assign_folds``.
        folds: how many are wanted.

    Raises:
        InputError: too few samples have a label.
    """
    dealt = assign_folds(examples, contributors, seed, folds, groups)
    answers: list[tuple[Codes, Predictions]] = []
    told = list(dealt.told)
    for fold in range(dealt.count):
        out = np.flatnonzero(dealt.of == fold)
        rest = np.flatnonzero(dealt.of != fold) if dealt.count > 1 else out
        model = recipe.fit(examples.take(rest), config, seed)
        told += [line for line in getattr(model, "told", ()) if line not in told]
        answers.append((out, model.predict(examples.take(out))))
    return OutOfFold(merge(answers, len(examples.ids)), dealt, tuple(told))


def prepared(recipe: ModuleType, examples: Examples, config: RecipeConfig) -> Examples:
    """The examples as the recipe's ``prepare`` makes them, or as they are where it has none."""
    prepare = getattr(recipe, "prepare", None)
    found = examples if prepare is None else prepare(examples, config)
    assert isinstance(found, Examples)
    return found


def merge(answers: Sequence[tuple[Codes, Predictions]], n: int) -> Predictions:
    """Answers to parts of n samples as one; a class that one part does not know scores 0 there."""
    classes = tuple(dict.fromkeys(name for _, part in answers for name in part.classes))
    values: list[object] = [None] * n
    scored = any(part.scores is not None for _, part in answers)
    scores = np.zeros((n, len(classes))) if scored else None
    for rows, part in answers:
        for row, value in zip(rows.tolist(), part.values, strict=True):
            values[row] = value
        if scores is not None and part.scores is not None:
            columns = np.array([classes.index(name) for name in part.classes], np.int64)
            scores[np.ix_(rows, columns)] = part.scores
    return Predictions(values, scores, classes)  # type: ignore[arg-type]


def _lot(name: str, seed: int) -> int:
    return int.from_bytes(blake2b(f"{seed}/{name}".encode(), digest_size=8).digest(), "big")


def _alone(contributors: Codes, groups: Mapping[str, Sequence[str | None]]) -> tuple[Codes, list[str]]:
    """Contributors who are all there is of some value of a group."""
    alone: set[int] = set()
    told = []
    for name, column in groups.items():
        people: dict[str, set[int]] = {}
        for value, person in zip(column, contributors.tolist(), strict=True):
            if value is not None:
                people.setdefault(value, set()).add(person)
        single = sorted(value for value, who in people.items() if len(who) == 1 and min(who) >= 0)
        alone |= {next(iter(people[value])) for value in single}
        if single:
            told.append(
                f"{name} {', '.join(single)}: one contributor only, so folds are by sample there; "
                "a new person may do worse."
            )
    return np.array(sorted(alone), np.int64), told


def _strata(examples: Examples) -> Codes:
    """A code of the label per sample; numbers of a regression in ten ranges of equal size."""
    if examples.task.get("type") in ("regression", "forecasting"):
        numbers = np.array([number(value) or 0.0 for value in examples.labels], float)
        if not len(numbers):
            return np.empty(0, np.int64)
        cuts = np.unique(np.quantile(numbers, np.linspace(0, 1, STRATA + 1)[1:-1]))
        return np.searchsorted(cuts, numbers, "right").astype(np.int64)
    names = [(value if isinstance(value, str) else label_name(value)) or "" for value in examples.labels]
    return np.unique(names, return_inverse=True)[1].astype(np.int64) if names else np.empty(0, np.int64)


def _deal(units: Codes, strata: Codes, lots: NDArray[np.uint64], count: int) -> Codes:
    """A fold per sample: units of several samples first, each to where it fits best, then single ones."""
    sizes = np.bincount(units) if len(units) else np.empty(0, np.int64)
    kinds = int(strata.max(initial=-1)) + 1
    held = np.zeros((count, kinds))
    fold_of = np.zeros(len(sizes), np.int64)
    lot_of = np.full(len(sizes), np.iinfo(np.uint64).max)
    np.minimum.at(lot_of, units, lots)
    order = np.argsort(units, kind="stable")
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    whole = np.maximum(np.bincount(strata, minlength=kinds), 1) / count
    several = np.flatnonzero(sizes > 1)
    for unit in several[np.lexsort((lot_of[several], -sizes[several]))]:
        brings = np.bincount(strata[order[starts[unit] : starts[unit + 1]]], minlength=kinds)
        excess = (2 * held * brings + brings**2) / whole
        fold = int(np.argmin(excess.sum(axis=1) + 1e-9 * held.sum(axis=1)))
        fold_of[unit] = fold
        held[fold] += brings
    single = np.flatnonzero(sizes == 1)
    kind_of = strata[order[starts[single]]]
    for kind in np.unique(kind_of):
        mine = single[kind_of == kind]
        mine = mine[np.argsort(lot_of[mine], kind="stable")]
        places = _fill(held[:, kind], held.sum(axis=1), len(mine))
        fold_of[mine] = places
        held[:, kind] += np.bincount(places, minlength=count)
    return fold_of[units]


def _fill(held: NDArray[np.float64], all_held: NDArray[np.float64], n: int) -> Codes:
    """The folds of n equal samples, each to the fold that has least of its kind, then least of all."""
    count = len(held)
    levels = held[:, None] + np.arange(n)[None, :] if n * count <= 5_000_000 else None
    if levels is None:
        return np.arange(n, dtype=np.int64) % count
    folds = np.repeat(np.arange(count), n)
    order = np.lexsort((np.repeat(all_held, n), levels.ravel()))
    return folds[order[:n]]


def _start(segment: dict[str, object] | None) -> float:
    start = (segment or {}).get("start")
    return float(start) if isinstance(start, int | float) else float("nan")
