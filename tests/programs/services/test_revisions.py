"""Changing a running prescription: the draft, the new version, and the past, which stays as it was."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import serializers

from config.lib.ids import uuid7
from config.lib.revisions import RevisionConflict
from exercises.enums import ExerciseState
from patients.models import AuditEvent
from programs import adherence
from programs.enums import Situation, Source
from programs.models import (
    Entry,
    Prescription,
    PrescriptionAlternative,
    PrescriptionItem,
    PrescriptionVersion,
    Program,
    SafetyDecision,
    Session,
)
from programs.services import revisions, sessions
from programs.services.prescriptions import NothingToAssign
from programs.services.revisions import ChangeRefused
from tests import factories
from tests.factories import NOW, TODAY
from tests.programs import revising
from tests.programs.revising import NEXT_MONDAY, TOMORROW, change_hold, use
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def draft(world: World) -> Program:
    return revising.open_draft(world)


def rows_of(prescription: Prescription) -> str:
    """Everything that is stored of the past, as text: versions, items, decisions, sessions, entries."""
    items = PrescriptionItem.objects.filter(version__prescription=prescription)
    parts: Iterator[Any] = iter(
        [
            PrescriptionVersion.objects.filter(prescription=prescription, effective_from__lte=TODAY),
            items.filter(version__effective_from__lte=TODAY),
            PrescriptionAlternative.objects.filter(item__in=items, item__version__effective_from__lte=TODAY),
            SafetyDecision.objects.filter(item__in=items, item__version__effective_from__lte=TODAY),
            Session.objects.filter(prescription=prescription),
            Entry.objects.filter(session__prescription=prescription),
        ]
    )
    return "\n".join(serializers.serialize("json", part.order_by("pk")) for part in parts)


# --- Opening -------------------------------------------------------------------------------------------------


def test_open_draft_copies_everything_of_the_newest_version(world: World) -> None:
    version = world.prescription.versions.get()
    PrescriptionVersion.objects.filter(pk=version.pk).update(slots=["07:30", "18:00"], progression=[{"if": 1}])
    item = version.items.first()
    values = {"weekdays": 5, "slots": ["18:00"], "note": "left", "is_core": True, "variants": {"flare": {"in": False}}}
    PrescriptionItem.objects.filter(pk=item.pk).update(side="left", tempo="slow", **values)
    other = world.exercises[3]
    PrescriptionAlternative.objects.create(item=item, situation=Situation.AT_WORK, exercise=other, name=other.name)

    draft = revisions.open_draft(actor=world.ana, prescription=world.prescription, now=NOW)

    made = draft.items.first()
    item.refresh_from_db()
    assert (draft.base, draft.name, draft.slots, draft.progression) == (
        version,
        world.prescription.title,
        ["07:30", "18:00"],
        [{"if": 1}],
    )
    assert made.item_values() == item.item_values() | values | {"side": "left", "tempo": "slow"}
    assert [(one.situation, one.exercise) for one in made.alternatives.all()] == [("at_work", other)]
    assert draft.items.count() == 2
    assert draft.is_draft
    assert not Program.objects.for_clinic(world.harbour).filter(pk=draft.pk).exists()


def test_open_draft_answers_everybody_with_the_same_draft(world: World, draft: Program) -> None:
    again = revisions.open_draft(actor=world.ben, prescription=world.prescription, now=NOW)

    assert again == draft
    assert AuditEvent.objects.filter(verb="prescription.draft").count() == 1


def test_open_draft_begins_with_what_is_planned_but_not_with_a_later_stage(world: World, draft: Program) -> None:
    change_hold(world, draft)
    planned = use(world, draft)

    assert revisions.open_draft(actor=world.ana, prescription=world.prescription, now=NOW).base == planned

    Program.objects.exclude(prescription=None).delete()
    PrescriptionVersion.objects.filter(pk=planned.pk).update(step=2)
    draft = revisions.open_draft(actor=world.ana, prescription=world.prescription, now=NOW)
    assert draft.base.number == 1

    draft.delete()
    draft = revisions.open_draft(actor=world.ana, prescription=world.prescription, now=NOW, base=planned)
    assert draft.base == planned


def test_open_draft_follows_a_merged_exercise(world: World) -> None:
    old, stays = world.exercises[0], world.exercises[1]
    old.merged_into = stays
    old.state = ExerciseState.RETIRED
    old.save()

    draft = revisions.open_draft(actor=world.ana, prescription=world.prescription, now=NOW)

    assert [item.exercise.name for item in draft.items.select_related("exercise")] == [stays.name, "Calm breathing"]


def test_open_draft_refuses_what_is_over(world: World) -> None:
    Prescription.objects.filter(pk=world.prescription.pk).update(ends_on=TODAY - timedelta(days=1))

    with pytest.raises(ChangeRefused, match="It ended on 17 November 2026"):
        revisions.open_draft(actor=world.ana, prescription=world.prescription, now=NOW)


def test_discard_draft_needs_the_revision_that_was_seen_and_is_safe_to_repeat(world: World, draft: Program) -> None:
    change_hold(world, draft)
    with pytest.raises(RevisionConflict):
        revisions.discard_draft(actor=world.ben, draft=draft, revision=1)

    done = [revisions.discard_draft(actor=world.ben, draft=draft, revision=2) for _ in range(2)]

    assert done == [True, False]
    assert AuditEvent.objects.filter(verb="prescription.discard").count() == 1
    assert world.prescription.versions.count() == 1


# --- Using it ------------------------------------------------------------------------------------------------


def test_a_hold_changed_from_next_monday_leaves_last_week_byte_for_byte(world: World) -> None:
    """The acceptance of the issue, on the product's own path."""
    for back in range(1, 8):
        factories.make_session(world.prescription, TODAY - timedelta(days=back), "dp")
    before, figures = rows_of(world.prescription), adherence.statuses_for([world.dan], NOW)[world.dan.pk]

    draft = revisions.open_draft(actor=world.ana, prescription=world.prescription, now=NOW)
    change_hold(world, draft, 45)
    made = use(world, draft, plan_revision=world.prescription.revision)

    assert rows_of(world.prescription) == before
    again = adherence.statuses_for([world.dan], NOW)[world.dan.pk]
    assert [(again.expected, again.done, again.partly)] == [(figures.expected, figures.done, figures.partly)]
    prescription = Prescription.objects.with_versions().get(pk=world.prescription.pk)
    holds = {day: prescription.version_on(day).items.all()[0].hold_seconds for day in (TODAY, NEXT_MONDAY)}
    assert holds == {TODAY: 30, NEXT_MONDAY: 45}
    assert (made.number, made.effective_from, made.change_note) == (2, NEXT_MONDAY, "Longer holds.")
    assert prescription.revision == world.prescription.revision + 1
    assert not Program.objects.filter(pk=draft.pk).exists()


def test_from_today_a_logged_session_keeps_its_version(world: World, draft: Program) -> None:
    factories.make_session(world.prescription, TODAY, "d-")
    change_hold(world, draft)

    made = use(world, draft, effective_from=TODAY)

    session = Session.objects.get(local_date=TODAY)
    assert session.version.number == 1
    item = session.version.items.last()
    result = sessions.log(
        actor=world.dan.user,
        patient=world.dan,
        draft=sessions.SessionDraft(world.prescription.pk, TODAY, "07:30", [sessions.EntryDraft(item.pk, "done")]),
        client_uuid=uuid7(),
        now=NOW,
        source=Source.WEB,
    )
    assert result.session.version.number == 1
    assert Prescription.objects.get(pk=world.prescription.pk).version_on(TODAY) == made


def test_a_second_change_of_the_same_day_replaces_the_first(world: World, draft: Program) -> None:
    change_hold(world, draft, 40)
    first = use(world, draft)
    again = revisions.open_draft(actor=world.ben, prescription=world.prescription, now=NOW)
    change_hold(world, again, 50)

    second = use(world, again)

    versions = world.prescription.versions.order_by("number")
    assert [(one.number, one.items.first().hold_seconds) for one in versions] == [(1, 30), (3, 50)]
    assert not PrescriptionVersion.objects.filter(pk=first.pk).exists()
    event = AuditEvent.objects.filter(verb="prescription.change", object_id=world.prescription.pk).first()
    assert (event.detail["version"], event.detail["replaced"]) == (second.number, [2])


def test_a_version_of_today_under_which_something_is_logged_is_not_replaced(world: World, draft: Program) -> None:
    use(world, draft, effective_from=TODAY)
    factories.make_session(Prescription.objects.get(pk=world.prescription.pk), TODAY, "dd")
    again = revisions.open_draft(actor=world.ana, prescription=world.prescription, now=NOW)

    with pytest.raises(ChangeRefused, match="from tomorrow on"):
        use(world, again, effective_from=TODAY)

    assert Program.objects.filter(pk=again.pk).exists()
    use(world, again, effective_from=TOMORROW)


def test_later_versions_stay_unless_they_are_dropped(world: World, draft: Program) -> None:
    change_hold(world, draft, 60)
    later = use(world, draft, effective_from=NEXT_MONDAY + timedelta(days=7))
    first = world.prescription.versions.get(number=1)
    again = revisions.open_draft(actor=world.ana, prescription=world.prescription, now=NOW, base=first)
    use(world, again)
    assert PrescriptionVersion.objects.filter(pk=later.pk).exists()

    again = revisions.open_draft(actor=world.ana, prescription=world.prescription, now=NOW, base=first)
    use(world, again, effective_from=TOMORROW, drop_later=True)

    days = world.prescription.versions.order_by("effective_from").values_list("effective_from", flat=True)
    assert list(days) == [TODAY - timedelta(days=60), TOMORROW]


@pytest.mark.parametrize(
    ("day", "ends_on", "words"),
    [
        (TODAY - timedelta(days=1), None, "The past stays as it was"),
        (TODAY + timedelta(days=10), TODAY + timedelta(days=9), "It ends on 27 November 2026"),
        (TODAY + timedelta(days=400), None, "within a year"),
    ],
)
def test_days_that_cannot_be(world: World, draft: Program, day: date, ends_on: date | None, words: str) -> None:
    Prescription.objects.filter(pk=world.prescription.pk).update(ends_on=ends_on)

    with pytest.raises(ChangeRefused, match=words) as refusal:
        use(world, draft, effective_from=day)

    assert refusal.value.field == "effective_from"
    assert Program.objects.filter(pk=draft.pk, revision=draft.revision).exists()


def test_one_that_has_not_begun_changes_from_its_start_on(world: World) -> None:
    coming = factories.make_prescription(world.dan, world.exercises[0], starts_on=NEXT_MONDAY)
    draft = revisions.open_draft(actor=world.ana, prescription=coming, now=NOW)
    with pytest.raises(ChangeRefused, match="It starts on 23 November 2026"):
        use(world, draft, effective_from=TODAY)

    use(world, draft, effective_from=NEXT_MONDAY)

    assert [version.number for version in coming.versions.all()] == [2]


def test_an_empty_draft_is_refused(world: World, draft: Program) -> None:
    draft.items.all().delete()

    with pytest.raises(NothingToAssign):
        use(world, draft)
