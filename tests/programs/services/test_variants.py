"""The variant in force: chosen from today, lapsing, asked about once, and never two at a time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection

from patients.models import AuditEvent, Flare, Patient
from patients.services.diary import LogRefused
from programs.enums import Variant, WorkKind
from programs.models import PatientStatus, Prescription, VariantSpell, WorkItem
from programs.services import variants
from programs.variants import Spell, variant_on
from tests.factories import NOW, TODAY, make_flare, make_prescription

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
EASY, FLARE, NORMAL = Variant.EASY, Variant.FLARE, Variant.NORMAL


def days(number: int) -> timedelta:
    return timedelta(days=number)


def choose(patient: Patient, variant: Variant, now: datetime = NOW, **values):
    return variants.choose(**{"actor": patient.user, "patient": patient, "variant": variant, "now": now} | values)


def answer(patient: Patient, now: datetime, **values):
    return variants.answer_check(actor=patient.user, patient=patient, now=now, **values)


def spells(patient: Patient) -> list[tuple[str, date, date | None]]:
    return list(
        VariantSpell.objects.filter(patient=patient)
        .order_by("starts_on")
        .values_list("variant", "starts_on", "last_day")
    )


def held_on(patient: Patient, day: date) -> Variant:
    return variant_on(day, [Spell(first, last, Variant(word)) for word, first, last in spells(patient)])


def flare_notes() -> list[tuple[str, bool]]:
    rows = WorkItem.objects.filter(kind=WorkKind.FLARE).order_by("created_at")
    return [(row.reason, row.settled_at is None) for row in rows]


# --- Choosing -------------------------------------------------------------------------------------------------


def test_a_flare_lasts_as_long_as_the_shortest_running_program_says(dan, prescription):
    Prescription.objects.update(flare_days=7)
    make_prescription(dan, title="Pool").save()
    Prescription.objects.filter(title="Pool").update(flare_days=5)
    over = make_prescription(dan, title="Over", starts_on=TODAY - days(90), ends_on=TODAY - days(1))
    Prescription.objects.filter(pk=over.pk).update(flare_days=2)

    spell = choose(dan, FLARE)

    assert (spell.variant, spell.starts_on, spell.last_day) == ("flare", TODAY, TODAY + days(4))
    assert (spell.clinic, spell.chosen_by, spell.checked_at) == (dan.clinic, dan.user, None)
    assert [held_on(dan, TODAY + days(n)) for n in (-1, 0, 4, 5)] == [NORMAL, FLARE, FLARE, NORMAL]


def test_a_flare_without_a_program_lasts_a_week_and_leaves_no_note(dan, prescription):
    prescription.delete()

    assert choose(dan, FLARE).last_day == TODAY + days(6)
    assert flare_notes() == []


def test_a_flare_is_in_the_diary_and_on_the_therapists_list_at_once(dan, prescription):
    choose(dan, FLARE)

    assert list(Flare.objects.values_list("patient", "started_on", "ended_on")) == [(dan.pk, TODAY, None)]
    assert flare_notes() == [("In a flare, since 18 November. The flare variant holds until 24 November.", True)]
    note = WorkItem.objects.get()
    assert (note.clinic, note.prescription) == (dan.clinic, prescription)
    assert PatientStatus.objects.get(patient=dan).as_of == TODAY
    assert list(AuditEvent.objects.filter(verb__startswith="variant").values_list("verb", "detail")) == [
        ("variant.choose", {"variant": "flare", "until": "2026-11-24"})
    ]


def test_a_therapist_who_chooses_needs_no_note(dan, ana, prescription):
    spell = choose(dan, FLARE, actor=ana)

    assert spell.chosen_by == ana
    assert Flare.objects.get().ended_on is None
    assert flare_notes() == []


@pytest.mark.parametrize("variant", [FLARE, EASY])
def test_choosing_twice_is_choosing_once(dan, prescription, variant):
    first = choose(dan, variant)
    WorkItem.objects.update(settled_at=NOW)  # looked at

    assert choose(dan, variant, NOW + timedelta(hours=5)) == first
    assert choose(dan, variant, NOW + days(2)) == first
    assert len(spells(dan)) == 1
    assert AuditEvent.objects.filter(verb="variant.choose").count() == 1
    assert [is_open for _, is_open in flare_notes()] in ([], [False])


def test_an_easy_day_is_today_and_an_easy_time_stays_until_it_is_changed(dan, prescription):
    assert choose(dan, EASY, days=1).last_day == TODAY
    assert choose(dan, EASY).last_day == TODAY  # as it is
    assert choose(dan, EASY, days=3).last_day == TODAY + days(2)
    assert len(spells(dan)) == 1
    assert Flare.objects.count() == WorkItem.objects.count() == 0

    choose(dan, NORMAL)
    assert choose(dan, EASY).last_day is None


@pytest.mark.parametrize("number", [0, -1, 91, 10**9])
def test_days_that_make_no_sense_change_nothing(dan, prescription, number):
    with pytest.raises(LogRefused, match="Choose a number of days from 1 to 90"):
        choose(dan, FLARE, days=number)

    assert spells(dan) == []


def test_a_later_choice_closes_the_earlier_one(dan, prescription):
    choose(dan, FLARE)
    choose(dan, EASY, NOW + days(3), days=4)

    assert spells(dan) == [
        ("flare", TODAY, TODAY + days(2)),
        ("easy", TODAY + days(3), TODAY + days(6)),
    ]
    assert Flare.objects.get().ended_on == TODAY + days(3)
    assert [is_open for _, is_open in flare_notes()] == [False]
    assert variants.check_due(dan, TODAY + days(10)) is None


def test_another_choice_on_the_same_day_replaces_the_first(dan, prescription):
    choose(dan, EASY, days=1)
    choose(dan, FLARE, NOW + timedelta(hours=1))

    assert spells(dan) == [("flare", TODAY, TODAY + days(6))]


def test_an_asked_for_length_moves_the_last_day_of_a_flare(dan, ana, prescription):
    choose(dan, FLARE)
    choose(dan, FLARE, NOW + days(2), actor=ana, days=14)

    assert spells(dan) == [("flare", TODAY, TODAY + days(1)), ("flare", TODAY + days(2), TODAY + days(15))]
    assert Flare.objects.get().ended_on is None
    assert Flare.objects.get().started_on == TODAY


def test_a_flare_that_is_in_the_diary_already_goes_on_there(dan, prescription):
    make_flare(dan, TODAY - days(4))
    choose(dan, FLARE)

    assert Flare.objects.get().started_on == TODAY - days(4)
    assert flare_notes()[0][0].startswith("Still in a flare, since 14 November.")


# --- Going back -----------------------------------------------------------------------------------------------


def test_back_to_normal_on_the_same_day_leaves_no_spell(dan, prescription):
    choose(dan, FLARE)
    for _ in range(2):
        assert choose(dan, NORMAL, NOW + timedelta(hours=3)) is None

    assert spells(dan) == []
    assert Flare.objects.get().ended_on == TODAY
    assert [is_open for _, is_open in flare_notes()] == [False]
    assert AuditEvent.objects.filter(verb="variant.end").count() == 1


def test_back_to_normal_later_keeps_the_days_that_were(dan, prescription):
    choose(dan, FLARE)
    choose(dan, NORMAL, NOW + days(2))

    assert spells(dan) == [("flare", TODAY, TODAY + days(1))]
    assert [held_on(dan, TODAY + days(n)) for n in (1, 2)] == [FLARE, NORMAL]
    assert variants.check_due(dan, TODAY + days(30)) is None


def test_on_off_and_on_again_in_one_day_is_one_open_note(dan, prescription):
    for variant in (FLARE, NORMAL, FLARE, NORMAL, FLARE):
        choose(dan, variant)

    assert [is_open for _, is_open in flare_notes()] == [True]
    assert len(spells(dan)) == 1


def test_normal_without_anything_before_writes_nothing(dan, prescription):
    assert choose(dan, NORMAL) is None

    assert VariantSpell.objects.count() == Flare.objects.count() == AuditEvent.objects.count() == 0


def test_a_spell_written_down_ahead_of_a_move_westward_does_not_come_back(dan, prescription):
    dan.time_zone = "Pacific/Kiritimati"
    dan.save()
    late = NOW + timedelta(hours=3)  # tomorrow there
    choose(dan, EASY, late)
    dan.time_zone = "America/Los_Angeles"
    dan.save()
    choose(dan, NORMAL, late)

    assert spells(dan) == []


# --- The question ---------------------------------------------------------------------------------------------


def test_the_question_comes_when_the_flare_has_lapsed(dan, prescription):
    choose(dan, FLARE)

    asked = {n: variants.check_due(dan, TODAY + days(n)) is not None for n in (0, 6, 7, 40)}
    assert asked == {0: False, 6: False, 7: True, 40: True}


def test_nobody_is_asked_about_an_easy_day(dan, prescription):
    choose(dan, EASY, days=1)

    assert variants.check_due(dan, TODAY + days(1)) is None
    assert held_on(dan, TODAY + days(1)) is NORMAL


def test_over_ends_the_flare_and_settles_the_note(dan, prescription):
    choose(dan, FLARE)
    later = NOW + days(7)
    for _ in range(2):
        assert answer(dan, later, is_over=True) is None

    assert spells(dan) == [("flare", TODAY, TODAY + days(6))]
    assert VariantSpell.objects.get().checked_at == later
    assert Flare.objects.get().ended_on == TODAY + days(7)
    assert [is_open for _, is_open in flare_notes()] == [False]
    assert AuditEvent.objects.filter(verb="variant.check").count() == 1


def test_still_bad_is_as_many_days_again_and_a_new_note(dan, prescription):
    choose(dan, FLARE)
    later = NOW + days(8)  # a day late
    spell = answer(dan, later, is_over=False)
    assert answer(dan, later, is_over=False) == spell

    assert (spell.starts_on, spell.last_day) == (TODAY + days(8), TODAY + days(14))
    assert held_on(dan, TODAY + days(7)) is NORMAL  # what the patient saw on the day in between
    assert Flare.objects.get().ended_on is None
    assert flare_notes() == [
        ("In a flare, since 18 November. The flare variant holds until 24 November.", False),
        ("Still in a flare, since 18 November. The flare variant holds until 2 December.", True),
    ]
    assert variants.check_due(dan, TODAY + days(15)) == spell


def test_better_but_not_well_is_easy_for_as_long(dan, prescription):
    choose(dan, FLARE)
    spell = answer(dan, NOW + days(7), is_over=False, is_better=True)

    assert (spell.variant, spell.last_day) == ("easy", TODAY + days(13))
    assert Flare.objects.get().ended_on == TODAY + days(7)
    assert [is_open for _, is_open in flare_notes()] == [False]


def test_an_answer_that_nobody_asked_for_changes_nothing(dan, prescription):
    assert answer(dan, NOW, is_over=True) is None
    spell = choose(dan, FLARE)
    assert answer(dan, NOW + days(1), is_over=True) == spell

    assert held_on(dan, TODAY + days(1)) is FLARE


def test_the_question_keeps_quiet_about_others(dan, world, prescription):
    choose(dan, FLARE)

    assert variants.check_due(world.eve, TODAY + days(7)) is None
    answer(world.eve, NOW + days(7), is_over=True)
    assert variants.check_due(dan, TODAY + days(7)) is not None


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_many_taps_at_once_are_one_flare(dan, prescription):
    barrier = Barrier(6)

    def tap(variant: Variant) -> None:
        try:
            barrier.wait(timeout=10)
            choose(dan, variant, days=1 if variant is EASY else None)
        finally:
            connection.close()

    for _ in range(5):
        with ThreadPoolExecutor(6) as pool:
            list(pool.map(tap, [FLARE, EASY] * 3))
        [(held, starts_on, _)] = spells(dan)
        assert starts_on == TODAY
        assert Flare.objects.running().filter(patient=dan).count() == (held == FLARE)
        assert WorkItem.objects.unsettled().count() == (held == FLARE)
