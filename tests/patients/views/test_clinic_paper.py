"""The clinic's paper size and its logo: checked, made anew from pixels, taken off."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from patients.models import AuditEvent, ClinicLogo
from tests.programs.portal import text_of
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def adam(client: Client, world: World) -> Client:
    client.force_login(world.adam, backend="django.contrib.auth.backends.ModelBackend")
    return client


def picture(kind: str = "PNG", size: tuple[int, int] = (400, 120), mode: str = "RGBA", **how: Any) -> bytes:
    target = io.BytesIO()
    colour = (200, 30, 30, 128) if mode == "RGBA" else (200, 30, 30)
    Image.new(mode, size, colour).save(target, kind, **how)
    return target.getvalue()


def send(client: Client, content: bytes, name: str = "logo.png", **more: Any) -> Any:
    data = {"logo": SimpleUploadedFile(name, content, "image/png"), "all_sent": "1", **more}
    return client.post(reverse("patients:clinic_logo_set"), data)


def test_paper_size(adam: Client, world: World) -> None:
    address = reverse("patients:clinic_settings")

    assert adam.post(address, {"paper": "letter"}).status_code == 302
    world.harbour.refresh_from_db()
    assert world.harbour.paper == "letter"
    assert AuditEvent.objects.filter(verb="clinic.paper").count() == 1
    assert adam.post(address, {"paper": "papyrus"}).status_code == 422


@pytest.mark.parametrize(
    "content",
    [picture(), picture("JPEG", mode="RGB"), picture("WEBP"), picture(mode="RGB"), picture(size=(3000, 1000))],
    ids=["png", "jpeg", "webp", "opaque", "large"],
)
def test_a_logo_is_made_anew_and_shown(adam: Client, world: World, content: bytes) -> None:
    assert send(adam, content).status_code == 302

    made = Image.open(io.BytesIO(bytes(ClinicLogo.objects.get(clinic=world.harbour).png)))
    assert (made.format, made.mode) == ("PNG", "RGB")
    assert made.width <= 900
    assert not made.info
    shown = adam.get(reverse("patients:clinic_logo"))
    assert shown["Content-Type"] == "image/png"
    assert "Take the logo off" in text_of(adam.get(reverse("patients:clinic_settings")))


def test_what_shines_through_is_white_on_paper(adam: Client) -> None:
    send(adam, picture(mode="RGBA"))

    made = Image.open(io.BytesIO(bytes(ClinicLogo.objects.get().png)))
    assert made.getpixel((5, 5)) == (227, 142, 142)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Use a PNG, JPEG or WebP picture up to 2 MB."),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "Use a PNG, JPEG or WebP picture"),
        (b"GIF89a" + bytes(50), "Use a PNG, JPEG or WebP picture"),
        (picture()[:60], "The picture is damaged or cut off."),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "picture"),
        (picture(size=(20, 20)), "The picture is too small"),
        (picture(size=(2000, 50)), "more than 6 times as long as wide"),
        (bytes(3 * 1024 * 1024), "The file is larger than 2 MB."),
    ],
    ids=["empty", "svg", "gif", "cut", "hollow", "tiny", "stretched", "large"],
)
def test_what_is_no_logo_is_refused_with_a_sentence(adam: Client, content: bytes, sentence: str) -> None:
    response = send(adam, content)

    assert response.status_code in (413, 422)
    assert sentence in text_of(response)
    assert not ClinicLogo.objects.exists()


def test_a_bomb_is_refused(adam: Client) -> None:
    header = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (60000).to_bytes(4) * 2 + b"\x08\x02\x00\x00\x00"
    assert send(adam, header + bytes(100)).status_code == 422
    assert not ClinicLogo.objects.exists()


def test_a_moving_picture_is_refused(adam: Client) -> None:
    frames = [Image.new("RGB", (100, 100), colour) for colour in ("red", "blue")]
    target = io.BytesIO()
    frames[0].save(target, "PNG", save_all=True, append_images=frames[1:])

    assert "Moving pictures are not accepted." in text_of(send(adam, target.getvalue()))


def test_half_a_form_is_refused(adam: Client) -> None:
    response = adam.post(
        reverse("patients:clinic_logo_set"), {"logo": SimpleUploadedFile("logo.png", picture(), "image/png")}
    )

    assert response.status_code == 422
    assert "did not arrive whole" in text_of(response)


def test_a_logo_is_taken_off(adam: Client) -> None:
    send(adam, picture())

    adam.post(reverse("patients:clinic_logo_remove"))
    adam.post(reverse("patients:clinic_logo_remove"))
    assert not ClinicLogo.objects.exists()
    assert AuditEvent.objects.filter(verb="clinic.logo_remove").count() == 1
    assert adam.get(reverse("patients:clinic_logo")).status_code == 404
