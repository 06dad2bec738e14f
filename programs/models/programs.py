"""Reusable programs. The shared ones come with the product; a clinic's own are its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from config.lib.models import LongText, Row, ShortText
from exercises.models import DoseColumns, Exercise
from patients.models import Clinic
from patients.tenancy import ClinicScopedQuerySet

if TYPE_CHECKING:
    from patients.access import Actor


class ProgramQuerySet(ClinicScopedQuerySet):
    def for_actor(self, actor: Actor) -> Self:
        """What a therapist may read and assign: the clinic's own programs and the shared ones."""
        if actor.clinic is None or not actor.is_therapist:
            return self.none()
        return self.filter(Q(clinic=actor.clinic) | Q(shared=True))

    def current(self) -> Self:
        return self.filter(archived_at=None)

    def matching(self, text: str) -> Self:
        """Programs whose name or summary holds every word of `text`."""
        found = self
        for word in text.split()[:8]:
            found = found.filter(Q(name__icontains=word) | Q(summary__icontains=word))
        return found

    def with_items(self) -> Self:
        return self.prefetch_related("items__exercise")


class Program(Row):
    """`revision` rises with each change, so that two tabs cannot overwrite each other silently."""

    clinic = models.ForeignKey(Clinic, null=True, blank=True, on_delete=models.PROTECT, related_name="programs")
    shared = models.BooleanField(default=False, editable=False)
    code = models.CharField(max_length=32, blank=True, editable=False)
    name = ShortText(max_length=120)
    summary = LongText(max_length=500, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    revision = models.PositiveIntegerField(default=1, editable=False)
    archived_at = models.DateTimeField(null=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ProgramQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="program_shared_or_owned",
                condition=Q(shared=True, clinic=None) | Q(shared=False, clinic__isnull=False),
            ),
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="program_code_once"),
        ]

    def __str__(self) -> str:
        return self.name


class ItemColumns(DoseColumns):
    """What a program item and a prescribed item have in common. `weekdays` NULL = whenever the program is due."""

    exercise = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="+")
    order = models.PositiveSmallIntegerField(default=0)
    weekdays = models.PositiveSmallIntegerField(null=True, blank=True)
    note = ShortText(max_length=200, blank=True)

    class Meta:
        abstract = True


class ProgramItem(Row, ItemColumns):
    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="items")

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return f"{self.exercise} in {self.program}"
