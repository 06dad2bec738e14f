"""Videos: what a container holds, and a new MP4 made from its pictures and its sound.

Pure: no Django. Both functions run only in the confined child (`config.lib.confined`). FFmpeg gets the open file and
may open nothing else: the demuxer is named, no protocol is allowed. What `make` writes is H.264 and AAC, encoded
anew; subtitles, attachments, chapters, metadata and further streams stay behind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
from av.container import InputContainer, OutputContainer
from av.video.frame import VideoFrame

from config.lib.confined import Refused
from exercises.images import save_sizes

LARGEST_MB = 200
LONGEST_MINUTES = 10
LONGEST_SECONDS = LONGEST_MINUTES * 60
SHORTEST_SECONDS = 0.5
SLACK_SECONDS = 2.0  # what a container may claim more than it holds
LONG_SIDE, SHORT_SIDE, SMALLEST_SIDE = 1920, 1080, 120
MOST_STREAMS, MOST_EARLY = 16, 1000
DEMUXERS = {"mp4": "mp4", "webm": "webm"}
PICTURES = frozenset({"h264", "hevc", "mpeg4", "vp8", "vp9", "av1"})
SOUNDS = frozenset({"aac", "mp3", "opus", "vorbis"})
CONTENT_TYPE = "video/mp4"

# Small enough for a phone on the road, good enough to see a hand's position.
OUT_SHORT_SIDE, OUT_RATE = 720, 30
ENCODER = {"preset": "veryfast", "crf": "25", "maxrate": "2500k", "bufsize": "5000k"}
SOUND_RATE, SOUND_BITS, SOUND_FRAME = 48000, 96_000, 1024
POSTER_AT, POSTER_WIDTHS = 1.0, (480, 960)

ADVICE = f"Use MP4 or WebM up to {LARGEST_MB} MB and {LONGEST_MINUTES} minutes."
UNREADABLE = f"This is not a video that can be read. {ADVICE}"
TOO_LONG = f"The video is longer than {LONGEST_MINUTES} minutes. Cut it, then add it again."
TOO_SHORT = "The video is shorter than half a second. Add a photo instead, or a longer video."
TOO_LARGE = f"The picture is larger than {LONG_SIDE} by {SHORT_SIDE} (1080p). Save it smaller, then add it again."
TOO_SMALL = f"The picture is too small: each side needs at least {SMALLEST_SIDE} pixels. Choose a larger one."
NO_PICTURE = "The video holds no moving picture. Choose another file."
NO_START = "The video has no complete picture to begin with. Save or record it again, then add it again."
CUT_OFF = "The video is damaged or cut off. Save or copy it again, then add it again."
UNKNOWN_PICTURE = "The picture is stored in a way that is not known here. Save it as MP4 (H.264), then add it again."
UNKNOWN_SOUND = "The sound is stored in a way that is not known here. Save it as MP4 (AAC), then add it again."

Report = Callable[[float], None]


@contextmanager
def _opened(source: str, container: str) -> Iterator[InputContainer]:
    """The file, which may be nothing but what it was said to be. FFmpeg's complaints become a sentence."""
    options = {"protocol_whitelist": "none", "enable_drefs": "0", "use_absolute_path": "0"}
    with open(source, "rb") as file:
        try:
            opened = av.open(file, format=DEMUXERS[container], options=options)
        except (av.error.FFmpegError, ValueError) as error:
            if isinstance(error, MemoryError):
                raise
            raise Refused(UNREADABLE) from error
        with opened:
            yield cast(InputContainer, opened)


def probe(source: str, container: str, report: Report) -> dict[str, Any]:
    """What the container claims, as far as it is acceptable. Decodes no picture. Raises Refused."""
    with _opened(source, container) as opened:
        return _claims(opened)


def _claims(opened: InputContainer) -> dict[str, Any]:
    if len(opened.streams) > MOST_STREAMS or not opened.streams.video:
        raise Refused(NO_PICTURE)
    picture = opened.streams.video[0]
    context = picture.codec_context
    if context.name not in PICTURES:
        raise Refused(UNKNOWN_PICTURE)
    if any(sound.codec_context.name not in SOUNDS for sound in opened.streams.audio[:1]):
        raise Refused(UNKNOWN_SOUND)
    _check_size(context.width, context.height)
    seconds = [opened.duration / av.time_base] if opened.duration else []
    if picture.duration and picture.time_base:
        seconds.append(float(picture.duration * picture.time_base))
    if any(claimed > LONGEST_SECONDS + SLACK_SECONDS for claimed in seconds):
        raise Refused(TOO_LONG)
    return {"seconds": max(seconds, default=0.0), "width": context.width, "height": context.height}


def _check_size(width: int, height: int) -> None:
    short, long = sorted((width, height))
    if short > SHORT_SIDE or long > LONG_SIDE:
        raise Refused(TOO_LARGE)
    if short < SMALLEST_SIDE:
        raise Refused(TOO_SMALL if short > 0 else NO_PICTURE)


# --- Making the new one --------------------------------------------------------------------------------------


def make(source: str, container: str, folder: str, report: Report) -> dict[str, Any]:
    """Write `video.mp4` and the poster frame `<width>.webp` into `folder`. Raises Refused.

    Answers with the widths of the poster, the size of the video and its seconds as they were decoded.
    """
    with _opened(source, container) as opened:
        claims = _claims(opened)
        target = Path(folder) / "video.mp4"
        with av.open(str(target), "w", format="mp4", options={"movflags": "+faststart"}) as out:
            work = _Conversion(opened, out, claims["seconds"], report)
            try:
                work.run()
            except av.error.MemoryError:
                raise
            except (av.error.InvalidDataError, av.error.EOFError, av.error.ArgumentError) as error:
                raise Refused(CUT_OFF) from error
        if work.poster is None:
            raise Refused(NO_START)
        if work.seconds < SHORTEST_SECONDS:
            raise Refused(TOO_SHORT)
        if claims["seconds"] > work.seconds + max(SLACK_SECONDS, work.seconds * 0.1):
            raise Refused(CUT_OFF)
        poster = save_sizes(work.poster.to_image(), Path(folder), POSTER_WIDTHS, lambda percent: None)
    size = {"width": work.poster.width, "height": work.poster.height, "seconds": round(work.seconds, 2)}
    return {"widths": poster["widths"], **size}


class _Conversion:
    """One pass over the file: packets in, packets out."""

    def __init__(self, opened: InputContainer, out: OutputContainer, claimed: float, report: Report) -> None:
        self.opened, self.out, self.claimed, self.report = opened, out, claimed, report
        self.picture = opened.streams.video[0]
        self.sound = next(iter(opened.streams.audio), None)
        self.picture.thread_type = "AUTO"
        self.picture.codec_context.thread_count = 2
        self.rate = _rate_of(self.picture)
        self.video_out: Any = None
        self.audio_out: Any = None
        self.resampler: Any = None
        self.pipe: _Pipe | None = None
        self.poster: VideoFrame | None = None
        self.seconds = 0.0
        self.has_begun = False
        self.early: list[Any] = []  # sound that comes before the first picture

    def run(self) -> None:
        streams = [self.picture, *([self.sound] if self.sound else [])]
        for packet in self.opened.demux(streams):
            if packet.stream.type == "audio":
                self._hear(packet)
            elif self.has_begun or packet.is_keyframe:
                self.has_begun = True
                self._see(packet)
        self._finish()

    def _see(self, packet: Any) -> None:
        for frame in packet.decode():
            self._check(frame)
            if self.pipe is None or not self.pipe.fits(frame):
                self._drain()
                self.pipe = _Pipe(frame, self.picture.time_base, self.rate)
            for made in self.pipe.through(frame):
                self._write(made)
            self.report(100 * frame.time / (self.claimed or LONGEST_SECONDS))

    def _check(self, frame: VideoFrame) -> None:
        """Containers lie; frames are looked at one by one."""
        _check_size(frame.width, frame.height)
        if frame.time is None or frame.time < -SLACK_SECONDS:
            raise Refused(CUT_OFF)
        if frame.time > LONGEST_SECONDS + SLACK_SECONDS:
            raise Refused(TOO_LONG)

    def _write(self, frame: VideoFrame) -> None:
        if self.video_out is None:
            self._prepare(frame)
        if (frame.width, frame.height) != (self.video_out.width, self.video_out.height):
            frame = frame.reformat(self.video_out.width, self.video_out.height)
        if self.poster is None or self.seconds < POSTER_AT:
            self.poster = frame
        frame.pict_type = av.video.frame.PictureType.NONE
        self.seconds = max(self.seconds, float(frame.time or 0) + 1 / self.rate)
        self.out.mux(self.video_out.encode(frame))

    def _hear(self, packet: Any) -> None:
        if self.video_out is None:
            if len(self.early) < MOST_EARLY:
                self.early.append(packet)
            return
        try:
            frames = packet.decode()
        except av.error.InvalidDataError:
            return  # a click in the sound is no reason to lose the picture
        for frame in frames:
            if frame.time is not None and -SLACK_SECONDS < frame.time < LONGEST_SECONDS + SLACK_SECONDS:
                for made in self.resampler.resample(frame):
                    self.out.mux(self.audio_out.encode(made))

    def _prepare(self, frame: VideoFrame) -> None:
        """Both streams, before the first packet of either: then the header is written."""
        self.video_out = self.out.add_stream("libx264", rate=self.rate, options=ENCODER)
        self.video_out.width, self.video_out.height = frame.width, frame.height
        self.video_out.pix_fmt = "yuv420p"
        self.video_out.codec_context.gop_size = 2 * self.rate
        self.video_out.codec_context.thread_count = 2
        if self.sound:
            self.audio_out = self.out.add_stream("aac", rate=SOUND_RATE, layout="stereo")
            self.audio_out.bit_rate = SOUND_BITS
            self.resampler = av.AudioResampler("fltp", "stereo", SOUND_RATE, frame_size=SOUND_FRAME)
        for packet in self.early:
            self._hear(packet)

    def _drain(self) -> None:
        for made in self.pipe.rest() if self.pipe else ():
            self._write(made)

    def _finish(self) -> None:
        self._drain()
        if self.video_out is None:
            raise Refused(NO_START)
        self.out.mux(self.video_out.encode(None))
        if self.sound:
            for made in self.resampler.resample(None):
                self.out.mux(self.audio_out.encode(made))
            self.out.mux(self.audio_out.encode(None))


class _Pipe:
    """Upright, even sides, at most 720 on the short one, a steady rate, eight bits: FFmpeg's own filters."""

    def __init__(self, frame: VideoFrame, time_base: Fraction | None, rate: int) -> None:
        self.shape = _shape_of(frame)
        graph = av.filter.Graph()
        steps = [
            graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=time_base),
            *(graph.add(name, argument) for name, argument in _turns(frame.rotation)),
            graph.add("scale", _scale(frame)),
            graph.add("fps", str(rate)),
            graph.add("format", "yuv420p"),
            graph.add("buffersink"),
        ]
        graph.link_nodes(*steps).configure()
        self.graph = graph

    def fits(self, frame: VideoFrame) -> bool:
        return _shape_of(frame) == self.shape

    def through(self, frame: VideoFrame) -> Iterator[VideoFrame]:
        self.graph.push(frame)
        yield from self._made()

    def rest(self) -> Iterator[VideoFrame]:
        self.graph.push(None)
        yield from self._made()

    def _made(self) -> Iterator[VideoFrame]:
        while True:
            try:
                made = self.graph.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return
            assert isinstance(made, VideoFrame)  # noqa: S101  there is no other sink
            yield made


def _shape_of(frame: VideoFrame) -> tuple[int, int, str, int]:
    return frame.width, frame.height, frame.format.name, frame.rotation


def _turns(rotation: int) -> list[tuple[str, str]]:
    """Filters that make a picture upright which a phone has marked as turned."""
    quarter = round(rotation / 90) % 4
    return {0: [], 1: [("transpose", "cclock")], 2: [("hflip", ""), ("vflip", "")], 3: [("transpose", "clock")]}[
        quarter
    ]


def _scale(frame: VideoFrame) -> str:
    """Size after turning, as the scale filter wants it."""
    width, height = (frame.width, frame.height) if round(frame.rotation / 90) % 2 == 0 else (frame.height, frame.width)
    factor = min(1.0, OUT_SHORT_SIDE / min(width, height))
    return f"{round(width * factor / 2) * 2}:{round(height * factor / 2) * 2}"


def _rate_of(picture: Any) -> int:
    """Pictures a second of the new video: steady, as phones' own rates wander."""
    claimed = picture.average_rate or picture.guessed_rate or OUT_RATE
    return int(min(OUT_RATE, max(1, round(claimed))))
