"""The columns that a program and a prescription share: of one exercise in it, and of its schedule."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from config.lib.models import ShortText
from exercises.models import DOSE_FIELDS, DoseColumns, Exercise
from programs.enums import Frequency, Side, Situation
from programs.schedule import ItemPlan, Rule

ITEM_DOSE_FIELDS = [*DOSE_FIELDS, "side", "tempo", "passes"]
# All that one item says besides which exercise it is; copying an item copies these.
ITEM_FIELDS = [*ITEM_DOSE_FIELDS, "weekdays", "every_days", "times_per_week", "slots", "note", "is_core", "variants"]
SCHEDULE_FIELDS = ["frequency", "weekdays", "times_per_week", "every_days", "slots", "break_minutes"]
MOST_PASSES = 100


def _few(low: int, high: int) -> list[MinValueValidator | MaxValueValidator]:
    return [MinValueValidator(low), MaxValueValidator(high)]


class ScheduleColumns(models.Model):
    """When the whole is due. Slots are planned times on the patient's clock, "HH:MM", in order; none means any time.

    `break_minutes`: the slots are movement breaks, so many minutes apart, from the first slot to the last.
    """

    SCHEDULE_FIELDS: ClassVar[list[str]] = SCHEDULE_FIELDS

    frequency = models.CharField(max_length=16, choices=Frequency.choices(), default=Frequency.WEEKDAYS)
    weekdays = models.PositiveSmallIntegerField(default=127)
    times_per_week = models.PositiveSmallIntegerField(null=True, blank=True)
    every_days = models.PositiveSmallIntegerField(null=True, blank=True)
    slots = models.JSONField(default=list, blank=True)
    break_minutes = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        abstract = True

    def rule_from(self, anchor: date | None = None) -> Rule:
        """The schedule as a value for `programs.schedule`; `anchor` is the day from which "every other day" counts."""
        return Rule(
            weekdays=self.weekdays if self.frequency == Frequency.WEEKDAYS else None,
            times_per_week=self.times_per_week if self.frequency == Frequency.TIMES_PER_WEEK else None,
            every_days=self.every_days if self.frequency == Frequency.EVERY_DAYS else None,
            anchor=anchor if self.frequency == Frequency.EVERY_DAYS else None,
            slots=tuple(self.slots),
            break_minutes=self.break_minutes,
        )

    def schedule_values(self) -> dict[str, object]:
        """The schedule as keyword arguments, for copying it onto another row."""
        return {field: getattr(self, field) for field in SCHEDULE_FIELDS}


def schedule_check(name: str) -> models.CheckConstraint:
    """Exactly the number that the frequency speaks of."""
    return models.CheckConstraint(
        name=name,
        condition=Q(frequency="weekdays", times_per_week=None, every_days=None, weekdays__gte=1, weekdays__lte=127)
        | Q(frequency="times_per_week", every_days=None, times_per_week__gte=1, times_per_week__lte=7)
        | Q(frequency="every_days", times_per_week=None, every_days__gte=2, every_days__lte=28),
    )


class ItemColumns(DoseColumns):
    """One exercise with its dose, its own days, and what becomes of it on a poor day.

    Of `weekdays`, `every_days` and `times_per_week` at most one is set; none means whenever the whole is due. An
    empty `slots` means at every slot of the whole. `variants` maps `easy` and `flare` to what differs there from the
    usual: dose fields, or `{"in": false}` for left out; see `programs.variants`. `is_core` marks the minimum core.
    """

    DOSE_FIELDS: ClassVar[list[str]] = ITEM_DOSE_FIELDS

    exercise = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="+")
    order = models.PositiveSmallIntegerField(default=0)
    side = models.CharField(max_length=8, choices=Side.choices(), blank=True)
    tempo = ShortText(max_length=40, blank=True)
    passes = models.PositiveSmallIntegerField(null=True, blank=True, validators=_few(1, MOST_PASSES))
    weekdays = models.PositiveSmallIntegerField(null=True, blank=True)
    every_days = models.PositiveSmallIntegerField(null=True, blank=True, validators=_few(2, 28))
    times_per_week = models.PositiveSmallIntegerField(null=True, blank=True, validators=_few(1, 7))
    slots = models.JSONField(default=list, blank=True)
    note = ShortText(max_length=200, blank=True)
    is_core = models.BooleanField("minimum core", default=False)
    variants = models.JSONField(default=dict, blank=True)

    class Meta:
        abstract = True

    def plan_from(self, anchor: date) -> ItemPlan:
        """Its days, times and variants as a value; its "every other day" counts from `anchor`."""
        return ItemPlan(
            weekdays=self.weekdays,
            every_days=self.every_days,
            times_per_week=self.times_per_week,
            is_core=self.is_core,
            variants=self.variants,
            anchor=anchor if self.every_days else None,
            slots=tuple(self.slots),
            key=self.pk,
        )

    def item_values(self) -> dict[str, object]:
        """All of the item besides its exercise and place, as keyword arguments."""
        return {field: getattr(self, field) for field in ITEM_FIELDS}


def days_check(name: str) -> models.CheckConstraint:
    """At most one way of having days of one's own."""
    return models.CheckConstraint(
        name=name,
        condition=Q(every_days=None, times_per_week=None)
        | Q(weekdays=None, times_per_week=None)
        | Q(weekdays=None, every_days=None),
    )


class AlternativeColumns(models.Model):
    """An exercise that the therapist allows in its place, and when."""

    situation = models.CharField(max_length=16, choices=Situation.choices())
    exercise = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True
