"""How a dose and a day read on paper, where nobody can ask what "3 × 30 s" means. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from exercises.dosage import Dose
from programs.schedule import say_days

SPOKEN = (0b0011111, 0b1100000, 0b1111111)  # days that `say_days` has a phrase for


def dose_in_words(dose: Dose) -> str:
    """`3 times, hold 30 seconds, on each side. Rest 20 seconds between.`; "" for no dose at all."""
    parts = [part for part in (_how_often(dose), _how_long(dose), _where(dose)) if part]
    sentence = ", ".join(parts)
    more = [_rest(dose), _named("Tempo", dose.tempo), _named("Effort", dose.effort)]
    first = f"{sentence[:1].upper()}{sentence[1:]}." if sentence else ""
    return " ".join(filter(None, [first, *more]))


def _how_often(dose: Dose) -> str:
    sets, repetitions = dose.sets or 1, dose.repetitions or 1
    if dose.passes:
        each = "1 slow pass" if dose.passes == 1 else f"{dose.passes} slow passes"
        return f"{sets} sets of {each}" if sets > 1 else each
    if not dose.repetitions and sets == 1:
        return ""
    if min(sets, repetitions) == 1:
        times = max(sets, repetitions)
        return "once" if times == 1 else f"{times} times"
    return f"{sets} sets of {repetitions}"


def _how_long(dose: Dose) -> str:
    parts = []
    if dose.hold_seconds:
        parts.append(f"hold {_time(dose.hold_seconds)}")
    if dose.duration_minutes:
        minutes = _count(dose.duration_minutes, "minute")
        parts.append(f"about {minutes}" if dose.repetitions else minutes)
    return ", ".join(parts)


def _where(dose: Dose) -> str:
    if dose.side:
        return f"{dose.side} side only"
    return "on each side" if dose.per_side else ""


def _rest(dose: Dose) -> str:
    return f"Rest {_time(dose.rest_seconds)} between." if dose.rest_seconds else ""


def _named(what: str, words: str) -> str:
    return f"{what}: {words.rstrip('.')}." if words else ""


def _time(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    parts = [_count(minutes, "minute") if minutes else "", _count(rest, "second") if rest else ""]
    return " ".join(filter(None, parts))


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def own_days(weekdays: int | None, every_days: int | None, times_per_week: int | None, slots: Sequence[str]) -> str:
    """`Only on Mon, Wed.`, `3 times a week.`, `Only at 07:30.`; "" when it is due with the whole."""
    parts = []
    if weekdays:
        parts.append(f"only {'' if weekdays in SPOKEN else 'on '}{say_days(weekdays)}")
    elif every_days:
        parts.append("every other day" if every_days == 2 else f"every {every_days} days")
    elif times_per_week:
        parts.append("once a week" if times_per_week == 1 else f"{times_per_week} times a week")
    if slots:
        parts.append(f"only at {join(slots)}")
    sentence = ", ".join(parts)
    return f"{sentence[:1].upper()}{sentence[1:]}." if sentence else ""


def join(words: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *most, last = [*words]
    return f"{', '.join(most)} and {last}" if most else last


def long_day(day: date) -> str:
    """`3 November 2026`."""
    return f"{day.day} {day:%B %Y}"


def span(first: date, days: int) -> str:
    """`18 November to 1 December 2026`."""
    last = first + timedelta(days=days - 1)
    if first.year != last.year:
        return f"{long_day(first)} to {long_day(last)}"
    start = str(first.day) if first.month == last.month else f"{first.day} {first:%B}"
    return f"{start} to {long_day(last)}"
