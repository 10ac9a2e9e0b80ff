"""What a plan is cleaned with if it does not say."""

from __future__ import annotations

from ingather.sample import Modality

DEFAULTS: dict[Modality, tuple[str, ...]] = {
    "text": (
        "encoding-repair",
        "normal-form",
        "text-length",
        "symbols",
        "repetition",
        "patient-identifiers",
        "duplicates",
    ),
    "audio": (
        "decode",
        "duration",
        "silence",
        "clipping",
        "loudness",
        "snr",
        "cut",
        "bandwidth",
        "duplicates",
    ),
    "image": (
        "readable",
        "picture-size",
        "aspect",
        "upright",
        "blur",
        "exposure",
        "private-exif",
        "dicom-identifiers",
        "duplicates",
    ),
    "record": ("types", "missing", "range", "categories", "repeated-keys", "hipaa-fields", "duplicates"),
    "video": (
        "playable",
        "running-time",
        "frame-size",
        "frame-rate",
        "frozen",
        "black",
        "shots",
        "sharpness",
        "lighting",
        "sound-level",
        "sound-sync",
        "duplicates",
    ),
    "sensor": (
        "readable-series",
        "time-zone",
        "time-order",
        "missing-stamps",
        "doubled-stamps",
        "gaps",
        "jitter",
        "clock-drift",
        "stream-clocks",
        "flat-lines",
        "spikes",
        "saturation",
        "channel-range",
        "unit-and-rate",
        "stuck-bits",
        "channel-figures",
        "duplicates",
    ),
}
"""Operators by modality, in order: what changes a sample stands before what measures it.

An operator that has ``by_default(plan)`` is left out where that says no.
"""

PART_DEFAULTS: dict[Modality, tuple[str, ...]] = {
    "text": ("encoding-repair", "normal-form"),
    "audio": ("decode", "silence", "clipping"),
    "image": ("readable", "private-exif"),
    "record": (),
    "video": ("playable", "frame-rate", "frozen", "black"),
    "sensor": ("time-order",),
}
"""Operators for further parts by their modality: a mask is dark, an answer short, and both are right.

A bus that tells of a turn only, or a radar that sees nothing, has gaps and flat lines, and is right too.
"""

EXPANDED: dict[tuple[Modality, str], tuple[str, ...]] = {
    ("text", "duplicates"): ("near-duplicates",),
    ("audio", "duplicates"): ("same-recording",),
    ("image", "duplicates"): ("same-picture",),
    ("video", "duplicates"): ("same-film",),
    ("record", "duplicates"): ("near-rows",),
    ("sensor", "duplicates"): ("same-series",),
}
"""``duplicates`` means exact and near ones: who asks for it gets the modality's own near operator too."""
