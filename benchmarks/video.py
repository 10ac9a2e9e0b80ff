"""How many seconds of film the default operators clean in a second of one core, beside decoding alone.

``python benchmarks/video.py FOLDER [--times N] [--json]``: every film of the folder that is 640 x 480 is read
from its file and decoded, picture and sound, by PyAV on one thread; then measured by all defaults of films,
which decode it too. Both take turns, and the fastest of N passes counts. Run with OMP_NUM_THREADS=1.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa

from ingather.cleaning.measuring import INPUT, measure_batch, payload
from ingather.cleaning.steps import prepare
from ingather.media.video import open_film
from ingather.plan.model import Plan

WIDTH, HEIGHT = 640, 480
ENDINGS = (".mp4", ".mkv", ".webm", ".avi", ".mov")


def decode_alone(path: Path) -> None:
    """Every frame and every piece of sound, and nothing done with them."""
    import av

    with av.open(str(path)) as container:
        streams = [*container.streams.video[:1], *container.streams.audio[:1]]
        for stream in streams:
            stream.codec_context.thread_count = 1
        for packet in container.demux(streams):
            for _ in packet.decode():
                pass


def defaults(paths: list[Path], folder: Path) -> Callable[[], None]:
    """One pass of all default operators over films that lie as blobs."""
    plan = Plan.model_validate(
        {
            "version": 1,
            "name": "bench",
            "objective": "Clean films fast.",
            "modality": "video",
            "task": {"type": "none"},
            "sources": [{"name": "a", "kind": "files", "path": "x"}],
        }
    )
    names = []
    for number, path in enumerate(paths):
        name = f"{number:02x}{number:062x}"
        (folder / name[:2]).mkdir(parents=True, exist_ok=True)
        (folder / name[:2] / name).symlink_to(path.resolve())
        names.append(name)
    batch = (
        pa.table({"id": names, "text": pa.nulls(len(names)), "blob": names, "data": pa.nulls(len(names))})
        .cast(INPUT)
        .combine_chunks()
        .to_batches()[0]
    )
    told = payload(prepare(plan), folder, {}, "video")

    def once() -> None:
        assert measure_batch(batch, told).num_rows == len(names)

    return once


def cpu(work: Callable[[], object]) -> float:
    """Seconds of CPU that a piece of work took."""
    began = time.process_time()
    work()
    return time.process_time() - began


def run(paths: list[Path], folder: Path, times: int) -> dict[str, Any]:
    """The figures over some films: seconds of film a second of CPU, and the share of decoding alone."""
    opened = [open_film(path)[0] for path in paths]
    chosen = [
        path
        for path, film in zip(paths, opened, strict=True)
        if film is not None and film.stored_size == (WIDTH, HEIGHT)
    ]
    if not chosen:
        raise SystemExit(f"no film of {WIDTH} x {HEIGHT} lies there")
    seconds = sum(film.scan.seconds for film in opened if film and film.stored_size == (WIDTH, HEIGHT))
    clean = defaults(chosen, folder)
    clean()
    decoding, cleaning = [], []
    for _ in range(times):
        decoding.append(cpu(lambda: [decode_alone(path) for path in chosen]))
        cleaning.append(cpu(clean))
    return {
        "films": len(chosen),
        "seconds_of_film": round(seconds, 1),
        "decoding_alone_times_real_time": round(seconds / min(decoding), 1),
        "defaults_times_real_time": round(seconds / min(cleaning), 1),
        "share_of_decoding_alone": round(min(decoding) / min(cleaning), 3),
    }


def main() -> None:
    import tempfile

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    paths = sorted(path for path in asked.folder.rglob("*") if path.suffix in ENDINGS)
    with tempfile.TemporaryDirectory() as folder:
        told = run(paths, Path(folder), asked.times)
    if asked.json:
        print(json.dumps({"video": told}, indent=2))
        return
    print(*(f"{name} {value}" for name, value in told.items()), sep=" · ")


if __name__ == "__main__":
    main()
