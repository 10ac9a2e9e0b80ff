"""A piece of a film written as a film: its container by what is in it, its clock from 0."""

from __future__ import annotations

import io
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from ingather.media.video_container import Source, open_container, picture_stream

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.video.frame import VideoFrame

_CLOCK = Fraction(1, 90_000)
_ENCODERS = ("libx264", "libopenh264", "mpeg4")
"""The best that FFmpeg was built with is taken."""
_AS_STORED = frozenset({"yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p"})
_IN_MP4 = frozenset({"h264", "hevc", "av1", "mpeg4", "aac", "mp3", "ac3", "eac3", "alac"})
_IN_WEBM = frozenset({"vp8", "vp9", "av1", "opus", "vorbis"})
_NO_PACKETS_OF = frozenset({"gif", "apng", "webp"})
_REORDERED = 2.0
"""Seconds by which the packet of a frame may stand behind those of later ones."""
_QUARTERS = {90: 1, 180: 2, 270: 3}


def may_copy(source: Source) -> bool:
    """Whether the packets of a film's picture have a place in the containers that are written."""
    with open_container(source) as container:
        picture = picture_stream(container)
        return picture is not None and picture.codec_context.name not in _NO_PACKETS_OF


def copied(source: Source, start: float, end: float) -> tuple[bytes, str]:
    """The packets of a stretch that can be decoded by itself, bit by bit: content and media type.

    Args:
        source: the film.
        start: seconds at which its first frame, a key frame, is shown.
        end: seconds at which the frame behind its last is shown.
    """
    with open_container(source) as container:
        picture, sound = picture_stream(container), _sound(container)
        assert picture is not None
        assert picture.time_base is not None
        codecs = [one.codec_context.name for one in (picture, sound) if one is not None]
        file, out, media_type = _opened(codecs)
        with out:
            seen = out.add_stream_from_template(picture)
            heard = out.add_stream_from_template(sound) if sound is not None else None
            container.seek(round(start / picture.time_base), stream=picture)
            packets = _packets(container, picture, start, end)
            _in_order(packets)
            for packet in packets:
                packet.stream = seen
            if heard is not None:
                packets += _sounding(container, heard, start, end)
            _mux(out, packets)
        return file.getvalue(), media_type


class Encoder:
    """Takes the decoded frames of one piece and makes a film of them.

    Attributes:
        end: seconds at which the frame behind its last is shown, by the film's clock.
        taken: frames so far.
    """

    def __init__(self, source: Source, start: float, end: float, quality: int) -> None:
        self.end = end
        self.taken = 0
        self._source, self._start, self._quality = source, start, quality
        self._packets: list[Any] = []
        self._stream: Any = None
        self._voice: Any = None
        self._last: int = -1

    def take(self, frame: VideoFrame) -> None:
        """A frame; one outside of the piece is passed over, one of another size is scaled to the first."""
        time = float(frame.time or 0.0)
        if not self._start - 1e-6 <= time < self.end - 1e-6:
            return
        turned = upright(frame)
        if self._stream is None:
            self._open(turned)
        stamp = round((time - self._start) / _CLOCK)
        if stamp <= self._last:
            return
        self._last = stamp
        fitted = turned.reformat(self._stream.width, self._stream.height, self._stream.pix_fmt)
        fitted.pts, fitted.time_base, fitted.pict_type = stamp, _CLOCK, 0
        self._packets += self._stream.encode(fitted)
        self.taken += 1

    def finish(self) -> tuple[bytes, str]:
        """The film's bytes and their media type; the encoder is done after it."""
        self._packets += self._stream.encode(None)
        last = max(self._packets, key=lambda packet: packet.pts)
        last.duration = max(round((self.end - self._start) / _CLOCK) - last.pts, 1)
        with self._out:
            if self._voice is not None:
                with open_container(self._source) as container:
                    self._packets += _sounding(container, self._voice, self._start, self.end)
            _mux(self._out, self._packets)
        return self._file.getvalue(), self._media_type

    def _open(self, frame: VideoFrame) -> None:
        name, codec = _encoder()
        with open_container(self._source) as container:
            sound = _sound(container)
            heard = [sound.codec_context.name] if sound is not None else []
            self._file, self._out, self._media_type = _opened([codec, *heard])
            stream = self._out.add_stream(name, rate=Fraction(25))
            self._voice = self._out.add_stream_from_template(sound) if sound is not None else None
        stream.width, stream.height = (side + side % 2 for side in (frame.width, frame.height))
        stream.pix_fmt = frame.format.name if frame.format.name in _AS_STORED else "yuv420p"
        stream.time_base = stream.codec_context.time_base = _CLOCK
        stream.codec_context.thread_count = 1  # the same bytes on every machine
        stream.codec_context.color_range = frame.color_range
        stream.codec_context.colorspace = frame.colorspace
        stream.options = {"crf": str(self._quality), "preset": "veryfast", "bf": "0", "flags": "+bitexact"}
        self._stream = stream


def _opened(codecs: Sequence[str]) -> tuple[io.BytesIO, Any, str]:
    import av

    kind = next(
        (name for name, known in (("mp4", _IN_MP4), ("webm", _IN_WEBM)) if known.issuperset(codecs)),
        "matroska",
    )
    file = io.BytesIO()
    # without bitexact a Matroska file names itself by lot, and the same piece would be another each time
    out = av.open(file, "w", format=kind, options={"fflags": "+bitexact"})
    return file, out, f"video/{'x-matroska' if kind == 'matroska' else kind}"


def _encoder() -> tuple[str, str]:
    import av

    name = next(one for one in _ENCODERS if one in av.codecs_available)
    return name, "mpeg4" if name == "mpeg4" else "h264"


def _sound(container: InputContainer) -> AudioStream | None:
    streams = [one for one in container.streams.audio if one.codec_context is not None]
    return streams[0] if streams else None


def _sounding(container: InputContainer, heard: AudioStream, start: float, end: float) -> list[Any]:
    """The packets of the first sound track that begin within a stretch, for the stream ``heard``."""
    sound = _sound(container)
    assert sound is not None
    assert sound.time_base is not None
    container.seek(max(round((start - 0.5) / sound.time_base), 0), stream=sound)
    packets = _packets(container, sound, start, end)
    for packet in packets:
        packet.stream = heard
    return packets


def _packets(container: InputContainer, stream: Any, start: float, end: float) -> list[Any]:
    """The packets of a stream that are shown within a stretch, their clock moved to its start."""
    found = []
    for packet in container.demux(stream):
        if not packet.size or packet.pts is None:
            continue
        time = float(packet.pts * packet.time_base)
        if time > end + _REORDERED:
            break
        if start - 1e-6 <= time < end - 1e-6:
            begun = round(start / packet.time_base)
            packet.pts -= begun
            packet.dts = packet.dts - begun if packet.dts is not None else packet.pts
            found.append(packet)
    return found


def _in_order(packets: Sequence[Any]) -> None:
    """Gives packets, as they are coded, times of decoding: some containers do not keep them."""
    shown = sorted(packet.pts for packet in packets)
    delay = max((time - packet.pts for time, packet in zip(shown, packets, strict=True)), default=0)
    for time, packet in zip(shown, packets, strict=True):
        packet.dts = time - delay


def _mux(out: Any, packets: Sequence[Any]) -> None:
    for packet in sorted(packets, key=lambda one: float(one.dts * one.time_base)):
        out.mux(packet)


def upright(frame: VideoFrame) -> VideoFrame:
    """The frame as players show it: telephones film lying and note how to turn it."""
    import av

    turns = _QUARTERS.get(int(frame.rotation) % 360)
    if turns is None:
        return frame
    pixels = np.ascontiguousarray(np.rot90(frame.to_ndarray(format="rgb24"), turns)).astype(np.uint8)
    turned = av.VideoFrame.from_ndarray(pixels, format="rgb24")
    turned.color_range = frame.color_range
    return turned
