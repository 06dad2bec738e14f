"""Photos and videos beside an exercise. None is needed: every exercise has its drawing."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q

from config.lib.models import LongText, Row, ShortText
from exercises.enums import MediaKind, MediaState
from exercises.models.exercises import Exercise

if TYPE_CHECKING:
    from patients.access import Actor

WAITING, WORKING, READY = MediaState.WAITING, MediaState.WORKING, MediaState.READY
UNDER_WAY = (WAITING, WORKING)


class ExerciseMediaQuerySet(models.QuerySet):
    def present(self) -> Self:
        """Without what somebody has removed."""
        return self.exclude(state=MediaState.REMOVED)

    def visible_to(self, actor: Actor) -> Self:
        """Media of what this person may browse (ready, of published exercises) or write (in any state)."""
        library = Exercise.objects.for_actor(actor).published().values("pk")
        written = Exercise.objects.editable_by(actor).values("pk")
        return self.filter(Q(state=READY, exercise__in=library) | Q(exercise__in=written))

    def written_by(self, actor: Actor) -> Self:
        """Media of exercises that this person may write, in any state."""
        return self.filter(exercise__in=Exercise.objects.editable_by(actor).values("pk"))

    def of(self, exercise: Exercise) -> Self:
        """Media of an exercise and of its working copy, whichever of the two is given."""
        home = exercise.replaces_id or exercise.pk
        return self.filter(Q(exercise=home) | Q(exercise__replaces=home)).present()

    def ready(self) -> Self:
        """What can be shown: `exercise.media.ready()` is what stands below a drawing."""
        return self.filter(state=READY)

    def in_trouble(self) -> Self:
        return self.filter(state__in=[MediaState.REFUSED, MediaState.LOST])

    def claimable(self, now: datetime) -> Self:
        """What waits for a job, and what a job that died has left behind."""
        free = Q(lease_until=None) | Q(lease_until__lt=now)
        return self.filter(free, state__in=UNDER_WAY).order_by("created_at", "pk")


class ExerciseMedia(Row):
    """One photo, video or link. A file is shown only after a job has decoded it and written it anew.

    It hangs on an exercise that is not published (a draft or a working copy) and becomes public with it, when another
    person approves. Paths are below MEDIA_ROOT, where no web server looks.
    """

    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="media")
    kind = models.CharField(max_length=8, choices=MediaKind.choices())
    state = models.CharField(max_length=12, choices=MediaState.choices(), default=WAITING.value)
    place = models.PositiveSmallIntegerField(default=0)
    # As it came in, kept only until the job has written its own.
    upload = models.FileField(upload_to="uploads/", max_length=200, blank=True)
    file = models.FileField(upload_to="exercises/", max_length=200, blank=True)
    # Pictures by width, for phones and as a video's poster: {"480": "exercises/...", "960": ...}.
    sizes = models.JSONField(default=dict, blank=True)
    link = models.URLField(max_length=500, blank=True)

    licence = ShortText(max_length=80)
    author = ShortText(max_length=120)
    alt_text = ShortText(max_length=300)
    original_name = ShortText(max_length=160, blank=True)
    content_type = models.CharField(max_length=40, blank=True)
    # Over all files that the job wrote, so that a changed one is noticed.
    digest = models.CharField(max_length=64, blank=True)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    duration_seconds = models.FloatField(null=True, blank=True)

    progress = models.PositiveSmallIntegerField(default=0)  # per cent of the job
    trouble = LongText(max_length=300, blank=True)  # why it was refused or is missing, in a sentence
    # The job that works on it; every later write of that job is fenced by this name.
    owner = models.CharField(max_length=60, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = ExerciseMediaQuerySet.as_manager()

    class Meta:
        ordering = ["place", "created_at", "pk"]
        # The sweep: what waits for a job, and what is in trouble.
        indexes = [models.Index(fields=["state", "lease_until"], name="media_by_state")]
        constraints = [
            models.CheckConstraint(
                name="media_link_or_file",
                condition=Q(kind=MediaKind.LINK.value, upload="", file="") & ~Q(link="")
                | ~Q(kind=MediaKind.LINK.value) & Q(link=""),
            ),
        ]

    def __str__(self) -> str:
        return self.alt_text

    @property
    def clinic_id(self) -> UUID | None:
        """Whose it is, for the audit; None for the shared library."""
        return self.exercise.clinic_id

    @property
    def is_under_way(self) -> bool:
        return self.state in UNDER_WAY

    @property
    def is_shown(self) -> bool:
        """Whether everybody who sees the exercise sees it too."""
        return self.state == READY and self.exercise.replaces_id is None and self.exercise.edition > 0

    @property
    def host(self) -> str:
        """The site that a link leads to, in the letters that browsers really ask for."""
        return urlsplit(self.link).hostname or ""

    @property
    def widths(self) -> list[int]:
        """Of its pictures, the smallest first."""
        return sorted(int(width) for width in self.sizes)

    @property
    def minutes(self) -> str:
        """How long the video is, as a player shows it: `1:05`."""
        seconds = round(self.duration_seconds or 0)
        return f"{seconds // 60}:{seconds % 60:02}"
