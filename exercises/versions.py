"""Every version an exercise ever had, those of its working copies among them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q, QuerySet

from exercises.models import Exercise

HistoricalExercise = Exercise.history.model


def versions_of(keys: Iterable[Any]) -> QuerySet[Any, Any]:
    """The history of the rows with these `keys` and of all that ever replaced them, newest first."""
    keys = list(keys)
    rows = HistoricalExercise.objects.filter(Q(id__in=keys) | Q(replaces_id__in=keys))
    return rows.select_related("history_user").order_by("-history_id")


def names_in(*contents: Mapping[str, Any]) -> dict[str, str]:
    """Names, by code, of all neighbours that are named in some content."""
    codes = {code for content in contents for code in (content.get("neighbours") or {}).values()}
    codes |= {content["figure"] for content in contents if content.get("figure")}
    return dict(Exercise.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}
