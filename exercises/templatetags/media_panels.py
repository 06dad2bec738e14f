"""Photos, videos and links on other pages: shown below a drawing, and as a panel for whoever writes the exercise."""

from __future__ import annotations

from typing import Any

from django import template

from exercises.models import Exercise, ExerciseMedia
from exercises.services.media import MOST
from patients.access import Actor

register = template.Library()
STAFF_ROUTE = "exercises:media_file"


@register.inclusion_tag("exercises/_exercise_media.html", takes_context=True)
def exercise_media(context: dict[str, Any], exercise: Exercise, route: str = STAFF_ROUTE) -> dict[str, Any]:
    """What stands below the drawing, nothing when there is nothing. The page has settled who sees the exercise.

    `route` serves the files: on patients' pages `programs:my_media`. Whoever may write the exercise finds the way.
    """
    request = context.get("request")
    may_write = route == STAFF_ROUTE and request is not None and _may_write(request.actor, exercise)
    return {"exercise": exercise, "rows": list(exercise.media.ready()), "route": route, "may_write": may_write}


def _may_write(actor: Actor, exercise: Exercise) -> bool:
    """Like `editable_by`, without a question to the database for those who may not anyway."""
    if not (actor.is_curator if exercise.shared else actor.is_therapist):
        return False
    return exercise.shared or Exercise.objects.for_actor(actor).editable_by(actor).filter(pk=exercise.pk).exists()


@register.inclusion_tag("exercises/_media_panel.html", takes_context=True)
def media_panel(context: dict[str, Any], exercise: Exercise) -> dict[str, Any]:
    """All media of an exercise that this person writes, with their jobs. Holds forms: it stands beside a form."""
    actor = context["request"].actor
    rows = list(ExerciseMedia.objects.visible_to(actor).of(exercise).select_related("exercise"))
    home = exercise.replaces or exercise
    return {
        **{name: context.get(name) for name in ("request", "csrf_token", "removed")},
        "exercise": exercise,
        "rows": rows,
        "is_full": len(rows) >= MOST,
        "is_public": home.edition > 0,
    }
