"""The ready-made programs: read from `programs/library/*.toml`, checked, and laid down as shared rows."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import F

from exercises.models import Exercise
from programs.enums import Situation
from programs.models import Program, ProgramAlternative, ProgramItem
from programs.services.template_files import Entry, Template, TemplateFault, parse

__all__ = ["Loaded", "TemplateFault", "load", "read"]

FOLDER = Path(__file__).resolve().parents[1] / "library"


@dataclass(frozen=True, slots=True)
class Loaded:
    added: int
    changed: int
    unchanged: int


def read(folder: Path = FOLDER) -> dict[str, dict[str, Any]]:
    """The files by code, which is the name of the file."""
    return {path.stem: _toml(path) for path in sorted(folder.glob("*.toml"))}


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TemplateFault(f"{path.name}: {error}") from error


@transaction.atomic
def load(files: Mapping[str, Mapping[str, Any]] | None = None) -> Loaded:
    """Make the shared programs match the files. A second run changes nothing; prescriptions are never touched."""
    files = read() if files is None else files
    # A code that was merged away stands for the exercise that stayed.
    shared = Exercise.objects.for_clinic(None).select_related("merged_into")
    library = {exercise.code: exercise.merged_into or exercise for exercise in shared}
    rows = Program.objects.filter(shared=True).prefetch_related("items__alternatives__exercise")
    known = {program.code: program for program in rows}
    templates = {code: parse(code, content, library) for code, content in files.items()}
    counts = {"added": 0, "changed": 0, "unchanged": 0}
    for code, template in templates.items():
        counts[_store(known.get(code), code, template)] += 1
    return Loaded(**counts)


def _store(program: Program | None, code: str, template: Template) -> str:
    if program is None:
        _fill(Program.objects.create(shared=True, code=code, **template.values), template.entries)
        return "added"
    is_same = all(getattr(program, name) == value for name, value in template.values.items())
    if is_same and _stored(program) == [_facts(entry) for entry in template.entries]:
        return "unchanged"
    Program.objects.filter(pk=program.pk).update(revision=F("revision") + 1, **template.values)
    program.items.all().delete()
    _fill(program, template.entries)
    return "changed"


def _fill(program: Program, entries: list[Entry]) -> None:
    for entry in entries:
        entry.item.program = program
    ProgramItem.objects.bulk_create(entry.item for entry in entries)
    ProgramAlternative.objects.bulk_create(
        ProgramAlternative(item=entry.item, situation=situation, exercise=exercise)
        for entry in entries
        for situation, exercise in entry.alternatives.items()
    )


def _stored(program: Program) -> list[tuple[Any, ...]]:
    return [
        _facts(Entry(item, {Situation(one.situation): one.exercise for one in item.alternatives.all()}))
        for item in program.items.all()
    ]


def _facts(entry: Entry) -> tuple[Any, ...]:
    item = entry.item
    stages = (item.from_step, item.until_step)
    instead = {str(situation): exercise.pk for situation, exercise in entry.alternatives.items()}
    return (item.exercise_id, item.order, *stages, instead, *item.item_values().values())
