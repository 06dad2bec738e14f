"""The second person's page, and everything that was before."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from exercises.models import Exercise
from exercises.services import curation
from patients.models import User
from tests.exercises.curation import COMPLETE, published, submitted
from tests.factories import NOW
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def row(world: World) -> Exercise:
    return published(world.cora, world.cleo)


@pytest.fixture
def waiting(world: World, row: Exercise) -> Exercise:
    copy = curation.change(
        actor=world.cora, exercise=row, revision=row.revision, content={"cue": "Lift your ribs.", "features": ["heat"]}
    )
    return submitted(copy, world.cora)


def at(route: str, code: str = "S101") -> str:
    return reverse(f"exercises:curation_{route}", args=[code])


def sign_in(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def text(response: Any) -> str:
    return response.content.decode()


def test_curation_review_shows_what_differs_and_who_wrote_it(client: Client, world: World, waiting: Exercise) -> None:
    page = sign_in(client, world.cleo).get(at("review"))

    assert [one.field for one in page.context["differences"]] == ["cue", "features"]
    assert '<ins><span class="visually-hidden">[new: </span> ribs' in text(page)
    assert '<del><span class="visually-hidden">[gone: </span> breastbone' in text(page)
    assert "Cora Vogel" in text(page)
    assert "First words." in text(page)
    assert reverse("programs:curation_publish", args=["S101"]) in text(page)


def test_curation_review_is_found_by_the_code_of_the_copy_too(client: Client, world: World, waiting: Exercise) -> None:
    assert sign_in(client, world.cleo).get(at("review", waiting.code)).context["draft"] == waiting


@pytest.mark.parametrize("who", ["writer", "submitter"])
def test_curation_review_offers_no_approval_of_ones_own(client: Client, world: World, row: Exercise, who: str) -> None:
    copy = curation.change(actor=world.cora, exercise=row, revision=row.revision, content={"cue": "New."})
    submitted(copy, world.cleo)

    page = sign_in(client, {"writer": world.cora, "submitter": world.cleo}[who]).get(at("review"))

    assert "somebody else has to approve it" in text(page)
    assert reverse("programs:curation_publish", args=["S101"]) not in text(page)


def test_curation_review_of_a_new_exercise_shows_all_as_new(client: Client, world: World) -> None:
    draft = submitted(curation.create(actor=world.cora, content=COMPLETE), world.cora)

    page = sign_in(client, world.cleo).get(at("review", draft.code))

    assert {one.verdict for one in page.context["differences"]} == {"added"}


def test_curation_review_without_a_draft_leads_to_the_history(client: Client, world: World, row: Exercise) -> None:
    assert sign_in(client, world.cleo).get(at("review"))["Location"] == at("history")


def test_curation_review_lists_what_is_missing_instead_of_approving(
    client: Client, world: World, waiting: Exercise
) -> None:
    curation.save(actor=world.cora, exercise=waiting, revision=waiting.revision, content={"source": ""})

    page = sign_in(client, world.cleo).get(at("review"))

    assert [gap.field for gap in page.context["gaps"]] == ["source"]
    assert f"{at('edit')}#id_source" in text(page)
    assert "Submit for review" not in text(page)


def test_curation_review_lets_an_author_publish_in_the_clinic(client: Client, world: World) -> None:
    own = curation.create(actor=world.ana, content=COMPLETE, clinic=world.harbour)

    page = sign_in(client, world.ana).get(at("review", own.code))

    assert reverse("programs:curation_publish", args=[own.code]) in text(page)
    assert "Publish in the clinic" in text(page)
    assert "Submit for review" not in text(page)


def test_curation_submit_from_the_review_page(client: Client, world: World, row: Exercise) -> None:
    copy = curation.change(actor=world.cora, exercise=row, revision=row.revision, content={"cue": "New."})
    client = sign_in(client, world.cora)

    response = client.post(at("submit"), {"revision": copy.revision, "note": "Shorter."})

    copy.refresh_from_db()
    assert response["Location"] == at("review")
    assert (copy.state, copy.curation_note, copy.submitted_by) == ("in_review", "Shorter.", world.cora)


def test_curation_send_back_wants_a_note(client: Client, world: World, waiting: Exercise) -> None:
    client = sign_in(client, world.cleo)

    empty = client.post(at("send_back"), {"revision": waiting.revision, "note": " "})
    assert empty.status_code == 422
    assert "Say what is to be mended." in text(empty)
    waiting.refresh_from_db()
    assert waiting.state == "in_review"

    client.post(at("send_back"), {"revision": waiting.revision, "note": "Why heat?"})
    waiting.refresh_from_db()
    assert (waiting.state, waiting.curation_note) == ("draft", "Why heat?")
    assert "Why heat?" in text(sign_in(client, world.cora).get(at("edit")))


@pytest.mark.parametrize("route", ["submit", "send_back", "discard"])
@pytest.mark.parametrize("revision", ["", "NaN", "-1", "9" * 30, "x"])
def test_curation_decisions_refuse_a_revision_that_is_none(
    client: Client, world: World, waiting: Exercise, route: str, revision: str
) -> None:
    response = sign_in(client, world.cleo).post(at(route), {"revision": revision, "note": "Note."})

    assert response.status_code in (302, 422)
    waiting.refresh_from_db()
    assert waiting.state == "in_review"


@pytest.mark.parametrize("route", ["send_back", "discard"])
def test_curation_decisions_on_an_old_page_change_nothing(
    client: Client, world: World, waiting: Exercise, route: str
) -> None:
    response = sign_in(client, world.cleo).post(
        at(route), {"revision": waiting.revision - 1, "note": "Note."}, follow=True
    )

    assert "It has changed since you opened this page." in text(response)
    waiting.refresh_from_db()
    assert waiting.state == "in_review"


def test_curation_discard_keeps_the_published_exercise(client: Client, world: World, waiting: Exercise) -> None:
    client = sign_in(client, world.cleo)

    for _ in range(2):
        response = client.post(at("discard"), {"revision": waiting.revision})
        assert response.status_code == 302

    assert not Exercise.objects.filter(pk=waiting.pk).exists()
    assert Exercise.objects.get(code="S101").cue == COMPLETE["cue"]


def test_curation_history_tells_who_when_and_why(client: Client, world: World, waiting: Exercise) -> None:
    curation.publish(actor=world.cleo, exercise=waiting, revision=waiting.revision, now=NOW, note="Checked.")

    page = sign_in(client, world.cora).get(at("history"))

    told = [(str(version.history_user.name), version.history_change_reason) for version in page.context["page_obj"]]
    assert told == [
        ("Cleo Marsh", "Published. First words. Checked."),
        ("Cleo Marsh", "Published. First words. Checked."),  # the working copy goes
        ("Cora Vogel", "Submitted for review. First words."),
        ("Cora Vogel", "Draft changed."),
        ("Cora Vogel", "Working copy opened."),
        ("Cleo Marsh", "Published. First words."),
        ("Cora Vogel", "Submitted for review. First words."),
        ("Cora Vogel", "New draft."),
    ]


def test_curation_history_compares_any_two(client: Client, world: World, waiting: Exercise) -> None:
    client = sign_in(client, world.cleo)
    oldest, newest = client.get(at("history")).context["page_obj"][-1], client.get(at("history")).context["page_obj"][0]

    for query in (
        f"?older={oldest.history_id}&newer={newest.history_id}",
        f"?newer={oldest.history_id}&older={newest.history_id}",
    ):
        page = client.get(at("history") + query)
        assert [(one.field, one.verdict) for one in page.context["differences"]] == [
            ("cue", "changed"),
            ("features", "added"),
        ]


@pytest.mark.parametrize(
    "query", ["?older=1&newer=999999999", "?older=x&newer=y", "?older=-1", "?page=NaN", "?older=9" + "9" * 30]
)
def test_curation_history_answers_odd_addresses(client: Client, world: World, row: Exercise, query: str) -> None:
    assert sign_in(client, world.cleo).get(at("history") + query).status_code in (200, 404)


def test_curation_history_compares_nothing_of_another_exercise(client: Client, world: World, row: Exercise) -> None:
    own = curation.create(actor=world.ana, content=COMPLETE, clinic=world.harbour)
    foreign, mine = own.history.first().history_id, row.history.first().history_id

    page = sign_in(client, world.cleo).get(at("history") + f"?older={foreign}&newer={mine}")

    assert page.status_code == 404


def test_curation_restore_version_makes_a_draft(client: Client, world: World, waiting: Exercise) -> None:
    row = curation.publish(actor=world.cleo, exercise=waiting, revision=waiting.revision, now=NOW)
    first = row.history.filter(edition=1).first()
    client = sign_in(client, world.cora)

    response = client.post(at("restore_version"), {"older": first.history_id})

    copy = Exercise.objects.get(replaces=row)
    assert response["Location"] == at("edit")
    assert (copy.cue, copy.features, copy.state) == (COMPLETE["cue"], [], "draft")
    assert Exercise.objects.get(pk=row.pk).cue == "Lift your ribs."
    assert client.post(at("restore_version"), {"older": "x"}).status_code == 404
    assert client.post(at("restore_version"), {}).status_code == 404


def test_curation_restore_version_of_a_retired_one_is_refused(client: Client, world: World, row: Exercise) -> None:
    row.refresh_from_db()
    gone = curation.retire(actor=world.cora, exercise=row, revision=row.revision, reason="Old.", now=NOW)

    response = sign_in(client, world.cora).post(
        at("restore_version"), {"older": gone.history.last().history_id}, follow=True
    )

    assert "It is retired. Restore it before you change it." in text(response)
    assert not Exercise.objects.filter(replaces=row).exists()


def test_curation_review_and_history_ask_the_database_little(
    client: Client, world: World, waiting: Exercise, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    for number in range(30):
        draft = Exercise.objects.get(pk=waiting.pk)
        curation.save(actor=world.cora, exercise=draft, revision=draft.revision, content={"cue": f"Cue {number}."})
    client = sign_in(client, world.cleo)
    client.get(at("review"))

    with django_assert_max_num_queries(9):
        client.get(at("review"))
    with django_assert_max_num_queries(9):
        assert len(client.get(at("history")).context["page_obj"]) == 25
