"""Samples of two plain kinds for every recipe, by the modality that it reads and the task that it answers."""

from __future__ import annotations

import io
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np

from ingather.formats.time_ranges import TimeRange, as_label
from ingather.sample import MODALITIES, Part
from ingather.series import SECOND, Stream, encode
from ingather.training.contract import Beside, Examples

WORDS = ("the train is late again today", "win a free prize now, call")
TOWNS = ("Paris", "Berlin", "Rome", "Oslo", "Madrid")
TASKS = {
    "retrieval": "retrieval",
    "anomaly": "anomaly",
    "failure_within_horizon": "failure",
    "sequence_tagging": "tagging",
}
"""The task that a recipe is tried with where classification is not the first to think of."""


def task_of(recipe: ModuleType) -> str:
    name = recipe.__name__.rpartition(".")[2]
    if name in TASKS:
        return TASKS[name]
    return "classification" if "classification" in recipe.tasks else str(sorted(recipe.tasks)[0])


def examples(recipe: ModuleType, n: int, one_class: bool = False) -> Examples:
    task = task_of(recipe)
    modality = next(m for m in MODALITIES if m in recipe.modalities)
    kinds = [0 if one_class else i % 2 for i in range(n)]
    return Examples(
        [f"id-{i}" for i in range(n)],
        [one_input(modality, task, kind, i) for i, kind in enumerate(kinds)],
        [label(task, kind, i) for i, kind in enumerate(kinds)],
        {"type": task, "k": 10},
        modality,
        [beside(task, kind, i) for i, kind in enumerate(kinds)],
    )


def one_input(modality: str, task: str, kind: int, n: int) -> Any:
    if task == "tagging" and modality == "text":
        return " ".join(tokens(kind, n))
    if task == "retrieval":
        return WORDS[n // 2 % 2]
    if modality == "text":
        return f"{WORDS[kind]} {n}"
    if modality == "audio":
        return sound(kind, n)
    if modality == "image":
        return picture(kind, n)
    if modality == "video":
        return film(kind, n)
    if modality == "sensor":
        return series(kind, n, 400 if task == "anomaly" else 60)
    if task == "recommendation":
        return {"user": f"u{n % 6}", "item": f"i{kind}{n % 9}", "rating": 4, "at": n}
    return {"amount": 10 * kind + n % 5, "colour": ("red", "blue")[kind], "empty": None, "size": n % 3}


def label(task: str, kind: int, n: int) -> Any:
    if task == "tagging":
        return ["O", "O", "B-town", "O"] if kind else ["O", "O", "O", "O"]
    if task == "anomaly":
        return as_label([TimeRange(300.0, 304.0, "odd")] if kind else [])
    if task in ("retrieval", "ranking"):
        return float(kind)
    return {"regression": 3.5 + kind, "recommendation": None}.get(task, ("no", "yes")[kind])


def beside(task: str, kind: int, n: int) -> Beside:
    if task == "tagging":
        return Beside(data={"tokens": tokens(kind, n)})
    if task in ("retrieval", "ranking"):
        words = WORDS[n // 2 % 2] if kind else "nothing to do with it at all"
        return Beside((Part("document", text=f"{words} {n}"),), session=f"q{n // 2}")
    if task == "failure":
        return Beside(session=f"m{kind}", segment={"start": float(n), "end": n + 1.0})
    return Beside()


def tokens(kind: int, n: int) -> list[str]:
    return ["we", "visit", TOWNS[n % 5] if kind else ("friends", "shops")[n % 2], "today"]


def sound(kind: int, n: int) -> bytes:
    import soundfile

    rng = np.random.default_rng(n)
    time = np.arange(4000) / 8000
    wave = 0.3 * np.sin(2 * np.pi * (200 + 400 * kind) * time) * (np.abs(time - 0.25) < 0.2)
    stream = io.BytesIO()
    soundfile.write(stream, wave + rng.normal(0, 0.01, 4000), 8000, format="WAV")
    return stream.getvalue()


def picture(kind: int, n: int) -> bytes:
    from PIL import Image

    rng = np.random.default_rng(n)
    pixels = rng.integers(0, 60, (48, 48, 3)) + np.array([0, 120, 60]) * kind
    stream = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(stream, "PNG")
    return stream.getvalue()


def series(kind: int, n: int, rows: int) -> bytes:
    """Noise, slow or quick in its change; with five moments far out where the kind is 1."""
    rng = np.random.default_rng(n)
    values = rng.normal(0, 1, rows)
    if rows >= 400:
        values[300:305] += 40 * kind
    else:
        values = np.sin(np.arange(rows) * (0.2 + kind)) * 3 + values / 3
    return encode(Stream(np.arange(rows) * SECOND, {"x": values}))


@cache
def film(kind: int, n: int) -> bytes:
    """Half a second of noise, dark or light."""
    import av

    rng = np.random.default_rng(n)
    stream = io.BytesIO()
    with av.open(stream, "w", format="mp4") as container:
        track = container.add_stream("mpeg4", rate=8)
        track.width = track.height = 48
        track.pix_fmt = "yuv420p"
        for _ in range(4):
            pixels = rng.integers(0, 60, (48, 48, 3)) + 150 * kind
            frame = av.VideoFrame.from_ndarray(pixels.astype(np.uint8), format="rgb24")
            container.mux(track.encode(frame))
        container.mux(track.encode(None))
    return stream.getvalue()
