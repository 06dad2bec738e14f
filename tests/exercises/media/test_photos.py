"""Photos that are taken: written anew from their pixels, in the sizes of phones, with nothing of the original left."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from exercises import images
from exercises.enums import MediaState
from exercises.models import Exercise, ExerciseMedia
from tests.exercises.media import pictures
from tests.exercises.media.conftest import Send, files_in, prepared

pytestmark = pytest.mark.django_db
RED, BLUE = (255, 0, 0), (0, 0, 255)

GOOD: dict[str, tuple[Callable[[], bytes], str]] = {
    "JPEG": (pictures.jpeg, "jpeg"),
    "progressive JPEG": (lambda: pictures.jpeg(progressive=True), "jpeg"),
    "CMYK": (pictures.cmyk, "jpeg"),
    "JPEG of a phone with a second picture": (pictures.phone_jpeg, "jpeg"),
    "JPEG and page": (pictures.polyglot, "jpeg"),
    "PNG": (pictures.png, "png"),
    "16 bits of colour": (pictures.rgb_16, "png"),
    "16 bits of grey": (pictures.grey_16, "png"),
    "palette": (lambda: pictures.saved(pictures.painted(mode="P"), "PNG", transparency=3), "png"),
    "one bit": (lambda: pictures.saved(pictures.painted(mode="1"), "PNG"), "png"),
    "colour profile": (pictures.swapped_profile, "png"),
    "odd colour profile": (pictures.with_profile, "jpeg"),
    "see-through": (pictures.see_through, "png"),
    "WebP": (pictures.webp, "webp"),
    "WebP without loss": (lambda: pictures.saved(pictures.painted(), "WEBP", lossless=True), "webp"),
}


def add(send: Send, data: bytes, form: str) -> ExerciseMedia:
    suffix = {"jpeg": "jpg"}.get(form, form)
    assert send(data, f"photo.{suffix}", f"image/{form}").status_code == 302
    return prepared()


def opened(root: Path, media: ExerciseMedia) -> Image.Image:
    return Image.open(root / media.file.name)


@pytest.mark.parametrize("name", GOOD)
def test_a_photo_is_written_anew(send: Send, media_root: Path, name: str) -> None:
    make, form = GOOD[name]
    media = add(send, make(), form)

    assert (media.state, media.trouble, media.progress) == (MediaState.READY, "", 100)
    assert (media.width, media.height, media.content_type) == (640, 480, "image/webp")
    assert list(media.sizes) == ["480", "640"]
    assert files_in(media_root) == sorted(media.sizes.values())  # the upload is gone
    for width, stored in media.sizes.items():
        with Image.open(media_root / stored) as picture:
            assert (picture.format, picture.width, picture.mode) == ("WEBP", int(width), "RGB")
            assert not {"exif", "icc_profile", "xmp"} & set(picture.info)
            assert getattr(picture, "n_frames", 1) == 1


@pytest.mark.parametrize("name", ["CMYK", "16 bits of colour", "JPEG of a phone with a second picture"])
def test_colours_stay_what_they_were(send: Send, media_root: Path, name: str) -> None:
    make, form = GOOD[name]
    picture = opened(media_root, add(send, make(), form))
    assert near(picture.getpixel((100, 240)), RED)
    if name != "16 bits of colour":  # which is red all over
        assert near(picture.getpixel((540, 240)), BLUE)


def near(found: tuple[int, ...], wanted: tuple[int, int, int]) -> bool:
    return all(abs(one - other) < 40 for one, other in zip(found, wanted, strict=True))


def test_sixteen_bits_of_grey_are_scaled_and_not_cut_off(send: Send, media_root: Path) -> None:
    pixel = opened(media_root, add(send, pictures.grey_16(), "png")).getpixel((9, 9))
    assert near(pixel, (0xAA, 0xAA, 0xAA))


def test_what_shines_through_gets_a_white_ground(send: Send, media_root: Path) -> None:
    assert near(opened(media_root, add(send, pictures.see_through(), "png")).getpixel((9, 9)), (255, 255, 255))


def test_a_turned_photo_stands_upright_and_tells_no_place(send: Send, media_root: Path) -> None:
    data = pictures.turned_with_place()
    assert b"kitchen" in data
    media = add(send, data, "jpeg")
    assert (media.width, media.height) == (480, 640)
    picture = opened(media_root, media)
    assert near(picture.getpixel((240, 100)), RED)  # what was left is on top
    assert near(picture.getpixel((240, 540)), BLUE)
    assert not picture.getexif()
    for stored in media.sizes.values():
        content = (media_root / stored).read_bytes()
        assert not [word for word in (b"kitchen", b"made by hand", b"Exif", b"GPS") if word in content]


def test_nothing_of_a_page_is_left_in_a_polyglot(send: Send, media_root: Path) -> None:
    assert b"<script>" in pictures.polyglot()
    media = add(send, pictures.polyglot(), "jpeg")
    for stored in media.sizes.values():
        assert b"<script>" not in (media_root / stored).read_bytes()
        assert b"<html" not in (media_root / stored).read_bytes()


def test_a_large_photo_gets_the_sizes_of_phones_and_screens(send: Send, media_root: Path) -> None:
    media = add(send, pictures.saved(pictures.painted((4000, 3000)), "JPEG"), "jpeg")
    assert (list(media.sizes), media.width, media.height) == (["480", "960", "1600"], 1600, 1200)
    assert all((media_root / stored).stat().st_mode & 0o777 == 0o600 for stored in media.sizes.values())


def test_forty_megapixels_fit_into_the_memory_of_the_child(send: Send) -> None:
    """The largest that is accepted, in the two forms that need most."""
    for form in ("webp", "png"):
        media = add(send, pictures.saved(pictures.painted((7300, 5475)), form.upper()), form)
        assert (media.state, media.trouble) == (MediaState.READY, "")
        media.delete()


LATE = {
    "bytes damaged in the middle": lambda: damaged(pictures.saved(pictures.noisy(), "PNG")),
    "one picture that claims a larger canvas": lambda: pictures.webp_claiming(4000, 3000),
}


def damaged(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes(200) + data[middle + 200 :]


@pytest.mark.parametrize("name", LATE)
def test_what_only_decoding_finds_is_refused_by_the_job(send: Send, media_root: Path, name: str) -> None:
    data = LATE[name]()
    form = "png" if data.startswith(b"\x89PNG") else "webp" if data.startswith(b"RIFF") else "jpeg"
    media = add(send, data, form)
    assert media.state == MediaState.REFUSED
    assert media.trouble in (images.DAMAGED, images.ADVICE)
    assert (media.upload.name, media.file.name, media.sizes) == ("", "", {})
    assert files_in(media_root) == []
    assert list(ExerciseMedia.objects.in_trouble()) == [media]


def test_the_page_says_why_it_was_refused(send: Send, cora, draft: Exercise) -> None:
    add(send, damaged(pictures.saved(pictures.noisy(), "PNG")), "png")
    page = cora.get(f"/library/{draft.code}/media/").content.decode()
    assert "Not accepted" in page
    assert images.DAMAGED in page
