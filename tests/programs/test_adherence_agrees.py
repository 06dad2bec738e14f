"""Today, the reminders and the figure speak of the same weeks: who does what Today asks for has done everything."""

from datetime import date, time, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from programs.adherence import Course, Figures, FreeEntry, Log, Record, figures_of
from programs.reminders import InForce, why_not
from programs.schedule import ItemPlan, Plan, Rule, Stretch, item_week, monday_of, occurrences_on, program_week

DAY = timedelta(days=1)
START = date(2026, 9, 30)
MINE, VERSION, WALK = UUID(int=1), UUID(int=2), UUID(int=3)
MORNING = time(7, 30)

TIMES = st.integers(1, 7)
PAUSES = st.lists(st.tuples(st.integers(0, 45), st.integers(0, 9)), max_size=2).map(
    lambda spans: tuple(Stretch(START + DAY * n, START + DAY * (n + m)) for n, m in spans)
)
TODAYS = st.integers(0, 50).map(lambda n: START + DAY * n)
WEEKDAYS = st.integers(1, 127)


def days_until(today: date) -> list[date]:
    return [START + DAY * n for n in range((today - START).days + 1)]


@settings(max_examples=200, deadline=None)
@given(times=TIMES, pauses=PAUSES, today=TODAYS, lazy=st.sets(st.integers(0, 6), max_size=6))
def test_who_keeps_up_with_a_flexible_program_is_at_100_per_cent(times, pauses, today, lazy):
    """Rests on some days of each week as long as the others suffice."""
    items = (ItemPlan(line=1), ItemPlan(line=2))
    plan = Plan(START, None, Rule(weekdays=None, times_per_week=times, slots=("07:30",)), items, pauses)
    done: list[date] = []
    for day in days_until(today):
        week = program_week(monday_of(day), [plan])
        own = [on for on in done if monday_of(on) == monday_of(day)]
        is_asked = bool(occurrences_on(day, plan)) and not week.is_reached(own, day)
        rings = why_not(day, MORNING, [InForce(MINE, plan)], set(), {(MINE, None, on) for on in done}) is None
        assert rings == is_asked
        can_wait = week.missing(own, day + DAY) == 0 and day.weekday() in lazy
        if is_asked and not can_wait:
            done.append(day)
    record = Record([Course(MINE, VERSION, plan)], [Log(MINE, VERSION, day, "07:30", Figures(2, 2)) for day in done])

    figures = figures_of(record, today)

    assert (figures.not_logged, figures.percent) == (0, 100 if figures.expected else None)


@settings(max_examples=200, deadline=None)
@given(times=TIMES, weekdays=WEEKDAYS, pauses=PAUSES, today=TODAYS)
def test_who_keeps_up_with_an_exercise_and_its_number_is_at_100_per_cent(times, weekdays, pauses, today):
    """One exercise on the days of the program, another on as many of them as its number asks for."""
    items = (ItemPlan(line=1), ItemPlan(line=2, times_per_week=times, key=WALK))
    plan = Plan(START, None, Rule(weekdays=weekdays, slots=("07:30",)), items, pauses)
    logs, free = [], []
    for day in days_until(today):
        own = [one.day for one in free if monday_of(one.day) == monday_of(day)]
        for due in occurrences_on(day, plan):
            is_asked = not item_week(monday_of(day), [plan], 2).is_reached(own, day)
            logs.append(Log(MINE, VERSION, day, due.slot, Figures(1 + is_asked, 1 + is_asked)))
            free += [FreeEntry(MINE, WALK, day, due.slot, "done")] if is_asked else []

    figures = figures_of(Record([Course(MINE, VERSION, plan)], logs, free), today)

    assert (figures.not_logged, figures.percent) == (0, 100 if figures.expected else None)


@settings(max_examples=100, deadline=None)
@given(times=TIMES, pauses=PAUSES, today=TODAYS)
def test_who_does_nothing_misses_the_number_of_each_week_that_is_over(times, pauses, today):
    """A seventh of the number for each day that ran, rounded; weeks whose Sunday lies in the 28 days before today."""
    plan = Plan(START, None, Rule(weekdays=None, times_per_week=times, slots=("07:30",)), (ItemPlan(),), pauses)
    sundays = [day for day in days_until(today) if day.weekday() == 6 and today - 27 * DAY <= day < today]
    missed = 0
    for sunday in sundays:
        running = [day for day in (sunday - DAY * n for n in range(7)) if day >= START and not away(day, pauses)]
        missed += int(times * len(running) / 7 + 0.5)
    this_week = [today + DAY * n for n in range(-today.weekday(), 7 - today.weekday())]
    running = [day for day in this_week if day >= START and not away(day, pauses)]
    left = [day for day in running if day >= today]
    missed += max(0, int(times * len(running) / 7 + 0.5) - len(left))

    assert figures_of(Record([Course(MINE, VERSION, plan)], []), today) == Figures(missed)


def away(day: date, pauses: tuple[Stretch, ...]) -> bool:
    return any(pause.first <= day and pause.last is not None and day <= pause.last for pause in pauses)
