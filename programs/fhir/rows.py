"""Which rows a resource is made from, with all it says of them in a fixed number of statements."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from programs.models import Prescription, PrescriptionItem, PrescriptionVersion, SafetyDecision


def versions_of(prescriptions: QuerySet[Prescription, Any]) -> QuerySet[PrescriptionVersion]:
    """The versions of these prescriptions, the newest first, for `care_plan`."""
    rows = PrescriptionVersion.objects.filter(prescription__in=prescriptions.order_by().values("pk"))
    rows = rows.select_related("prescription__patient", "created_by").order_by("-effective_from", "pk")
    return rows.prefetch_related("items", "prescription__versions", "prescription__patient__pauses")


def items_of(prescriptions: QuerySet[Prescription, Any]) -> QuerySet[PrescriptionItem]:
    """The items of these prescriptions, newest version first, for `service_request`."""
    rows = PrescriptionItem.objects.filter(version__prescription__in=prescriptions.order_by().values("pk"))
    rows = rows.select_related("exercise", "version__prescription__patient", "version__created_by")
    return rows.order_by("-version__effective_from", "version", "order", "pk").prefetch_related(
        "alternatives__exercise",
        "version__items",
        "version__prescription__versions",
        "version__prescription__patient__pauses",
        Prefetch("decisions", SafetyDecision.objects.select_related("decided_by")),
    )


def in_force(rows: QuerySet[Any], day: Any, path: str = "") -> QuerySet[Any]:
    """Of versions that have begun by `day` and that none has replaced by then, of prescriptions that still run.

    `path` leads from the rows to their version.
    """
    newer = PrescriptionVersion.objects.filter(
        prescription=OuterRef(f"{path}prescription"),
        effective_from__lte=day,
        effective_from__gt=OuterRef(f"{path}effective_from"),
    )
    runs = Q(**{f"{path}prescription__ends_on": None}) | Q(**{f"{path}prescription__ends_on__gte": day})
    return rows.filter(runs, ~Exists(newer), **{f"{path}effective_from__lte": day})
