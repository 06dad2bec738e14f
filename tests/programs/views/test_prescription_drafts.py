"""The bar over a draft: which day, what the patient is told, which warnings, and what happens to the loser."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from exercises.enums import ExerciseState
from programs.models import Prescription, PrescriptionVersion, Program, SafetyDecision
from programs.services import programs, revisions
from tests import factories
from tests.factories import NOW, TODAY
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("frozen")]
REASON = "Surgeon agreed on the phone"
MONDAY = TODAY + timedelta(days=5)


@pytest.fixture
def as_ana(client: Client, world: World) -> Client:
    client.force_login(world.ana)
    return client


@pytest.fixture
def draft(world: World) -> Program:
    return revisions.open_draft(actor=world.ana, prescription=world.prescription, now=NOW)


def change(world: World, draft: Program, **values: Any) -> None:
    item = draft.items.select_related("exercise", "program").first()
    programs.update_item(actor=world.ana, item=item, revision=item.program.revision, values=values, now=NOW)


def use(client: Client, world: World, draft: Program, htmx: bool = False, **fields: Any) -> Any:
    current = Program.objects.filter(pk=draft.pk).first() or draft
    data = {
        "draft": draft.pk,
        "revision": current.revision,
        "plan_revision": Prescription.objects.get(pk=world.prescription.pk).revision,
        "when": "monday",
        "key": uuid4(),
        "change_note": "Hold longer.",
    } | fields
    url = reverse("programs:draft_apply", args=[world.prescription.pk])
    return client.post(url, data, headers={"HX-Request": "true"} if htmx else {})


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_change_opens_one_draft_in_the_builder(as_ana: Client, world: World) -> None:
    url = reverse("programs:prescription_change", args=[world.prescription.pk])

    answers = [as_ana.post(url) for _ in range(2)]

    made = Program.objects.get(prescription=world.prescription)
    assert [answer.url for answer in answers] == [reverse("programs:program_detail", args=[made.pk])] * 2
    page = text_of(as_ana.get(answers[0].url))
    assert "Use this from" in page
    assert "Use from Wednesday 18 November" in page
    assert "Nothing yet. Change something below." in page


def test_change_of_what_is_over_says_so(as_ana: Client, world: World) -> None:
    Prescription.objects.filter(pk=world.prescription.pk).update(ends_on=TODAY - timedelta(days=1))

    page = text_of(as_ana.post(reverse("programs:prescription_change", args=[world.prescription.pk]), follow=True))

    assert "It ended on 17 November 2026. Copy it to give it again." in page


def test_the_bar_tells_the_difference_and_offers_it_as_the_note(as_ana: Client, world: World, draft: Program) -> None:
    change(world, draft, hold_seconds=45)

    page = text_of(as_ana.get(reverse("programs:program_detail", args=[draft.pk])))

    said = "Standing hip stretch: hold 45 seconds instead of 30."
    assert f"<li>{said}</li>" in page
    assert f">{said}</textarea>" in page.replace("> ", ">").replace("\n", "")


@pytest.mark.parametrize(
    ("when", "on", "day"),
    [
        ("today", "", TODAY),
        ("tomorrow", "", TODAY + timedelta(days=1)),
        ("monday", "", MONDAY),
        ("date", "2026-12-24", TODAY.replace(month=12, day=24)),
    ],
)
def test_each_chip_is_a_day(as_ana: Client, world: World, draft: Program, when: str, on: str, day: Any) -> None:
    change(world, draft, hold_seconds=45)

    answer = use(as_ana, world, draft, when=when, on=on)

    made = PrescriptionVersion.objects.get(prescription=world.prescription, number=2)
    assert answer.url == reverse("programs:prescription_detail", args=[world.prescription.pk])
    assert (made.effective_from, made.change_note) == (day, "Hold longer.")


def test_looking_stores_nothing_and_keeps_an_own_note(as_ana: Client, world: World, draft: Program) -> None:
    change(world, draft, hold_seconds=45)
    said = "Standing hip stretch: hold 45 seconds instead of 30."

    parts = text_of(use(as_ana, world, draft, htmx=True, look="1", note_was="Hold longer."))

    assert "<html" not in parts
    assert f'data-note="{said}"' in parts
    assert 'data-use="Use from Monday 23 November"' in parts
    assert Program.objects.filter(pk=draft.pk).exists()


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"when": "date", "on": ""}, "Choose the day from which it holds."),
        ({"when": "date", "on": "2026-02-30"}, "Enter a valid date."),
        ({"when": "date", "on": "2020-01-01"}, "The past stays as it was."),
        ({"when": "date", "on": "2099-01-01"}, "Choose a day within a year from today."),
        ({"when": "yesterday"}, "Select a valid choice."),
        ({"change_note": "x" * 501}, "at most 500 characters"),
        ({"change_note": "a\x07b"}, "contains a character that cannot be stored"),
        ({"plan_revision": "x"}, "Enter a whole number."),
    ],
)
@pytest.mark.parametrize("htmx", [True, False])
def test_faults_are_said_and_nothing_is_stored(
    as_ana: Client, world: World, draft: Program, fields: dict[str, str], fault: str, htmx: bool
) -> None:
    answer = use(as_ana, world, draft, htmx=htmx, **fields)

    assert answer.status_code == 422
    assert fault in text_of(answer)
    assert world.prescription.versions.count() == 1
    assert Program.objects.filter(pk=draft.pk, revision=draft.revision).exists()


def test_new_warnings_are_answered_where_they_stand(as_ana: Client, world: World, draft: Program) -> None:
    bend = world.exercises[2]
    programs.add_item(actor=world.ana, program=draft, revision=1, exercise=bend, now=NOW)
    page = text_of(as_ana.get(reverse("programs:program_detail", args=[draft.pk])))
    assert "A warning to answer" in page

    refused = use(as_ana, world, draft, htmx=True, **{f"answer-{bend.pk}-reason": "no"})
    assert refused.status_code == 422
    assert "Write why, in at least 10 characters." in text_of(refused)

    taken = use(as_ana, world, draft, htmx=True, **{f"answer-{bend.pk}-reason": REASON})
    assert taken.headers["HX-Redirect"] == reverse("programs:prescription_detail", args=[world.prescription.pk])
    assert SafetyDecision.objects.get().reason == REASON


def test_a_new_exercise_that_left_the_library_is_named(as_ana: Client, world: World, draft: Program) -> None:
    programs.add_item(actor=world.ana, program=draft, revision=1, exercise=world.exercises[1], now=NOW)
    world.exercises[1].state = ExerciseState.RETIRED
    world.exercises[1].save()

    answer = use(as_ana, world, draft)

    assert answer.status_code == 422
    assert "Cross-body stretch was taken out of the library." in text_of(answer)


def test_an_old_page_conflicts_and_shows_how_it_stands(as_ana: Client, world: World, draft: Program) -> None:
    change(world, draft, hold_seconds=45)

    answer = use(as_ana, world, draft, htmx=True, revision=1)

    assert answer.status_code == 409
    assert "Nothing was overwritten" in text_of(answer)
    assert 'data-revision="2"' in text_of(answer)
    assert world.prescription.versions.count() == 1


def test_whoever_comes_second_is_told_and_gets_the_note_back(as_ana: Client, world: World, draft: Program) -> None:
    use(as_ana, world, draft)

    page = text_of(as_ana.get(use(as_ana, world, draft, change_note="My own words").url))

    assert "Somebody has used or thrown away this draft meanwhile." in page
    assert "My own words" in page
    assert world.prescription.versions.count() == 2


def test_the_same_form_twice_makes_one_version(as_ana: Client, world: World, draft: Program) -> None:
    key = uuid4()

    urls = {use(as_ana, world, draft, key=key).url for _ in range(2)}

    assert urls == {reverse("programs:prescription_detail", args=[world.prescription.pk])}
    assert world.prescription.versions.count() == 2


def test_what_is_planned_later_is_shown_and_may_go(as_ana: Client, world: World, draft: Program) -> None:
    use(as_ana, world, draft, when="date", on="2026-12-24")
    first = world.prescription.versions.get(number=1)
    again = revisions.open_draft(actor=world.ana, prescription=world.prescription, now=NOW, base=first)
    page = text_of(as_ana.get(reverse("programs:program_detail", args=[again.pk])))
    assert "From Thursday 24 December 2026 version 2 takes over as it was planned, without this change." in page

    use(as_ana, world, again, drop_later="on")

    assert sorted(world.prescription.versions.values_list("number", flat=True)) == [1, 3]


def test_one_that_has_not_begun_offers_its_start(as_ana: Client, world: World) -> None:
    coming = factories.make_prescription(world.dan, world.exercises[0], starts_on=TODAY + timedelta(days=9))
    draft = revisions.open_draft(actor=world.ana, prescription=coming, now=NOW)

    page = text_of(as_ana.get(reverse("programs:program_detail", args=[draft.pk])))

    assert "Use from Friday 27 November" in page
    assert "From its start" in page
    assert "Tomorrow" not in page


def test_discard_asks_for_the_revision_that_was_seen(as_ana: Client, world: World, draft: Program) -> None:
    url = reverse("programs:draft_discard", args=[world.prescription.pk])
    change(world, draft, hold_seconds=45)

    for revision, words in [("1", "so it was kept"), ("9" * 30, "so it was kept"), ("2", "runs on as it was")]:
        assert words in text_of(as_ana.post(url, {"revision": revision}, follow=True))

    assert not Program.objects.filter(pk=draft.pk).exists()
    assert as_ana.post(url, {"revision": "2"}).status_code == 302


def test_a_planned_version_is_taken_out(as_ana: Client, world: World, draft: Program) -> None:
    use(as_ana, world, draft)
    planned = world.prescription.versions.get(number=2)

    for pk, words in [(planned.pk, "is taken out"), (world.prescription.versions.get(number=1).pk, "is in force")]:
        url = reverse("programs:version_drop", args=[world.prescription.pk, pk])
        assert words in text_of(as_ana.post(url, follow=True))

    assert world.prescription.versions.count() == 1


def test_a_colleague_of_the_team_sees_the_same_draft(client: Client, world: World, draft: Program) -> None:
    client.force_login(world.ben)
    address = reverse("programs:program_detail", args=[draft.pk])
    assert client.get(address).status_code == 404

    world.dan.care_team.create(therapist=world.ben, starts_on=TODAY)

    assert client.get(address).status_code == 200
