"""Using a draft: what asks again, who is told, what may be repeated, and what follows for reminders and stages."""

from datetime import timedelta

import pytest

from config.lib.ids import uuid7
from config.lib.revisions import RevisionConflict
from exercises.enums import ExerciseState
from patients.conditions import Condition
from patients.models import AuditEvent, ReminderSchedule
from programs.enums import Situation
from programs.models import PrescriptionVersion, Program, ProgramAlternative, ProgramItem, SafetyDecision
from programs.services import programs, revisions
from programs.services.prescriptions import ExerciseRetired, KeyTaken
from programs.services.revisions import ChangeRefused
from programs.services.version_writing import SafetyAnswer, SafetyUnanswered
from tests import factories
from tests.factories import NOW
from tests.programs import revising
from tests.programs.revising import NEXT_MONDAY, REASON, TOMORROW, change_hold, use
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def draft(world: World) -> Program:
    return revising.open_draft(world)


# --- Safety --------------------------------------------------------------------------------------------------


def add(world: World, draft: Program, number: int) -> None:
    draft.refresh_from_db()
    programs.add_item(
        actor=world.ana, program=draft, revision=draft.revision, exercise=world.exercises[number], now=NOW
    )


def test_only_what_is_new_asks_and_the_first_answer_goes_on(world: World, draft: Program) -> None:
    bend = world.exercises[2]  # Dan has osteoporosis
    add(world, draft, 2)
    with pytest.raises(SafetyUnanswered) as refusal:
        use(world, draft)
    assert list(refusal.value.missing) == [bend.pk]
    use(world, draft, answers={bend.pk: SafetyAnswer(reason=REASON)})

    draft = revisions.open_draft(actor=world.ben, prescription=world.prescription, now=NOW + timedelta(days=1))
    change_hold(world, draft)
    made = use(world, draft, actor=world.ben, now=NOW + timedelta(days=1))

    decision = SafetyDecision.objects.get(item__version=made)
    assert (decision.reason, decision.decided_by, decision.decided_at) == (REASON, world.ana, NOW)


def test_a_condition_recorded_meanwhile_asks_again(world: World, draft: Program) -> None:
    add(world, draft, 2)
    use(world, draft, answers={world.exercises[2].pk: SafetyAnswer(reason=REASON)})
    factories.make_condition(world.dan, Condition.FUSED_THORACOLUMBAR_SPINE)
    again = revisions.open_draft(actor=world.ana, prescription=world.prescription, now=NOW)

    with pytest.raises(SafetyUnanswered) as refusal:
        use(world, again)

    asked = {warning.condition for found in refusal.value.missing.values() for warning in found}
    assert asked == {Condition.FUSED_THORACOLUMBAR_SPINE}


def test_an_alternative_is_checked_as_well(world: World, draft: Program) -> None:
    bend = world.exercises[2]
    ProgramAlternative.objects.create(item=draft.items.first(), situation=Situation.AT_WORK, exercise=bend)
    with pytest.raises(SafetyUnanswered):
        use(world, draft)

    made = use(world, draft, answers={bend.pk: SafetyAnswer(reason=REASON)})

    decision = SafetyDecision.objects.get(item__version=made)
    assert decision.alternative.exercise == bend


def test_a_retired_exercise_may_stay_but_not_come_in(world: World, draft: Program) -> None:
    world.exercises[0].state = ExerciseState.RETIRED
    world.exercises[0].save()
    use(world, draft)

    draft = revisions.open_draft(actor=world.ana, prescription=world.prescription, now=NOW)
    add(world, draft, 1)
    world.exercises[1].state = ExerciseState.RETIRED
    world.exercises[1].save()
    with pytest.raises(ExerciseRetired):
        use(world, draft)


# --- Conflicts and repeats -----------------------------------------------------------------------------------


def test_an_old_revision_is_a_conflict_and_nothing_is_lost(world: World, draft: Program) -> None:
    change_hold(world, draft)

    with pytest.raises(RevisionConflict):
        use(world, draft, revision=1)
    with pytest.raises(RevisionConflict):
        use(world, draft, plan_revision=world.prescription.revision + 1)

    draft.refresh_from_db()
    assert (draft.revision, draft.items.first().hold_seconds) == (2, 45)
    assert world.prescription.versions.count() == 1


def test_whoever_uses_a_draft_second_is_told(world: World, draft: Program) -> None:
    stale = Program.objects.get(pk=draft.pk)
    use(world, draft)

    with pytest.raises(RevisionConflict):
        use(world, stale, actor=world.ben)

    assert world.prescription.versions.count() == 2


def test_without_a_revision_of_the_prescription_the_base_must_stand(world: World, draft: Program) -> None:
    change_hold(world, draft)
    planned = use(world, draft)
    again = revisions.open_draft(actor=world.ana, prescription=world.prescription, now=NOW)
    revisions.drop_planned(actor=world.ben, version=planned, now=NOW)

    with pytest.raises(RevisionConflict):
        use(world, again)

    world.prescription.refresh_from_db()
    use(world, again, plan_revision=world.prescription.revision)


def test_the_same_key_answers_with_the_same_version(world: World, draft: Program) -> None:
    key = uuid7()

    made = [use(world, draft, key=key) for _ in range(2)]

    assert made[0] == made[1]
    assert AuditEvent.objects.filter(verb="prescription.change").count() == 1
    other = revisions.open_draft(actor=world.ben, prescription=world.eve.prescriptions.get(), now=NOW)
    with pytest.raises(KeyTaken):
        use(world, other, key=key)


# --- What follows --------------------------------------------------------------------------------------------


def test_new_times_get_a_reminder_and_every_other_day_keeps_its_rhythm(world: World) -> None:
    first = world.prescription.versions.get()
    PrescriptionVersion.objects.filter(pk=first.pk).update(frequency="every_days", every_days=2)
    draft = revisions.open_draft(actor=world.ana, prescription=world.prescription, now=NOW)
    Program.objects.filter(pk=draft.pk).update(slots=["06:45"])

    made = use(world, draft, effective_from=TOMORROW)

    assert made.rule.anchor == first.effective_from
    assert [schedule.slot.strftime("%H:%M") for schedule in ReminderSchedule.objects.filter(patient=world.dan)] == [
        "06:45"
    ]


def test_another_rhythm_counts_from_the_day_of_the_change(world: World, draft: Program) -> None:
    Program.objects.filter(pk=draft.pk).update(frequency="every_days", every_days=3)

    assert use(world, draft, effective_from=TOMORROW).rule.anchor == TOMORROW


def test_a_draft_with_stages_makes_a_version_for_each(world: World, draft: Program) -> None:
    steps = [{"title": "Weeks 1-2", "weeks": 2}, {"title": "From week 3"}]
    Program.objects.filter(pk=draft.pk).update(steps=steps)
    first, second = draft.items.all()
    ProgramItem.objects.filter(pk=first.pk).update(until_step=1)
    ProgramItem.objects.filter(pk=second.pk).update(from_step=1)
    key = uuid7()

    made = use(world, draft, key=key)

    rows = list(world.prescription.versions.filter(effective_from__gte=NEXT_MONDAY).order_by("effective_from"))
    assert [(row.number, row.effective_from, row.step, row.step_title) for row in rows] == [
        (2, NEXT_MONDAY, 1, "Weeks 1-2"),
        (3, NEXT_MONDAY + timedelta(days=14), 2, "From week 3"),
    ]
    assert [row.items.count() for row in rows] == [2, 1]
    assert (made.pk, made, made.change_note, rows[1].change_note) == (key, rows[0], "Longer holds.", "")


def test_name_and_flare_days_hold_for_the_whole(world: World, draft: Program) -> None:
    Program.objects.filter(pk=draft.pk).update(name="Hips, gently", flare_days=10)

    use(world, draft)

    world.prescription.refresh_from_db()
    assert (world.prescription.title, world.prescription.flare_days) == ("Hips, gently", 10)


def test_drop_planned_refuses_what_is_in_force_and_is_safe_to_repeat(world: World, draft: Program) -> None:
    planned = use(world, draft)
    first = world.prescription.versions.get(number=1)
    with pytest.raises(ChangeRefused):
        revisions.drop_planned(actor=world.ana, version=first, now=NOW)

    done = [revisions.drop_planned(actor=world.ana, version=planned, now=NOW) for _ in range(2)]

    assert done == [True, False]
    assert [version.number for version in world.prescription.versions.all()] == [1]
