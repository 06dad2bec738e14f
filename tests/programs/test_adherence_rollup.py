"""`PatientStatus` says what a count of the raw rows says, and follows the patient's own calendar."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from programs import adherence
from programs.models import Entry, PatientStatus
from tests.factories import NOW, TODAY, make_clinic, make_pain, make_patient, make_prescription, make_session

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def dan():
    return make_patient(make_clinic(), "Dan Weber")


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def status_of(patient, now=NOW) -> PatientStatus:
    adherence.refresh_status([patient], now)
    return PatientStatus.objects.get(patient=patient)


def test_status_holds_figures_pain_and_activity(dan):
    prescription = make_prescription(dan, starts_on=ago(3))
    make_session(prescription, ago(3), "ddd")
    make_session(prescription, ago(1), "dps")
    make_pain(dan, 6, ago(9))
    make_pain(dan, 2, ago(3), moment="before")
    make_pain(dan, 3, ago(3), moment="after", recorded_at=NOW - timedelta(days=3, hours=-1))
    make_pain(dan, 0, ago(1))

    status = status_of(dan)

    assert (status.as_of, status.expected, status.done, status.partly, status.skipped) == (TODAY, 9, 4, 1, 1)
    assert status.adherence == 44
    assert (status.last_pain, status.last_pain_on) == (0, ago(1))
    assert status.pain_days == [None] * 4 + [6.0] + [None] * 5 + [2.5, None, 0.0, None]
    assert (status.pain_mean_week, status.pain_mean_before) == (1.25, 6.0)
    assert status.last_activity_on == ago(1)


def test_nothing_known_is_null_and_not_zero(dan):
    status = status_of(dan)

    assert (status.adherence, status.last_pain, status.last_pain_on, status.last_activity_on) == (None,) * 4
    assert status.pain_days == [None] * 14
    assert (status.pain_mean_week, status.pain_mean_before) == (None, None)


def test_last_pain_and_last_activity_reach_further_back_than_the_window(dan):
    prescription = make_prescription(dan, starts_on=ago(100))
    make_session(prescription, ago(60), "ddd")
    make_pain(dan, 8, ago(70))
    make_pain(dan, 4, ago(50))

    status = status_of(dan)

    assert (status.done, status.expected) == (0, 27 * 3)
    assert (status.last_pain, status.last_pain_on, status.last_activity_on) == (4, ago(50), ago(50))


def test_refreshing_again_replaces_the_row(dan):
    prescription = make_prescription(dan, starts_on=TODAY)
    assert status_of(dan).adherence is None

    make_session(prescription, TODAY, "dds")

    assert status_of(dan).adherence == 67
    assert PatientStatus.objects.count() == 1


def test_refresh_of_an_active_patient_takes_five_statements(dan, django_assert_num_queries):
    make_session(make_prescription(dan), ago(1), "ddd")
    make_pain(dan, 3, ago(1))
    with django_assert_num_queries(5):
        adherence.refresh_status([dan], NOW)
    with django_assert_num_queries(5):
        adherence.refresh_status([dan], NOW)


def test_refresh_of_many_takes_at_most_six_statements(dan, django_assert_num_queries):
    patients = [dan, *(make_patient(dan.clinic) for _ in range(20))]
    make_session(make_prescription(dan), ago(1), "ddd")
    with django_assert_num_queries(6):
        adherence.refresh_status(patients, NOW)
    assert PatientStatus.objects.count() == 21


# --- The beat -------------------------------------------------------------------------------------------------


def test_refresh_stale_moves_on_whoever_has_a_new_day(dan):
    early_bird = make_patient(dan.clinic, time_zone="Pacific/Kiritimati")  # 14 hours ahead
    late = make_patient(dan.clinic, time_zone="Pacific/Pago_Pago")  # 11 hours behind
    everybody = [dan, early_bird, late]
    adherence.refresh_status(everybody, datetime(2026, 11, 18, 9, 30, tzinfo=UTC))
    assert [status_day(p) for p in everybody] == [date(2026, 11, 18), date(2026, 11, 18), date(2026, 11, 17)]

    assert adherence.refresh_stale(datetime(2026, 11, 18, 9, 45, tzinfo=UTC)) == 0
    assert adherence.refresh_stale(datetime(2026, 11, 18, 10, 5, tzinfo=UTC)) == 1
    assert [status_day(p) for p in everybody] == [date(2026, 11, 18), date(2026, 11, 19), date(2026, 11, 17)]
    assert adherence.refresh_stale(datetime(2026, 11, 18, 11, 5, tzinfo=UTC)) == 1
    assert [status_day(p) for p in everybody] == [date(2026, 11, 18), date(2026, 11, 19), date(2026, 11, 18)]
    assert adherence.refresh_stale(datetime(2026, 11, 18, 23, 5, tzinfo=UTC)) == 1
    assert [status_day(p) for p in everybody] == [date(2026, 11, 19), date(2026, 11, 19), date(2026, 11, 18)]


def status_day(patient) -> date:
    return PatientStatus.objects.get(patient=patient).as_of


def test_refresh_stale_makes_missing_rows_and_works_in_portions(dan):
    for _ in range(4):
        make_patient(dan.clinic)

    assert [adherence.refresh_stale(NOW, limit=2) for _ in range(4)] == [2, 2, 1, 0]
    assert PatientStatus.objects.count() == 5


def test_refresh_stale_leaves_archived_patients_alone(dan):
    dan.archived_at = NOW
    dan.save()

    assert adherence.refresh_stale(NOW) == 0


# --- Against a count of the raw rows --------------------------------------------------------------------------

DAY_LOGS = st.one_of(st.none(), st.text("dps-", min_size=3, max_size=3))
HISTORY = st.lists(st.tuples(DAY_LOGS, DAY_LOGS), min_size=1, max_size=40)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=HISTORY, weekdays=st.integers(1, 127), pains=st.lists(st.integers(0, 10), max_size=8))
def test_rollup_equals_a_count_of_entries(django_db_blocker, history, weekdays, pains):
    """Day by day, slot by slot, from the entries themselves: no shared arithmetic with the module under test."""
    patient = make_patient(make_clinic())
    start = ago(len(history) - 1)
    prescription = make_prescription(patient, starts_on=start, slots=["07:30", "19:00"], weekdays=weekdays)
    for number, logs in enumerate(history):
        day = start + timedelta(days=number)
        for slot, log in zip(["07:30", "19:00"], logs, strict=True):
            if log and weekdays >> day.weekday() & 1:
                make_session(prescription, day, log, slot=slot)
    for number, score in enumerate(pains):
        make_pain(patient, score, ago(number * 2))

    status = status_of(patient)

    entries = Entry.objects.filter(session__patient=patient, session__local_date__range=(ago(27), TODAY)).values_list(
        "status", flat=True
    )
    said = list(entries)
    due = 0
    for back in range(28):
        day = ago(back)
        if day < start or not weekdays >> day.weekday() & 1:
            continue
        due += 3 * (answered_today(prescription) if back == 0 else 2)
    assert (status.done, status.partly, status.skipped) == tuple(map(said.count, ("done", "partly", "skipped")))
    assert status.expected == due
    assert status.adherence == (None if due == 0 else int(100 * said.count("done") / due + 0.5))
    week = [score for number, score in enumerate(pains) if number * 2 < 7]
    assert status.pain_mean_week == (round(sum(week) / len(week), 2) if week else None)
    cells = adherence.day_cells(patient, ago(27), TODAY, NOW)
    assert sum(cell.done for cell in cells) == status.done
    assert sum(cell.expected for cell in cells if cell.day < TODAY) + 3 * answered_today(prescription) == due


def answered_today(prescription) -> int:
    """Sets of today in which anything is said; one without an answer is still to come."""
    return prescription.sessions.filter(local_date=TODAY, entries__isnull=False).distinct().count()


def test_history_and_rollup_leave_out_a_session_without_an_answer_alike(dan):
    prescription = make_prescription(dan, starts_on=ago(5))
    make_session(prescription, ago(4), "ddd")
    make_session(prescription, ago(2), "---")
    type(prescription).objects.filter(pk=prescription.pk).update(ends_on=ago(3))

    figures = adherence.History(dan, NOW).figures

    assert figures.expected == status_of(dan).expected
