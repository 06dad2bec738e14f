"""Pauses, variants, days and numbers of single exercises in the four-week figure, each counted by hand.

Today is Wednesday, 18 November 2026. Tables are read from the left: the oldest day first, today last.
"""

from datetime import date, timedelta

import pytest

from programs import adherence
from programs.adherence import Figures
from programs.enums import DayState, Variant
from programs.models import Pause, Prescription, PrescriptionItem, PrescriptionVersion, VariantSpell
from tests.factories import NOW, TODAY, make_clinic, make_patient, make_prescription, make_session

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

EARLY = TODAY - timedelta(days=200)


@pytest.fixture
def dan():
    return make_patient(make_clinic(), "Dan Weber")


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def pause(patient, first: date, last: date | None, prescription: Prescription | None = None) -> Pause:
    return Pause.objects.create(
        clinic=patient.clinic, patient=patient, prescription=prescription, starts_on=first, last_day=last
    )


def spell(patient, first: date, last: date | None, variant: Variant = Variant.FLARE) -> VariantSpell:
    return VariantSpell.objects.create(
        clinic=patient.clinic, patient=patient, variant=variant, starts_on=first, last_day=last
    )


def change(prescription: Prescription, order: int, **values) -> PrescriptionItem:
    """Give the exercise at `order` days, times or variants of its own."""
    items = PrescriptionItem.objects.filter(version__prescription=prescription, order=order)
    items.update(**values)
    return items.get()


def figures(patient, now=NOW, **options) -> Figures:
    return adherence.figures_for([patient], now, **options)[patient.pk]


def states(patient, first: date, last: date = TODAY) -> str:
    """One letter a day: D(one) P(artly) S(kipped) .(not due) !(not logged)."""
    letters = dict(zip(DayState, "DPS.!", strict=True))
    return "".join(letters[cell.state] for cell in adherence.day_cells(patient, first, last, NOW))


# --- Pauses ----------------------------------------------------------------------------------------------------


def test_a_holiday_takes_its_days_out(dan):
    """day  -6   -5   | -4   -3   -2 |  -1   today
    log     ddd  .    |  .    .    . |  ddd  .
    due      3   3    |  0    0    0 |   3   (open)   = 9
    """
    prescription = make_prescription(dan, starts_on=ago(6))
    make_session(prescription, ago(6), "ddd")
    make_session(prescription, ago(1), "ddd")
    pause(dan, ago(4), ago(2))

    assert figures(dan) == Figures(9, 6)
    assert states(dan, ago(6)) == "D!...D."
    assert adherence.History(dan, NOW).figures == Figures(9, 6)


def test_a_pause_of_one_program_leaves_the_other(dan):
    hips = make_prescription(dan, starts_on=ago(3))
    make_prescription(dan, starts_on=ago(3), slots=["20:00"])
    pause(dan, ago(2), None, hips)

    assert figures(dan) == Figures(3 + 9)


def test_what_was_begun_on_a_day_that_was_paused_later_counts_as_it_was_answered(dan):
    prescription = make_prescription(dan, starts_on=ago(2))
    make_session(prescription, ago(1), "d--")
    make_session(prescription, TODAY, "dd-")
    pause(dan, ago(1), None)

    assert figures(dan) == Figures(3 + 1 + 2, 3)
    assert states(dan, ago(2)) == "!DD"


def test_a_pause_shortens_the_week_of_a_flexible_program(dan):
    """Three times a week; away from Thursday to Sunday of last week: two of three (9/7, rounded, is one)."""
    prescription = make_prescription(
        dan, starts_on=date(2026, 11, 9), frequency="times_per_week", times_per_week=3, slots=[]
    )
    pause(dan, date(2026, 11, 12), date(2026, 11, 15))
    make_session(prescription, date(2026, 11, 10), "ddd", slot="")

    assert figures(dan) == Figures(3, 3)


# --- Variants --------------------------------------------------------------------------------------------------


def test_a_flare_expects_the_core_alone(dan):
    """Three exercises, one of them core; a flare from the day before yesterday on.

    day   -4   -3   | -2   -1   today
    log    ddd  .   |  d    .    d
    due    3    3   |  1    1    1    = 9, done 5
    """
    prescription = make_prescription(dan, starts_on=ago(4))
    change(prescription, 0, is_core=True)
    spell(dan, ago(2), ago(-4))
    make_session(prescription, ago(4), "ddd")
    make_session(prescription, ago(2), "d", variant="flare")
    make_session(prescription, TODAY, "d", variant="flare")

    assert figures(dan) == Figures(9, 5)
    assert states(dan, ago(4)) == "D!D!D"


def test_a_spell_that_lapsed_hands_back_to_the_usual_program(dan):
    """Easy without an end, then a flare for two days: when it lapses the usual program holds, not the easy one."""
    prescription = make_prescription(dan, starts_on=ago(5))
    change(prescription, 1, variants={"easy": {"in": False}, "flare": {"in": False}})
    change(prescription, 2, variants={"flare": {"in": False}})
    spell(dan, ago(4), None, Variant.EASY)
    spell(dan, ago(3), ago(2))

    # usual 3 | easy 2 | flare: core is not marked, one stays 0 of 2 left out = 1, 1 | usual 3
    assert figures(dan) == Figures(3 + 2 + 1 + 1 + 3)


def test_spells_from_long_before_the_window_still_hold(dan):
    prescription = make_prescription(dan, starts_on=EARLY)
    change(prescription, 2, variants={"easy": {"in": False}})
    spell(dan, ago(150), None, Variant.EASY)
    assert figures(dan) == Figures(27 * 2)

    spell(dan, ago(100), ago(90))
    assert figures(dan) == Figures(27 * 3)


# --- Days and numbers of one exercise --------------------------------------------------------------------------


def test_every_other_day_of_the_whole_and_of_one_exercise(dan):
    """The whole every other day from the anchor: -8 -6 -4 -2 (today open). One exercise every third: -9 (not the
    whole's), -6, -3 (not the whole's), today. So 3 exercises on -6, 2 on the others."""
    prescription = make_prescription(dan, starts_on=ago(9), frequency="every_days", every_days=2)
    PrescriptionVersion.objects.update(counts_from=ago(8))
    change(prescription, 2, every_days=3)
    PrescriptionVersion.objects.update(counts_from=ago(12))

    assert figures(dan) == Figures(2 + 3 + 2 + 2)
    assert states(dan, ago(9)) == ".!.!.!.!.."


def test_an_exercise_of_the_evening_is_owed_in_the_evening(dan):
    prescription = make_prescription(dan, starts_on=ago(1), slots=["07:30", "19:00"])
    change(prescription, 2, slots=["19:00"])
    make_session(prescription, ago(1), "dd")

    assert figures(dan) == Figures(2 + 3, 2)


def test_an_exercise_with_a_number_of_its_own_is_counted_by_the_week(dan):
    """Two exercises daily, a third three times a week. Begun on Monday the 2nd.

    week         2.-8.           9.-15.                16.-18. (open)
    third        Mon Tue Sat     Mon, skipped on Tue   Tue
    done         3 of 3          1 of 3, 1 skipped     1 of 1
    the others   7 x 2 = 14      7 x 2 = 14            Mon Tue: 2 x 2 = 4, today open
    """
    prescription = make_prescription(dan, starts_on=date(2026, 11, 2))
    change(prescription, 2, times_per_week=3)
    done, skipped = [2, 3, 7, 9, 17], [10]
    for number in range(2, 18):
        letter = "d" if number in done else "s" if number in skipped else "-"
        make_session(prescription, date(2026, 11, number), f"dd{letter}", expected=2 + (letter != "-"))

    assert figures(dan) == Figures(14 + 14 + 4 + 3 + 3 + 1, 32 + 5, 0, 1)
    assert states(dan, date(2026, 11, 2)) == "DDDDDDDD" + "PDDDDDDD" + "."
    assert adherence.History(dan, NOW).figures == figures(dan)


def test_more_than_the_number_is_not_more(dan):
    prescription = make_prescription(dan, starts_on=date(2026, 11, 9), weekdays=0b0011111)
    change(prescription, 2, times_per_week=2)
    for number in range(9, 14):
        make_session(prescription, date(2026, 11, number), "ddd")

    # Monday and Tuesday of this week are not logged; its third exercise can still be done twice.
    assert figures(dan) == Figures(10 + 2 + 4, 10 + 2)


# --- Cost ------------------------------------------------------------------------------------------------------


def test_pauses_variants_and_numbers_cost_the_same_for_one_patient_and_for_twelve(dan, django_assert_num_queries):
    patients = [dan, *(make_patient(dan.clinic) for _ in range(11))]
    for patient in patients:
        prescription = make_prescription(patient, starts_on=ago(20))
        change(prescription, 0, is_core=True)
        change(prescription, 2, times_per_week=3)
        pause(patient, ago(10), ago(8))
        spell(patient, ago(5), ago(3))
        for number in (1, 4, 12):
            make_session(prescription, ago(number), "ddd")
    with django_assert_num_queries(4):
        one = adherence.figures_for(patients[:1], NOW)[dan.pk]
    with django_assert_num_queries(4):
        everybody = adherence.figures_for(patients, NOW)
    with django_assert_num_queries(2):
        expected = adherence.expected_for([patient.pk for patient in patients], ago(27), TODAY)

    assert everybody == dict.fromkeys((patient.pk for patient in patients), one)
    # 21 days from -20 to today without three of pause.
    assert {len(own) for own in expected.values()} == {18}
    assert {len(one.due.firm) for own in expected.values() for one in own if ago(5) <= one.due.day <= ago(3)} == {1}
