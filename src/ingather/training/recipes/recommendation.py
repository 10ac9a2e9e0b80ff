"""Recommendation from interactions: things like those that a user liked before, against what is popular.

One sample is one interaction. Some of each user's liked things are held out; the answer to such a sample is
the place of its thing in the list that the user would be shown without it, and its place in the list of what
is popular. All other samples are what the list is made from. A user whom the model has never met is served
from the earlier interactions among those to answer, so folds by contributor work as for any other recipe.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ingather.sample import Json
from ingather.training.contract import Examples, Predictions, RecipeConfig
from ingather.training.interactions import Fields, Interactions, read_interactions

tasks = frozenset({"recommendation"})
modalities = frozenset({"record"})
most = 200_000
together = True
BLOCK = 500
"""Things whose likeness to all others is held at one time."""


class Config(RecipeConfig):
    """Options of recommendation."""

    user: str = Field("user", description="the field that says who")
    item: str = Field("item", description="the field that says what")
    rating: str | None = Field("rating", description="the field that says how much it was liked, if any")
    at: str | None = Field("at", description="the field that says when: a number or ISO 8601, if any")
    liked: float | None = Field(
        None, description="the least rating that shows liking; left out, every interaction does"
    )
    neighbours: int = Field(30, ge=1, description="how many alike things are kept for each thing")
    shrink: float = Field(10.0, ge=0, description="greater trusts likeness less where few users stand behind")
    held_out: float = Field(0.2, gt=0, lt=1, description="share of each user's interactions to be guessed")


@dataclass(frozen=True, slots=True)
class Recommender:
    """What was learned of the things, and what each known user had.

    Attributes:
        config: the options.
        seed: of the lots where there are no times.
        items: names of the things, the one liked by most users first; equals by name.
        codes: place of each thing among them.
        likeness: things x things, sparse, the nearest of each.
        users: row of each user in ``had``.
        had: users x things, sparse, 2 where liked, 1 where only met.
    """

    config: Config
    seed: int
    items: NDArray[np.str_]
    codes: dict[str, int]
    likeness: Any
    users: dict[str, int]
    had: Any

    def predict(self, examples: Examples) -> Predictions:
        """Places of held-out things: ``{"user", "item", "rank", "popularity_rank", "liked", "new_user"}``.

        A rank is None where the thing was never met in learning. Samples that are not held out are answered
        with ``{"user", "item", "given": true}``, those without user or thing with None.
        """
        found = _read(examples, self.config, self.seed)
        values: list[Json] = [None] * len(examples.ids)
        for row, user, item in zip(found.rows, found.users, found.items, strict=True):
            values[row] = {"user": str(user), "item": str(item), "given": True}
        names, of_user = np.unique(found.users, return_inverse=True)
        order = np.lexsort((found.rows, found.at, of_user))
        ends = np.searchsorted(of_user[order], np.arange(len(names) + 1))
        items = np.array([self.codes.get(name, -1) for name in found.items.tolist()], np.int64)
        for person, name in enumerate(names.tolist()):
            mine = order[ends[person] : ends[person + 1]]
            had = self.had[self.users[name]] if name in self.users else None
            given, asked = (mine[:0], mine) if had is not None else self._hold_out(mine)
            asked = asked[found.liked[asked]]
            if len(asked):
                met, liked = self._history(had, items[given], found.liked[given])
                ranks = self._ranks(met, liked, items[asked])
                for at, (rank, popular) in zip(asked, ranks, strict=True):
                    values[found.rows[at]] = {
                        "user": name,
                        "item": str(found.items[at]),
                        "rank": rank,
                        "popularity_rank": popular,
                        "liked": True,
                        "new_user": had is None,
                    }
        return Predictions(values)

    def recommend(self, liked: list[str], most: int) -> list[str]:
        """The names of at most so many things for somebody who liked these."""
        codes = np.array([self.codes[name] for name in liked if name in self.codes], np.int64)
        scores = self._scores(codes)
        scores[codes] = -np.inf
        order = np.argsort(-scores, kind="stable")
        return [str(self.items[code]) for code in order[:most] if np.isfinite(scores[code])]

    def _hold_out(self, mine: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The first and the last interactions of a user; the last are to be guessed, one at least."""
        last = max(round(len(mine) * self.config.held_out), 1)
        return mine[:-last], mine[-last:]

    def _history(
        self, had: Any | None, given: NDArray[np.int64], liked: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Codes of the things that a user has met, and of those that were liked."""
        if had is not None:
            return had.indices, had.indices[had.data == 2]
        inside = given >= 0
        return np.unique(given[inside]), np.unique(given[inside & liked])

    def _scores(self, liked: NDArray[np.int64]) -> NDArray[np.float64]:
        found = np.asarray(self.likeness[liked].sum(axis=0), np.float64).ravel()
        return found if len(liked) else np.zeros(len(self.items))

    def _ranks(
        self, met: NDArray[np.int64], liked: NDArray[np.int64], asked: NDArray[np.int64]
    ) -> list[tuple[int | None, int | None]]:
        """Places from 1 among the things not met, by score and by popularity; equal scores by popularity."""
        fresh = np.ones(len(self.items), bool)
        fresh[met] = False
        fresh[asked[asked >= 0]] = True
        candidates = np.flatnonzero(fresh)
        place = np.zeros(len(self.items), np.int64)
        order = np.argsort(-self._scores(liked)[candidates], kind="stable")
        place[candidates[order]] = np.arange(1, len(candidates) + 1)
        popular = np.cumsum(fresh)
        return [(int(place[i]), int(popular[i])) if i >= 0 else (None, None) for i in asked]


def fit(train: Examples, config: Config, seed: int) -> Recommender:
    """Learns which things are liked by the same users.

    Source: M. Deshpande, G. Karypis, "Item-based top-N recommendation algorithms" (2004), cosine likeness;
    the shrinkage is that of R. Bell and Y. Koren (2007).

    Raises:
        InputError: the records have not the fields that the options name.
    """
    from scipy.sparse import csr_matrix

    found = _read(train, config, seed)
    users, user = np.unique(found.users, return_inverse=True)
    items, item = np.unique(found.items, return_inverse=True)

    def matrix(some: NDArray[np.bool_]) -> Any:
        cells = csr_matrix((np.ones(some.sum()), (user[some], item[some])), shape=(len(users), len(items)))
        cells.data[:] = 1
        return cells

    liking = matrix(found.liked)
    by_popularity = np.argsort(-np.asarray(liking.sum(axis=0)).ravel(), kind="stable")
    liking = liking[:, by_popularity]
    had = matrix(np.ones(len(found), bool))[:, by_popularity] + liking
    items = items[by_popularity]
    return Recommender(
        config,
        seed,
        items,
        {name: place for place, name in enumerate(items.tolist())},
        _likeness(liking, config),
        {name: place for place, name in enumerate(users.tolist())},
        had.tocsr(),
    )


def _read(examples: Examples, config: Config, seed: int) -> Interactions:
    fields = Fields(config.user, config.item, config.rating, config.at)
    return read_interactions(examples.ids, examples.inputs, fields, config.liked, seed)


def _likeness(liking: Any, config: Config) -> Any:
    """The nearest things of each thing, block by block so that memory stays bounded."""
    from scipy.sparse import csr_matrix

    count = liking.shape[1]
    transposed = liking.T.tocsr()
    length = np.sqrt(np.diff(transposed.indptr))
    rows, columns, values = [], [], []
    for start in range(0, count, BLOCK):
        both = (transposed[start : start + BLOCK] @ liking).tocsr()
        for at in range(both.shape[0]):
            thing = start + at
            others = both.indices[both.indptr[at] : both.indptr[at + 1]]
            shared = both.data[both.indptr[at] : both.indptr[at + 1]]
            alike = shared / (length[thing] * length[others] + config.shrink)
            alike[others == thing] = 0
            if len(alike) > config.neighbours:
                nearest = np.lexsort((others, -alike))[: config.neighbours]
                others, alike = others[nearest], alike[nearest]
            rows.append(np.full(len(others), thing))
            columns.append(others)
            values.append(alike)
    if not rows:
        return csr_matrix((count, count))
    cells = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    whole = csr_matrix(cells, shape=(count, count))
    whole.eliminate_zeros()
    return whole
