"""The same picture is found again however it was treated, and pictures that look alike are no copies."""

from __future__ import annotations

import io
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from image_trials import batch_of, edited
from PIL import Image, ImageEnhance

from ingather.cleaning.image import same_picture
from ingather.formats.layouts import voc
from ingather.media.image import ImageBatch
from ingather.plan.model import Step
from ingather.sample import Item
from ingather.sources.splitting import cut_items, splitters_of

CONFIG = same_picture.Config()


def copies(batch: ImageBatch, first_new: int = 0) -> set[tuple[int, int]]:
    found = same_picture.pairs(same_picture.sign(batch, CONFIG), first_new, CONFIG)
    assert (found[:, 0] < found[:, 1]).all()
    assert (found[:, 1] >= first_new).all()
    alike = same_picture.same(batch.take(found[:, 0]), batch.take(found[:, 1]), CONFIG)
    return {(int(a), int(b)) for a, b in found[alike >= CONFIG.threshold]}


def cropped(share: float, seed: int) -> object:
    rng = np.random.default_rng(seed)

    def cut(image: Image.Image) -> Image.Image:
        left, upper, right, lower = rng.uniform(0, share, 4)
        w, h = image.size
        return image.crop((int(left * w), int(upper * h), int(w - right * w), int(h - lower * h)))

    return cut


TREATED = {
    "half": lambda image: image.resize((image.width // 2, image.height // 2)),
    "third": lambda image: image.resize((image.width // 3, image.height // 3)),
    "brighter": lambda image: ImageEnhance.Brightness(image).enhance(1.2),
    "darker": lambda image: ImageEnhance.Brightness(image).enhance(0.7),
    "contrast": lambda image: ImageEnhance.Contrast(image).enhance(1.3),
    "crop3": cropped(0.03, 3),
    "crop6": cropped(0.06, 6),
}


@pytest.mark.parametrize("name", TREATED)
def test_treated_copies_are_found_and_nothing_else(mixed: list[bytes], name: str) -> None:
    again = [edited(content, TREATED[name]) for content in mixed]
    found = copies(batch_of([*mixed, *again]), first_new=len(mixed))
    wanted = {(row, row + len(mixed)) for row in range(len(mixed))}
    assert len(found & wanted) >= 0.95 * len(wanted)
    assert not found - wanted


@pytest.mark.parametrize(("kind", "quality"), [("JPEG", 30), ("WEBP", 50), ("PNG", 0), ("AVIF", 60)])
def test_encoded_anew(mixed: list[bytes], kind: str, quality: int) -> None:
    again = []
    for content in mixed[::5]:
        out = io.BytesIO()
        Image.open(io.BytesIO(content)).save(out, format=kind, quality=quality)
        again.append(out.getvalue())
    found = copies(batch_of([*mixed[::5], *again]))
    assert {(row, row + len(again)) for row in range(len(again))} == found


def test_no_blood_cell_picture_is_a_copy_of_another(cell_batch: ImageBatch) -> None:
    assert len(copies(cell_batch)) <= 2


def test_crops_of_cells_that_look_alike_are_no_copies(data: Path) -> None:
    read = cut_items(
        voc.read(data / "bccd-blood-cells", voc.Config()), splitters_of([Step(operator="crops")])
    )
    crops = (thing.content for thing in read if isinstance(thing, Item) and thing.parent)
    some = [content for content in islice(crops, 500) if isinstance(content, bytes)]
    assert len(some) == 500
    found = copies(batch_of(some))
    assert len(found) <= 0.005 * len(some)


def test_old_ones_are_not_compared_again_and_the_broken_pair_with_nothing(mixed: list[bytes]) -> None:
    contents = [mixed[0], mixed[0], b"broken", mixed[1], mixed[1], b"broken"]
    batch = batch_of(contents)
    signed = same_picture.sign(batch, CONFIG)
    assert signed.type == pa.binary(336)
    assert signed.null_count == 2
    assert copies(batch) == {(0, 1), (3, 4)}
    assert copies(batch, first_new=2) == {(3, 4)}
    assert copies(batch, first_new=5) == set()
    assert copies(batch_of([])) == set()


def test_signatures_come_back_from_the_store_as_they_went(mixed: list[bytes]) -> None:
    signed = same_picture.sign(batch_of([mixed[0], mixed[0]]), CONFIG)
    stored = pa.chunked_array([signed.cast(pa.large_binary())])
    assert same_picture.pairs(stored, 0, CONFIG).tolist() == [[0, 1]]
