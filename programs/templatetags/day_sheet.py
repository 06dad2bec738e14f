"""Small words for the pages of a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid4

from django import template

from exercises.enums import Equipment
from exercises.models import Exercise
from programs.enums import Situation, SkipReason
from programs.models import Pause, PrescriptionAlternative, PrescriptionItem
from programs.today import Line, Occurrence

register = template.Library()
SITUATION_WORDS = {
    Situation.NO_FLOOR: "Not on the floor",
    Situation.NO_ROLLER: "No roller here",
    Situation.AT_WORK: "At work",
    Situation.TOO_PAINFUL: "Too painful",
}
# Where nothing else is agreed on, leaving it out is an answer, too.
WHY = {Situation.TOO_PAINFUL: SkipReason.PAIN}
STIFFNESS = [(0, "0"), (15, "15"), (30, "30"), (60, "60"), (90, "90"), (120, "120+")]


@register.simple_tag
def fresh_uuid() -> UUID:
    """The id of a write that may follow from this form; a script makes a newer one when it can."""
    return uuid4()


@register.simple_tag
def skip_reasons() -> list[SkipReason]:
    return list(SkipReason)


@register.simple_tag
def stiffness_steps() -> list[tuple[int, str]]:
    return STIFFNESS


@register.filter
def reason_words(reason: str) -> str:
    return SkipReason(reason).label if reason else ""


@register.filter
def own_days(item: PrescriptionItem) -> str:
    """The days and times that an exercise has of its own: `Mon, Wed, Fri`, `2 times a week at 19:00`, or nothing."""
    return item.plan_from(item.version.anchor).text


@dataclass(frozen=True, slots=True)
class Way:
    """What to do instead of an exercise in one situation: the approved alternative, or leaving it out."""

    situation: Situation
    label: str
    alternative: PrescriptionAlternative | None
    reason: SkipReason


@register.simple_tag
def ways_of(item: PrescriptionItem) -> list[Way]:
    """The situations that can stand in the way of this exercise, those with an approved alternative first."""
    agreed = {Situation(one.situation): one for one in item.alternatives.all()}
    met = [situation for situation in Situation if situation in agreed or _can_meet(situation, item.exercise)]
    ways = [
        Way(situation, SITUATION_WORDS[situation], agreed.get(situation), WHY.get(situation, SkipReason.NO_EQUIPMENT))
        for situation in met
    ]
    return sorted(ways, key=lambda way: way.alternative is None)


def _can_meet(situation: Situation, exercise: Exercise) -> bool:
    if situation is Situation.NO_FLOOR:
        return exercise.needs_floor
    if situation is Situation.NO_ROLLER:
        return Equipment.FOAM_ROLLER in exercise.equipment
    return True


@register.filter
def situation_words(situation: str) -> str:
    """`not on the floor`, inside a sentence."""
    return SITUATION_WORDS[Situation(situation)].lower() if situation else ""


@register.filter
def swapped_name(line: Line) -> str:
    """The exercise that was done instead; empty when it was the prescribed one."""
    if line.swapped_to is None:
        return ""
    return next((one.name for one in line.item.alternatives.all() if one.exercise_id == line.swapped_to), "")


@register.filter
def goes_on(pause: Pause) -> date | None:
    """The first day after a pause; None while nobody has said when it ends."""
    return pause.last_day + timedelta(days=1) if pause.last_day else None


@register.filter
def what_changed(day: date, today: date) -> str:
    """The head of a change note: `What changed on Monday`, further back with the date."""
    distance = (today - day).days
    if distance in (0, 1):
        return "What changed today" if distance == 0 else "What changed yesterday"
    name = f"{day:%A}" if 0 < distance < 7 else f"{day:%A} {day.day} {day:%B}"
    return f"What changed on {name}" if distance > 0 else f"What changes on {name}"


@register.filter
def until_day(day: date, today: date) -> str:
    """`the end of today`, `tomorrow`, `Monday`, `Monday 30 November`: as one says how long something lasts."""
    distance = (day - today).days
    if distance < 2:
        return "tomorrow" if distance == 1 else "the end of today"
    return f"{day:%A}" if distance < 7 else f"{day:%A} {day.day} {day:%B}"


@register.simple_tag
def open_values(occurrences: list[Occurrence]) -> list[str]:
    """What "all done" will answer: `prescription|slot|item` for each exercise without an answer."""
    return [f"{one.prescription_id}|{one.slot}|{line.item.pk}" for one in occurrences for line in one.open_lines]
