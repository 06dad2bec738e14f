"""A program fitted to one patient, in versions that never change once they were in force."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from config.lib.models import LongText, Row, ShortText
from exercises.features import Feature
from exercises.models import Exercise
from patients.conditions import Condition
from patients.models import Clinic, Patient
from patients.tenancy import PatientScopedQuerySet
from programs import safety
from programs.enums import Decision, Rating
from programs.models.items import AlternativeColumns, ItemColumns, ScheduleColumns, days_check, schedule_check
from programs.models.programs import Program
from programs.schedule import Rule


class PrescriptionQuerySet(PatientScopedQuerySet):
    def active_on(self, day: date) -> Self:
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)

    def not_over(self, day: date) -> Self:
        """Running on `day` or starting later."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day))

    def live(self, day: date) -> Self:
        """Running on `day` or starting later, of patients who are still looked after."""
        return self.not_over(day).filter(patient__archived_at=None)

    def holding(self, exercise: Exercise, day: date) -> Self:
        """Live, with this exercise, or one that was merged into it, in the version of `day` or in a later one.

        An exercise that is allowed in place of another counts too.
        """
        meant = Q(exercise=exercise) | Q(exercise__merged_into=exercise)
        items = PrescriptionItem.objects.not_replaced(day).order_by()
        instead = PrescriptionAlternative.objects.filter(meant, item__in=items.values("pk")).order_by()
        return self.live(day).filter(
            Q(pk__in=items.filter(meant).values("version__prescription"))
            | Q(pk__in=instead.values("item__version__prescription"))
        )

    def items_in_force(self, day: date) -> models.QuerySet[PrescriptionItem]:
        """Items of the version that holds on `day`, or at the start of one that starts later, with all they need.

        Grouped by prescription, the newest first; two statements for any number of versions.
        """
        reached = Greatest(Value(day), OuterRef("version__prescription__starts_on"))
        newest = PrescriptionVersion.objects.filter(
            prescription=OuterRef("version__prescription"), effective_from__lte=reached
        ).order_by("-effective_from")
        return (
            PrescriptionItem.objects.filter(
                version__prescription__in=self.order_by(), version=Subquery(newest.values("pk")[:1])
            )
            .select_related("version__prescription", "exercise")
            .order_by("-version__prescription__starts_on", "-version__prescription_id", "order", "pk")
        )

    def with_versions(self) -> Self:
        """Versions newest first, with items and their exercises."""
        return self.prefetch_related("versions__items__exercise")


class Prescription(Row):
    """`ends_on` is the last day on which something is due; NULL means for as long as it helps.

    `revision` rises with each change of the plan (a version, its end), so that nobody decides on what they have
    not seen.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="prescriptions")
    program = models.ForeignKey(Program, null=True, on_delete=models.SET_NULL, related_name="+")
    title = ShortText(max_length=120)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    flare_days = models.PositiveSmallIntegerField(default=7)
    revision = models.PositiveIntegerField(default=1, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = PrescriptionQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="prescription_ends_after_start", condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on"))
            ),
        ]
        # Today and caseload: what runs for these patients.
        indexes = [models.Index(fields=["patient", "starts_on"], name="prescription_by_patient")]

    def __str__(self) -> str:
        return self.title

    def version_on(self, day: date) -> PrescriptionVersion | None:
        """The version in force on `day`; uses the prefetch when there is one."""
        versions = [v for v in self.versions.all() if v.effective_from <= day]
        return max(versions, key=lambda version: version.effective_from, default=None)


class PrescriptionVersion(Row, ScheduleColumns):
    """A snapshot: schedule and items as they are from `effective_from` on, until the next version.

    `counts_from` is the day from which "every other day" is counted (NULL: `effective_from`). `step` is the stage of a
    program that builds up, counted from 1. `progression` holds the rules of `programs.progression`.
    """

    prescription = models.ForeignKey(Prescription, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(default=1)
    effective_from = models.DateField()
    counts_from = models.DateField(null=True, blank=True)
    step = models.PositiveSmallIntegerField(null=True, blank=True)
    step_title = ShortText(max_length=120, blank=True)
    progression = models.JSONField(default=list, blank=True)
    change_note = LongText(max_length=500, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["-effective_from"]
        constraints = [
            models.UniqueConstraint(fields=["prescription", "number"], name="version_number_once"),
            models.UniqueConstraint(fields=["prescription", "effective_from"], name="version_day_once"),
            schedule_check("version_frequency"),
        ]

    def __str__(self) -> str:
        return f"{self.prescription} v{self.number}"

    @property
    def anchor(self) -> date:
        return self.counts_from or self.effective_from

    @property
    def rule(self) -> Rule:
        """The schedule as a value for `programs.schedule`."""
        return self.rule_from(self.anchor)


class PrescriptionItemQuerySet(models.QuerySet):
    def not_replaced(self, day: date) -> Self:
        """Of versions that are in force on `day` or come later; a newer version has not taken their place by then."""
        newer = PrescriptionVersion.objects.filter(
            prescription=OuterRef("version__prescription"),
            effective_from__lte=day,
            effective_from__gt=OuterRef("version__effective_from"),
        )
        return self.filter(~Exists(newer))


class PrescriptionItem(Row, ItemColumns):
    """One prescribed exercise. Name and dose are copied; the exercise is named for its picture and text."""

    version = models.ForeignKey(PrescriptionVersion, on_delete=models.CASCADE, related_name="items")
    name = ShortText(max_length=160)

    objects = PrescriptionItemQuerySet.as_manager()

    class Meta:
        ordering = ["order", "pk"]
        constraints = [days_check("prescription_item_days")]

    def __str__(self) -> str:
        return self.name


class PrescriptionAlternative(Row, AlternativeColumns):
    item = models.ForeignKey(PrescriptionItem, on_delete=models.CASCADE, related_name="alternatives")
    name = ShortText(max_length=160)

    class Meta:
        ordering = ["situation"]
        constraints = [models.UniqueConstraint(fields=["item", "situation"], name="prescription_alternative_once")]

    def __str__(self) -> str:
        return f"{self.get_situation_display()}: {self.name}"

    @property
    def version(self) -> PrescriptionVersion:
        return self.item.version


class SafetyDecision(Row):
    """A warning that stood when the version was assigned, and what the therapist answered.

    It is about the exercise of `item`, or about its `alternative`. A version that carries an item on carries the
    decision on, with the name and the time of the first answer.
    """

    item = models.ForeignKey(PrescriptionItem, on_delete=models.CASCADE, related_name="decisions")
    alternative = models.ForeignKey(
        PrescriptionAlternative, null=True, blank=True, on_delete=models.CASCADE, related_name="decisions"
    )
    condition = models.CharField(max_length=32, choices=Condition.choices())
    feature = models.CharField(max_length=40)
    rating = models.PositiveSmallIntegerField(choices=[(r.value, r.label) for r in Rating])
    matrix_reason = LongText()
    decision = models.CharField(max_length=12, choices=Decision.choices())
    reason = LongText(max_length=500, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-rating", "pk"]
        constraints = [
            models.CheckConstraint(name="avoid_needs_a_reason", condition=~Q(rating=Rating.AVOID) | ~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{Rating(self.rating).label}: {self.condition} × {self.feature}"

    @property
    def about(self) -> str:
        return safety.say(Condition(self.condition), Feature(self.feature))
