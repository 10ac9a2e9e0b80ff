"""Faults planted in real pictures are found, and the good ones are left alone."""

from __future__ import annotations

import io
from types import ModuleType

import numpy as np
import pytest
from image_trials import batch_of, edited, refused
from PIL import Image, ImageFilter

from ingather.cleaning.image import aspect, blur, exposure, picture_size, readable
from ingather.media.image import ImageBatch, decode_images

FILTERS = (readable, picture_size, aspect, blur, exposure)
RECALL = 0.95


@pytest.mark.parametrize("operator", FILTERS, ids=lambda o: o.__name__.rpartition(".")[2])
def test_at_most_one_in_a_hundred_good_pictures_is_put_aside(
    operator: ModuleType, cell_batch: ImageBatch, scenes: list[bytes]
) -> None:
    assert refused(operator, cell_batch).mean() <= 0.01
    assert refused(operator, batch_of(scenes)).sum() == 0


def test_together_they_put_no_blood_cell_picture_aside(cell_batch: ImageBatch) -> None:
    bad = np.any([refused(operator, cell_batch) for operator in FILTERS], axis=0)
    assert bad.sum() == 0


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9, 0.99])
def test_cut_files_are_not_readable(mixed: list[bytes], share: float) -> None:
    cut = batch_of([content[: int(len(content) * share)] for content in mixed])
    assert refused(readable, cut).mean() >= RECALL
    for operator in (aspect, blur, exposure, picture_size):
        refused(operator, cut)


def test_what_is_no_picture_is_told_in_words() -> None:
    strange = [b"", b"<!DOCTYPE html><title>404</title>", b"%PDF-1.7 x", b"id,name\n1,Ana\n", bytes(900)]
    told = readable.measure(batch_of(strange), readable.Config())["fault"].to_pylist()
    for words, part in zip(told, ("empty", "web page", "PDF", "text", "zeros"), strict=True):
        assert part in words


def test_thumbnails_are_too_small(mixed: list[bytes]) -> None:
    small = [edited(content, lambda image: image.resize((15, 12))) for content in mixed]
    assert refused(picture_size, batch_of(small)).all()


def test_strips_are_refused(mixed: list[bytes]) -> None:
    strips = [edited(content, lambda image: image.crop((0, 0, image.width, 60))) for content in mixed]
    assert refused(aspect, batch_of(strips)).mean() >= RECALL
    upright = [edited(content, lambda image: image.crop((0, 0, 50, image.height))) for content in mixed]
    assert refused(aspect, batch_of(upright)).mean() >= RECALL


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_pictures_out_of_focus_are_blurred(mixed: list[bytes], scale: float) -> None:
    def defocused(image: Image.Image) -> Image.Image:
        return image.filter(ImageFilter.GaussianBlur(scale * max(image.size) / 160))

    assert refused(blur, batch_of([edited(content, defocused) for content in mixed])).mean() >= RECALL


def test_moved_blood_cells_are_blurred(cells: list[bytes]) -> None:
    def moved(image: Image.Image) -> Image.Image:
        line = np.zeros(625)
        line[12 * 25 + 2 : 12 * 25 + 23] = 1
        pixels = np.asarray(image, dtype=np.float64)
        shifted = sum(np.roll(pixels, step, axis=1) for step in range(-9, 10)) / 19
        return Image.fromarray(np.asarray(shifted).astype(np.uint8))

    assert refused(blur, batch_of([edited(content, moved) for content in cells[::10]])).mean() >= RECALL


@pytest.mark.parametrize("gain", [0.08, 20.0, pytest.param((128, 0.03), id="even")], ids=lambda g: str(g))
def test_dark_light_and_even_pictures_are_refused(
    mixed: list[bytes], gain: float | tuple[int, float]
) -> None:
    def exposed(image: Image.Image) -> Image.Image:
        pixels = np.asarray(image, dtype=np.float64)
        if isinstance(gain, tuple):
            pixels = gain[0] + (pixels - 128) * gain[1]
        else:
            pixels = (pixels + (8 if gain > 1 else 0)) * gain
        return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))

    assert refused(exposure, batch_of([edited(content, exposed) for content in mixed])).mean() >= RECALL


def test_a_white_page_with_writing_and_a_night_scene_pass() -> None:
    rng = np.random.default_rng(0)
    page = np.full((600, 400), 255, dtype=np.uint8)
    page[50:550:25, 40:360] = np.where(rng.random((20, 320)) < 0.6, 0, 255)
    page[51:551:25, 40:360] = page[50:550:25, 40:360]
    page[52:552:25, 40:360] = page[50:550:25, 40:360]
    night = np.clip(rng.normal(14, 6, (300, 400)), 0, 255).astype(np.uint8)
    night[100:140, 50:350] = 230
    contents = []
    for pixels in (page, night):
        out = io.BytesIO()
        Image.fromarray(pixels).save(out, format="PNG")
        contents.append(out.getvalue())
    assert not refused(exposure, batch_of(contents)).any()


@pytest.mark.parametrize("operator", FILTERS, ids=lambda o: o.__name__.rpartition(".")[2])
def test_the_batch_makes_no_difference(operator: ModuleType, mixed: list[bytes]) -> None:
    contents: list[bytes | None] = [*mixed[:6], None, b"broken", mixed[7][:500]]
    ids = [str(i) for i in range(len(contents))]
    together = operator.measure(decode_images(ids, contents), operator.Config())
    for row, content in enumerate(contents):
        alone = operator.measure(decode_images([ids[row]], [content]), operator.Config())
        for name in operator.measures:
            assert str(alone[name][0]) == str(together[name][row])
    assert all(len(v) == 0 for v in operator.measure(decode_images([], []), operator.Config()).values())
