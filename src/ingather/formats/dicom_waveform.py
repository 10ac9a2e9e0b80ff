"""Waveforms of a DICOM file (PS3.3, C.10.9) as streams: one for each group of channels on one clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ingather.series import SECOND, Stream

if TYPE_CHECKING:
    from pydicom import Dataset


def waveform_streams(dataset: Dataset) -> tuple[list[Stream], list[tuple[int, str]]]:
    """The streams, and for each group that cannot be read its number from 1 and why.

    Time counts from the first value; the date is left where it is, for it tells of a person. Values are in
    the channel's own unit, after sensitivity, correction and baseline.
    """
    streams: list[Stream] = []
    losses: list[tuple[int, str]] = []
    for number, group in enumerate(dataset.WaveformSequence, start=1):
        try:
            streams.append(_stream(dataset, group, number))
        except Exception as error:  # a decoder of hostile bytes raises nearly anything
            losses.append((number, f"it cannot be decoded: {str(error)[:200]}"))
    return streams, losses


def _stream(dataset: Dataset, group: Dataset, number: int) -> Stream:
    rate = float(group.SamplingFrequency)
    if not 0 < rate < 1e9:
        raise ValueError(f"its rate is {rate} values a second")
    values = dataset.waveform_array(number - 1)
    names: list[str] = []
    units: dict[str, str] = {}
    for place, channel in enumerate(group.ChannelDefinitionSequence):
        name = _meaning(channel, "ChannelSourceSequence") or f"channel {place + 1}"
        while name in names or name == "time":
            name += "'"
        names.append(name)
        unit = _unit(channel)
        if unit:
            units[name] = unit
    time = np.rint(np.arange(len(values)) * (SECOND / rate)).astype(np.int64)
    channels = {name: values[:, place].astype(np.float64) for place, name in enumerate(names)}
    label = str(group.get("MultiplexGroupLabel") or "").strip().lower().replace(" ", "-")
    return Stream(time, channels, units, rate, label or str(number))


def _unit(channel: Dataset) -> str:
    codes: Any = channel.get("ChannelSensitivityUnitsSequence") or []
    return str(codes[0].get("CodeValue") or "").strip() if len(codes) else ""


def _meaning(item: Dataset, keyword: str) -> str:
    codes: Any = item.get(keyword) or []
    return str(codes[0].get("CodeMeaning") or "").strip() if len(codes) else ""
