"""The API asks the same marks as the pages."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from patients.access import Actor, Mark


def actor_of(request: Any) -> Actor:
    """The actor of an API request: by token or by session. Kept on the request, so that it loads once."""
    if not hasattr(request, "rachis_actor"):
        request.rachis_actor = Actor(request.user)
    actor: Actor = request.rachis_actor
    return actor


class Marked(BasePermission):
    """Admits by the view's `access` mark; a view without one admits nobody."""

    def has_permission(self, request: Request, view: Any) -> bool:
        mark: Mark | None = getattr(view, "access", None)
        if mark is None:
            return False
        actor = actor_of(request)
        if mark.kind == "public":
            return True
        return actor.is_signed_in and mark.admits(actor)
