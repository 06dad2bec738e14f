"""Real videos, short and small, and the same with something wrong."""

from __future__ import annotations

import io
import struct
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

SIZE = (320, 240)
RATE = 25


def clip(
    *,
    seconds: float = 2,
    size: tuple[int, int] = SIZE,
    codec: str = "libx264",
    container: str = "mp4",
    sound: str = "aac",
    rate: int = RATE,
    metadata: dict[str, str] | None = None,
    times: list[int] | None = None,
    options: dict[str, str] | None = None,
    drop_first: bool = False,
) -> bytes:
    """Left half bright, right half dark. `times` are the frames' own times in 1/1000 s (a wandering rate)."""
    file = io.BytesIO()
    with av.open(file, "w", format=container) as out:
        out.metadata.update(metadata or {})
        picture = out.add_stream(codec, rate=rate, options=options or {})
        picture.width, picture.height, picture.pix_fmt = *size, "yuv420p"
        if times:
            picture.codec_context.time_base = Fraction(1, 1000)
        heard = out.add_stream(sound, rate=48000, layout="stereo") if sound else None
        for number in range(len(times) if times else round(seconds * rate)):
            frame = _frame(size)
            if times:
                frame.pts, frame.time_base = times[number], Fraction(1, 1000)
            out.mux(_after_first(picture.encode(frame), drop_first))
        out.mux(_after_first(picture.encode(None), drop_first))
        if heard:
            _hum(out, heard, seconds)
    return file.getvalue()


def _after_first(packets: list[av.Packet], drop_first: bool) -> list[av.Packet]:
    return [packet for packet in packets if not (drop_first and packet.is_keyframe)]


def _frame(size: tuple[int, int]) -> av.VideoFrame:
    width, height = size
    frame = av.VideoFrame(width, height, "yuv420p")
    luma = frame.planes[0]
    line = bytes([235]) * (width // 2) + bytes([16]) * (luma.line_size - width // 2)
    luma.update(line * height)
    for plane in frame.planes[1:]:
        plane.update(bytes([128]) * plane.buffer_size)
    return frame


def _hum(out: Any, stream: Any, seconds: float) -> None:
    resampler = av.AudioResampler(stream.format, "stereo", 48000, frame_size=stream.frame_size or 1024)
    for number in range(round(seconds * 48000 / 1024)):
        frame = av.AudioFrame("fltp", "stereo", 1024)
        frame.rate, frame.pts, frame.time_base = 48000, number * 1024, Fraction(1, 48000)
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        for made in resampler.resample(frame):
            out.mux(stream.encode(made))
    out.mux(stream.encode(None))


# --- Something wrong -----------------------------------------------------------------------------------------


def patched(data: bytes, box: bytes, offset: int, value: bytes, *, every: bool = True) -> bytes:
    """Write `value` at `offset` behind the name of each `box`."""
    changed, at = bytearray(data), data.find(box)
    assert at >= 0, box
    while at >= 0:
        changed[at + 4 + offset : at + 4 + offset + len(value)] = value
        at = data.find(box, at + 4) if every else -1
    return bytes(changed)


def only_sound() -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as out:
        _hum(out, out.add_stream("aac", rate=48000, layout="stereo"), 1)
    return file.getvalue()


def ten_hours() -> bytes:
    """Two pictures, ten hours apart."""
    return clip(times=[0, 10 * 3600 * 1000], sound="")


def turned() -> bytes:
    """Stored lying and marked as turned by 90 degrees, as phones do it (tkhd, version 0: matrix at 40)."""
    one = 0x10000
    return patched(clip(sound=""), b"tkhd", 40, struct.pack(">9I", 0, one, 0, -one & 0xFFFFFFFF, 0, 0, 0, 0, 1 << 30))


def stretched() -> bytes:
    """A header that claims 65,535 by 1, over pictures that cannot say otherwise (avc1: width at 24)."""
    data = clip(sound="")
    pictures, index = data.index(b"mdat") + 4, data.index(b"moov") - 4
    claimed = patched(data[index:], b"avc1", 24, struct.pack(">HH", 65535, 1), every=False)
    return data[:pictures] + bytes(index - pictures) + patched(claimed, b"avcC", 0, bytes(30))


def without_key_frame() -> bytes:
    """Only what changes from picture to picture: the first one, from which all begins, is left out."""
    return clip(sound="", options={"x264-params": "keyint=250:scenecut=0:bframes=0"}, drop_first=True)


def cut(data: bytes, share: float) -> bytes:
    return data[: int(len(data) * share)]


def with_company(folder: Path) -> bytes:
    """Beside the picture: subtitles with markup, a title with markup, an address; and the index comes first."""
    path = folder / "company.mp4"
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as out:
        out.metadata.update({"title": "<script>alert(1)</script>", "comment": "Harbour Street 5"})
        picture = out.add_stream("libx264", rate=RATE)
        picture.width, picture.height, picture.pix_fmt = *SIZE, "yuv420p"
        words = out.add_mux_stream("mov_text")
        words.time_base = Fraction(1, 1000)
        for _ in range(4 * RATE):
            out.mux(picture.encode(_frame(SIZE)))
        out.mux(picture.encode(None))
        text = b"<img src=x onerror=alert(1)>"
        packet = av.Packet(struct.pack(">H", len(text)) + text)
        packet.stream, packet.pts, packet.dts, packet.duration = words, 0, 0, 1000
        packet.time_base = Fraction(1, 1000)
        out.mux(packet)
    return path.read_bytes()


HLS = b"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"
CONCAT = b"ffconcat version 1.0\nfile /etc/passwd\nfile http://127.0.0.1/x.mp4\n"
DASH = b'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>http://127.0.0.1/</BaseURL></MPD>'
SDP = b"v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n"
FTYP = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp42"


def playlist_behind_a_header(playlist: bytes) -> bytes:
    """Passes for MP4 by its first bytes; the rest is a playlist."""
    return FTYP + playlist
