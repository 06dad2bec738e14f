"""Pausing and resuming, giving a prescription to somebody else, and keeping it as a program."""

from datetime import date, timedelta
from typing import Any

import pytest

from config.lib.ids import uuid7
from exercises.enums import ExerciseState
from patients.conditions import Condition
from patients.models import AuditEvent
from programs.enums import PauseKind, Situation
from programs.models import Pause, PrescriptionAlternative, PrescriptionItem, Program, SafetyDecision
from programs.services import courses
from programs.services.courses import PauseRefused
from programs.services.prescriptions import KeyTaken
from programs.services.version_writing import SafetyAnswer, SafetyUnanswered
from tests import factories
from tests.factories import NOW, TODAY
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
REASON = "Surgeon agreed on the phone"


def pause(world: World, **fields: Any) -> Pause:
    values: dict[str, Any] = {
        "actor": world.ana,
        "patient": world.dan,
        "prescription": world.prescription,
        "starts_on": TODAY,
        "last_day": TODAY + timedelta(days=6),
        "now": NOW,
    }
    return courses.pause(**values | fields)


def test_the_same_pause_twice_is_one_pause(world: World) -> None:
    key = uuid7()

    made = {pause(world).pk, pause(world).pk}
    other = {pause(world, prescription=None, key=key).pk, pause(world, prescription=None, key=key).pk}

    assert (len(made), other) == (1, {key})
    assert AuditEvent.objects.filter(verb="pause.start").count() == 2


def test_a_key_of_another_patients_pause_is_refused(world: World) -> None:
    made = pause(world)

    with pytest.raises(KeyTaken):
        pause(world, patient=world.eve, prescription=None, key=made.pk)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"starts_on": TODAY - timedelta(days=1)}, "starts_on"),
        ({"starts_on": TODAY + timedelta(days=400), "last_day": None}, "starts_on"),
        ({"last_day": TODAY - timedelta(days=1)}, "last_day"),
        ({"last_day": TODAY + timedelta(days=800)}, "last_day"),
        ({"starts_on": TODAY + timedelta(days=3), "last_day": None}, "starts_on"),
    ],
)
def test_pauses_that_cannot_be(world: World, fields: dict[str, Any], field: str) -> None:
    pause(world, last_day=TODAY + timedelta(days=4), kind=PauseKind.HOLIDAY)

    with pytest.raises(PauseRefused) as refusal:
        pause(world, **fields)

    assert refusal.value.field == field
    assert Pause.objects.count() == 1


def test_a_pause_after_the_end_is_refused(world: World) -> None:
    world.prescription.ends_on = TODAY
    world.prescription.save()

    with pytest.raises(PauseRefused, match="It ends on 18 November 2026"):
        pause(world, starts_on=TODAY + timedelta(days=1))


def test_resume_ends_the_pause_the_day_before_and_is_safe_to_repeat(world: World) -> None:
    made = pause(world, starts_on=TODAY, last_day=None)
    later = NOW + timedelta(days=3)
    on = TODAY + timedelta(days=5)

    for _ in range(2):
        ended = courses.resume(actor=world.ana, pause=made, on=on, now=later)

    assert (ended.starts_on, ended.last_day) == (TODAY, on - timedelta(days=1))
    assert AuditEvent.objects.filter(verb="pause.end").count() == 1


def test_resume_takes_back_a_pause_that_has_not_begun(world: World) -> None:
    made = pause(world, starts_on=TODAY + timedelta(days=3))

    assert [courses.resume(actor=world.ana, pause=made, on=TODAY, now=NOW) for _ in range(2)] == [None, None]
    assert not Pause.objects.exists()
    assert AuditEvent.objects.filter(verb="pause.drop").count() == 1


def test_resume_leaves_days_that_are_over(world: World) -> None:
    made = pause(world)

    with pytest.raises(PauseRefused):
        courses.resume(actor=world.ana, pause=made, on=TODAY, now=NOW + timedelta(days=2))

    made.refresh_from_db()
    assert made.last_day == TODAY + timedelta(days=6)


def test_resume_does_not_lengthen_a_pause_that_is_over(world: World) -> None:
    made = pause(world, last_day=TODAY)

    ended = courses.resume(actor=world.ana, pause=made, on=TODAY + timedelta(days=9), now=NOW + timedelta(days=5))

    assert ended.last_day == TODAY


# --- Giving it on --------------------------------------------------------------------------------------------


@pytest.fixture
def rich(world: World) -> PrescriptionItem:
    """The first item of Dan's version, with all that can be said of it."""
    item = world.prescription.versions.get().items.first()
    PrescriptionItem.objects.filter(pk=item.pk).update(
        note="left hip", is_core=True, variants={"flare": {"in": False}}, hold_seconds=45
    )
    bend = world.exercises[2]
    PrescriptionAlternative.objects.create(item=item, situation=Situation.AT_WORK, exercise=bend, name=bend.name)
    item.refresh_from_db()
    return item


def copy(world: World, **fields: Any) -> Any:
    values: dict[str, Any] = {
        "actor": world.ben,
        "version": world.prescription.versions.get(),
        "patient": world.eve,
        "starts_on": TODAY + timedelta(days=1),
        "answers": {},
        "now": NOW,
    }
    return courses.copy_to_patient(**values | fields)


def test_copy_is_checked_for_the_other_patient(world: World, rich: PrescriptionItem) -> None:
    factories.make_condition(world.eve, Condition.OSTEOPOROSIS)
    bend = world.exercises[2]
    with pytest.raises(SafetyUnanswered) as refusal:
        copy(world)
    assert list(refusal.value.missing) == [bend.pk]

    made = copy(world, answers={bend.pk: SafetyAnswer(reason=REASON)}, key=uuid7())

    item = made.versions.get().items.first()
    assert (made.patient, made.starts_on, item.hold_seconds, item.is_core) == (
        world.eve,
        TODAY + timedelta(days=1),
        45,
        True,
    )
    assert (item.note, item.variants) == ("", {"flare": {"in": False}})
    decision = SafetyDecision.objects.get(item__version__prescription=made)
    assert (decision.alternative.exercise, decision.decided_by) == (bend, world.ben)


def test_copy_takes_notes_along_when_asked(world: World, rich: PrescriptionItem) -> None:
    assert copy(world, with_notes=True).versions.get().items.first().note == "left hip"


def test_copy_leaves_out_what_left_the_library(world: World) -> None:
    world.exercises[3].state = ExerciseState.RETIRED
    world.exercises[3].save()

    made = copy(world)

    assert [item.name for item in made.versions.get().items.all()] == ["Standing hip stretch"]


def test_copy_with_one_key_makes_one(world: World) -> None:
    key = uuid7()

    assert copy(world, key=key) == copy(world, key=key)


def test_make_template_keeps_the_plan_and_nothing_of_the_patient(world: World, rich: PrescriptionItem) -> None:
    key = uuid7()
    version = world.prescription.versions.get()

    for _ in range(2):
        made = courses.make_template(
            actor=world.ana, clinic=world.harbour, version=version, name="Hips, longer", key=key
        )

    item = made.items.first()
    assert (made.pk, made.name, made.slots, made.prescription) == (key, "Hips, longer", ["07:30"], None)
    assert item.item_values() == rich.item_values() | {"note": ""}
    assert [one.exercise for one in item.alternatives.all()] == [world.exercises[2]]
    assert made.items.count() == 2
    assert AuditEvent.objects.filter(verb="program.from_prescription").count() == 1


def test_make_template_does_not_answer_with_another_clinics_program(world: World) -> None:
    other = factories.make_program(world.hill)

    with pytest.raises(KeyTaken):
        courses.make_template(
            actor=world.ana,
            clinic=world.harbour,
            version=world.prescription.versions.get(),
            name="Hips",
            key=other.pk,
        )

    assert not Program.objects.filter(name="Hips").exists()


def test_words_of_a_pause() -> None:
    first = date(2026, 12, 1)

    assert courses.say(Pause(starts_on=first)) == "from 1 December 2026 on"
    assert (
        courses.say(Pause(starts_on=first, last_day=date(2026, 12, 14))) == "from 1 December 2026 to 14 December 2026"
    )
