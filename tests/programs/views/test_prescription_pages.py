"""The pages about the course of a prescription: home, history, pause, copy, template, and the patient's panel."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from patients.conditions import Condition
from programs.enums import PauseKind, Rating, WorkKind
from programs.models import Pause, Prescription, Program, ProgramItem, SafetyDecision, WorkItem
from programs.services import courses, prescriptions, revisions
from programs.services.version_writing import SafetyAnswer
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


def url(name: str, world: World, *more: Any) -> str:
    return reverse(f"programs:prescription_{name}", args=[world.prescription.pk, *more])


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def change(world: World, day: Any, *, add: int | None = None, **values: Any) -> Any:
    """A change of the first exercise (and an exercise added) from `day` on."""
    draft = revisions.open_draft(actor=world.ana, prescription=world.prescription, now=NOW)
    if values:
        first = draft.items.first()
        ProgramItem.objects.filter(pk=first.pk).update(**values)
    answers = {}
    if add is not None:
        exercise = world.exercises[add]
        ProgramItem.objects.create(program=draft, exercise=exercise, order=9, **exercise.dose_values())
        answers[exercise.pk] = SafetyAnswer(reason=REASON)
    return revisions.apply_draft(
        actor=world.ana,
        draft=draft,
        revision=draft.revision,
        effective_from=day,
        change_note="Longer holds from now on.",
        answers=answers,
        now=NOW,
    )


# --- Home ----------------------------------------------------------------------------------------------------


def test_home_shows_what_runs_what_is_planned_and_who_prepares_a_change(as_ana: Client, world: World) -> None:
    change(world, MONDAY, hold_seconds=45)
    revisions.open_draft(actor=world.ben, prescription=world.prescription, now=NOW)

    page = text_of(as_ana.get(url("detail", world)))

    assert "Planned from Monday 23 November 2026" in page
    assert "<li>Standing hip stretch: hold 45 seconds instead of 30.</li>" in page
    assert "Longer holds from now on." in page
    assert "3 × 30 s" in page
    assert "Ben Okafor has begun a change that is not used yet." in page
    assert "Continue the change" in page


def test_home_of_a_paused_one_offers_to_resume(as_ana: Client, world: World) -> None:
    made = courses.pause(
        actor=world.ana, patient=world.dan, prescription=world.prescription, starts_on=TODAY, now=NOW, note="Flu"
    )
    page = text_of(as_ana.get(url("detail", world)))
    assert "Paused" in page
    assert "Pause from 18 November 2026 on. Nothing is due on these days. “Flu”" in page

    page = text_of(as_ana.post(url("resume", world, made.pk), {"on": "2026-11-20"}, follow=True))

    made.refresh_from_db()
    assert made.last_day == TODAY + timedelta(days=1)
    assert "Due again from 20 November 2026." in page


@pytest.mark.parametrize("on", ["2026-02-30", "2020-01-01", "2030-01-01", "soon"])
def test_resume_says_what_is_wrong_with_a_day(as_ana: Client, world: World, on: str) -> None:
    made = courses.pause(actor=world.ana, patient=world.dan, prescription=None, starts_on=TODAY, now=NOW)

    page = text_of(as_ana.post(url("resume", world, made.pk), {"on": on}, follow=True))

    assert "from 18 November 2026 to 19 November 2027" in page
    made.refresh_from_db()
    assert made.last_day is None


def test_resume_reaches_no_pause_of_somebody_else(as_ana: Client, world: World) -> None:
    other = Pause.objects.create(clinic=world.harbour, patient=world.eve, starts_on=TODAY)

    assert as_ana.post(url("resume", world, other.pk)).status_code == 404


def test_home_costs_the_same_for_many_versions(as_ana: Client, world: World) -> None:
    with CaptureQueriesContext(
        connection,
    ) as few:
        as_ana.get(url("detail", world))
    for weeks in range(1, 5):
        change(world, MONDAY + timedelta(weeks=weeks), hold_seconds=30 + weeks)
    with CaptureQueriesContext(connection) as many:
        as_ana.get(url("detail", world))

    assert len(many) <= len(few) + 1
    assert len(many) <= 32


# --- History -------------------------------------------------------------------------------------------------


def test_history_tells_everything_newest_first(as_ana: Client, world: World) -> None:
    first = change(world, TODAY, hold_seconds=45)
    change(world, MONDAY, add=2)
    change(world, MONDAY, hold_seconds=60)
    pause = courses.pause(
        actor=world.ana, patient=world.dan, prescription=None, starts_on=TODAY, kind=PauseKind.HOLIDAY, now=NOW
    )
    courses.resume(actor=world.ana, pause=pause, on=TODAY + timedelta(days=3), now=NOW)
    WorkItem.objects.create(
        clinic=world.harbour,
        patient=world.dan,
        prescription=world.prescription,
        kind=WorkKind.SAFETY,
        rating=Rating.AVOID,
        reason="Look at the bend.",
        dedupe_key="x",
    )
    prescriptions.end(actor=world.ana, prescription=world.prescription, on=TODAY + timedelta(days=90), now=NOW)

    page = text_of(as_ana.get(url("history", world)))

    told = [
        "Version 4",
        "planned",
        "Standing hip stretch: hold 60 seconds instead of 45.",
        "New: Trunk bend",
        f"“{REASON}”",
        "Version 2",
        "runs now",
        "hold 45 seconds instead of 30.",
        "Version 1",
        "Assigned.",
    ]
    places = [page.index(words) for words in told]
    assert places == sorted(places)
    for words in (
        "Holiday of everything from 18 November 2026 to 20 November 2026",
        "Look at the bend.",
        "Version 3 was replaced by version 4 before it was used",
        "The last day was set to 2027-02-16",
        "Ana Lind",
        "Longer holds from now on.",
    ):
        assert words in page
    assert first.number == 2


def test_history_shows_an_answer_once_and_says_that_it_goes_on(as_ana: Client, world: World) -> None:
    change(world, TODAY, add=2)
    change(world, MONDAY, hold_seconds=45)
    assert SafetyDecision.objects.count() == 2

    page = text_of(as_ana.get(url("history", world)))

    assert page.count(f"“{REASON}”") == 1
    assert "One earlier answer to a warning goes on." in page


def test_history_costs_the_same_for_many_versions(as_ana: Client, world: World) -> None:
    change(world, MONDAY, add=2)
    with CaptureQueriesContext(connection) as few:
        as_ana.get(url("history", world))
    for weeks in range(1, 5):
        change(world, MONDAY + timedelta(weeks=weeks), hold_seconds=30 + weeks)
    with CaptureQueriesContext(connection) as many:
        as_ana.get(url("history", world))

    assert len(many) == len(few)
    assert len(many) <= 24


# --- Pause ---------------------------------------------------------------------------------------------------


def test_pause_for_everything_from_a_day_to_a_day(as_ana: Client, world: World) -> None:
    data = {"scope": "all", "kind": "holiday", "starts_on": "2026-12-01", "last_day": "2026-12-14", "note": "Sea"}

    page = text_of(as_ana.post(url("pause", world), data, follow=True))

    made = Pause.objects.get()
    assert (made.prescription, made.kind, made.note) == (None, "holiday", "Sea")
    assert "Paused from 1 December 2026 to 14 December 2026. Nothing is due on these days." in page


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"starts_on": "2026-02-30"}, "Enter a real date, as year-month-day"),
        ({"starts_on": "2020-01-01"}, "Enter a date from 18 November 2026"),
        ({"last_day": "2026-11-30"}, "The last day must be on or after the first"),
        ({"scope": "some"}, "Select a valid choice."),
        ({"kind": ""}, "This field is required."),
        ({"note": "a\x00b"}, "contains a character that cannot be stored"),
        ({"key": "x"}, "Enter a valid UUID."),
    ],
)
def test_pause_says_what_is_wrong(as_ana: Client, world: World, fields: dict[str, str], fault: str) -> None:
    data = {"scope": "one", "kind": "pause", "starts_on": "2026-12-01", "last_day": "2026-12-14"} | fields

    answer = as_ana.post(url("pause", world), data)

    assert answer.status_code == 422
    assert fault in text_of(answer)
    assert not Pause.objects.exists()


# --- Copy and template ---------------------------------------------------------------------------------------


@pytest.fixture
def gil(world: World) -> Any:
    made = factories.make_patient(world.harbour, "Gil Weiss", therapist=world.ana)
    factories.make_condition(made, Condition.OSTEOPOROSIS)
    return made


def copy(client: Client, world: World, to: Any, **fields: str) -> Any:
    data = {"to": str(to.pk), "title": "Gil's hips", "starts_on": TODAY.isoformat()}
    return client.post(url("copy", world), data | fields)


def test_copy_checks_the_other_patient_and_wants_answers(as_ana: Client, world: World, gil: Any) -> None:
    change(world, TODAY, add=2)
    bend = world.exercises[2]
    looked = text_of(copy(as_ana, world, gil, look="1"))
    assert "One exercise has a warning for Gil:" in looked
    assert "Gil&#x27;s hips" in looked
    refused = copy(as_ana, world, gil)
    assert refused.status_code == 422
    assert "Write why, in at least 10 characters." in text_of(refused)

    answer = copy(as_ana, world, gil, **{f"answer-{bend.pk}-reason": REASON})

    made = Prescription.objects.get(patient=gil)
    assert answer.url == reverse("programs:prescription_detail", args=[made.pk])
    assert [item.name for item in made.versions.get().items.all()] == [
        "Standing hip stretch",
        "Calm breathing",
        "Trunk bend",
    ]
    assert SafetyDecision.objects.get(item__version__prescription=made).reason == REASON


def test_copy_says_when_nothing_speaks_against_it(as_ana: Client, world: World, gil: Any) -> None:
    assert "Nothing speaks against it for Gil." in text_of(copy(as_ana, world, gil, look="1"))


@pytest.mark.parametrize("who", ["eve", "finn", "dan"])
def test_copy_reaches_only_ones_own_other_patients(as_ana: Client, world: World, who: str) -> None:
    answer = copy(as_ana, world, getattr(world, who))

    assert answer.status_code == 422
    assert "Select a valid choice." in text_of(answer)
    assert "Canaryeve" not in answer.content.decode()


@pytest.mark.parametrize(("field", "value"), [("starts_on", "2020-01-01"), ("title", ""), ("to", "x"), ("key", "x")])
def test_copy_says_what_is_wrong(as_ana: Client, world: World, gil: Any, field: str, value: str) -> None:
    data = {"to": str(gil.pk), "title": "Hips", "starts_on": TODAY.isoformat(), field: value}

    answer = as_ana.post(url("copy", world), data)

    assert answer.status_code == 422
    assert not Prescription.objects.filter(patient=gil).exists()


def test_template_becomes_a_program_of_the_clinic(as_ana: Client, world: World) -> None:
    answer = as_ana.post(url("template", world), {"name": "Hips, kept", "summary": "For mornings"})

    made = Program.objects.get(name="Hips, kept")
    assert answer.url == reverse("programs:program_detail", args=[made.pk])
    assert (made.clinic, made.summary, made.items.count()) == (world.harbour, "For mornings", 2)
    assert as_ana.post(url("template", world), {"name": ""}).status_code == 422


# --- The patient's page --------------------------------------------------------------------------------------


def test_panel_shows_several_side_by_side_with_pause_and_change(as_ana: Client, world: World) -> None:
    factories.make_prescription(world.dan, world.exercises[3], title="In the pool")
    factories.make_prescription(
        world.dan,
        world.exercises[3],
        title="Last year",
        starts_on=TODAY - timedelta(days=400),
        ends_on=TODAY - timedelta(1),
    )
    change(world, MONDAY, hold_seconds=45)
    courses.pause(actor=world.ana, patient=world.dan, prescription=world.prescription, starts_on=TODAY, now=NOW)

    page = text_of(as_ana.get(reverse("patients:patient_detail", args=[world.dan.pk])))

    assert page.count('<article class="card card-link">') == 2
    for words in ("In the pool", "Pause from 18 November 2026 on", "Changes 23 Nov", "Past ones"):
        assert words in page
    past = text_of(as_ana.get(reverse("programs:prescription_list", args=[world.dan.pk])))
    assert past.index("In the pool") < past.index("Last year")


def test_list_without_anything_says_what_to_do(as_ana: Client, world: World) -> None:
    new = factories.make_patient(world.harbour, "Nea New", therapist=world.ana)

    page = text_of(as_ana.get(reverse("programs:prescription_list", args=[new.pk])))

    assert "Nothing was prescribed yet" in page
