"""What a program adds up to, as usual and on a poor day, in one stage or in all."""

from __future__ import annotations

from dataclasses import dataclass

from exercises.dosage import Dose
from exercises.enums import Kind
from programs.dosage import Line, Totals, saved_get_downs, totals
from programs.enums import Variant
from programs.models import Program, ProgramItem
from programs.services.programs import place_of
from programs.variants import dose_in, is_in

BAR = 100  # the width of the whole bar, in the units of its drawing


@dataclass(frozen=True, slots=True)
class Segment:
    """One kind in the bar of kinds: where it begins, how wide it is, and the pattern it is drawn with."""

    kind: Kind
    number: int
    start: float
    width: float
    pattern: int


@dataclass(frozen=True, slots=True)
class Sums:
    """The totals of the whole, of each variant that differs from it, and of each stage."""

    usual: Totals
    variants: list[tuple[Variant, Totals]]
    stages: list[tuple[str, Totals]]

    @property
    def bar(self) -> list[Segment]:
        """The kinds side by side, each as wide as its share of the exercises."""
        segments, start = [], 0.0
        for pattern, (kind, number) in enumerate(self.usual.kinds):
            width = BAR * number / self.usual.count
            segments.append(Segment(kind, number, round(start, 2), round(width, 2), pattern % 4))
            start += width
        return segments


def line_of(item: ProgramItem, variant: Variant = Variant.NORMAL) -> Line:
    dose = Dose(**dose_in(variant, item.dose_values(), item.variants))
    exercise = item.exercise
    return Line(dose, Kind(exercise.kind), exercise.needs_floor, tuple(exercise.equipment))  # type: ignore[arg-type]


def totals_of(items: list[ProgramItem], variant: Variant = Variant.NORMAL) -> Totals:
    return totals(line_of(item, variant) for item in items_in(variant, items))


def items_in(variant: Variant, items: list[ProgramItem]) -> list[ProgramItem]:
    """The items that belong to the variant."""
    has_core = any(item.is_core for item in items)
    return [item for item in items if is_in(variant, item.variants, is_core=item.is_core, has_core=has_core)]


def all_totals(program: Program, items: list[ProgramItem]) -> Sums:
    usual = totals_of(items)
    poor = [(variant, totals_of(items, variant)) for variant in (Variant.EASY, Variant.FLARE)]
    stages = [
        (step["title"], totals_of(items_of_stage(items, number))) for number, step in enumerate(program.steps, start=1)
    ]
    return Sums(usual, [(variant, found) for variant, found in poor if found != usual], stages)


def items_of_stage(items: list[ProgramItem], stage: int) -> list[ProgramItem]:
    return [item for item in items if item.from_step <= stage <= (item.until_step or stage)]


def spared(items: list[ProgramItem]) -> int:
    """The ways down to the floor that grouping would spare."""
    return saved_get_downs([place_of(item) for item in items])
