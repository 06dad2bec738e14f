"""A curator adds a photo and a video: told at once when it is too large, shown how far it is, undone with one press."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django import Settings

from exercises.models import ExerciseMedia
from exercises.services import media_work
from tests.browser.conftest import PageAt
from tests.exercises.media import clips, pictures
from tests.factories import make_exercise
from tests.world import World, build_world


@pytest.fixture
def there(transactional_db: None, settings: Settings, tmp_path: Path) -> World:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    world = build_world()
    world.extras["draft"] = make_exercise("Step stretch", state="draft", written_by=world.cora)
    return world


def open_form(page: Page, world: World, kind: str) -> None:
    page.goto(reverse("exercises:media_add", args=[world.extras["draft"].code, kind]))
    page.get_by_label("What it shows").fill("Heel on a low step, knee straight")
    page.get_by_label("Author").fill("Cora Vogel")
    page.locator("[name=licence]").select_option("Our own work")


def choose(page: Page, name: str, data: bytes, declared: str) -> None:
    page.locator("[name=file]").set_input_files({"name": name, "mimeType": declared, "buffer": data})


def test_a_photo_from_choosing_to_shown(
    page_at: PageAt, sign_in: Callable[..., None], there: World, tmp_path: Path
) -> None:
    page = page_at(390, 844)
    sign_in(page, there.cora)
    open_form(page, there, "photo")
    expect(page.get_by_label("Licence in your words")).to_be_hidden()

    choose(page, "large.jpg", bytes(5 * 1024 * 1024 + 1), "image/jpeg")
    expect(page.get_by_text("The file is larger than 5 MB.")).to_be_visible()
    page.get_by_role("button", name="Add photo").click()
    assert ExerciseMedia.objects.count() == 0  # the browser did not send it

    choose(page, "page.jpg", pictures.HTML, "image/jpeg")
    page.get_by_role("button", name="Add photo").click()
    expect(page.locator(".error-summary")).to_contain_text("Use JPEG, PNG or WebP up to 5 MB.")
    expect(page.get_by_label("Author")).to_have_value("Cora Vogel")

    choose(page, "photo.jpg", pictures.jpeg(), "image/jpeg")
    page.get_by_role("button", name="Add photo").click()
    page.wait_for_url("**/media/")
    row = page.locator(".media-row")
    expect(row).to_contain_text("Waiting")
    expect(row.locator("progress")).to_be_visible()
    media_work.work_off(owner="test")
    expect(row.locator("img")).to_be_visible()  # without loading the page again
    expect(row).not_to_contain_text("Waiting")

    row.get_by_role("button", name="Remove").click()
    expect(page.locator(".media-row")).to_have_count(0)
    page.get_by_role("button", name="Bring it back").click()
    expect(page.locator(".media-row")).to_have_count(1)


def test_a_video_plays_from_the_middle(
    page_at: PageAt, sign_in: Callable[..., None], there: World, tmp_path: Path
) -> None:
    """Chromium asks for a range when one jumps ahead. Without a script the form works too."""
    quiet = page_at(1280, 800, java_script_enabled=False)
    sign_in(quiet, there.cora)
    open_form(quiet, there, "video")
    data = clips.clip(seconds=12, codec="libvpx", container="webm", sound="", options={"b": "1M"})
    choose(quiet, "clip.webm", data, "video/webm")
    quiet.get_by_role("button", name="Add video").click()
    expect(quiet.locator(".media-row")).to_contain_text("Waiting")
    media_work.work_off(owner="test")
    quiet.reload()
    expect(quiet.locator(".media-row")).to_contain_text("0:12")

    page = page_at()
    sign_in(page, there.cora)
    media = ExerciseMedia.objects.get()
    ExerciseMedia.objects.update(exercise=there.exercises[1])
    page.goto(reverse("exercises:exercise_detail", args=[there.exercises[1].code]))
    seen = page.evaluate(
        """async () => {
            const video = document.querySelector("video");
            video.muted = true;
            await video.play();
            video.pause();
            const jumped = new Promise(resolve => video.addEventListener("seeked", resolve, {once: true}));
            video.currentTime = 9;
            await jumped;
            return [video.videoWidth, video.videoHeight, Math.round(video.currentTime), video.error];
        }"""
    )
    assert seen == [media.width, media.height, 9, None]


def test_the_file_is_no_page(page_at: PageAt, sign_in: Callable[..., None], there: World) -> None:
    """Opened by itself it is a picture in a sandbox: no script of ours or of anybody's runs there."""
    from tests.exercises.media.rows import make_media

    media: Any = make_media(there.exercises[1], content=pictures.HTML)
    page = page_at()
    sign_in(page, there.cora)
    answer = page.goto(reverse("exercises:media_file", args=[media.pk, "480"]))
    assert answer is not None
    assert answer.headers["content-type"] == "image/webp"
    assert page.evaluate("() => window.origin") == "null"
    assert page.locator("script").count() == 0
