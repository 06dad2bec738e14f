"""Adding, ordering, mending and taking off; and who sees what, once it is there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from exercises.enums import ExerciseState, MediaState
from exercises.models import Exercise, ExerciseMedia
from exercises.services import curation
from exercises.services.media import MOST
from patients.models import AuditEvent
from tests.exercises.media import pictures
from tests.exercises.media.conftest import WORDS, Send, prepared
from tests.exercises.media.rows import make_media
from tests.factories import NOW, make_exercise, make_prescription, make_user
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
LINK = WORDS | {"link": "https://www.example.org/watch?v=1"}


def page(client: Client, exercise: Exercise, query: str = "") -> str:
    answer = client.get(reverse("exercises:media_list", args=[exercise.code]) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def file_of(media: ExerciseMedia, size: str = "480", route: str = "exercises:media_file") -> str:
    return reverse(route, args=[media.pk, size])


@pytest.fixture
def published(world: World, media_root: Path) -> Exercise:
    return world.exercises[1]


# --- Adding --------------------------------------------------------------------------------------------------


def test_media_add_a_photo(send: Send, draft: Exercise, world: World, bell: list[str]) -> None:
    answer = send(pictures.jpeg(), "Küche.jpg", "image/jpeg")

    assert (answer.status_code, answer["Location"]) == (302, f"/library/{draft.code}/media/")
    media = ExerciseMedia.objects.get()
    assert (media.exercise, media.kind, media.state) == (draft, "photo", "waiting")
    assert (media.uploaded_by, media.original_name) == (world.cora, "Küche.jpg")
    event = AuditEvent.objects.get(verb="media.add")
    assert (event.actor, event.object_id, event.detail) == (
        world.cora,
        media.pk,
        {"kind": "photo", "exercise": draft.code},
    )


def test_media_add_says_the_same_to_htmx(cora: Client, send: Send, draft: Exercise) -> None:
    cora.defaults["HTTP_HX_REQUEST"] = "true"
    refused = send(b"no picture", "one.jpg", "image/jpeg")
    assert refused.status_code == 422
    assert b"<html" not in refused.content
    assert b"Use JPEG, PNG or WebP up to 5 MB." in refused.content
    assert send(pictures.jpeg(), "one.jpg", "image/jpeg")["HX-Redirect"] == f"/library/{draft.code}/media/"


def test_media_add_needs_the_token(draft: Exercise, world: World) -> None:
    """The exemption is only until the exercise is known."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.cora)
    for kind in ("photo", "link"):
        assert client.post(reverse("exercises:media_add", args=[draft.code, kind]), LINK).status_code == 403
    assert ExerciseMedia.objects.count() == 0


def test_media_add_to_a_published_exercise_waits_in_its_working_copy(
    cora: Client, published: Exercise, world: World
) -> None:
    """Nobody else sees it before another person has approved."""
    assert cora.post(reverse("exercises:media_add", args=[published.code, "link"]), LINK).status_code == 302
    media = ExerciseMedia.objects.get()
    assert media.exercise.replaces == published
    assert "Shown once published" in page(cora, published)
    assert "Shown once published" in page(cora, media.exercise)

    reader = Client()
    reader.force_login(world.ana)
    assert "example.org" not in reader.get(reverse("exercises:exercise_detail", args=[published.code])).content.decode()


def test_media_becomes_public_when_another_person_publishes(cora: Client, library: Any, world: World) -> None:
    published = Exercise.objects.get(code="S01")
    cora.post(reverse("exercises:media_add", args=["S01", "link"]), LINK)
    copy = ExerciseMedia.objects.get().exercise
    curation.submit(actor=world.cora, exercise=copy, revision=copy.revision, note="A film", now=timezone.now())
    copy.refresh_from_db()
    with pytest.raises(curation.SecondPersonNeeded):
        curation.publish(actor=world.cora, exercise=copy, revision=copy.revision, now=timezone.now())
    copy.refresh_from_db()
    other = make_user("Otto Second", is_curator=True)
    curation.publish(actor=other, exercise=copy, revision=copy.revision, now=timezone.now())

    assert ExerciseMedia.objects.get().exercise == published
    reader = Client()
    reader.force_login(world.ana)
    shown = reader.get(reverse("exercises:exercise_detail", args=["S01"])).content.decode()
    assert "www.example.org" in shown
    assert 'rel="noopener noreferrer"' in shown
    assert "<iframe" not in shown


def test_media_add_takes_a_draft_in_review_back(cora: Client, draft: Exercise, world: World) -> None:
    """Nobody approves what they did not see, and whoever added it cannot approve it."""
    other = world.nora
    Exercise.objects.filter(pk=draft.pk).update(state=ExerciseState.IN_REVIEW, written_by=other, submitted_by=other)
    revision = Exercise.objects.get(pk=draft.pk).revision
    cora.post(reverse("exercises:media_add", args=[draft.code, "link"]), LINK)
    draft.refresh_from_db()
    assert (draft.state, draft.submitted_by, draft.written_by) == ("draft", None, world.cora)
    assert draft.revision == revision + 1
    assert not curation.may_approve(world.cora, draft)


def test_media_add_to_a_retired_exercise_is_told(cora: Client, published: Exercise) -> None:
    Exercise.objects.filter(pk=published.pk).update(state=ExerciseState.RETIRED)
    answer = cora.post(reverse("exercises:media_add", args=[published.code, "link"]), LINK)
    assert answer.status_code == 422
    assert "It is retired." in answer.content.decode()


def test_media_add_stops_at_twelve(cora: Client, draft: Exercise) -> None:
    for _ in range(MOST):
        make_media(draft, "link")
    answer = cora.post(reverse("exercises:media_add", args=[draft.code, "link"]), LINK)
    assert answer.status_code == 422
    assert f"can have {MOST} photos" in answer.content.decode()
    assert "Add a photo" not in page(cora, draft)


# --- The list ------------------------------------------------------------------------------------------------


def test_media_list_shows_every_state_in_words(cora: Client, draft: Exercise) -> None:
    make_media(draft, state="waiting", sizes={}, file="")
    make_media(draft, "video", state="working", progress=40, sizes={}, file="")
    make_media(draft, state="refused", trouble="Too small.", sizes={}, file="")
    make_media(draft, state="lost", trouble="It is gone.")
    make_media(draft, "video")
    shown = page(cora, draft)
    for words in ("Waiting", "Being prepared", "40 %", "Not accepted", "Too small.", "Missing", "It is gone.", "1:05"):
        assert words in shown
    assert shown.count('hx-trigger="every 2s"') == 2


def test_media_list_asks_the_database_a_fixed_number_of_times(
    cora: Client, draft: Exercise, django_assert_max_num_queries: Any
) -> None:
    for _ in range(MOST):
        make_media(draft)
    with django_assert_max_num_queries(8):
        page(cora, draft)


def test_media_row_stops_asking_when_the_job_is_done(cora: Client, send: Send, draft: Exercise) -> None:
    send(pictures.jpeg(), "one.jpg", "image/jpeg")
    media = ExerciseMedia.objects.get()
    row = reverse("exercises:media_row", args=[media.pk])
    assert b"every 2s" in cora.get(row).content
    prepared()
    done = cora.get(row).content.decode()
    assert "every 2s" not in done
    assert file_of(media) in done


def test_media_remove_works_at_once_and_can_be_undone(cora: Client, published: Exercise, world: World) -> None:
    media = make_media(published)
    reader = Client()
    reader.force_login(world.ana)
    assert reader.get(file_of(media)).status_code == 200

    answer = cora.post(reverse("exercises:media_remove", args=[media.pk]))
    assert reader.get(file_of(media)).status_code == 404
    assert cora.get(file_of(media)).status_code == 404
    assert "Bring it back" in cora.get(answer["Location"]).content.decode()
    cora.post(reverse("exercises:media_restore", args=[media.pk]))
    assert reader.get(file_of(media)).status_code == 200
    assert list(
        AuditEvent.objects.filter(object_id=media.pk).order_by("created_at").values_list("verb", flat=True)
    ) == [
        "media.remove",
        "media.restore",
    ]


def test_media_list_shrugs_at_a_removal_that_is_none(cora: Client, draft: Exercise) -> None:
    media = make_media(draft)
    for text in (media.pk, "nonsense", "00000000-0000-0000-0000-000000000000"):
        assert "Bring it back" not in page(cora, draft, f"?removed={text}")


def test_media_move_up(cora: Client, draft: Exercise) -> None:
    rows = [make_media(draft, "link", alt_text=name, place=place) for place, name in enumerate("ABC")]
    cora.post(reverse("exercises:media_move", args=[rows[2].pk]))
    cora.post(reverse("exercises:media_move", args=[rows[0].pk]))
    assert [row.alt_text for row in ExerciseMedia.objects.of(draft)] == ["A", "C", "B"]


def test_media_edit_changes_words_only(cora: Client, draft: Exercise) -> None:
    media = make_media(draft, licence="By letter of May 2026")
    address = reverse("exercises:media_edit", args=[media.pk])
    assert 'value="By letter of May 2026"' in cora.get(address).content.decode()
    changed = {
        "alt_text": "Two  hands\non the hip",
        "author": "Ben",
        "licence": "CC BY 4.0",
        "link": "https://evil.example",
    }
    assert cora.post(address, changed).status_code == 302
    media.refresh_from_db()
    assert (media.alt_text, media.author, media.licence, media.link) == ("Two hands on the hip", "Ben", "CC BY 4.0", "")
    assert cora.post(address, changed | {"alt_text": ""}).status_code == 422


# --- Who sees the files --------------------------------------------------------------------------------------


def test_media_file_is_sent_with_care(cora: Client, published: Exercise) -> None:
    media = make_media(published, "video", content=b"0123456789")
    answer = cora.get(file_of(media, "video"))
    assert b"".join(answer.streaming_content) == b"0123456789"
    assert answer["Content-Type"] == "video/mp4"
    assert answer["Content-Disposition"] == f'inline; filename="{published.code.lower()}-video.mp4"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-cache"
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    part = cora.get(file_of(media, "video"), headers={"Range": "bytes=2-4"})
    assert (part.status_code, b"".join(part.streaming_content)) == (206, b"234")
    assert cora.get(file_of(media, "video"), headers={"If-None-Match": answer["ETag"]}).status_code == 304


@pytest.mark.parametrize("size", ["481", "video", "..", "480.webp", "%00", "480%2F..%2F960"])
def test_media_file_of_another_size_is_not_there(cora: Client, published: Exercise, size: str) -> None:
    media = make_media(published)
    address = file_of(media, "480").replace("/480/", f"/{size}/")
    assert cora.get(address).status_code == 404


@pytest.mark.parametrize("path", ["/media-is-private/", "/media/", "/static/../media/"])
def test_no_path_leads_to_the_folder(cora: Client, published: Exercise, path: str) -> None:
    media = make_media(published)
    assert cora.get(path + media.file.name).status_code == 404


def test_media_file_that_is_gone_is_404(cora: Client, published: Exercise, media_root: Path) -> None:
    media = make_media(published)
    (media_root / media.sizes["480"]).unlink()
    assert cora.get(file_of(media)).status_code == 404


def test_my_media_follows_the_prescription(world: World, media_root: Path) -> None:
    """Also when the exercise was retired since; not before, and not somebody else's."""
    exercise = make_exercise("Hip hinge")
    media = make_media(exercise)
    dan = Client()
    dan.force_login(world.dan.user)
    address = file_of(media, route="programs:my_media")
    assert dan.get(address).status_code == 404
    make_prescription(world.eve, exercise)
    assert dan.get(address).status_code == 404
    make_prescription(world.dan, exercise)
    assert dan.get(address).status_code == 200
    Exercise.objects.filter(pk=exercise.pk).update(state=ExerciseState.RETIRED, retired_at=NOW)
    assert dan.get(address).status_code == 200
    ExerciseMedia.objects.update(state=MediaState.LOST)
    assert dan.get(address).status_code == 404


def test_my_exercise_shows_photo_video_and_link(world: World, media_root: Path) -> None:
    exercise = world.exercises[0]
    photo, video, link = (
        make_media(exercise, kind, place=place) for place, kind in enumerate(["photo", "video", "link"])
    )
    make_media(exercise, state="refused", alt_text="Not for patients")
    item = world.prescription.versions.get().items.get(exercise=exercise)
    dan = Client()
    dan.force_login(world.dan.user)
    shown = dan.get(reverse("programs:my_exercise", args=[item.pk])).content.decode()
    assert f'src="{file_of(photo, "960", "programs:my_media")}"' in shown
    assert f"{file_of(photo, '480', 'programs:my_media')} 480w" in shown
    assert f'poster="{file_of(video, "960", "programs:my_media")}"' in shown
    assert 'loading="lazy"' in shown
    assert 'preload="none"' in shown
    assert link.link in shown
    assert "Not for patients" not in shown
    assert "/library/" not in shown


def test_the_detail_page_asks_once_for_its_media(client: Client, world: World, published: Exercise) -> None:
    for _ in range(6):
        make_media(published)
    client.force_login(world.ana)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get(reverse("exercises:exercise_detail", args=[published.code]))
    assert len([query for query in queries if "exercises_exercisemedia" in query["sql"]]) == 1
