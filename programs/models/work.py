"""Work items: one reason each for which a patient's program needs a look from their therapist."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from config.lib.models import LongText, Row
from exercises.models import Exercise
from patients.models import Clinic, Patient
from patients.tenancy import PatientScopedQuerySet
from programs.enums import Rating, WorkKind
from programs.models.prescriptions import Prescription

# What a note without a rating is about, in two or three words.
HEADLINES = {
    WorkKind.REPLACE: "Replace",
    WorkKind.CLEARANCE: "Ask the surgeon",
    WorkKind.SUGGESTION: "Suggestion",
    WorkKind.FLARE: "Flare",
    WorkKind.SAFETY: "Safety has changed",
}


class WorkItemQuerySet(PatientScopedQuerySet):
    def unsettled(self) -> Self:
        return self.filter(settled_at=None)

    def worst_first(self) -> Self:
        """An avoid before a caution before the rest; then what is due soonest."""
        return self.order_by("-rating", F("due_on").asc(nulls_last=True), "created_at", "pk")


class WorkItem(Row):
    """Written by the app when something changes around a running prescription; settled by a therapist.

    The app changes no program by itself: this row is all it does. `dedupe_key` makes a second one for the same
    event impossible to write.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="work_items")
    prescription = models.ForeignKey(Prescription, on_delete=models.CASCADE, related_name="work_items")
    exercise = models.ForeignKey(Exercise, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    kind = models.CharField(max_length=12, choices=WorkKind.choices())
    rating = models.PositiveSmallIntegerField(choices=[(r.value, r.label) for r in Rating], default=Rating.ALLOW)
    reason = LongText(max_length=1000)
    due_on = models.DateField(null=True, blank=True)
    dedupe_key = models.CharField(max_length=160, unique=True, editable=False)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = WorkItemQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="work_settled_by_somebody", condition=Q(settled_at__isnull=False) | Q(settled_by=None)
            ),
        ]
        # Caseload and patient page: what is open for these patients.
        indexes = [models.Index(fields=["patient"], condition=Q(settled_at=None), name="work_open_by_patient")]

    def __str__(self) -> str:
        return self.reason

    @property
    def rating_word(self) -> str:
        """`avoid`, `caution`, or nothing for a note that is not about safety."""
        return Rating(self.rating).word if self.rating else ""

    @property
    def headline(self) -> str:
        """`Avoid: Seated twist`, for a place that is too narrow for the reason."""
        todo = Rating(self.rating).label if self.rating else HEADLINES.get(WorkKind(self.kind), "")
        if not self.exercise:
            return todo or self.reason
        return f"{todo}: {self.exercise}" if todo else str(self.exercise)
