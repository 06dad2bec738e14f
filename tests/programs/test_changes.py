"""Two plans in, differences and words out; and the words are easy to read."""

from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exercises.dosage import Dose
from exercises.reading import reading_of
from programs.change_words import LONGEST_NOTE, note_to_patient, sentences
from programs.changes import Line, Plan, What, differences
from programs.schedule import Rule

STRETCH = Line(uuid4(), "Hip flexor stretch", Dose(repetitions=3, hold_seconds=20))
BEND = Line(uuid4(), "Trunk bend", Dose(sets=2, repetitions=10))
TUCK = Line(uuid4(), "Chin tuck", Dose(repetitions=5, hold_seconds=5))
DAILY = Rule(slots=("07:30",))


def plan(*lines: Line, rule: Rule = DAILY) -> Plan:
    return Plan(rule, lines)


def told(before: Plan, after: Plan) -> tuple[list[str], str]:
    found = differences(before, after)
    return sentences(found), note_to_patient(found)


def test_the_example_of_the_issue() -> None:
    longer = replace(STRETCH, dose=Dose(repetitions=3, hold_seconds=30))

    history, note = told(plan(STRETCH), plan(longer, TUCK))

    assert note == "Hip flexor stretch: hold 30 seconds instead of 20. New: chin tuck."
    assert history == ["Hip flexor stretch: hold 30 seconds instead of 20.", "New: Chin tuck, 5 × 5 s."]


def test_nothing_differs() -> None:
    assert told(plan(STRETCH, BEND), plan(STRETCH, BEND)) == ([], "")


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ({}, {"dose": Dose(repetitions=1, hold_seconds=20)}, "1 time instead of 3."),
        ({}, {"dose": Dose(repetitions=3)}, "no hold any more."),
        ({}, {"dose": Dose(sets=2, repetitions=3, hold_seconds=20)}, "now 2 sets."),
        ({}, {"dose": Dose(repetitions=3, hold_seconds=20, rest_seconds=60)}, "now rest 60 seconds."),
        ({}, {"dose": Dose(repetitions=3, hold_seconds=20, per_side=True)}, "now on each side."),
        ({}, {"dose": Dose(repetitions=3, hold_seconds=20, tempo="slow")}, "tempo: slow."),
        (
            {"dose": Dose(repetitions=3, hold_seconds=20, per_side=True)},
            {"dose": Dose(repetitions=3, hold_seconds=20, side="left")},
            "left side only instead of on each side.",
        ),
        ({"dose": Dose(passes=5)}, {"dose": Dose(passes=8)}, "8 slow passes instead of 5."),
        ({}, {"weekdays": 0b10101}, "only Mon, Wed, Fri."),
        ({"weekdays": 0b10101}, {"every_days": 2}, "every other day instead of Mon, Wed, Fri."),
        ({"times_per_week": 3}, {}, "each time you do your program."),
        ({}, {"slots": ("07:30",)}, "only at 07:30."),
        ({"slots": ("07:30",)}, {}, "at all your times."),
        ({}, {"note": "Left hip first."}, "“Left hip first”."),
        ({"note": "Left hip first."}, {}, "the old note no longer counts."),
        ({}, {"is_core": True}, "do this one on hard days too."),
        ({"is_core": True}, {}, "no longer a must on hard days."),
        ({}, {"variants": {"flare": {"in": False}}}, "in a flare: leave it out."),
        ({}, {"variants": {"easy": {"repetitions": 2}}}, "on an easy day: 2 times."),
        ({"variants": {"easy": {"repetitions": 2}}}, {}, "on an easy day: as usual."),
        ({}, {"alternatives": {"no_floor": "Chin tuck"}}, "if you cannot get down to the floor: do chin tuck instead."),
        ({"alternatives": {"at_work": "IT band roll"}}, {}, "at work: no longer IT band roll instead."),
    ],
)
def test_one_value_in_words(before: dict, after: dict, sentence: str) -> None:
    history, note = told(plan(replace(STRETCH, **before)), plan(replace(STRETCH, **after)))

    assert history == [f"Hip flexor stretch: {sentence}"]
    assert note == history[0]


def test_the_usual_and_the_poor_days_are_told_apart() -> None:
    after = replace(STRETCH, dose=Dose(repetitions=4, hold_seconds=20), variants={"flare": {"repetitions": 1}})

    history, _ = told(plan(STRETCH), plan(after))

    assert history == ["Hip flexor stretch: 4 times instead of 3. In a flare: 1 time."]


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        (
            DAILY,
            Rule(weekdays=0b10101, slots=("07:30",)),
            "When: Mon, Wed, Fri at 07:30 instead of every day at 07:30.",
        ),
        (DAILY, replace(DAILY, slots=("07:30", "18:00")), "When: every day at 07:30 and 18:00 instead of every day at"),
        (DAILY, Rule(weekdays=None, times_per_week=3), "When: 3 times a week instead of every day at 07:30."),
    ],
)
def test_the_schedule_comes_first(before: Rule, after: Rule, sentence: str) -> None:
    history, note = told(plan(STRETCH, rule=before), plan(STRETCH, TUCK, rule=after))

    assert history[0].startswith(sentence)
    assert note.startswith(history[0])


def test_the_anchor_of_every_other_day_is_no_difference() -> None:
    rule = Rule(weekdays=None, every_days=2, anchor=date(2026, 11, 2))

    assert differences(plan(STRETCH, rule=rule), plan(STRETCH, rule=replace(rule, anchor=date(2026, 11, 30)))) == []


def test_removed_and_moved() -> None:
    history, note = told(plan(STRETCH, BEND, TUCK), plan(TUCK, STRETCH))

    assert history == ["Taken out: Trunk bend.", "Chin tuck: now number 1, was number 3."]
    assert note == "You can stop: trunk bend."


def test_a_new_order_alone_is_told_in_one_sentence() -> None:
    assert told(plan(STRETCH, BEND, TUCK), plan(BEND, TUCK, STRETCH))[1] == "The order is new."


def test_one_exercise_twice_is_told_apart() -> None:
    again = replace(STRETCH, dose=Dose(repetitions=1, hold_seconds=60))

    history, _ = told(plan(STRETCH, BEND, STRETCH), plan(STRETCH, BEND, again))

    assert history == ["Hip flexor stretch: 1 time instead of 3, hold 60 seconds instead of 20."]


def test_a_long_note_stops_at_a_sentence_and_says_so() -> None:
    many = [replace(TUCK, exercise=uuid4(), name=f"Exercise with a rather long name {n}") for n in range(30)]

    _, note = told(plan(STRETCH), plan(STRETCH, *many))

    assert len(note) <= LONGEST_NOTE
    assert note.startswith("New: exercise with a rather long name 0. New: exercise")
    assert note.endswith(". Your program shows all other changes.")


def test_notes_can_be_read_at_twelve() -> None:
    after = plan(
        replace(
            STRETCH,
            dose=Dose(repetitions=4, hold_seconds=30),
            weekdays=0b10101,
            is_core=True,
            variants={"flare": {"in": False}, "easy": {"repetitions": 2}},
            alternatives={"too_painful": "Chin tuck", "no_roller": "Chin tuck"},
        ),
        TUCK,
        rule=Rule(weekdays=None, every_days=2, slots=("07:30", "18:00")),
    )

    _, note = told(plan(STRETCH, BEND), after)

    assert reading_of([note]).age <= 12


KEYS = [UUID(int=n) for n in range(6)]
LINES = st.lists(st.sampled_from(KEYS), max_size=8).map(lambda keys: [Line(key, f"Name {key.int}") for key in keys])


@given(LINES, LINES)
def test_the_differences_lead_from_one_to_the_other(before: list[Line], after: list[Line]) -> None:
    """Counts of added and removed balance, and moves are fewer than what stays."""
    found = differences(plan(*before), plan(*after))
    count = {what: sum(one.what is what for one in found) for what in What}

    assert len(before) - count[What.REMOVED] + count[What.ADDED] == len(after)
    common = len(before) - count[What.REMOVED]
    assert count[What.MOVED] < max(common, 1)
    assert len(sentences(found)) == len(found)
    assert bool(found) == (before != after)
    assert bool(note_to_patient(found)) == bool(found)
