"""Learners for tables: linear for few records, boosted trees for many, both with missing values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ingather.errors import MissingExtra
from ingather.training.table_columns import Column

Learner: TypeAlias = Literal["auto", "linear", "boosted", "lightgbm"]
BOOSTED_FROM = 1_000
"""Labelled records from which trees are taken unasked; below it the linear model is at least as good."""
TREES = 300
RATE = 0.05
_FEW = 200


def fit_table(
    learner: Learner,
    columns: Sequence[Column],
    table: NDArray[np.float64],
    truth: NDArray[Any],
    *,
    numbers: bool,
    balanced: bool = False,
    seed: int,
) -> Any:
    """Fits an estimator of scikit-learn's kind.

    Args:
        learner: which one; auto goes by the number of records.
        columns: what the columns hold.
        table: encoded records, n x columns.
        truth: n answers.
        numbers: whether a number is predicted; else a class.
        balanced: whether rare classes weigh as much as frequent ones.
        seed: of everything that draws lots.

    Raises:
        MissingExtra: LightGBM is asked for and not installed.
    """
    n = len(truth)
    if learner == "auto":
        learner = "boosted" if n >= BOOSTED_FROM else "linear"
    weight = "balanced" if balanced else None
    categories = [place for place, column in enumerate(columns) if column.kind == "category"]
    if learner == "linear":
        return _linear(columns, numbers=numbers, weight=weight, seed=seed).fit(table, truth)
    if learner == "lightgbm":
        machine = _lightgbm(n, numbers=numbers, weight=weight, seed=seed)
        return machine.fit(table, truth, categorical_feature=categories or "auto")
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    options: dict[str, Any] = {
        "categorical_features": categories or None,
        "learning_rate": RATE,
        "max_iter": TREES,
        "max_leaf_nodes": 15,
        "min_samples_leaf": 5 if n < _FEW else 20,
        "early_stopping": n >= BOOSTED_FROM,
        "random_state": seed,
    }
    if numbers:
        return HistGradientBoostingRegressor(**options).fit(table, truth)
    return HistGradientBoostingClassifier(class_weight=weight, **options).fit(table, truth)


def _linear(columns: Sequence[Column], *, numbers: bool, weight: str | None, seed: int) -> Any:
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression, RidgeCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    categories = [place for place, column in enumerate(columns) if column.kind == "category"]
    others = [place for place in range(max(len(columns), 1)) if place not in categories]
    filled = make_pipeline(
        SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True), StandardScaler()
    )
    one_hot = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    table = ColumnTransformer([("numbers", filled, others), ("categories", one_hot, categories)])
    if numbers:
        return make_pipeline(table, RidgeCV(alphas=np.logspace(-2, 4, 13)))
    return make_pipeline(table, LogisticRegression(max_iter=1000, class_weight=weight, random_state=seed))


def _lightgbm(n: int, *, numbers: bool, weight: str | None, seed: int) -> Any:
    try:
        from lightgbm import LGBMClassifier, LGBMRegressor
    except ImportError as absent:
        raise MissingExtra("boosting", "learner: lightgbm") from absent
    options: dict[str, Any] = {
        "n_estimators": TREES,
        "learning_rate": RATE,
        "num_leaves": 15,
        "min_child_samples": 5 if n < _FEW else 20,
        "random_state": seed,
        "deterministic": True,
        "force_row_wise": True,
        "n_jobs": 2,
        "verbose": -1,
    }
    return LGBMRegressor(**options) if numbers else LGBMClassifier(class_weight=weight, **options)
