"""Utterances: a recording cut at its pauses, or where a file beside it says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pydantic import Field

from ingather.formats.audio_cuts import cut_recording
from ingather.formats.time_marks import Mark
from ingather.media.audio import decode
from ingather.media.sounding import sounding_spans
from ingather.sample import Item, Loss, Modality
from ingather.sources.marks_beside import marks_beside
from ingather.sources.splitting import SplitterConfig, child

reads: Modality = "audio"


class Config(SplitterConfig):
    """Where to cut."""

    marks: bool = Field(
        False,
        description="cut where a file beside the recording says, of the same name and ending in .rttm, .ctm, "
        ".srt, .vtt or .TextGrid; false: at pauses",
    )
    tier: str | None = Field(None, description="of a TextGrid, the only tier that counts")
    speakers: bool = Field(False, description="who speaks, where marks say so, is the contributor")
    transcript: bool = Field(False, description="what is said, where marks say so, is the label")
    pause: float = Field(0.35, gt=0, le=10, description="seconds of quiet between two utterances")
    least: float = Field(0.2, ge=0, le=60, description="seconds; shorter sounds are left out")
    most: float = Field(
        30.0, gt=1, le=3600, description="seconds; longer utterances are cut where it is quietest"
    )
    margin: float = Field(0.1, ge=0, le=1, description="seconds kept before and after, where there is room")


def watches_marks(config: Config) -> bool:
    """Whether a change of the file beside a recording cuts it anew."""
    return config.marks


def split(item: Item, config: Config) -> Iterator[Item | Loss]:
    """The recording as carrier, then its utterances, FLAC or WAV, with start and end in seconds.

    An utterance is named by its start in milliseconds. Marks that lie outside of the recording are losses; a
    recording without marks where ``marks`` is asked for, or in which nothing sounds, gives none and says so.
    """
    if item.content is None:
        yield replace(item, fault="it has no content")
        return
    if config.marks:
        spans, losses = _marked(item, config)
    else:
        content = item.content if isinstance(item.content, bytes) else item.content.read_bytes()
        clip, fault = decode(content)
        if clip is None:
            yield replace(item, fault=fault)
            return
        found = sounding_spans(
            clip, pause=config.pause, least=config.least, most=config.most, margin=config.margin
        )
        spans, losses = [Mark(start, end) for start, end in found], []
        if not spans:
            losses = [Loss(item.key, "nothing sounds in it: no utterance is cut from it")]
    yield from cut_recording(item, _children(item, spans, config))
    yield from losses


def _marked(item: Item, config: Config) -> tuple[list[Mark], list[Loss]]:
    beside, marks, losses = marks_beside(item)
    if config.tier is not None and beside is not None and beside.suffix.lower() == ".textgrid":
        marks = [mark for mark in marks if mark.speaker == config.tier]
    return marks, losses


def _children(item: Item, marks: list[Mark], config: Config) -> list[Item]:
    children: list[Item] = []
    names: dict[str, int] = {}
    for mark in marks:
        name = f"{round(mark.start * 1000)}"
        names[name] = names.get(name, 0) + 1
        if names[name] > 1:
            name = f"{name}-{names[name]}"
        piece = child(item, name, {"start": mark.start, "end": mark.end}, content=None)
        piece.session = item.session or item.key
        if config.speakers and mark.speaker is not None:
            piece.contributor = mark.speaker
        if config.transcript:
            piece.label = mark.text or None
        children.append(piece)
    return children
