"""Speech to text for the recipe `command`: the transcript of the training clip that sounds most alike.

    task: {type: transcription}
    train: {recipe: command, metric: wer, options: {run: [python, transcribe.py]}}

A stand-in that shows what goes in and out; put a recogniser of your own in the place of `sound`.
"""

import io
import os

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import soundfile


def sound(content: bytes) -> np.ndarray:
    """Loudness of 20 bands in 10 equal parts of the sounding span, its mean removed."""
    wave, rate = soundfile.read(io.BytesIO(content), dtype="float32", always_2d=True)
    size = rate // 40
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(wave.mean(axis=1), size), size)[:: rate // 100]
    power = np.abs(np.fft.rfft(frames * np.hanning(size), axis=1)) ** 2
    edges = np.unique(np.geomspace(1, power.shape[1], 21).astype(int))
    bands = np.log(np.add.reduceat(power, edges[:-1], axis=1) + 1e-6)
    loud = np.flatnonzero(bands.mean(axis=1) > np.quantile(bands.mean(axis=1), 0.95) - 4)
    parts = np.array_split(bands[loud[0] : loud[-1] + 10], 10)
    table = np.stack([part.mean(axis=0) if len(part) else bands.mean(axis=0) for part in parts])
    return (table - table.mean()).ravel()


train = pq.read_table(os.environ["INGATHER_TRAIN"])
asked = pq.read_table(os.environ["INGATHER_PREDICT"])
known = np.stack([sound(clip) for clip in train["media"].to_pylist()])
said = train["label"].to_pylist()
answers = [
    said[int(((known - sound(clip)) ** 2).sum(axis=1).argmin())] for clip in asked["media"].to_pylist()
]
pq.write_table(pa.table({"id": asked["id"], "prediction": answers}), os.environ["INGATHER_OUT"])
