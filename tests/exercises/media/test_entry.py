"""What is refused while somebody waits: within a second, in a plain sentence, and nothing of it is kept."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from config.lib.uploads import END_FIELD
from exercises import filetypes, images, videos
from exercises.models import Exercise, ExerciseMedia
from tests.exercises.media import archives, clips, pictures
from tests.exercises.media.conftest import WORDS, Send, files_in

pytestmark = pytest.mark.django_db

JPEG, PNG, WEBP, MP4, WEBM = "image/jpeg", "image/png", "image/webp", "video/mp4", "video/webm"
NOT_A_PHOTO = f"This file cannot be used as a photo. {images.ADVICE}"
NOT_A_VIDEO = f"This file cannot be used as a video. {videos.ADVICE}"
NO_ARCHIVES = filetypes.NO_ARCHIVES
Bytes = Callable[[], bytes]

PHOTOS: dict[str, tuple[Bytes, str, str, str]] = {
    "1x1 PNG claiming 60,000x60,000": (
        lambda: pictures.png_claiming(60_000, 60_000),
        "bomb.png",
        PNG,
        images.TOO_MANY_PIXELS,
    ),
    "PNG claiming 2^32-1": (lambda: pictures.png_claiming(2**32 - 1, 2**32 - 1), "b.png", PNG, images.TOO_MANY_PIXELS),
    "PNG claiming nothing": (lambda: pictures.png_claiming(0, 0), "b.png", PNG, images.DAMAGED),
    "1x1 PNG": (lambda: pictures.png_claiming(1, 1), "dot.png", PNG, images.TOO_SMALL),
    "JPEG claiming 65,500x65,500": (
        lambda: pictures.jpeg_claiming(65_500, 65_500),
        "bomb.jpg",
        JPEG,
        images.TOO_MANY_PIXELS,
    ),
    "WebP claiming 16 million squared": (
        lambda: pictures.webp_claiming(2**24, 2**24),
        "bomb.webp",
        WEBP,
        images.TOO_MANY_PIXELS,
    ),
    "stretched": (lambda: pictures.png_claiming(10_000, 300), "long.png", PNG, images.TOO_STRETCHED),
    "GIF of 10,000 pictures": (lambda: pictures.gif(10_000), "wave.gif", "image/gif", NOT_A_PHOTO),
    "GIF renamed": (lambda: pictures.gif(2), "wave.jpg", JPEG, NOT_A_PHOTO),
    "JPEG cut off": (lambda: pictures.jpeg()[:3000], "half.jpg", JPEG, images.DAMAGED),
    "PNG cut off": (lambda: pictures.png()[:1000], "half.png", PNG, images.DAMAGED),
    "WebP cut off": (lambda: pictures.webp()[:400], "half.webp", WEBP, images.DAMAGED),
    "JPEG without any size": (lambda: b"\xff\xd8\xff\xe0" + bytes(500), "odd.jpg", JPEG, images.DAMAGED),
    "animated WebP": (pictures.animated_webp, "wave.webp", WEBP, images.MOVES),
    "animated PNG": (pictures.animated_png, "wave.png", PNG, images.MOVES),
    "HEIC": (pictures.heic, "IMG_1.heic", "image/heic", NOT_A_PHOTO),
    "HEIC renamed": (pictures.heic, "IMG_1.jpg", JPEG, NOT_A_PHOTO),
    "AVIF": (pictures.avif, "one.avif", "image/avif", NOT_A_PHOTO),
    "page": (lambda: pictures.HTML, "one.jpg", JPEG, NOT_A_PHOTO),
    "video as photo": (clips.clip, "clip.mp4", MP4, NOT_A_PHOTO),
    "JPEG named PNG": (pictures.jpeg, "one.png", PNG, filetypes.DISAGREES),
    "JPEG declared a page": (pictures.jpeg, "one.jpg", "text/html", filetypes.DISAGREES),
    "JPEG named a page": (pictures.jpeg, "one.html", JPEG, filetypes.DISAGREES),
    "JPEG with two suffixes": (pictures.jpeg, "one.jpg.php", JPEG, filetypes.DISAGREES),
    "without a suffix": (pictures.jpeg, "photo", JPEG, filetypes.DISAGREES),
    "empty": (lambda: b"", "empty.jpg", JPEG, filetypes.EMPTY),
    **{
        f"SVG: {name}": ((lambda data=data: data), "d.svg", "image/svg+xml", NOT_A_PHOTO)
        for name, data in pictures.SVGS.items()
    },
    **{
        f"SVG as JPEG: {name}": ((lambda data=data: data), "d.jpg", JPEG, NOT_A_PHOTO)
        for name, data in pictures.SVGS.items()
    },
    **{
        f"archive: {name}": (make, "photos.zip", "application/zip", NO_ARCHIVES)
        for name, make in archives.ARCHIVES.items()
    },
    **{f"archive as PNG: {name}": (make, "photo.png", PNG, NO_ARCHIVES) for name, make in archives.ARCHIVES.items()},
}

VIDEOS: dict[str, tuple[Bytes, str, str, str]] = {
    "0 bytes": (lambda: b"", "empty.mp4", MP4, filetypes.EMPTY),
    "header alone": (lambda: clips.FTYP, "head.mp4", MP4, videos.UNREADABLE),
    "sound alone": (clips.only_sound, "hum.mp4", MP4, videos.NO_PICTURE),
    "10 hours": (clips.ten_hours, "day.mp4", MP4, videos.TOO_LONG),
    "stretched": (clips.stretched, "line.mp4", MP4, videos.TOO_LARGE),
    "larger than 1080p": (lambda: clips.clip(size=(2048, 1152), seconds=0.2), "large.mp4", MP4, videos.TOO_LARGE),
    "tiny": (lambda: clips.clip(size=(64, 64), seconds=0.2), "tiny.mp4", MP4, videos.TOO_SMALL),
    "HLS playlist": (lambda: clips.HLS, "list.mp4", MP4, NOT_A_VIDEO),
    "HLS playlist under its name": (lambda: clips.HLS, "list.m3u8", "application/vnd.apple.mpegurl", NOT_A_VIDEO),
    "HLS behind a header": (lambda: clips.FTYP + clips.HLS, "list.mp4", MP4, videos.UNREADABLE),
    "concat list": (lambda: clips.CONCAT, "list.mp4", MP4, NOT_A_VIDEO),
    "concat behind a header": (lambda: clips.FTYP + clips.CONCAT, "list.mp4", MP4, videos.UNREADABLE),
    "DASH manifest": (lambda: clips.DASH, "list.mp4", MP4, NOT_A_VIDEO),
    "SDP": (lambda: clips.SDP, "call.mp4", MP4, NOT_A_VIDEO),
    "index cut off": (lambda: clips.cut(clips.clip(), 0.6), "half.mp4", MP4, videos.UNREADABLE),
    "QuickTime": (lambda: clips.clip(container="mov"), "old.mov", "video/quicktime", NOT_A_VIDEO),
    "unknown picture": (lambda: clips.clip(codec="mpeg2video"), "old.mp4", MP4, videos.UNKNOWN_PICTURE),
    "unknown sound": (lambda: clips.clip(sound="ac3"), "old.mp4", MP4, videos.UNKNOWN_SOUND),
    "Matroska named WebM": (lambda: clips.clip(container="matroska"), "clip.webm", WEBM, NOT_A_VIDEO),
    "MP4 named WebM": (clips.clip, "clip.webm", WEBM, filetypes.DISAGREES),
    "photo as video": (pictures.jpeg, "one.mp4", MP4, NOT_A_VIDEO),
    **{f"archive: {name}": (make, "clip.mp4", MP4, NO_ARCHIVES) for name, make in archives.ARCHIVES.items()},
}  # fmt: skip


def refused(send: Send, root: Path, kind: str, case: tuple[Bytes, str, str, str]) -> None:
    make, name, declared, sentence = case
    data = make()
    answer, seconds = timed(lambda: send(data, name, declared, kind))
    assert answer.status_code == 422
    (error,) = answer.context["form"].errors["file"]
    assert sentence in error
    assert sentence in answer.content.decode().replace("&#x27;", "'")
    assert ExerciseMedia.objects.count() == 0
    assert files_in(root) == []
    assert seconds < 1, f"answered after {seconds:.2f} s"


def timed(ask: Callable[[], Any]) -> tuple[Any, float]:
    """The answer, and the seconds that it takes on a machine with nothing else to do (ours and the child's)."""
    began, before = time.monotonic(), os.times()
    answer = ask()
    after = os.times()
    return answer, min(time.monotonic() - began, sum(after[:4]) - sum(before[:4]))


@pytest.mark.parametrize("name", PHOTOS)
def test_a_photo_is_refused(send: Send, media_root: Path, name: str) -> None:
    refused(send, media_root, "photo", PHOTOS[name])


@pytest.mark.parametrize("name", VIDEOS)
def test_a_video_is_refused(send: Send, media_root: Path, name: str) -> None:
    refused(send, media_root, "video", VIDEOS[name])


@pytest.mark.parametrize("gone", ["alt_text", "author", "licence"])
def test_licence_author_and_alt_text_are_required(send: Send, media_root: Path, gone: str) -> None:
    answer = send(pictures.jpeg(), "one.jpg", JPEG, **{gone: " "})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {gone, "file"}
    assert "Choose the file again" in answer.content.decode()
    assert files_in(media_root) == []


def test_another_licence_needs_its_words(send: Send, draft: Exercise) -> None:
    assert "licence_words" in send(pictures.jpeg(), "one.jpg", JPEG, licence="other").context["form"].errors
    assert send(pictures.jpeg(), "one.jpg", JPEG, licence="other", licence_words="By letter").status_code == 302
    assert ExerciseMedia.objects.get().licence == "By letter"


def test_no_file_at_all(cora, draft: Exercise) -> None:
    answer = cora.post(f"/library/{draft.code}/media/add/photo/", WORDS | {END_FIELD: "1"})
    assert answer.context["form"].errors == {"file": ["Choose a photo."]}


def test_a_body_that_was_cut_is_not_taken_for_whole(send: Send, cora, draft: Exercise, media_root: Path) -> None:
    """The last field is missing, as if the connection had ended behind the file."""
    answer = send(pictures.jpeg(), "one.jpg", JPEG, **{END_FIELD: []})
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"file": ["The file did not arrive whole. Send it again."]}
    assert files_in(media_root) == []


@pytest.mark.parametrize(("extra", "status"), [(0, 422), (1, 413)])
def test_a_photo_of_five_megabytes_and_one_byte(send: Send, media_root: Path, extra: int, status: int) -> None:
    """At the limit it is looked at (and found to be no picture); one byte more is too large, and the words are kept."""
    data = b"\xff\xd8\xff" + bytes(5 * 1024 * 1024 - 3 + extra)
    answer, seconds = timed(lambda: send(data, "large.jpg", JPEG))
    assert seconds < 1
    assert answer.status_code == status
    assert ("larger than 5 MB" in str(answer.context["form"].errors["file"])) == bool(extra)
    assert WORDS["alt_text"] in answer.content.decode()
    assert ExerciseMedia.objects.count() == 0
    assert files_in(media_root) == []


@pytest.mark.parametrize("field", ["more", "file"])
def test_a_second_file_is_no_way_round_the_limit(send: Send, media_root: Path, field: str) -> None:
    files = [SimpleUploadedFile(f"{number}.jpg", pictures.jpeg(), content_type=JPEG) for number in range(2)]
    more: Any = {"file": files} if field == "file" else {"more": files[0]}
    assert send(pictures.jpeg(), "one.jpg", JPEG, **more).status_code == 422
    assert ExerciseMedia.objects.count() == 0
    assert files_in(media_root) == []


NAMES = {
    "path": "../../../etc/passwd.jpg",
    "windows path": "C:\\windows\\system32\\one.jpg",
    "direction override": "photo\u202egpj.exe.jpg",
    "line break": "one\r\nSet-Cookie: a=b.jpg",
    "quotes": 'one"; filename="two.jpg',
    "long": "x" * 500 + ".jpg",
    "NUL": "one\x00.jpg",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_never_becomes_a_path(send: Send, media_root: Path, name: str) -> None:
    answer = send(pictures.jpeg(), NAMES[name], JPEG)
    stored = files_in(media_root)
    if answer.status_code == 302:
        media = ExerciseMedia.objects.get()
        assert stored == [media.upload.name]
        assert media.upload.name.startswith("uploads/")
        assert media.upload.name.removeprefix("uploads/").removesuffix(".jpg").isalnum()
        assert len(media.original_name) <= 160
        assert not set("\r\n\u202e/\\") & set(media.original_name)
    else:
        assert answer.status_code == 422
        assert stored == []


LINKS = [
    "http://example.org/clip",
    "javascript:alert(1)",
    "data:text/html,x",
    "https://user:secret@example.org/",
    "https://127.0.0.1/",
    "https://[::1]/",
    "https://2130706433/",
    "https://10.0.0.8/admin",
    "https://localhost/",
    "https://printer.local/",
    "https://example.org:8443/",
    "https://exa mple.org/",
    "https://example.org/" + "x" * 500,
    "https://example.org/\u202egpj",
]


@pytest.mark.parametrize("link", LINKS)
def test_a_link_is_refused(cora, draft: Exercise, link: str) -> None:
    answer = cora.post(f"/library/{draft.code}/media/add/link/", WORDS | {"link": link})
    assert answer.status_code == 422
    assert "link" in answer.context["form"].errors
    assert ExerciseMedia.objects.count() == 0


def test_an_unknown_kind_is_no_page(cora, draft: Exercise) -> None:
    assert cora.get(f"/library/{draft.code}/media/add/music/").status_code == 404


def test_a_page_that_wants_no_file_keeps_none(client, media_root: Path, tmp_path: Path, settings) -> None:
    """Not even for a moment: anybody could fill the disk through the page for signing in."""
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    file = SimpleUploadedFile("large.bin", bytes(4 * 1024 * 1024))
    answer = client.post("/accounts/login/", {"login": "a@example.org", "password": "b", "file": file})
    assert answer.status_code == 200
    assert not answer.wsgi_request.FILES
    assert list(tmp_path.iterdir()) == []
