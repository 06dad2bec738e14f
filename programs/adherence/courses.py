"""What was in force when, from the database: versions with their items, pauses and variants. Two queries, always."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby, zip_longest
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db.models import CharField, Q, UUIDField, Value
from django.db.models.functions import Cast

from programs.adherence.counting import Course
from programs.enums import Frequency, Variant
from programs.models import Pause, PrescriptionVersion, VariantSpell
from programs.schedule import ItemPlan, Plan, Rule, Stretch
from programs.variants import Spell

VERSION_COLUMNS = (
    "pk",
    "number",
    "prescription_id",
    "prescription__patient_id",
    "prescription__starts_on",
    "prescription__ends_on",
    "effective_from",
    "counts_from",
    "frequency",
    "weekdays",
    "times_per_week",
    "every_days",
    "slots",
    "break_minutes",
)
ITEM_COLUMNS = (
    "items__pk",
    "items__exercise_id",
    "items__weekdays",
    "items__every_days",
    "items__times_per_week",
    "items__slots",
    "items__is_core",
    "items__variants",
)


@dataclass(slots=True)
class Turns:
    """The pauses and variants of one patient; a pause of None is one of every prescription."""

    pauses: list[tuple[UUID | None, Stretch]] = field(default_factory=list)
    spells: list[Spell] = field(default_factory=list)

    def pauses_of(self, prescription_id: UUID) -> tuple[Stretch, ...]:
        return tuple(stretch for whose, stretch in self.pauses if whose in (None, prescription_id))


def courses_for(
    patient_ids: Collection[UUID], first: date, last: date, turns: Mapping[UUID, Turns] | None = None
) -> Iterator[tuple[UUID, Course]]:
    """Every version of prescriptions that run in these days, with its patient and all that changes its course.

    `turns` are those of `turns_for`, where the caller has them already.
    """
    rows = (
        PrescriptionVersion.objects.filter(
            Q(prescription__ends_on=None) | Q(prescription__ends_on__gte=first),
            prescription__patient__in=patient_ids,
            prescription__starts_on__lte=last,
        )
        .order_by("prescription_id", "effective_from", "items__order", "items__pk")
        .values_list(*VERSION_COLUMNS, *ITEM_COLUMNS, named=True)
    )
    turns = turns_for(patient_ids, first, last) if turns is None else turns
    for _, own in groupby(rows, key=attrgetter("prescription_id")):
        versions = [list(same) for _, same in groupby(own, key=attrgetter("pk"))]
        for version, later in zip_longest(versions, versions[1:]):
            patient_id = version[0].prescription__patient_id
            yield patient_id, _course(version, later[0] if later else None, turns.get(patient_id, Turns()))


def turns_for(patient_ids: Collection[UUID], first: date, last: date) -> defaultdict[UUID, Turns]:
    """Pauses that touch these days, and the variants in force on them; one query."""
    turns: defaultdict[UUID, Turns] = defaultdict(Turns)
    columns = ("patient_id", "starts_on", "last_day")
    pauses = Pause.objects.filter(patient__in=patient_ids).touching(first, last).order_by()
    # A spell that is over counts as well: it took over from the one before it.
    spells = VariantSpell.objects.filter(patient__in=patient_ids, starts_on__lte=last).order_by()
    rows = pauses.values_list(*columns, "prescription_id", Value("", CharField())).union(
        spells.values_list(*columns, Cast(Value(None), UUIDField()), "variant"), all=True
    )
    for patient_id, starts_on, last_day, prescription_id, variant in rows:
        if variant:
            turns[patient_id].spells.append(Spell(starts_on, last_day, Variant(variant)))
        else:
            turns[patient_id].pauses.append((prescription_id, Stretch(starts_on, last_day)))
    for own in turns.values():
        own.spells = _since(first, own.spells)
    return turns


def _since(first: date, spells: Sequence[Spell]) -> list[Spell]:
    """Those that can matter from `first` on: the newest that had begun by then, and the later ones."""
    ordered = sorted(spells, key=lambda spell: spell.first)
    begun = sum(spell.first <= first for spell in ordered)
    return ordered[max(0, begun - 1) :]


def _course(rows: Sequence[Any], later: Any | None, turns: Turns) -> Course:
    """The version told by `rows` (one for each item), until `later` begins."""
    row = rows[0]
    until = later.effective_from - timedelta(days=1) if later else None
    plan = Plan(
        first=max(row.effective_from, row.prescription__starts_on),
        last=min((day for day in (until, row.prescription__ends_on) if day), default=None),
        rule=_rule(row),
        items=tuple(_items(rows)),
        pauses=turns.pauses_of(row.prescription_id),
        spells=tuple(turns.spells),
    )
    return Course(row.prescription_id, row.pk, plan, row.number)


def _rule(row: Any) -> Rule:
    return Rule(
        weekdays=row.weekdays if row.frequency == Frequency.WEEKDAYS else None,
        times_per_week=row.times_per_week if row.frequency == Frequency.TIMES_PER_WEEK else None,
        slots=tuple(row.slots),
        every_days=row.every_days if row.frequency == Frequency.EVERY_DAYS else None,
        anchor=(row.counts_from or row.effective_from) if row.frequency == Frequency.EVERY_DAYS else None,
        break_minutes=row.break_minutes,
    )


def _items(rows: Sequence[Any]) -> Iterator[ItemPlan]:
    """An exercise that stands twice in a version is told apart by its place among its own kind."""
    seen: Counter[UUID] = Counter()
    for row in rows:
        if row.items__pk is None:  # a version without items
            continue
        seen[row.items__exercise_id] += 1
        yield ItemPlan(
            weekdays=row.items__weekdays,
            every_days=row.items__every_days,
            anchor=(row.counts_from or row.effective_from) if row.items__every_days else None,
            times_per_week=row.items__times_per_week,
            slots=tuple(row.items__slots),
            is_core=row.items__is_core,
            variants=row.items__variants,
            key=row.items__pk,
            line=(row.items__exercise_id, seen[row.items__exercise_id]),
        )
