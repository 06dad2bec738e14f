"""One item as a side of the builder shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from exercises.features import Feature
from patients.conditions import Condition
from patients.models import User
from programs import safety
from programs.enums import Variant
from programs.forms.items import ItemForm, VariantForm
from programs.models import ProgramItem
from programs.safety import SafetyWarning
from programs.services.usual_doses import usual_of
from programs.variants import POOR_DAYS


@dataclass(frozen=True, slots=True)
class Row:
    """One item with its fields. `usual` is the reader's own usual dose where they keep one."""

    item: ProgramItem
    form: ItemForm
    warnings: list[SafetyWarning]
    usual: dict[str, Any] | None = None

    @property
    def rating(self) -> str:
        return safety.worst(self.warnings).word

    @property
    def own_warnings(self) -> list[SafetyWarning]:
        """Without those that hold for every exercise, which the panel says once."""
        return [warning for warning in self.warnings if warning.feature is not Feature.ANY_EXERCISE]

    @property
    def is_usual(self) -> bool:
        return self.usual is not None and all(getattr(self.item, name) == value for name, value in self.usual.items())

    @property
    def alternatives(self) -> int:
        return len(self.item.alternatives.all())


@dataclass(frozen=True, slots=True)
class VariantRow:
    """One item with a cell for each variant besides the usual."""

    item: ProgramItem
    cells: list[tuple[Variant, VariantForm]]

    @property
    def alternatives(self) -> int:
        return len(self.item.alternatives.all())


def for_every_exercise(conditions: frozenset[Condition] | None) -> list[SafetyWarning]:
    """What speaks against any exercise at all."""
    return safety.check(frozenset(), conditions) if conditions is not None else []


def row_of(
    item: ProgramItem,
    conditions: frozenset[Condition] | None,
    form: ItemForm | None = None,
    usual: dict[str, Any] | None = None,
) -> Row:
    warnings = safety.check(item.exercise.feature_set, conditions) if conditions is not None else []
    form = form or ItemForm(exercise=item.exercise, row=item, auto_id=f"id_%s_{item.pk}")
    return Row(item, form, warnings, usual)


def item_rows(
    reader: User, items: list[ProgramItem], conditions: frozenset[Condition] | None, bound: ItemForm | None
) -> list[Row]:
    """The rows of the exercises; `bound` is the one form that came back with faults."""
    usual = usual_of(reader, [item.exercise for item in items])
    bound_to = bound.row.pk if bound and bound.row else None
    return [
        row_of(item, conditions, bound if item.pk == bound_to else None, usual.get(item.exercise_id)) for item in items
    ]


def variant_rows(items: list[ProgramItem]) -> list[VariantRow]:
    has_core = any(item.is_core for item in items)
    return [VariantRow(item, [(variant, _cell(item, variant, has_core)) for variant in POOR_DAYS]) for item in items]


def _cell(item: ProgramItem, variant: Variant, has_core: bool) -> VariantForm:
    return VariantForm(row=item, variant=variant, has_core=has_core, auto_id=f"id_%s_{variant.value}_{item.pk}")
