"""The nightly suggestions: made once from the right figures, for all patients in a fixed number of statements."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from programs.enums import Variant, WorkKind
from programs.models import Pause, Prescription, PrescriptionVersion, VariantSpell, WorkItem
from programs.services import progression, work
from programs.tasks import suggest_steps
from tests import factories
from tests.factories import NOW, TODAY
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
RULE = {"after_weeks": 2, "min_adherence": 80, "max_pain": 3, "suggest": "Add a second set."}
DAYS = 14


def running(patient: Any, *, weeks: int = 3, rules: Any = (RULE,), **fields: Any) -> Prescription:
    """A prescription of two exercises with these rules, begun so many weeks ago."""
    exercises = [factories.make_exercise() for _ in range(2)]
    begun = TODAY - timedelta(weeks=weeks)
    return factories.make_prescription(patient, *exercises, starts_on=begun, progression=list(rules), **fields)


def log(prescription: Prescription, *, done: int, days: int = DAYS, pain: int | None = 2) -> None:
    """Of the last `days` days that ended yesterday, `done` were done entirely and the rest skipped."""
    for ago in range(1, days + 1):
        day = TODAY - timedelta(days=ago)
        factories.make_session(prescription, day, "dd" if ago <= done else "ss")
        if pain is not None:
            factories.make_pain(prescription.patient, pain, day)


def suggestions() -> list[WorkItem]:
    return list(WorkItem.objects.filter(kind=WorkKind.SUGGESTION).order_by("created_at", "pk"))


def test_what_is_met_becomes_one_note_with_its_figures_and_changes_nothing(world: World) -> None:
    prescription = running(world.dan)
    log(prescription, done=12)
    before = list(PrescriptionVersion.objects.values())

    first, second = (progression.suggest_all(NOW) for _ in range(2))

    [note] = suggestions()
    # 13 past days lie in the fourteen that end today: 12 done, 1 skipped, two exercises each.
    assert note.reason == (
        "Add a second set. In the last 2 weeks: 24 of 26 exercises done (92 %); "
        "pain 2.0 on average of 13 days, at most 2."
    )
    assert (note.patient, note.prescription, note.clinic, note.rating) == (world.dan, prescription, world.harbour, 0)
    assert (note.headline, note.settled_at) == ("Suggestion", None)
    assert (first, second) == (progression.Made(1, 0), progression.Made(0, 0))
    assert list(PrescriptionVersion.objects.values()) == before


def test_a_dismissed_suggestion_does_not_come_back(world: World) -> None:
    log(running(world.dan), done=14)
    progression.suggest_all(NOW)
    work.settle(actor=world.ana, item=suggestions()[0], now=NOW)

    assert progression.suggest_all(NOW + timedelta(days=1)).written == 0
    assert len(suggestions()) == 1


def test_each_rule_of_a_version_speaks_for_itself(world: World) -> None:
    rules = [RULE, RULE | {"min_adherence": 99, "suggest": "Never."}, RULE | {"after_weeks": 1, "suggest": "Walk."}]
    log(running(world.dan, rules=rules), done=12)

    assert progression.suggest_all(NOW).written == 2
    assert sorted(note.reason.split(" In ")[0] for note in suggestions()) == ["Add a second set.", "Walk."]


@pytest.mark.parametrize(
    "harm",
    [
        "too young",
        "too few done",
        "too sore",
        "pain unknown",
        "hardly logged",
        "in a flare",
        "easy variant",
        "paused",
        "over",
        "archived",
        "unreadable",
    ],
)
def test_nothing_is_suggested_when(world: World, harm: str) -> None:
    span = {"clinic": world.harbour, "patient": world.dan, "starts_on": TODAY - timedelta(days=5)}
    weeks = 1 if harm == "too young" else 3
    rules = [{"suggest": "x"}] if harm == "unreadable" else [RULE]
    prescription = running(world.dan, weeks=weeks, rules=rules)
    pain = {"too sore": 4, "pain unknown": None}.get(harm, 2)
    log(
        prescription,
        done={"too few done": 9}.get(harm, 13),
        days=3 if harm == "hardly logged" else 7 * weeks,
        pain=pain,
    )
    if harm == "in a flare":
        factories.make_flare(world.dan, TODAY - timedelta(days=20), TODAY - timedelta(days=10))
    elif harm == "easy variant":
        VariantSpell.objects.create(variant=Variant.EASY, last_day=TODAY - timedelta(days=4), **span)
    elif harm == "paused":
        Pause.objects.create(**span)
    elif harm == "over":
        Prescription.objects.filter(pk=prescription.pk).update(ends_on=TODAY - timedelta(days=1))
    elif harm == "archived":
        world.dan.archived_at = NOW
        world.dan.save()

    assert progression.suggest_all(NOW) == progression.Made(0, 0)
    assert suggestions() == []


def test_only_the_prescription_that_has_the_rule_is_counted(world: World) -> None:
    """The other one of the same patient goes badly, and does not speak here."""
    log(running(world.dan), done=14)
    other = running(world.dan, rules=[], title="Pool")
    for ago in range(1, DAYS + 1):
        factories.make_session(other, TODAY - timedelta(days=ago), "ss")

    progression.suggest_all(NOW)

    assert "26 of 26 exercises" in suggestions()[0].reason


def test_a_suggestion_about_a_version_of_the_past_is_withdrawn(world: World) -> None:
    prescription = running(world.dan)
    log(prescription, done=14)
    progression.suggest_all(NOW)
    PrescriptionVersion.objects.create(
        prescription=prescription, number=2, effective_from=TODAY, slots=["07:30"], progression=[RULE]
    )

    assert progression.suggest_all(NOW) == progression.Made(0, 1)

    [note] = suggestions()
    assert (note.settled_at, note.settled_by) == (NOW, None)


def test_a_later_version_that_has_not_begun_changes_nothing_yet(world: World) -> None:
    prescription = running(world.dan)
    log(prescription, done=14)
    PrescriptionVersion.objects.create(
        prescription=prescription, number=2, effective_from=TODAY + timedelta(days=1), slots=["07:30"]
    )

    assert progression.suggest_all(NOW) == progression.Made(1, 0)


@pytest.mark.parametrize(("zone", "written"), [("Pacific/Kiritimati", 1), ("Pacific/Pago_Pago", 0)])
def test_the_patients_own_day_counts(world: World, zone: str, written: int) -> None:
    """At 11:30 in London two weeks are over in Kiritimati, where it is tomorrow, and not in Pago Pago."""
    world.dan.time_zone = zone
    world.dan.save()
    prescription = running(world.dan, weeks=2)
    begun = TODAY - timedelta(days=13)
    Prescription.objects.filter(pk=prescription.pk).update(starts_on=begun)
    prescription.versions.update(effective_from=begun)
    log(prescription, done=13, days=13)

    assert progression.suggest_all(datetime.fromisoformat("2026-11-18T11:30:00+00:00")).written == written


def test_the_number_of_statements_does_not_grow_with_the_patients(world: World) -> None:
    def statements(patients: int) -> int:
        for _ in range(patients):
            log(running(factories.make_patient(world.harbour, therapist=world.ana)), done=14)
        with CaptureQueriesContext(connection) as captured:
            assert progression.suggest_all(NOW).written == patients
        return len(captured)

    few, many = statements(2), statements(12)

    assert few == many
    assert few <= 14


def test_the_task_runs_at_night_and_writes(world: World, frozen: datetime) -> None:
    from config.celery import app

    log(running(world.dan), done=14)

    suggest_steps()

    assert len(suggestions()) == 1
    beat = app.conf.beat_schedule["suggest-steps"]
    assert (beat["task"], beat["schedule"].hour) == ("programs.tasks.suggest_steps", {3})
