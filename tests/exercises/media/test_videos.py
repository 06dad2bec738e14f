"""Videos that are taken: encoded anew for phones, with a poster; and those that only decoding finds out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import av
import pytest
from PIL import Image

from exercises import videos
from exercises.enums import MediaState
from exercises.models import ExerciseMedia
from tests.exercises.media import clips
from tests.exercises.media.conftest import Send, files_in, prepared

pytestmark = pytest.mark.django_db

GOOD: dict[str, tuple[Callable[[], bytes], str]] = {
    "H.264 and AAC": (clips.clip, "mp4"),
    "without sound": (lambda: clips.clip(sound=""), "mp4"),
    "MPEG-4": (lambda: clips.clip(codec="mpeg4"), "mp4"),
    "HEVC": (lambda: clips.clip(codec="libx265", options={"x265-params": "log-level=none"}), "mp4"),
    "VP9 and Opus": (lambda: clips.clip(codec="libvpx-vp9", container="webm", sound="libopus"), "webm"),
    "VP8": (lambda: clips.clip(codec="libvpx", container="webm", sound=""), "webm"),
    "a wandering rate": (lambda: clips.clip(times=[0, 40, 90, 500, 900, 1010, 1500, 1960], sound=""), "mp4"),
}


def add(send: Send, data: bytes, container: str = "mp4") -> ExerciseMedia:
    assert send(data, f"clip.{container}", f"video/{container}", "video").status_code == 302
    return prepared()


@pytest.mark.parametrize("name", GOOD)
def test_a_video_is_encoded_anew(send: Send, media_root: Path, name: str) -> None:
    make, container = GOOD[name]
    media = add(send, make(), container)

    assert (media.state, media.trouble, media.content_type) == (MediaState.READY, "", "video/mp4")
    assert (media.width, media.height, list(media.sizes)) == (320, 240, ["320"])
    assert 1.9 < media.duration_seconds < 2.5
    assert files_in(media_root) == sorted([media.file.name, *media.sizes.values()])
    with av.open(str(media_root / media.file.name)) as made:
        assert [stream.codec_context.name for stream in made.streams.video] == ["h264"]
        assert {stream.codec_context.name for stream in made.streams.audio} <= {"aac"}
        assert made.streams.video[0].codec_context.pix_fmt == "yuv420p"
        frames = sum(1 for _ in made.decode(video=0))
    assert frames >= 10
    with Image.open(media_root / media.sizes["320"]) as poster:
        assert (poster.format, poster.size) == ("WEBP", (320, 240))
        assert poster.getpixel((40, 120))[0] > 200 > 60 > poster.getpixel((280, 120))[0]


def test_the_index_comes_first_so_that_playing_starts_at_once(send: Send, media_root: Path) -> None:
    data = (media_root / add(send, clips.clip()).file.name).read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_a_video_turned_by_a_phone_stands_upright(send: Send, media_root: Path) -> None:
    media = add(send, clips.turned())
    assert (media.width, media.height) == (240, 320)
    with Image.open(media_root / media.sizes["240"]) as poster:
        assert poster.getpixel((120, 40))[0] > 200 > 60 > poster.getpixel((120, 280))[0]


def test_full_hd_becomes_720_lines(send: Send) -> None:
    media = add(send, clips.clip(size=(1920, 1080), seconds=1))
    assert (media.width, media.height, list(media.sizes)) == (1280, 720, ["480", "960"])


def test_subtitles_titles_and_addresses_stay_behind(send: Send, media_root: Path, tmp_path: Path) -> None:
    data = clips.with_company(tmp_path)
    words = [b"onerror", b"<script>", b"Harbour Street"]
    assert all(word in data for word in words)
    media = add(send, data)
    made = (media_root / media.file.name).read_bytes()
    assert [word for word in words if word in made] == []
    with av.open(str(media_root / media.file.name)) as opened:
        assert {stream.type for stream in opened.streams} == {"video"}


LATE: dict[str, tuple[Callable[[Path], bytes], str]] = {
    "no key frame": (lambda folder: clips.without_key_frame(), videos.NO_START),
    "cut off behind its index": (lambda folder: clips.cut(clips.with_company(folder), 0.6), videos.CUT_OFF),
    "shorter than half a second": (lambda folder: clips.clip(seconds=0.2, sound=""), videos.TOO_SHORT),
}


@pytest.mark.parametrize("name", LATE)
def test_what_only_decoding_finds_is_refused_by_the_job(
    send: Send, media_root: Path, tmp_path: Path, name: str
) -> None:
    make, sentence = LATE[name]
    media = add(send, make(tmp_path))
    assert (media.state, media.trouble) == (MediaState.REFUSED, sentence)
    assert files_in(media_root) == []
