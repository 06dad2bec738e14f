"""The four-week figure equals a hand count. Each table is read from the left: the oldest day first, today last."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from programs import adherence
from programs.adherence import Figures
from programs.enums import DayState
from programs.models import PrescriptionItem, PrescriptionVersion
from tests.factories import NOW, TODAY, make_clinic, make_patient, make_prescription, make_session

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

EARLY = TODAY - timedelta(days=200)
WINDOW_START = TODAY - timedelta(days=27)


@pytest.fixture
def dan():
    return make_patient(make_clinic(), "Dan Weber")


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def log_table(prescription, table: str, **fields) -> None:
    """One word for each day up to today, oldest first; `.` is a day without a log."""
    words = table.split()
    for number, word in enumerate(words):
        if word != ".":
            make_session(prescription, ago(len(words) - 1 - number), word, **fields)


def figures(patient, now=NOW, **options) -> Figures:
    return adherence.figures_for([patient], now, **options)[patient.pk]


def add_version(prescription, first: date, masks=(None, None, None), **fields) -> PrescriptionVersion:
    old = prescription.versions.first()
    version = PrescriptionVersion.objects.create(
        prescription=prescription,
        number=prescription.versions.count() + 1,
        effective_from=first,
        **{"slots": old.slots, **fields},
    )
    exercise = old.items.first().exercise
    for order, mask in enumerate(masks):
        PrescriptionItem.objects.create(
            version=version, exercise=exercise, name=f"Item {order}", order=order, weekdays=mask
        )
    return version


def test_a_day_of_three_done_and_one_skipped_is_3_of_4(dan):
    prescription = make_prescription(dan, starts_on=TODAY)
    add_items(prescription, 1)
    make_session(prescription, TODAY, "ddds")

    assert figures(dan) == Figures(expected=4, done=3, partly=0, skipped=1)
    assert figures(dan).percent == 75


def add_items(prescription, more: int) -> None:
    version = prescription.versions.get()
    exercise = version.items.first().exercise
    for number in range(more):
        PrescriptionItem.objects.create(version=version, exercise=exercise, name="More", order=10 + number)


def test_daily_program_by_hand(dan):
    """Ten days of three exercises, two days without a log, today done:

    day       -9   -8   -7   -6   -5   -4   -3   -2   -1   today
    log       ddd  dd-  .    dps  ddd  sss  .    ddp  ddd  ddd
    done       3    2    0    1    3    0    0    2    3    3     = 17
    partly     0    0    0    1    0    0    0    1    0    0     =  2
    skipped    0    0    0    1    0    3    0    0    0    0     =  4
    due        3    3    3    3    3    3    3    3    3    3     = 30
    """
    prescription = make_prescription(dan, starts_on=ago(9))
    log_table(prescription, "ddd dd- . dps ddd sss . ddp ddd ddd")

    assert figures(dan) == Figures(30, 17, 2, 4)
    assert figures(dan).percent == 57
    assert figures(dan).not_logged == 7


def test_today_counts_only_once_it_is_logged(dan):
    prescription = make_prescription(dan, starts_on=ago(1))
    make_session(prescription, ago(1), "ddd")

    assert figures(dan) == Figures(3, 3)
    make_session(prescription, TODAY, "ds-")
    assert figures(dan) == Figures(6, 4, 0, 1)


def test_a_session_of_today_without_any_answer_is_still_to_come(dan):
    prescription = make_prescription(dan, starts_on=ago(1))
    make_session(prescription, ago(1), "---")
    make_session(prescription, TODAY, "---")

    assert figures(dan) == Figures(3, 0)
    assert states(dan, ago(1)) == "!(.)"


def test_of_two_slots_today_only_the_logged_one_counts(dan):
    prescription = make_prescription(dan, starts_on=ago(1), slots=["07:30", "19:00"])
    make_session(prescription, ago(1), "ddd")  # the evening was missed
    make_session(prescription, TODAY, "ddd")  # the evening may still come

    assert figures(dan) == Figures(9, 6)


def test_the_window_is_28_days_that_end_today(dan):
    prescription = make_prescription(dan, starts_on=EARLY)
    make_session(prescription, WINDOW_START - timedelta(days=1), "ddd")
    make_session(prescription, WINDOW_START, "ddd")

    assert figures(dan) == Figures(27 * 3, 3)
    assert figures(dan, days=29) == Figures(28 * 3, 6)


def test_weekdays_of_program_and_of_single_exercises(dan):
    """Monday, Wednesday, Friday; the third exercise on Mondays only. Today is Wednesday the 18th, not logged.

    28 days from Thursday 22 October: Mon 26.10 2.11 9.11 16.11 = 4, Wed 28.10 4.11 11.11 = 3 (today not yet),
    Fri 23.10 30.10 6.11 13.11 = 4. Due: 4 x 3 + 7 x 2 = 26.
    """
    prescription = make_prescription(dan, starts_on=EARLY, weekdays=0b0010101)
    PrescriptionItem.objects.filter(version__prescription=prescription, order=2).update(weekdays=0b0000001)
    make_session(prescription, date(2026, 11, 16), "ddd")
    make_session(prescription, date(2026, 11, 13), "dd")

    assert figures(dan) == Figures(26, 5)


def test_a_new_version_leaves_the_days_before_it_as_they_were(dan):
    """Three exercises until the 12th; two from Friday the 13th on.

    day       -9   -8   -7   -6   | -5   -4   -3   -2   -1   (today open)
    due        3    3    3    3   |  2    2    2    2    2   = 22
    log       ddd  ddd  ddd  .    |  dd   dd   .    dd   dd  = 17
    """
    prescription = make_prescription(dan, starts_on=ago(9))
    add_version(prescription, ago(5), masks=(None, None))
    log_table(prescription, "ddd ddd ddd . dd dd . dd dd .")

    assert figures(dan) == Figures(22, 17)


def test_a_log_of_today_keeps_its_size_when_the_plan_changes_today(dan):
    prescription = make_prescription(dan, starts_on=TODAY)
    make_session(prescription, TODAY, "ddd")
    prescription.versions.update(effective_from=ago(1))
    add_version(prescription, TODAY, masks=(None,) * 5)

    assert figures(dan) == Figures(3, 3)
    assert figures(dan, now=NOW + timedelta(days=1)) == Figures(3, 3)


def test_nothing_is_due_after_the_last_day(dan):
    prescription = make_prescription(dan, starts_on=ago(9), ends_on=ago(5))
    log_table(prescription, "ddd . . ddd ddd . . . . .")

    assert figures(dan) == Figures(15, 9)


def test_a_prescription_that_ended_before_the_window_does_not_count(dan):
    prescription = make_prescription(dan, starts_on=EARLY, ends_on=WINDOW_START - timedelta(days=1))
    make_session(prescription, WINDOW_START - timedelta(days=1), "ddd")

    assert figures(dan) == Figures()
    assert figures(dan).percent is None


def test_one_that_starts_tomorrow_does_not_count(dan):
    make_prescription(dan, starts_on=TODAY + timedelta(days=1))

    assert figures(dan) == Figures()


def test_two_prescriptions_at_once_add_up(dan):
    mornings = make_prescription(dan, starts_on=ago(4))
    evenings = make_prescription(dan, starts_on=ago(2), slots=["20:00"])
    log_table(mornings, "ddd ddd . ddd .")
    log_table(evenings, "ssd ddp .", slot="20:00")

    assert figures(dan) == Figures(12 + 6, 9 + 3, 1, 2)


def test_times_a_week_is_counted_from_monday_to_sunday(dan):
    """Three times a week, three exercises: nine a week, whichever the days. Today is a Wednesday, not logged yet.

    week      19.-25.10.   26.10.-1.11.   2.-8.11.   9.-15.11.   16.-22.11. (running)
    sessions      3             2            4           3            2
    done          9             6         9 (of 12)      9            6     = 39
    due           9             9            9           9            6     = 42, the third can still be done
    """
    prescription = make_prescription(dan, starts_on=EARLY, frequency="times_per_week", times_per_week=3, slots=[])
    # Monday the 19th of October lies before the 28 days, and in a week that ends in them.
    for week, days in enumerate([(0, 2, 4), (1, 2), (0, 1, 2, 3), (0, 3, 6), (0, 1)]):
        for day in days:
            make_session(prescription, date(2026, 10, 19) + timedelta(days=7 * week + day), "ddd", slot="")

    assert figures(dan) == Figures(42, 39)


def test_times_a_week_does_not_hold_an_open_today_against_the_patient(dan):
    """Begun on Thursday: two of the four days left in that week. This week nothing is lost before Friday is over."""
    prescription = make_prescription(dan, starts_on=ago(6), frequency="times_per_week", times_per_week=3, slots=[])
    assert figures(dan) == Figures(6, 0)

    make_session(prescription, ago(6), "ddd", slot="")
    make_session(prescription, ago(3), "ddd", slot="")
    assert figures(dan) == Figures(6, 6)

    make_session(prescription, TODAY, "dds", slot="")
    assert figures(dan) == Figures(9, 8, 0, 1)
    saturday, sunday, monday = (NOW + timedelta(days=days) for days in (3, 4, 5))
    assert figures(dan, now=saturday) == Figures(9, 8, 0, 1)  # Saturday and Sunday would still do
    assert figures(dan, now=sunday) == Figures(12, 8, 0, 1)
    assert figures(dan, now=monday) == Figures(15, 8, 0, 1)


def test_a_week_of_one_day_expects_its_share(dan):
    """Seven times a week, begun on Sunday: one time in that week. Monday and Tuesday of this one are lost."""
    prescription = make_prescription(dan, starts_on=ago(3), frequency="times_per_week", times_per_week=7, slots=[])
    make_session(prescription, ago(3), "ddd", slot="")

    assert figures(dan) == Figures(3 + 6, 3)


def test_a_change_from_weekdays_to_times_a_week_counts_each_part_by_its_own_rule(dan):
    """Daily for the first 14 days (14 x 3); from Thursday the 5th three times a week: two times in the rest of that
    week, three in the next, and one until now in this."""
    prescription = make_prescription(dan, starts_on=EARLY)
    add_version(prescription, ago(13), frequency="times_per_week", times_per_week=3, slots=[])
    make_session(prescription, ago(20), "ddd")
    make_session(prescription, ago(13), "ddd", slot="")
    make_session(prescription, TODAY, "ddd", slot="")

    assert figures(dan) == Figures(42 + 6 + 9 + 3, 9)


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Pacific/Kiritimati", Figures(6, 3)),  # the 19th already: the 18th is over and counts
        ("Europe/Berlin", Figures(3, 3)),  # still the 18th
        ("Pacific/Pago_Pago", Figures(3, 3)),
    ],
)
def test_today_is_the_patients_own(zone, expected):
    patient = make_patient(make_clinic(), time_zone=zone)
    prescription = make_prescription(patient, starts_on=date(2026, 11, 17))
    make_session(prescription, date(2026, 11, 17), "ddd")
    evening = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)

    assert figures(patient, now=evening) == expected


def test_a_caseload_takes_as_many_queries_as_one_patient(dan, django_assert_num_queries):
    patients = [make_patient(dan.clinic) for _ in range(12)]
    for patient in patients:
        make_session(make_prescription(patient), ago(1), "ddp")
    with django_assert_num_queries(3):
        one = adherence.figures_for(patients[:1], NOW)
    with django_assert_num_queries(3):
        all_of_them = adherence.figures_for(patients, NOW)
    with django_assert_num_queries(0):
        assert adherence.figures_for([], NOW) == {}

    assert all_of_them == dict.fromkeys((p.pk for p in patients), one[patients[0].pk])


def test_history_does_not_add_queries(dan):
    prescription = make_prescription(dan, starts_on=EARLY)
    counts = []
    for days in (range(5), range(5, 60)):
        for number in days:
            make_session(prescription, ago(number), "ddd")
        with CaptureQueriesContext(
            connection,
        ) as captured:
            adherence.day_cells(dan, ago(83), TODAY, NOW)
        counts.append(len(captured))
    assert counts == [3, 3]


# --- Days -----------------------------------------------------------------------------------------------------


def states(patient, first: date, last: date = TODAY, now=NOW) -> str:
    """One letter a day: D(one) P(artly) S(kipped) .(not due) !(not logged), lower case while it is open."""
    letters = {
        DayState.DONE: "D",
        DayState.PARTLY: "P",
        DayState.SKIPPED: "S",
        DayState.NOT_DUE: ".",
        DayState.NOT_LOGGED: "!",
    }
    cells = adherence.day_cells(patient, first, last, now)
    return "".join(f"({letters[cell.state]})" if cell.is_open else letters[cell.state] for cell in cells)


def test_five_states_stay_apart(dan):
    prescription = make_prescription(dan, starts_on=ago(7))
    log_table(prescription, "ddd dd- ddp sss ss- . pps .")

    # the day before the start | done, one unsaid, one partly, all skipped, rest unsaid, nothing, partly, today open
    assert states(dan, ago(8)) == ".DPPSS!P(.)"


def test_a_day_with_one_of_two_slots_is_partly_done(dan):
    prescription = make_prescription(dan, starts_on=ago(1), slots=["07:30", "19:00"])
    make_session(prescription, ago(1), "ddd")
    make_session(prescription, TODAY, "ddd")

    assert states(dan, ago(1)) == "P(P)"
    make_session(prescription, TODAY, "ddd", slot="19:00")
    assert states(dan, ago(1)) == "PD"


def test_days_without_anything_due_are_not_missed_days(dan):
    make_prescription(dan, starts_on=EARLY, weekdays=0b0000001)  # Mondays; today is Wednesday

    assert states(dan, date(2026, 11, 9)) == "!......!.."


def test_times_a_week_never_holds_a_single_day_against_the_patient(dan):
    prescription = make_prescription(dan, starts_on=EARLY, frequency="times_per_week", times_per_week=3, slots=[])
    make_session(prescription, ago(2), "ddd", slot="")
    make_session(prescription, ago(1), "dss", slot="")

    assert states(dan, ago(4)) == "..DP."


def test_the_future_says_what_will_be_due(dan):
    make_prescription(dan, starts_on=TODAY, ends_on=TODAY + timedelta(days=1))
    cells = adherence.day_cells(dan, TODAY, TODAY + timedelta(days=2), NOW)

    assert [(cell.state, cell.expected, cell.is_open) for cell in cells] == [
        (DayState.NOT_DUE, 3, True),
        (DayState.NOT_DUE, 3, False),
        (DayState.NOT_DUE, 0, False),
    ]
