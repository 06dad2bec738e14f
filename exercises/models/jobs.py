"""Long work on the library: imports and exports, with their progress and their report."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models

from config.lib.models import LongText, Row, ShortText
from exercises.enums import JobKind, JobLayout, JobState, Outcome

if TYPE_CHECKING:
    from patients.access import Actor


class LibraryJobQuerySet(models.QuerySet):
    def for_actor(self, actor: Actor) -> Self:
        """Curators see the jobs on the shared library, whoever started them; nobody else sees any."""
        return self.all() if actor.is_curator else self.none()

    def for_list(self) -> Self:
        """Without what may be long and a list does not show."""
        return self.defer("created").select_related("started_by")

    def abandoned(self, now: datetime) -> Self:
        """What a worker that is gone has left behind."""
        return self.filter(state=JobState.RUNNING, lease_until__lt=now)

    def with_files_older_than(self, moment: datetime) -> Self:
        return self.exclude(upload="", result="").filter(created_at__lt=moment)


class LibraryJob(Row):
    """The row is the queue: a worker claims it by a lease, and a sweep finds what a dead worker left."""

    kind = models.CharField(max_length=8, choices=JobKind.choices())
    state = models.CharField(max_length=12, choices=JobState.choices(), default=JobState.WAITING)
    dry_run = models.BooleanField(default=True)
    layout = models.CharField(max_length=8, choices=JobLayout.choices())
    # An export of everything that is no working copy; otherwise of what is published.
    whole = models.BooleanField(default=False)
    # The dry run whose preview somebody confirmed: it is imported once.
    preview = models.OneToOneField("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="import_job")
    upload = models.FileField(upload_to="imports/", max_length=200, blank=True)
    result = models.FileField(upload_to="exports/", max_length=200, blank=True)
    original_name = ShortText(max_length=160, blank=True)
    digest = models.CharField(max_length=64, blank=True)

    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    # Counts by outcome, at most 100 errors, what was left out, the digest of the plan.
    report = models.JSONField(default=dict, blank=True)
    # Keys of the drafts that the import made, so that they can be looked at and discarded together.
    created = models.JSONField(default=list, blank=True)
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

    @property
    def is_live(self) -> bool:
        """Somebody works at it, or will."""
        return self.state in (JobState.WAITING, JobState.RUNNING)

    @property
    def is_preview(self) -> bool:
        return self.kind == JobKind.IMPORT and self.dry_run

    @property
    def rows_looked_at(self) -> int:
        """How many of the steps are for looking at rows; an import then stores them."""
        return self.total if self.dry_run else self.total // 2

    @property
    def counts_items(self) -> bool:
        """JSON has items; only a table has rows that somebody can see numbered."""
        return self.layout in (JobLayout.JSON, JobLayout.FACTS)

    @property
    def to_import(self) -> int:
        """How many rows of a finished preview would change something; 0 while any row is refused."""
        counts = self.report.get("outcomes", {})
        ready = self.is_preview and self.state == JobState.DONE and not counts.get(Outcome.REFUSED)
        return sum(counts.get(name, 0) for name in (Outcome.NEW, Outcome.CHANGED)) if ready else 0
