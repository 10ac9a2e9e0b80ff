"""Detection for the recipe `command`: connected pixels of the colours that are usual inside the boxes.

    task: {type: boxes}
    train: {recipe: command, metric: map_50, options: {run: [python, detect.py]}}

Labels are JSON: [{"label": ..., "box": [left, top, width, height]}]; answers are the same with a score. A
stand-in that shows what goes in and out; put a detector of your own in its place.
"""

import io
import json
import os

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image
from scipy import ndimage

SHADES = 12
LEAST = 0.5


def shades(content: bytes) -> np.ndarray:
    """Each pixel's colour as one number."""
    with Image.open(io.BytesIO(content)) as picture:
        pixels = np.asarray(picture.convert("RGB"), np.int64) * SHADES // 256
    return (pixels[..., 0] * SHADES + pixels[..., 1]) * SHADES + pixels[..., 2]


train = pq.read_table(os.environ["INGATHER_TRAIN"]).to_pylist()
asked = pq.read_table(os.environ["INGATHER_PREDICT"]).to_pylist()
inside: dict[str, np.ndarray] = {}
sizes: dict[str, list[float]] = {}
everywhere = np.ones(SHADES**3)
for one in train:
    picture = shades(one["media"])
    everywhere += np.bincount(picture.ravel(), minlength=SHADES**3)
    for thing in json.loads(one["label"]):
        left, top, width, height = (max(0, int(v)) for v in thing["box"])
        # the middle of a box is surely the thing
        part = picture[top + height // 4 : top + height * 3 // 4, left + width // 4 : left + width * 3 // 4]
        table = inside.setdefault(thing["label"], np.zeros(SHADES**3))
        table += np.bincount(part.ravel(), minlength=SHADES**3)
        sizes.setdefault(thing["label"], []).append(width * height)
names = sorted(inside)
usual = np.stack([inside[name] / max(inside[name].sum(), 1) for name in names])
found = []
for one in asked:
    picture = shades(one["media"])
    rare = usual[:, picture] / (everywhere[picture] / everywhere.sum())
    things = []
    for code, name in enumerate(names):
        likely = ndimage.uniform_filter(np.minimum(np.log1p(rare[code]), 4.0), 5)
        most = np.all(
            [likely >= ndimage.uniform_filter(np.minimum(np.log1p(r), 4.0), 5) for r in rare], axis=0
        )
        spots, _ = ndimage.label(ndimage.binary_opening((likely > np.log1p(1 + LEAST)) & most, iterations=2))
        for number, place in enumerate(ndimage.find_objects(spots), start=1):
            top, left = place[0].start, place[1].start
            height, width = place[0].stop - top, place[1].stop - left
            fits = min(width * height / np.median(sizes[name]), np.median(sizes[name]) / (width * height))
            sure = float(likely[spots == number].mean() * fits)
            things.append({"label": name, "box": [left, top, width, height], "score": round(sure, 4)})
    found.append(json.dumps(things))
pq.write_table(
    pa.table({"id": [one["id"] for one in asked], "prediction": found}), os.environ["INGATHER_OUT"]
)
