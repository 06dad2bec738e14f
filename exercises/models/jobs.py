"""Long work on the library: imports and exports, with their progress and their report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models

from config.lib.models import LongText, Row, ShortText
from exercises.enums import JobKind, JobState

if TYPE_CHECKING:
    from patients.access import Actor


class LibraryJobQuerySet(models.QuerySet):
    def for_actor(self, actor: Actor) -> Self:
        """Curators see the jobs on the shared library, whoever started them; nobody else sees any."""
        return self.all() if actor.is_curator else self.none()


class LibraryJob(Row):
    """The row is the queue: a worker claims it by a lease, and a sweep finds what a dead worker left."""

    kind = models.CharField(max_length=8, choices=JobKind.choices())
    state = models.CharField(max_length=12, choices=JobState.choices(), default=JobState.WAITING)
    dry_run = models.BooleanField(default=True)
    # csv, xlsx or json; "facts" for a list of exercises from elsewhere, which becomes drafts.
    layout = models.CharField(max_length=8)
    upload = models.FileField(upload_to="imports/", max_length=200, blank=True)
    result = models.FileField(upload_to="exports/", max_length=200, blank=True)
    original_name = ShortText(max_length=160, blank=True)
    digest = models.CharField(max_length=64, blank=True)

    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    # Counts by outcome, at most 100 errors, and the differences for the preview.
    report = models.JSONField(default=dict, blank=True)
    trouble = LongText(max_length=600, blank=True)

    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    lease_until = models.DateTimeField(null=True, blank=True)
    owner = models.CharField(max_length=64, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    cancel_asked_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = LibraryJobQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        # Claiming: what waits, and what a dead worker left.
        indexes = [models.Index(fields=["state", "lease_until"], name="job_by_state")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.original_name or self.layout}"
