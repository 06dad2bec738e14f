"""Today and logging follow the plan: several programs, times of day, variants, pauses, numbers a week, alternatives."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from patients.models import AuditEvent
from patients.services.diary import LogRefused
from programs import adherence
from programs.enums import Situation, Source, Variant
from programs.models import (
    Entry,
    PatientStatus,
    Pause,
    Prescription,
    PrescriptionAlternative,
    PrescriptionItem,
    Session,
    VariantSpell,
)
from programs.services import days, sessions
from programs.services.sessions import PAPER_DAYS, EntryDraft, LogConflict, SessionDraft
from programs.today import Occurrence
from tests import factories
from tests.factories import NOW, TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def pat():
    return factories.make_patient(factories.make_clinic(), "Pat Ohm")


@pytest.fixture
def hips(pat) -> Prescription:
    """Three exercises, a to c, every morning."""
    return factories.make_prescription(pat, *[factories.make_exercise(name) for name in "abc"])


def ago(number: int) -> date:
    return TODAY - timedelta(days=number)


def item(prescription: Prescription, name: str, **values) -> PrescriptionItem:
    rows = PrescriptionItem.objects.filter(version__prescription=prescription, name=name)
    if values:
        rows.update(**values)
    return rows.get()


def spell(patient, first: date, last: date | None, variant: Variant = Variant.FLARE) -> VariantSpell:
    return VariantSpell.objects.create(
        clinic=patient.clinic, patient=patient, variant=variant, starts_on=first, last_day=last
    )


def pause(patient, first: date, last: date | None, prescription: Prescription | None = None, **values) -> Pause:
    return Pause.objects.create(
        clinic=patient.clinic, patient=patient, prescription=prescription, starts_on=first, last_day=last, **values
    )


def said(name: str, status: str = "done", prescription: Prescription | None = None, **values) -> EntryDraft:
    rows = PrescriptionItem.objects.filter(name=name)
    row = rows.get(version__prescription=prescription) if prescription else rows.get()
    reason = "pain" if status == "skipped" else ""
    return EntryDraft(row.pk, status, reason, **values)


def log(prescription: Prescription, *entries: EntryDraft, day: date = TODAY, slot: str = "07:30", **values) -> Session:
    patient = prescription.patient
    named = {name: values.pop(name) for name in ("edit_days", "source", "client_uuid") if name in values}
    wanted = SessionDraft(prescription.pk, day, slot, entries, **values)
    named = {"client_uuid": uuid4(), **named}
    return sessions.log(actor=patient.user, patient=patient, draft=wanted, now=NOW, **named).session


def refused(prescription: Prescription, *entries: EntryDraft, **values) -> str:
    with pytest.raises(LogRefused) as refusal:
        log(prescription, *entries, **values)
    assert Session.objects.count() == Entry.objects.count() == 0
    return refusal.value.field


def laid_out(patient, day: date = TODAY) -> list[tuple[str, str, str]]:
    """Slot, title and exercises of each set of the day."""
    sheet = days.load(patient, day, NOW)
    return [(one.slot, one.title, "".join(line.item.name for line in one.lines)) for one in sheet.occurrences]


def only(patient, day: date = TODAY) -> Occurrence:
    (one,) = days.load(patient, day, NOW).occurrences
    return one


def counts(session: Session) -> tuple[int, int, int, int, str]:
    session.refresh_from_db()
    return session.expected, session.done, session.partly, session.skipped, session.variant


# --- Several programs and times --------------------------------------------------------------------------------


def test_one_today_for_several_programs_and_times(pat, hips):
    swim = factories.make_exercise("swim")
    factories.make_prescription(pat, swim, title="Pool", slots=["18:00"], weekdays=0b0000100)  # Wednesdays
    item(hips, "b", slots=["07:30"])
    item(hips, "c", every_days=2)  # counted from 60 days ago
    hips.versions.update(slots=["07:30", "21:00"])

    assert laid_out(pat) == [("07:30", hips.title, "abc"), ("18:00", "Pool", "swim"), ("21:00", hips.title, "ac")]
    assert laid_out(pat, ago(1)) == [("07:30", hips.title, "ab"), ("21:00", hips.title, "a")]
    assert log(hips, said("a"), said("c"), slot="21:00").expected == 2
    assert log(hips, said("a"), slot="21:00", day=ago(1)).expected == 1


def test_a_time_that_holds_nothing_is_no_set(pat, hips):
    hips.versions.update(slots=["07:30", "21:00"])
    PrescriptionItem.objects.update(slots=["07:30"])

    assert [slot for slot, *_ in laid_out(pat)] == ["07:30"]


def test_movement_breaks_are_sets_of_their_own(pat):
    desk = factories.make_prescription(
        pat, factories.make_exercise("rise"), slots=["09:00", "10:00", "11:00"], break_minutes=60
    )
    log(desk, said("rise"), slot="10:00")

    sheet = days.load(pat, TODAY, NOW)

    assert [(one.slot, one.place, one.is_break) for one in sheet.occurrences] == [
        ("09:00", "now", True),
        ("11:00", "now", True),
        ("10:00", "done", True),
    ]


# --- Variants --------------------------------------------------------------------------------------------------


def test_the_variant_shows_its_exercises_and_doses(pat, hips):
    item(hips, "a", is_core=True)
    item(hips, "b", variants={"flare": {"repetitions": 1, "hold_seconds": 10}, "easy": {"in": False}})
    spell(pat, TODAY, TODAY + timedelta(days=6))

    sheet, one = days.load(pat, TODAY, NOW), only(pat)

    assert (sheet.variant, one.variant) == (Variant.FLARE, Variant.FLARE)
    assert [(line.item.name, line.dose.text) for line in one.lines] == [("a", "3 × 30 s"), ("b", "10 s")]
    assert [(line.item.name, line.dose.text) for line in only(pat, ago(1)).lines] == [
        (name, "3 × 30 s") for name in "abc"
    ]
    assert days.load(pat, TODAY + timedelta(days=7), NOW).variant == Variant.NORMAL


def test_a_session_counts_against_the_variant_in_force_and_remembers_it(pat, hips):
    item(hips, "a", is_core=True)
    spell(pat, TODAY, None)

    assert counts(log(hips, said("a"))) == (1, 1, 0, 0, "flare")
    assert PatientStatus.objects.get(patient=pat).done == 1
    assert only(pat).is_complete


def test_who_does_more_than_the_variant_asks_for_has_done_it(pat, hips):
    item(hips, "a", is_core=True)
    spell(pat, TODAY, None)

    assert counts(log(hips, said("a"), said("c"))) == (2, 2, 0, 0, "flare")
    assert "".join(line.item.name for line in only(pat).lines) == "ac"


def test_a_flare_chosen_half_way_asks_for_no_more_than_its_core(pat, hips):
    """One of three done, then a flare: the day is whole, and stays so when the flare is taken back."""
    item(hips, "a", is_core=True)
    session = log(hips, said("a"), said("b", "skipped"))
    assert counts(session) == (3, 1, 0, 1, "normal")

    flare = spell(pat, TODAY, None)
    sessions.refit(patient=pat, day=TODAY)

    assert counts(session) == (2, 1, 0, 1, "flare")
    assert "".join(line.item.name for line in only(pat).lines) == "ab"
    assert only(pat).is_complete
    flare.delete()
    sessions.refit(patient=pat, day=TODAY)
    assert counts(session) == (2, 1, 0, 1, "flare")
    assert only(pat).is_complete


def test_an_open_session_follows_the_variant_both_ways(pat, hips):
    session = log(hips, pain_before=6)
    item(hips, "a", is_core=True)
    flare = spell(pat, TODAY, None)
    sessions.refit(patient=pat, day=TODAY)
    assert counts(session) == (1, 0, 0, 0, "flare")

    flare.delete()
    sessions.refit(patient=pat, day=TODAY)
    assert counts(session) == (3, 0, 0, 0, "normal")


def test_yesterday_is_corrected_in_the_variant_of_yesterday(pat, hips):
    item(hips, "a", is_core=True)
    spell(pat, ago(3), ago(1))

    assert counts(log(hips, said("a"), day=ago(1))) == (1, 1, 0, 0, "flare")
    assert counts(log(hips, said("a"), day=TODAY)) == (3, 1, 0, 0, "normal")


# --- Pauses ----------------------------------------------------------------------------------------------------


def test_while_all_is_paused_nothing_is_due_and_the_sheet_says_why(pat, hips):
    holiday = pause(pat, ago(1), TODAY + timedelta(days=3), kind="holiday")

    sheet = days.load(pat, TODAY, NOW)

    assert (sheet.occurrences, sheet.pause, sheet.has_program) == ([], holiday, True)
    assert sheet.next_due == TODAY + timedelta(days=4)
    assert days.load(pat, ago(2), NOW).pause is None
    assert refused(hips, said("a")) == "local_date"


def test_a_pause_of_one_program_leaves_the_others_in_today(pat, hips):
    pool = factories.make_prescription(pat, factories.make_exercise("swim"), title="Pool")
    held = pause(pat, TODAY, None, hips, kind="hold")

    sheet = days.load(pat, TODAY, NOW)

    assert [one.title for one in sheet.occurrences] == ["Pool"]
    assert (sheet.pause, sheet.pauses) == (None, [held])
    assert refused(hips, said("a")) == "local_date"
    assert log(pool, said("swim")).done == 1


def test_what_was_begun_before_the_pause_can_be_corrected(pat, hips):
    session = log(hips, said("a"), said("b"))
    pause(pat, TODAY, None)
    assert "".join(line.item.name for line in only(pat).lines) == "ab"

    log(hips, said("b", "partly"))

    assert counts(session) == (2, 1, 1, 0, "normal")


def test_somebody_elses_pause_and_flare_change_nothing(pat, hips):
    other = factories.make_patient(pat.clinic)
    pause(other, ago(9), None)
    spell(other, ago(9), None)
    item(hips, "a", is_core=True)

    assert laid_out(pat) == [("07:30", hips.title, "abc")]
    assert counts(log(hips, said("a")))[0] == 3


# --- Numbers a week --------------------------------------------------------------------------------------------


def test_an_exercise_with_a_number_stays_until_the_number_is_reached(pat, hips):
    """Twice a week. Today is Wednesday; Sunday is last week. Adherence and Today agree on when it is enough."""
    item(hips, "c", times_per_week=2)
    log(hips, said("c"), day=ago(3))
    monday = log(hips, said("a"), said("b"), said("c", "partly"), day=ago(2))
    assert counts(monday) == (3, 2, 1, 0, "normal")
    line = only(pat).lines[-1]
    assert (line.item.name, line.weekly_goal, line.weekly_done) == ("c", 2, 1)

    tuesday = log(hips, said("a"), said("b"), said("c"), day=ago(1))

    assert "".join(one.item.name for one in only(pat).lines) == "ab"
    assert "".join(one.item.name for one in only(pat, ago(1)).lines) == "abc"
    assert counts(tuesday)[:2] == (3, 3)
    assert counts(log(hips, said("a"), said("b")))[:2] == (2, 2)
    assert only(pat).is_complete


def test_left_out_without_a_word_an_exercise_with_a_number_is_owed_on_no_day(pat, hips):
    item(hips, "c", times_per_week=2)

    session = log(hips, said("a"), said("b"))

    assert counts(session) == (2, 2, 0, 0, "normal")
    assert [cell.state for cell in adherence.day_cells(pat, TODAY, TODAY, NOW)] == ["done"]


def test_a_flexible_program_shows_the_goal_of_a_short_week(pat):
    """Three times a week, away from Monday to Tuesday: two in the five days that are left."""
    flexible = factories.make_prescription(pat, frequency="times_per_week", times_per_week=3, slots=[])
    pause(pat, ago(2), ago(1))

    assert only(pat).weekly_goal == 2
    for back in (3, 4):
        Session.objects.filter(pk=log(flexible, slot="", day=ago(back)).pk).update(done=3)
    assert only(pat).weekly_done == 0


# --- Alternatives ----------------------------------------------------------------------------------------------


@pytest.fixture
def wall(hips):
    """An exercise that the therapist allows in place of `a` where there is no floor."""
    wall = factories.make_exercise("wall")
    row = item(hips, "a")
    PrescriptionAlternative.objects.create(item=row, situation=Situation.NO_FLOOR, exercise=wall, name="wall")
    return wall


def test_an_approved_alternative_counts_as_the_exercise_and_is_remembered(pat, hips, wall):
    session = log(hips, said("a", swapped_to=wall.pk, swapped_for="no_floor"), said("b"))

    entry = Entry.objects.get(item__name="a")
    assert (entry.status, entry.swapped_to, entry.swapped_for) == ("done", wall, "no_floor")
    assert counts(session)[:2] == (3, 2)
    line = only(pat).lines[0]
    assert (line.item.name, line.status, line.swapped_to, line.swapped_for) == ("a", "done", wall.pk, "no_floor")

    log(hips, said("a"))  # the exercise itself after all

    entry.refresh_from_db()
    assert (entry.swapped_to, entry.swapped_for, entry.edited_at) == (None, "", NOW)
    event = AuditEvent.objects.filter(verb="session.log").latest("created_at")
    assert event.detail["was"] == {str(entry.item_id): "done:no_floor"}


@pytest.mark.parametrize(
    ("name", "status", "swap", "field"),
    [
        ("a", "done", {"swapped_for": "at_work"}, "swapped_to"),  # allowed for another situation
        ("b", "done", {"swapped_for": "no_floor"}, "swapped_to"),  # allowed for another exercise
        ("a", "done", {"swapped_for": "no_floor", "swapped_to": "other"}, "swapped_to"),
        ("a", "done", {"swapped_for": "no_floor", "swapped_to": None}, "swapped_to"),
        ("a", "done", {"swapped_for": ""}, "swapped_to"),
        ("a", "skipped", {"swapped_for": "no_floor"}, "swapped_to"),
        ("a", "", {"swapped_for": "no_floor"}, "swapped_to"),
        ("a", "done", {"swapped_for": "bored"}, "swapped_for"),
    ],
)
def test_nothing_but_an_approved_alternative_is_taken(hips, wall, name, status, swap, field):
    other = factories.make_exercise("other")
    swap = {"swapped_to": wall.pk, **swap}
    swap["swapped_to"] = other.pk if swap["swapped_to"] == "other" else swap["swapped_to"]

    assert refused(hips, said(name, status, **swap)) == field


def test_the_same_write_with_another_alternative_is_another_write(hips, wall):
    key = uuid4()
    log(hips, said("a"), client_uuid=key)
    with pytest.raises(LogConflict):
        log(hips, said("a", swapped_to=wall.pk, swapped_for="no_floor"), client_uuid=key)


def test_a_write_from_before_alternatives_is_met_again():
    """The name under which such a write was kept does not change."""
    plain = SessionDraft(UUID(int=1), TODAY, "07:30", [EntryDraft(UUID(int=2), "done")])
    assert plain.fingerprint == "999ea3d91d343358b67c6659fca3d0e094d3d4cf56ed21b2c77445bf0df166d0"


# --- Paper -----------------------------------------------------------------------------------------------------


def test_paper_may_be_typed_in_five_weeks_back(hips):
    written = {"source": Source.PAPER, "edit_days": PAPER_DAYS}
    assert refused(hips, said("a"), day=ago(8)) == "local_date"
    assert refused(hips, said("a"), day=ago(36), **written) == "local_date"

    session = log(hips, said("a"), day=ago(35), **written)

    assert (session.source, session.local_date, session.done) == ("paper", ago(35), 1)
