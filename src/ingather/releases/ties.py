"""What belongs together in one split: contributors, sessions, prompts, families, near-duplicate clusters."""

from __future__ import annotations

import numpy as np
import orjson
import pyarrow as pa
from numpy.typing import NDArray

from ingather.errors import InputError
from ingather.plan.model import Plan
from ingather.releases.selection import Selection
from ingather.releases.splitting import codes_of
from ingather.store.lookup import Lookup
from ingather.store.packed_ids import id_numbers
from ingather.store.workspace import Workspace


def tie(workspace: Workspace, plan: Plan, chosen: Selection, name: str) -> NDArray[np.int64]:
    """Codes of n samples by one key of ``release.apart_by``; -1 where a sample has none.

    Args:
        workspace: holds parts and duplicates.
        plan: whose task tells what a prompt is.
        chosen: the samples.
        name: contributor, session, parent, source, prompt, cluster, or an attribute.

    Raises:
        InputError: nothing is known by which these samples could be kept apart so.
    """
    if name in plan.attributes:
        return _of_words(chosen.groups.get(name), len(chosen.ids))
    if name == "contributor":
        return codes_of(chosen.contributors)
    if name == "session":
        return codes_of(chosen.sessions)
    if name == "parent":
        return codes_of(chosen.parents)
    if name == "prompt":
        return _prompts(workspace, plan, chosen)
    if name == "cluster":
        return _clusters(workspace, chosen)
    if name in chosen.groups:
        return _of_words(chosen.groups[name], len(chosen.ids))
    raise InputError(
        f"release.apart_by: '{name}' is nothing that samples could be kept apart by.",
        why="Test and validation would share it with train, and nobody would know.",
        fix="Write contributor, session, parent, prompt, cluster, source, or an attribute of the plan.",
    )


def _of_words(values: pa.Array | None, n: int) -> NDArray[np.int64]:
    if values is None:
        return np.full(n, -1, np.int64)
    return codes_of(values)


def _prompts(workspace: Workspace, plan: Plan, chosen: Selection) -> NDArray[np.int64]:
    """What was asked or read aloud: the parts with the role prompt, else the words of a transcription."""
    found: list[str | None] = []
    parts = Lookup(workspace.samples, ["parts"])
    for ids in chosen.ids.portions():
        for told in parts.match(ids)["parts"].to_pylist():
            found.append(_prompt(orjson.loads(told)) if told else None)
    if plan.task.type == "transcription":
        found = [a or b for a, b in zip(found, chosen.labels.to_pylist(), strict=True)]
    if found and not any(found):
        raise InputError(
            "release.apart_by: no sample says its prompt.",
            why="A prompt is an attribute of that name, a part with the role prompt, or the words of a "
            "transcription; there is none of them.",
            fix="Remove 'prompt' from release.apart_by, or add an attribute 'prompt' that a source fills.",
        )
    return codes_of(found)


def _prompt(parts: list[dict[str, str]]) -> str | None:
    return next((part.get("text") for part in parts if part.get("role") == "prompt"), None)


def _clusters(workspace: Workspace, chosen: Selection) -> NDArray[np.int64]:
    """Near-duplicate clusters: samples that confirmed pairs join, also by way of one that is not chosen."""
    n = len(chosen.ids)
    if not workspace.duplicates.exists or not n:
        return np.full(n, -1, np.int64)
    pairs = workspace.duplicates.read(["left", "right"])
    own, one, other = chosen.ids.high, id_numbers(pairs["left"]), id_numbers(pairs["right"])
    _, place = np.unique(np.concatenate([own, one, other]), return_inverse=True)
    nodes = int(place.max()) + 1
    first, second = place[n : n + len(one)], place[n + len(one) :]
    clusters = _joined(nodes, first, second)
    sizes = np.bincount(clusters, minlength=nodes)
    codes = clusters[place[:n]]
    return np.where(sizes[codes] > 1, codes, -1).astype(np.int64)


def _joined(nodes: int, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.int64]:
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    graph = coo_matrix((np.ones(len(first), np.int8), (first, second)), shape=(nodes, nodes))
    _, clusters = connected_components(graph, directed=False)
    return np.asarray(clusters, np.int64)


def unknown_ties(names: tuple[str, ...], codes: list[NDArray[np.int64]]) -> list[str]:
    """Sentences for keys that no sample has, by which nothing is kept apart."""
    return [
        f"no sample has a {name}: nothing is kept apart by it"
        for name, values in zip(names, codes, strict=True)
        if len(values) and name not in ("cluster", "parent") and not (values >= 0).any()
    ]
