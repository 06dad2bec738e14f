"""Changing a hold from next Monday: last week stays what it was, byte for byte in the rows and on the page."""

import json
from dataclasses import asdict
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.core import serializers

from patients.conditions import Condition
from patients.models import PainEntry, Patient
from programs import adherence
from programs.models import (
    Entry,
    PatientStatus,
    Prescription,
    PrescriptionItem,
    PrescriptionVersion,
    SafetyDecision,
    Session,
)
from programs.schedule import Rule
from programs.services import days, prescriptions, sessions
from programs.services.sessions import EntryDraft, SessionDraft
from programs.services.version_writing import Answers, ItemDraft, SafetyAnswer, answered_in, write_version
from programs.today import Occurrence
from tests import factories
from tests.factories import NOW, TODAY
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

MONDAY = date(2026, 11, 23)  # TODAY is the Wednesday before
LAST_WEEK = [date(2026, 11, 9) + timedelta(days=n) for n in range(7)]
THIS_WEEK = [date(2026, 11, 16) + timedelta(days=n) for n in range(3)]
RULE = Rule(slots=("07:30", "19:00"))
KEPT = (Prescription, PrescriptionVersion, PrescriptionItem, SafetyDecision, Session, Entry, PainEntry)


@pytest.fixture
def hips(world: World) -> Prescription:
    """Two exercises, twice a day, both with warnings; both holds are 20 s. Last week is logged with gaps."""
    world.eve.prescriptions.all().delete()
    factories.make_condition(world.eve, Condition.THA_POSTERIOR)
    stretch = factories.make_exercise("Hip stretch", hold_seconds=20)
    twist = factories.make_exercise("Twist", hold_seconds=20, features=["hip_flexion_gt_90"])
    prescription = prescriptions.assign(
        actor=world.ana,
        patient=world.eve,
        title="Hips twice a day",
        items=[ItemDraft(exercise, exercise.dose_values()) for exercise in (stretch, twist)],
        rule=RULE,
        starts_on=TODAY,
        answers={
            stretch.pk: SafetyAnswer(confirmed=True),
            twist.pk: SafetyAnswer(reason="Only to 80 degrees, with me beside."),
        },
        now=NOW,
    )
    # It has run for three weeks.
    Prescription.objects.filter(pk=prescription.pk).update(starts_on=date(2026, 11, 2))
    prescription.versions.update(effective_from=date(2026, 11, 2))
    prescription.refresh_from_db()
    for number, day in enumerate([*LAST_WEEK, *THIS_WEEK]):
        log(prescription, day, "07:30", ["done", "skipped" if number % 3 == 0 else "done"], number)
        if number % 2:
            log(prescription, day, "19:00", ["partly"], number)
    return prescription


def log(prescription: Prescription, day: date, slot: str, statuses: list[str], pain: int) -> None:
    items = PrescriptionItem.objects.filter(version__prescription=prescription, version__number=1)
    entries = [
        EntryDraft(item.pk, status, "pain" if status == "skipped" else "")
        for item, status in zip(items, statuses, strict=False)
    ]
    sessions.log(
        actor=prescription.patient.user,
        patient=prescription.patient,
        draft=SessionDraft(prescription.pk, day, slot, entries, pain_after=pain),
        client_uuid=uuid4(),
        now=datetime.combine(day, NOW.time(), NOW.tzinfo),
    )


def use_from(prescription: Prescription, world: World, day: date, hold: int) -> PrescriptionVersion:
    """The next version: the same with another hold for the first exercise."""
    base = prescription.version_on(day)
    assert base is not None
    drafts = [ItemDraft.of(item) for item in base.items.all()]
    drafts[0] = ItemDraft(drafts[0].exercise, {**drafts[0].dose, "hold_seconds": hold})
    warnings = prescriptions.warnings_by_exercise(
        [draft.exercise for draft in drafts], prescriptions.conditions_of(prescription.patient, TODAY)
    )
    version = write_version(
        prescription=prescription,
        number=base.number + 1,
        drafts=drafts,
        rule=RULE,
        effective_from=day,
        answers=Answers(warnings, {}, answered_in(base), world.ana, NOW),
    )
    adherence.refresh_status([prescription.patient], NOW)
    return version


def rows_of(version: PrescriptionVersion) -> str:
    """Everything that is stored of the first version and of what was logged, as text."""
    of_version = {
        PrescriptionVersion: {"pk": version.pk},
        PrescriptionItem: {"version": version},
        SafetyDecision: {"item__version": version},
        PainEntry: {"patient": version.prescription.patient},
        Session: {"prescription": version.prescription},
        Entry: {"session__prescription": version.prescription},
        Prescription: {"pk": version.prescription_id},
    }
    return "".join(
        serializers.serialize("json", model.objects.filter(**of_version[model]).order_by("pk")) for model in KEPT
    )


def pages_of(patient: Patient, now: datetime, dates: list[date]) -> str:
    """What Today showed on each of these days, as text."""
    sheets = [days.load(patient, day, now) for day in dates]
    return json.dumps([[_shown(one) for one in sheet.occurrences] for sheet in sheets], default=str)


def _shown(one: Occurrence) -> dict[str, object]:
    lines = [
        {
            "item": line.item.pk,
            "name": line.item.name,
            "dose": line.dose.text,
            "words": [line.item.exercise.set_up, line.item.exercise.steps],
            "answer": [line.status, line.reason, line.is_edited],
        }
        for line in one.lines
    ]
    values = {name: getattr(one, name) for name in one.__slots__ if name != "lines"}
    return values | {"lines": lines, "tally": one.tally}


def adherence_of(patient: Patient, now: datetime, dates: list[date]) -> str:
    cells = adherence.day_cells(patient, dates[0], dates[-1], now)
    return json.dumps([asdict(cell) for cell in cells], default=str)


def test_changing_a_hold_from_next_monday_leaves_last_week_as_it_was(world, hips):
    eve, first = world.eve, hips.versions.get()
    past = [*LAST_WEEK, *THIS_WEEK]
    before = (rows_of(first), pages_of(eve, NOW, past), adherence_of(eve, NOW, past))
    figures = adherence.figures_for([eve], NOW)
    status = serializers.serialize("json", PatientStatus.objects.filter(patient=eve))
    assert [before[0].count(f'"programs.{name}"') for name in ("session", "entry", "safetydecision")] == [15, 25, 3]
    assert '"dose": "3 × 20 s"' in json.dumps(json.loads(before[1]), ensure_ascii=False)

    use_from(hips, world, MONDAY, hold=30)

    assert (rows_of(first), pages_of(eve, NOW, past), adherence_of(eve, NOW, past)) == before
    assert adherence.figures_for([eve], NOW) == figures
    assert serializers.serialize("json", PatientStatus.objects.filter(patient=eve)) == status


def test_a_week_later_the_past_still_reads_as_it_did(world, hips):
    """The same days seen from the Tuesday after the change: rows, page and states are those of before."""
    eve, first, later = world.eve, hips.versions.get(), NOW + timedelta(days=6)
    past = [*LAST_WEEK, *THIS_WEEK]
    expected = (rows_of(first), pages_of(eve, later, past), adherence_of(eve, later, past))

    use_from(hips, world, MONDAY, hold=30)

    assert (rows_of(first), pages_of(eve, later, past), adherence_of(eve, later, past)) == expected
    doses = {
        day: {line.dose.text for one in days.load(eve, day, later).occurrences for line in one.lines[:1]}
        for day in (MONDAY - timedelta(days=1), MONDAY, MONDAY + timedelta(days=1))
    }
    assert list(doses.values()) == [{"3 × 20 s"}, {"3 × 30 s"}, {"3 × 30 s"}]


def test_a_change_from_today_keeps_the_set_that_was_begun(world, hips):
    """Of today, the morning was logged under the old hold and stays so; the evening has the new one."""
    eve, first = world.eve, hips.versions.get()
    Session.objects.filter(local_date=TODAY, slot="19:00").delete()
    past = [*LAST_WEEK, *THIS_WEEK[:-1]]
    before = (rows_of(first), pages_of(eve, NOW, past), adherence_of(eve, NOW, past))

    use_from(hips, world, TODAY, hold=30)

    assert (rows_of(first), pages_of(eve, NOW, past), adherence_of(eve, NOW, past)) == before
    sheet = days.load(eve, TODAY, NOW)
    assert {one.slot: one.lines[0].dose.text for one in sheet.occurrences} == {"07:30": "3 × 20 s", "19:00": "3 × 30 s"}
