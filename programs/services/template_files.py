"""Reads one ready-made program from the content of its file. Every fault names file and place in plain words.

The keys of a file are described in `programs/library/README.md`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError

from exercises.models import Exercise
from patients.conditions import Condition
from patients.enums import Approach
from programs import progression, schedule, variants
from programs.enums import Frequency, Situation
from programs.models import ITEM_DOSE_FIELDS, Program, ProgramItem
from programs.schedule import WEEKDAY_NAMES, mask_of
from programs.variants import MOST_CORE, POOR_DAYS, PRESENT

NUMBER_OF_DAY = {name[:3]: number for number, name in enumerate(WEEKDAY_NAMES)}
FILE_KEYS = {"name", "summary", "made_for", "meant_for", "cautions", "flare_days", "schedule", "steps", "progression"}
SCHEDULE_KEYS = {"weekdays", "times_per_week", "every_days", "slots", "breaks"}
ITEM_KEYS = {"exercise", "note", "core", "alternatives", "from_step", "until_step", "slots", *ITEM_DOSE_FIELDS}
ITEM_KEYS |= {*POOR_DAYS, "weekdays", "times_per_week", "every_days"}
Library = Mapping[str, Exercise]


class TemplateFault(Exception):
    """A file that cannot become a program; the text names file and place."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One exercise of the program, not stored yet, with those that may stand in for it."""

    item: ProgramItem
    alternatives: dict[Situation, Exercise] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Template:
    """`values` are columns of `Program`."""

    values: dict[str, Any]
    entries: list[Entry]


def parse(code: str, content: Mapping[str, Any], library: Library) -> Template:
    """The program of the file `<code>.toml`. Raises TemplateFault."""
    file = f"{code}.toml"
    _only(content, FILE_KEYS | {"items"}, file)
    rows = content.get("items")
    if not isinstance(rows, list) or not rows:
        raise TemplateFault(f"{file}: it has no items.")
    values = _values(file, content)
    entries = [_entry(f"{file}, item {place}", place - 1, row, library) for place, row in enumerate(rows, 1)]
    _fit_together(file, values, entries)
    return Template(values, entries)


def _values(file: str, content: Mapping[str, Any]) -> dict[str, Any]:
    steps = _judged(file, progression.read_steps, content.get("steps", []))
    rules = _judged(file, progression.read_rules, content.get("progression", []))
    values = {
        "name": _word(content, "name", file),
        "summary": _word(content, "summary", file),
        "flare_days": content.get("flare_days", 7),
        "steps": [step.stored() for step in steps],
        "progression": [rule.stored() for rule in rules],
        "made_for": [_known(file, "made_for", Condition, word) for word in content.get("made_for", [])],
        "meant_for": _meant_for(file, content.get("meant_for", {})),
        **_schedule(file, content.get("schedule", {})),
    }
    _cleaned(file, Program(shared=True, **values), ["clinic", "created_by", "prescription", "base"])
    return values


def _judged(file: str, read: Any, raw: Any) -> Any:
    try:
        return read(raw)
    except progression.Fault as fault:
        raise TemplateFault(f"{file}, {fault}") from fault


def _meant_for(file: str, raw: Mapping[str, Any]) -> dict[str, Any]:
    if not raw:
        return {}
    where = f"{file}, meant_for"
    _only(raw, {"approach", "from", "to"}, where)
    if raw.get("approach"):
        _known(file, "meant_for", Approach, raw["approach"])
    weeks = [raw.get("from"), raw.get("to")]
    if not all(week is None or isinstance(week, int) for week in weeks) or weeks[0] is None:
        raise TemplateFault(f"{where}: from and to are whole weeks, counted from the operation.")
    return {name: raw[name] for name in ("approach", "from", "to") if name in raw}


def _schedule(file: str, raw: Mapping[str, Any]) -> dict[str, Any]:
    where = f"{file}, schedule"
    _only(raw, SCHEDULE_KEYS, where)
    slots, minutes = raw.get("slots", []), None
    if breaks := raw.get("breaks"):
        _only(breaks, {"from", "to", "minutes"}, f"{where}, breaks")
        minutes = breaks.get("minutes")
        if slots or not isinstance(minutes, int) or minutes < 10:
            raise TemplateFault(f"{where}: breaks need minutes of 10 or more, and no slots beside them.")
        slots = _window(where, breaks.get("from"), breaks.get("to"), minutes)
    own = _own_days(where, raw)
    frequency = Frequency.TIMES_PER_WEEK if "times_per_week" in own else Frequency.WEEKDAYS
    return {
        "frequency": Frequency.EVERY_DAYS if "every_days" in own else frequency,
        "weekdays": own.get("weekdays", schedule.EVERY_DAY),
        "times_per_week": own.get("times_per_week"),
        "every_days": own.get("every_days"),
        "slots": _slots(where, slots),
        "break_minutes": minutes,
    }


def _window(where: str, first: Any, last: Any, minutes: int) -> list[str]:
    _slots(where, [first, last])
    try:
        return list(schedule.window_slots(first, last, minutes))
    except ValueError as error:
        raise TemplateFault(f"{where}: the breaks end before they begin.") from error


def _own_days(where: str, raw: Mapping[str, Any]) -> dict[str, int]:
    """The one way in which days are chosen, or nothing."""
    named = [name for name in ("weekdays", "times_per_week", "every_days") if name in raw]
    if len(named) > 1:
        raise TemplateFault(f"{where}: {' and '.join(named)} cannot both be said.")
    if not named:
        return {}
    value = raw[named[0]]
    if named[0] != "weekdays":
        return {named[0]: value}
    unknown = [day for day in value if day not in NUMBER_OF_DAY]
    if unknown or not value:
        raise TemplateFault(f"{where}: weekdays are some of {', '.join(NUMBER_OF_DAY)}.")
    return {"weekdays": mask_of([NUMBER_OF_DAY[day] for day in value])}


def _slots(where: str, raw: Any) -> list[str]:
    if not isinstance(raw, list) or not all(re.fullmatch("([01][0-9]|2[0-3]):[0-5][0-9]", str(slot)) for slot in raw):
        raise TemplateFault(f'{where}: times are written like "07:30".')
    return sorted(set(raw))


def _entry(where: str, order: int, row: Mapping[str, Any], library: Library) -> Entry:
    _only(row, ITEM_KEYS, where)
    exercise = _exercise(where, row.get("exercise"), library)
    dose = exercise.dose_values() | {"side": "", "tempo": "", "passes": None}
    if "passes" in row:  # counted in passes instead of seconds
        dose["hold_seconds"] = None
    dose |= {name: row[name] for name in ITEM_DOSE_FIELDS if name in row}
    item = ProgramItem(
        exercise=exercise,
        order=order,
        note=row.get("note", ""),
        is_core=row.get("core", False),
        slots=_slots(where, row.get("slots", [])),
        from_step=row.get("from_step", 1),
        until_step=row.get("until_step"),
        variants={str(one): _variant(where, one, row[one], dose) for one in POOR_DAYS if one in row},
        **dose,
        **_own_days(where, row),
    )
    _cleaned(where, item, ["program", "exercise"])
    wanted = row.get("alternatives", {})
    alternatives = {
        Situation(_known(where, "alternatives", Situation, word)): _exercise(where, code, library)
        for word, code in wanted.items()
    }
    return Entry(item, alternatives)


def _variant(where: str, variant: str, raw: Any, dose: Mapping[str, Any]) -> dict[str, Any]:
    """What differs there: `true` or `false` for in or out, or the dose fields that change."""
    if isinstance(raw, bool):
        return {PRESENT: raw}
    here = f"{where}, {variant}"
    _only(raw, set(ITEM_DOSE_FIELDS), here)
    _cleaned(here, ProgramItem(**variants.dose_in(variant, dose, {variant: raw})), ["program", "exercise"])  # type: ignore[arg-type]
    return dict(raw)


def _fit_together(file: str, values: Mapping[str, Any], entries: list[Entry]) -> None:
    """Slots and stages of the items are among those of the program; the core is one to three exercises."""
    last = max(1, len(values["steps"]))
    for place, entry in enumerate(entries, 1):
        item = entry.item
        if set(item.slots) - set(values["slots"]):
            raise TemplateFault(f"{file}, item {place}: its slots are not among those of the schedule.")
        if not 1 <= item.from_step <= (item.until_step or last) <= last:
            raise TemplateFault(f"{file}, item {place}: its stages are not among those of the program.")
        if values["frequency"] == Frequency.TIMES_PER_WEEK and (item.weekdays or item.every_days):
            raise TemplateFault(f"{file}, item {place}: the days are left to the patient, so it has none of its own.")
    for step in range(1, last + 1):
        core = [entry for entry in entries if entry.item.is_core and in_step(entry.item, step)]
        if not 1 <= len(core) <= MOST_CORE:
            raise TemplateFault(f"{file}: in stage {step} the core is {len(core)} exercises; one to three are meant.")


def in_step(item: ProgramItem, step: int) -> bool:
    """Whether the item is done in this stage, counted from 1."""
    return item.from_step <= step and (item.until_step is None or step <= item.until_step)


def _exercise(where: str, code: Any, library: Library) -> Exercise:
    exercise = library.get(str(code))
    if exercise is None:
        raise TemplateFault(f"{where}: {code} is not in the shared library. Load the library first.")
    return exercise


def _only(raw: Any, known: set[str], where: str) -> None:
    if not isinstance(raw, Mapping):
        raise TemplateFault(f"{where}: it is not a table of names and values.")
    if unknown := sorted(set(raw) - known):
        raise TemplateFault(f"{where}: unknown key {unknown[0]}")


def _word(raw: Mapping[str, Any], name: str, where: str) -> str:
    value = raw.get(name)
    if not isinstance(value, str) or not value.strip():
        raise TemplateFault(f"{where}: {name} is missing.")
    return value


def _known(file: str, key: str, words: Any, value: Any) -> str:
    if value not in {word.value for word in words}:
        raise TemplateFault(f"{file}, {key}: {value} is not a word we know.")
    return str(value)


def _cleaned(where: str, row: Any, exclude: list[str]) -> None:
    try:
        row.clean_fields(exclude)
    except ValidationError as error:
        name, faults = next(iter(error.message_dict.items()))
        raise TemplateFault(f"{where}, {name}: {faults[0]}") from error
