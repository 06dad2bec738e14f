"""Photos and videos for patients: those of their own program."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from exercises.views.media import send_media
from patients.access import Request, patient
from programs.services.my_media import prescribed_media


@patient
@require_safe
def my_media(request: Request, media_id: UUID, size: str) -> HttpResponse:
    """A picture by its width, or `video`."""
    seen = prescribed_media(request.actor).select_related("exercise")
    return send_media(request, get_object_or_404(seen, pk=media_id), size)
