"""Photos and videos beside an exercise. None is needed: every exercise has its drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models

from config.lib.models import LongText, Row, ShortText
from exercises.enums import MediaKind, MediaState
from exercises.models.exercises import Exercise

if TYPE_CHECKING:
    from patients.access import Actor


class ExerciseMediaQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """Media of what this person may browse (ready, of published exercises) or write (in any state)."""
        library = Exercise.objects.for_actor(actor).published()
        written = Exercise.objects.editable_by(actor)
        ready = models.Q(state=MediaState.READY, exercise__in=library.values("pk"))
        return self.filter(ready | models.Q(exercise__in=written.values("pk")))

    def in_trouble(self) -> Self:
        return self.filter(state__in=[MediaState.REFUSED, MediaState.LOST])


class ExerciseMedia(Row):
    """One photo, video or link. A file is shown only after a job has decoded it and written it anew."""

    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="media")
    kind = models.CharField(max_length=8, choices=MediaKind.choices())
    state = models.CharField(max_length=12, choices=MediaState.choices(), default=MediaState.WAITING)
    # As it came in, kept only until the job has written its own; paths are below MEDIA_ROOT.
    upload = models.FileField(upload_to="uploads/", max_length=200, blank=True)
    file = models.FileField(upload_to="exercises/", max_length=200, blank=True)
    # Smaller ones for phones: {"480": "exercises/...", "960": ...}.
    sizes = models.JSONField(default=dict, blank=True)
    link = models.URLField(max_length=500, blank=True)

    licence = ShortText(max_length=80)
    author = ShortText(max_length=120)
    alt_text = ShortText(max_length=300)
    original_name = ShortText(max_length=160, blank=True)
    content_type = models.CharField(max_length=40, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    duration_seconds = models.FloatField(null=True, blank=True)

    progress = models.PositiveSmallIntegerField(default=0)  # per cent of the job
    trouble = LongText(max_length=300, blank=True)  # why it was refused or is missing, in a sentence
    lease_until = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = ExerciseMediaQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        # The sweep: what waits for a job, and what is in trouble.
        indexes = [models.Index(fields=["state", "lease_until"], name="media_by_state")]

    def __str__(self) -> str:
        return self.alt_text
