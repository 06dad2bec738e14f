"""What an item of a program and one of a prescription say alike: dose, variants, core, alternatives, days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from exercises.dosage import Dose
from exercises.fhir import canonical, coding, dose_extension
from programs.enums import Situation
from programs.models import ItemColumns
from programs.models.items import AlternativeColumns
from programs.schedule import ItemPlan
from programs.variants import POOR_DAYS, dose_in, is_in


def own_days(item: ItemColumns, anchor: date | None) -> ItemPlan:
    """The item's own days and slots; `anchor` is the day from which its "every other day" counts."""
    return ItemPlan(
        weekdays=item.weekdays,
        every_days=item.every_days,
        anchor=anchor if item.every_days else None,
        times_per_week=item.times_per_week,
        slots=tuple(item.slots),
    )


def extensions(
    item: ItemColumns, alternatives: Iterable[AlternativeColumns], base: str, *, has_core: bool
) -> list[dict[str, Any]]:
    """The usual dose, what differs on a poor day, whether it is of the minimum core, what may stand in for it."""
    core = {"url": f"{base}/StructureDefinition/minimum-core", "valueBoolean": True}
    return [
        dose_extension(item.dose, base),
        *([core] if item.is_core else []),
        *(_variant(item, variant, base, has_core=has_core) for variant in POOR_DAYS),
        *(_alternative(row, base) for row in alternatives),
    ]


def _variant(item: ItemColumns, variant: Any, base: str, *, has_core: bool) -> dict[str, Any]:
    is_there = is_in(variant, item.variants, is_core=item.is_core, has_core=has_core)
    parts: list[dict[str, Any]] = [{"url": "variant", "valueCode": variant.value}]
    parts.append({"url": "included", "valueBoolean": is_there})
    dose = Dose(**dose_in(variant, item.dose_values(), item.variants))
    if is_there and dose != item.dose:
        parts.append(dose_extension(dose, base))
    return {"url": f"{base}/StructureDefinition/exercise-variant", "extension": parts}


def _alternative(row: AlternativeColumns, base: str) -> dict[str, Any]:
    situation = Situation(row.situation)
    return {
        "url": f"{base}/StructureDefinition/exercise-alternative",
        "extension": [
            {"url": "situation", "valueCode": situation.value},
            {"url": "exercise", "valueCanonical": canonical(row.exercise, base)},
            {"url": "name", "valueString": getattr(row, "name", "") or row.exercise.name},
        ],
    }


def code_of(item: ItemColumns, name: str, base: str) -> dict[str, Any]:
    """The exercise, in our own code system and in words."""
    return {"coding": [coding(f"{base}/exercise-code", item.exercise.code, name)], "text": name}
