"""Writing down what was done: idempotent, within seven days, true counters, nothing of anybody else's."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from patients.models import AuditEvent, PainEntry, Patient, Stiffness
from programs import adherence
from programs.models import Entry, LogReceipt, Prescription, PrescriptionItem, PrescriptionVersion, Session
from programs.services import sessions
from programs.services.sessions import EntryDraft, LogConflict, LogRefused, SessionDraft
from tests import factories
from tests.factories import NOW, TODAY
from tests.world import World

pytestmark = pytest.mark.django_db


def items_of(prescription: Prescription) -> list[PrescriptionItem]:
    return list(PrescriptionItem.objects.filter(version__prescription=prescription))


def draft(prescription: Prescription, *entries: EntryDraft, **values) -> SessionDraft:
    return SessionDraft(
        **{"prescription_id": prescription.pk, "local_date": TODAY, "slot": "07:30", "entries": entries} | values
    )


def log(patient: Patient, wanted: SessionDraft, client_uuid: UUID | None = None, now: datetime = NOW):
    return sessions.log(actor=patient.user, patient=patient, draft=wanted, client_uuid=client_uuid or uuid4(), now=now)


def counts(session: Session) -> tuple[int, int, int, int]:
    session.refresh_from_db()
    return session.expected, session.done, session.partly, session.skipped


# --- One write -----------------------------------------------------------------------------------------------


@pytest.mark.sqlite
def test_log_writes_session_entries_pain_stiffness_note_and_audit(dan, prescription):
    first, second = items_of(prescription)
    wanted = draft(
        prescription,
        EntryDraft(first.pk, "done"),
        EntryDraft(second.pk, "skipped", "pain", "left hip"),
        pain_before=4,
        pain_after=0,
        stiffness_minutes=45,
        note="Slept badly.",
    )

    result = log(dan, wanted)

    session = Session.objects.get()
    assert result.created
    assert result.session == session
    assert (session.patient, session.clinic, session.local_date, session.slot) == (dan, dan.clinic, TODAY, "07:30")
    assert counts(session) == (2, 1, 0, 1)
    assert (session.note, session.logged_at, session.edited_at) == ("Slept badly.", NOW, None)
    entries = Entry.objects.order_by("item__order").values_list("item", "status", "reason", "note", "edited_at")
    assert list(entries) == [(first.pk, "done", "", "", None), (second.pk, "skipped", "pain", "left hip", None)]
    ratings = PainEntry.objects.order_by("moment").values_list("moment", "score", "session_key", "local_date")
    assert list(ratings) == [("after", 0, session.pk, TODAY), ("before", 4, session.pk, TODAY)]
    assert list(Stiffness.objects.values_list("local_date", "minutes")) == [(TODAY, 45)]
    event = AuditEvent.objects.get(verb="session.log")
    assert (event.actor, event.patient, event.object_id) == (dan.user, dan, session.pk)


@pytest.mark.sqlite
def test_log_keeps_pain_0_apart_from_not_rated(dan, prescription):
    log(dan, draft(prescription))
    assert PainEntry.objects.count() == 0

    log(dan, draft(prescription, pain_after=0))
    assert PainEntry.objects.get().score == 0

    log(dan, draft(prescription, pain_after=None))
    assert PainEntry.objects.get().score == 0  # None leaves it alone

    log(dan, draft(prescription, cleared=frozenset({"pain_after"})))
    assert PainEntry.objects.count() == 0


@pytest.mark.sqlite
def test_log_adds_up_over_several_writes(dan, prescription):
    first, second = items_of(prescription)
    log(dan, draft(prescription, EntryDraft(first.pk, "done")))
    session = Session.objects.get()
    assert counts(session) == (2, 1, 0, 0)

    log(dan, draft(prescription, EntryDraft(second.pk, "partly"), note="Later"))

    assert Session.objects.count() == 1
    assert counts(session) == (2, 1, 1, 0)
    assert session.note == "Later"
    assert session.edited_at is None  # more was added, nothing was changed


@pytest.mark.sqlite
def test_log_marks_what_was_corrected_and_keeps_what_stood_there(dan, prescription):
    first, second = items_of(prescription)
    log(dan, draft(prescription, EntryDraft(first.pk, "done"), EntryDraft(second.pk, "done"), pain_after=7))
    later = NOW + timedelta(hours=1)

    log(dan, draft(prescription, EntryDraft(first.pk, "skipped", "time"), pain_after=3), now=later)

    session = Session.objects.get()
    assert counts(session) == (2, 1, 0, 1)
    assert session.edited_at == later
    edited = dict(Entry.objects.values_list("item", "edited_at"))
    assert edited == {first.pk: later, second.pk: None}
    pain = PainEntry.objects.get()
    assert (pain.score, pain.recorded_at, pain.edited_at) == (3, NOW, later)
    was = AuditEvent.objects.filter(verb="session.log").latest("created_at").detail["was"]
    assert was == {str(first.pk): "done", "after": 7}


@pytest.mark.sqlite
def test_log_of_the_same_again_under_a_new_id_changes_nothing(dan, prescription):
    first, _ = items_of(prescription)
    wanted = draft(prescription, EntryDraft(first.pk, "done"), pain_after=5)
    log(dan, wanted)

    log(dan, wanted, now=NOW + timedelta(minutes=5))

    assert Entry.objects.get().edited_at is None
    assert PainEntry.objects.get().edited_at is None
    assert Session.objects.get().edited_at is None


@pytest.mark.sqlite
def test_log_takes_an_answer_back(dan, prescription):
    first, second = items_of(prescription)
    log(dan, draft(prescription, EntryDraft(first.pk, "done"), EntryDraft(second.pk, "done")))

    log(dan, draft(prescription, EntryDraft(first.pk, "")))

    assert counts(Session.objects.get()) == (2, 1, 0, 0)
    assert [entry.item for entry in Entry.objects.all()] == [second]


@pytest.mark.sqlite
def test_log_only_open_leaves_answers_alone(dan, prescription):
    first, second = items_of(prescription)
    log(dan, draft(prescription, EntryDraft(first.pk, "skipped", "tired")))
    both = [EntryDraft(first.pk, "done"), EntryDraft(second.pk, "done")]

    log(dan, draft(prescription, *both, only_open=True))

    assert counts(Session.objects.get()) == (2, 1, 0, 1)


@pytest.mark.sqlite
def test_log_replaces_the_stiffness_of_the_day(dan, prescription):
    log(dan, draft(prescription, stiffness_minutes=60))
    log(dan, draft(prescription, stiffness_minutes=0))

    assert Stiffness.objects.get().minutes == 0


def test_log_refreshes_the_status_of_the_patient(dan, prescription):
    first, second = items_of(prescription)

    log(dan, draft(prescription, EntryDraft(first.pk, "done"), EntryDraft(second.pk, "done"), pain_after=0))

    dan.refresh_from_db()
    assert dan.status.done == 2
    assert (dan.status.last_pain, dan.status.last_pain_on) == (0, TODAY)


@pytest.mark.sqlite
def test_log_of_a_rating_alone_is_not_held_against_the_patient(dan, prescription):
    before = adherence.figures_for([dan], NOW)[dan.pk]

    log(dan, draft(prescription, pain_before=4))
    log(dan, draft(prescription, local_date=TODAY - timedelta(days=1), note="Away"))

    assert adherence.figures_for([dan], NOW)[dan.pk] == before


# --- The same write again ------------------------------------------------------------------------------------


@pytest.mark.sqlite
@pytest.mark.parametrize("times", [2, 100])
def test_log_replayed_is_one_row_and_one_answer(dan, prescription, times):
    first, _ = items_of(prescription)
    wanted = draft(prescription, EntryDraft(first.pk, "partly", "stiffness"), pain_before=6, stiffness_minutes=30)
    client_uuid = uuid4()

    results = [log(dan, wanted, client_uuid) for _ in range(times)]

    assert [result.created for result in results] == [True] + [False] * (times - 1)
    assert {result.session.pk for result in results} == {Session.objects.get().pk}
    assert Entry.objects.count() == PainEntry.objects.count() == LogReceipt.objects.count() == 1
    assert AuditEvent.objects.filter(verb="session.log").count() == 1


@pytest.mark.sqlite
def test_log_replayed_after_a_correction_does_not_undo_it(dan, prescription):
    first, _ = items_of(prescription)
    old, client_uuid = draft(prescription, EntryDraft(first.pk, "done")), uuid4()
    log(dan, old, client_uuid)
    log(dan, draft(prescription, EntryDraft(first.pk, "skipped", "forgot")))

    assert not log(dan, old, client_uuid).created

    assert Entry.objects.get().status == "skipped"


@pytest.mark.sqlite
def test_log_replayed_when_the_day_has_closed_answers_alike(dan, prescription):
    first, _ = items_of(prescription)
    wanted, client_uuid = draft(prescription, EntryDraft(first.pk, "done")), uuid4()
    session = log(dan, wanted, client_uuid).session

    again = log(dan, wanted, client_uuid, now=NOW + timedelta(days=30))

    assert (again.session, again.created) == (session, False)


@pytest.mark.sqlite
def test_log_with_a_used_id_and_other_content_is_a_conflict(dan, prescription):
    first, _ = items_of(prescription)
    client_uuid = uuid4()
    log(dan, draft(prescription, EntryDraft(first.pk, "done")), client_uuid)

    with pytest.raises(LogConflict):
        log(dan, draft(prescription, EntryDraft(first.pk, "partly")), client_uuid)

    assert Entry.objects.get().status == "done"


@pytest.mark.sqlite
def test_two_patients_may_use_the_same_id(world: World):
    client_uuid = uuid4()
    for patient in (world.dan, world.eve):
        own = patient.prescriptions.get()
        assert log(patient, draft(own), client_uuid).created

    assert LogReceipt.objects.count() == 2


# --- Days ----------------------------------------------------------------------------------------------------


@pytest.mark.sqlite
@pytest.mark.parametrize(("back", "is_open"), [(-1, False), (0, True), (1, True), (7, True), (8, False)])
def test_log_takes_today_and_seven_days_back(dan, prescription, back, is_open):
    wanted = draft(prescription, local_date=TODAY - timedelta(days=back))

    if is_open:
        assert log(dan, wanted).session.local_date == wanted.local_date
    else:
        with pytest.raises(LogRefused) as refusal:
            log(dan, wanted)
        assert refusal.value.field == "local_date"
        assert Session.objects.count() == LogReceipt.objects.count() == 0


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("zone", "now", "today"),
    [
        # Kiritimati is 14 hours ahead, Pago Pago 11 behind: the day differs from UTC, in both directions.
        ("Pacific/Kiritimati", datetime(2026, 11, 18, 10, 30, tzinfo=UTC), date(2026, 11, 19)),
        ("Pacific/Pago_Pago", datetime(2026, 11, 18, 10, 30, tzinfo=UTC), date(2026, 11, 17)),
        # The night the clocks go back in Berlin, and the last minute of that long day.
        ("Europe/Berlin", datetime(2026, 10, 25, 0, 30, tzinfo=UTC), date(2026, 10, 25)),
        ("Europe/Berlin", datetime(2026, 10, 25, 22, 59, tzinfo=UTC), date(2026, 10, 25)),
        ("Europe/Berlin", datetime(2026, 10, 25, 23, 0, tzinfo=UTC), date(2026, 10, 26)),
    ],
)
def test_log_knows_the_patients_own_day(harbour, zone, now, today):
    patient = factories.make_patient(harbour, time_zone=zone)
    prescription = factories.make_prescription(patient, starts_on=date(2026, 9, 1))

    assert log(patient, draft(prescription, local_date=today), now=now).session.local_date == today
    with pytest.raises(LogRefused):
        log(patient, draft(prescription, local_date=today + timedelta(days=1)), now=now)


# --- What is due ---------------------------------------------------------------------------------------------


def refused(patient: Patient, wanted: SessionDraft) -> str:
    with pytest.raises(LogRefused) as refusal:
        log(patient, wanted)
    assert Session.objects.count() == PainEntry.objects.count() == LogReceipt.objects.count() == 0
    return refusal.value.field


@pytest.mark.sqlite
def test_log_refuses_what_is_not_the_patients(world: World):
    foreign = world.eve.prescriptions.get()

    assert refused(world.dan, draft(foreign)) == "prescription_id"
    assert refused(world.dan, draft(world.prescription, EntryDraft(items_of(foreign)[0].pk, "done"))) == "entries"
    assert refused(world.dan, draft(world.prescription, prescription_id=uuid4())) == "prescription_id"


@pytest.mark.sqlite
def test_log_refuses_days_outside_the_prescription(dan):
    future = factories.make_prescription(dan, starts_on=TODAY + timedelta(days=1))
    begun = factories.make_prescription(dan, starts_on=TODAY - timedelta(days=2))
    ended = factories.make_prescription(dan, ends_on=TODAY - timedelta(days=1))

    assert refused(dan, draft(future)) == "prescription_id"
    assert refused(dan, draft(begun, local_date=TODAY - timedelta(days=3))) == "prescription_id"
    assert refused(dan, draft(ended)) == "prescription_id"
    assert log(dan, draft(ended, local_date=TODAY - timedelta(days=1))).created


@pytest.mark.sqlite
def test_log_refuses_a_weekday_a_slot_or_an_item_that_is_not_due(dan):
    weekend = factories.make_prescription(dan, weekdays=0b1100000)
    assert refused(dan, draft(weekend)) == "local_date"

    daily = factories.make_prescription(dan)
    assert refused(dan, draft(daily, slot="08:00")) == "slot"
    assert refused(dan, draft(daily, slot="")) == "slot"

    item = items_of(daily)[0]
    PrescriptionItem.objects.filter(pk=item.pk).update(weekdays=0b0000001)
    assert refused(dan, draft(daily, EntryDraft(item.pk, "done"))) == "entries"
    assert log(dan, draft(daily)).session.expected == 2


@pytest.mark.sqlite
def test_log_takes_any_day_of_a_times_per_week_program(dan):
    flexible = factories.make_prescription(dan, frequency="times_per_week", times_per_week=3, slots=())

    assert log(dan, draft(flexible, slot="")).session.expected == 3


def add_version(prescription: Prescription, effective_from: date) -> PrescriptionItem:
    version = PrescriptionVersion.objects.create(
        prescription=prescription, number=2, effective_from=effective_from, slots=["07:30"]
    )
    return PrescriptionItem.objects.create(version=version, exercise=factories.make_exercise(), name="New one")


@pytest.mark.sqlite
def test_log_uses_the_version_in_force_that_day(dan, prescription):
    old = items_of(prescription)[0]
    new = add_version(prescription, TODAY)
    yesterday = TODAY - timedelta(days=1)

    assert refused(dan, draft(prescription, EntryDraft(old.pk, "done"))) == "entries"
    assert refused(dan, draft(prescription, EntryDraft(new.pk, "done"), local_date=yesterday)) == "entries"
    assert log(dan, draft(prescription, EntryDraft(new.pk, "done"))).session.version == new.version
    past = log(dan, draft(prescription, EntryDraft(old.pk, "done"), local_date=yesterday)).session
    assert (past.version, past.expected) == (old.version, 2)


@pytest.mark.sqlite
def test_log_finishes_an_occurrence_under_the_version_it_was_begun_with(dan, prescription):
    first, second = items_of(prescription)
    log(dan, draft(prescription, EntryDraft(first.pk, "done")))
    add_version(prescription, TODAY)

    log(dan, draft(prescription, EntryDraft(second.pk, "done")))

    session = Session.objects.get()
    assert session.version == first.version
    assert counts(session) == (2, 2, 0, 0)


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("status", "reason", "field"),
    [
        ("skipped", "", "reason"),
        ("done", "pain", "reason"),
        ("", "pain", "reason"),
        ("skipped", "lazy", "reason"),
        ("perfect", "", "status"),
    ],
)
def test_log_refuses_answers_that_make_no_sense(dan, prescription, status, reason, field):
    item = items_of(prescription)[0]

    assert refused(dan, draft(prescription, EntryDraft(item.pk, status, reason))) == field


@pytest.mark.sqlite
@pytest.mark.parametrize("values", [{"pain_before": 11}, {"pain_after": -1}, {"stiffness_minutes": 721}])
def test_log_refuses_numbers_out_of_range(dan, prescription, values):
    assert [refused(dan, draft(prescription, **values))] == list(values)


@pytest.mark.sqlite
def test_log_refuses_an_exercise_named_twice(dan, prescription):
    item = items_of(prescription)[0]
    twice = [EntryDraft(item.pk, "done"), EntryDraft(item.pk, "partly")]

    assert refused(dan, draft(prescription, *twice)) == "entries"
