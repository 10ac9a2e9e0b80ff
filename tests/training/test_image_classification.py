"""The image baseline on crops of real blood cells, and on pictures that are odd."""

from __future__ import annotations

import io
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ingather.errors import InputError
from ingather.formats.layouts import voc
from ingather.plan.model import Step
from ingather.sample import Item
from ingather.sources.splitting import cut_items, splitters_of
from ingather.training.contract import Examples
from ingather.training.picture_features import PictureShape
from ingather.training.recipes import image_classification as recipe

CONFIG = recipe.Config()
TASK = {"type": "classification", "labels": ["RBC", "WBC", "Platelets"]}


@pytest.fixture(scope="module")
def crops(data: Path) -> tuple[Examples, np.ndarray]:
    """1,500 crops with their features, and the number of the picture each was cut from."""
    read = cut_items(
        voc.read(data / "bccd-blood-cells", voc.Config()), splitters_of([Step(operator="crops")])
    )
    items = list(islice((x for x in read if isinstance(x, Item) and x.parent), 1500))
    examples = Examples(
        [item.key for item in items],
        [item.content for item in items],
        [item.label for item in items],
        TASK,
        "image",
    )
    parents = np.unique([item.parent for item in items], return_inverse=True)[1]
    return recipe.prepare(examples, CONFIG), parents


def test_blood_cells_are_told_apart_in_pictures_never_seen(crops: tuple[Examples, np.ndarray]) -> None:
    examples, parents = crops
    test = parents % 4 == 0
    model = recipe.fit(examples.take(np.flatnonzero(~test)), CONFIG, 0)
    asked = examples.take(np.flatnonzero(test))
    told = model.predict(asked)
    right = np.array([a == b for a, b in zip(told.values, asked.labels, strict=True)])
    assert right.mean() >= 0.98
    for label in ("WBC", "Platelets"):
        mine = np.array([truth == label for truth in asked.labels])
        assert right[mine].mean() >= 0.85
    assert told.scores is not None
    assert np.allclose(told.scores.sum(axis=1), 1)
    assert 0.9 <= told.scores.max(axis=1).mean() <= right.mean() + 0.01


def test_the_same_seed_gives_the_same_scores(crops: tuple[Examples, np.ndarray]) -> None:
    some = crops[0].take(np.arange(200))
    first, second = (recipe.fit(some, CONFIG, 7).predict(some).scores for _ in range(2))
    assert np.array_equal(first, second)


def test_what_cannot_be_decoded_is_answered_but_not_learnt_from(data: Path) -> None:
    read = cut_items(
        voc.read(data / "bccd-blood-cells", voc.Config()), splitters_of([Step(operator="crops")])
    )
    items = list(islice((x for x in read if isinstance(x, Item) and x.parent), 40))
    inputs = [item.content for item in items]
    labels = [item.label for item in items]
    broken = Examples(
        [str(i) for i in range(43)],
        [*inputs, b"", b"broken", inputs[0][:200]],
        [*labels, "XYZ", "RBC", None],
        TASK,
        "image",
    )
    model = recipe.fit(broken, CONFIG, 0)
    told = model.predict(broken)
    assert len(told.values) == 43
    assert "XYZ" not in told.classes
    with pytest.raises(InputError, match="nothing to learn from"):
        recipe.fit(broken.take(np.array([40, 41])), CONFIG, 0)


def test_features_of_odd_pictures() -> None:
    shape = PictureShape()
    for size, mode in (((1, 1), "RGB"), ((1, 300), "L"), ((500, 20), "RGBA"), ((64, 64), "P"), ((9, 9), "1")):
        out = io.BytesIO()
        Image.new(mode, size).save(out, format="PNG")
        vector = shape.of(out.getvalue())
        assert vector is not None
        assert vector.shape == (shape.length,)
        assert np.isfinite(vector).all()


def test_size_is_learnt_from_only_when_asked() -> None:
    contents, labels = [], []
    for number in range(40):
        out = io.BytesIO()
        side = 20 if number % 2 else 90
        Image.new("RGB", (side, side), "grey").save(out, format="PNG")
        contents.append(out.getvalue())
        labels.append("small" if number % 2 else "large")
    examples = Examples([str(i) for i in range(40)], contents, labels, {"type": "classification"}, "image")
    without = recipe.fit(examples, CONFIG, 0).predict(examples)
    config = recipe.Config(size=True)
    within = recipe.fit(examples, config, 0).predict(examples)
    assert within.values == labels
    assert without.values != labels
