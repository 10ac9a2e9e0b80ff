"""Frames: pictures taken from a film, every so often or where something changes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from pydantic import Field, model_validator

from ingather.media.video_container import fault_in_words
from ingather.media.video_stills import Still, stills_of
from ingather.sample import Item, Json, Loss, Modality
from ingather.sources.film_labels import label_of_frame
from ingather.sources.splitting import SplitterConfig, child

reads: Modality = "video"
gives: Modality = "image"
_USUAL = 1.0


class Config(SplitterConfig):
    """Which frames are taken, and how they are kept."""

    every: int | None = Field(None, ge=1, description="every n-th frame, from the first on")
    seconds: float | None = Field(
        None, gt=0, description="a frame every so many seconds; 1 if nothing else is said"
    )
    change: float | None = Field(
        None,
        gt=0,
        le=1,
        description="a frame where the mean change of luma since the last one taken, 0 to 1, is so large",
    )
    most: int = Field(10_000, ge=1, description="frames of one film; the rest is told")
    keep: Literal["jpeg", "png"] = Field(
        "jpeg", description="jpeg: small, quality 92 without colour lost in between; png: bit by bit"
    )

    @model_validator(mode="after")
    def _one_rule(self) -> Config:
        if self.every is not None and self.seconds is not None:
            raise ValueError("say either 'every' or 'seconds'")
        return self


def split(item: Item, config: Config) -> Iterator[Item | Loss]:
    """The film as carrier, then its frames as pictures, upright, in one pass of decoding.

    A picture is named by its frame's number, from 0. Its segment has ``start`` and ``end``, the seconds in
    which it is shown by the film's clock, and ``frame``. With ``change`` beside ``every`` or ``seconds``,
    frames are looked at so often and taken where something changed. Tracks become boxes.
    """
    if item.content is None:
        yield replace(item, fault=item.fault or "it has no content")
        return
    seconds = config.seconds
    if config.every is None and config.change is None and seconds is None:
        seconds = _USUAL
    taken = stills_of(item.content, every=config.every, seconds=seconds, change=config.change)
    carried = False
    try:
        for number, still in enumerate(taken):
            if not carried:
                yield replace(item, carrier=True)
                carried = True
            if number == config.most:
                yield Loss(item.key, f"more than {config.most} of its frames fit: the rest is left out")
                return
            yield _picture(item, still, config)
    except Exception as error:  # decoders of hostile bytes raise nearly anything
        told = fault_in_words(item.content, error)
        if carried:
            yield Loss(item.key, f"no more frames: {told}")
        else:
            yield replace(item, fault=item.fault or told)
        return
    if not carried:
        yield replace(item, fault=item.fault or "not one frame of it can be decoded")


def _picture(item: Item, still: Still, config: Config) -> Item:
    written = io.BytesIO()
    if config.keep == "png":
        # level 1: a third of the time of the default for a tenth more bytes
        still.picture.save(written, format="PNG", compress_level=1)
    else:
        still.picture.save(written, format="JPEG", quality=92, subsampling=0)
    place: dict[str, Json] = {
        "start": round(still.start, 6),
        "end": round(still.end, 6),
        "frame": still.frame,
    }
    made = child(
        item,
        str(still.frame),
        place,
        modality="image",
        content=written.getvalue(),
        media_type=f"image/{config.keep}",
        label=label_of_frame(item.label, still.frame),
    )
    made.session = item.session or item.key
    return made
