"""The ready-made programs: read from `programs/library/*.toml`, checked, and laid down as shared rows."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import F

from exercises.models import DOSE_FIELDS, Exercise
from programs.models import Program, ProgramItem
from programs.schedule import WEEKDAY_NAMES, mask_of

FOLDER = Path(__file__).resolve().parents[1] / "library"
NUMBER_OF_DAY = {name[:3]: number for number, name in enumerate(WEEKDAY_NAMES)}
ITEM_KEYS = {"exercise", "note", "weekdays", *DOSE_FIELDS}


class TemplateFault(Exception):
    """A file that cannot become a program; the text names file and place."""


@dataclass(frozen=True, slots=True)
class Loaded:
    added: int
    changed: int
    unchanged: int


def read(folder: Path = FOLDER) -> dict[str, dict[str, Any]]:
    """The files by code, which is the name of the file."""
    return {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.toml"))}


@transaction.atomic
def load(files: dict[str, dict[str, Any]] | None = None) -> Loaded:
    """Make the shared programs match the files. A second run changes nothing; prescriptions are never touched."""
    files = read() if files is None else files
    # A code that was merged away stands for the exercise that stayed.
    shared = Exercise.objects.for_clinic(None).select_related("merged_into")
    library = {exercise.code: exercise.merged_into or exercise for exercise in shared}
    known = {program.code: program for program in Program.objects.filter(shared=True).prefetch_related("items")}
    counts = {"added": 0, "changed": 0, "unchanged": 0}
    for code, content in files.items():
        items = [_item(code, place, entry, library) for place, entry in enumerate(content["items"])]
        counts[_store(known.get(code), code, content, items)] += 1
    return Loaded(**counts)


def _item(code: str, place: int, entry: dict[str, Any], library: dict[str, Exercise]) -> ProgramItem:
    where = f"{code}.toml, item {place + 1}"
    if unknown := sorted(set(entry) - ITEM_KEYS):
        raise TemplateFault(f"{where}: unknown key {unknown[0]}")
    exercise = library.get(entry["exercise"])
    if exercise is None:
        raise TemplateFault(f"{where}: {entry['exercise']} is not in the shared library. Load the library first.")
    dose = exercise.dose_values() | {name: entry[name] for name in DOSE_FIELDS if name in entry}
    days = mask_of([NUMBER_OF_DAY[day] for day in entry["weekdays"]]) if "weekdays" in entry else None
    return ProgramItem(exercise=exercise, order=place, weekdays=days, note=entry.get("note", ""), **dose)


def _store(program: Program | None, code: str, content: dict[str, Any], items: list[ProgramItem]) -> str:
    words = {"name": content["name"], "summary": content["summary"]}
    if program is None:
        _fill(Program.objects.create(shared=True, code=code, **words), items)
        return "added"
    same_words = all(getattr(program, name) == value for name, value in words.items())
    if same_words and [_facts(item) for item in program.items.all()] == [_facts(item) for item in items]:
        return "unchanged"
    Program.objects.filter(pk=program.pk).update(revision=F("revision") + 1, **words)
    program.items.all().delete()
    _fill(program, items)
    return "changed"


def _fill(program: Program, items: list[ProgramItem]) -> None:
    for item in items:
        item.program = program
    ProgramItem.objects.bulk_create(items)


def _facts(item: ProgramItem) -> tuple[Any, ...]:
    return (item.exercise_id, item.order, item.weekdays, item.note, *item.dose_values().values())
