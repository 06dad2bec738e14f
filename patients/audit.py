"""Who did what: one row, written in the transaction of the act."""

from typing import Any

from django.db.models import Model

from patients.models import AuditEvent, Patient


def record(
    actor: Any, verb: str, obj: Model | None = None, *, patient: Patient | None = None, reason: str = "", **detail: Any
) -> None:
    """Note that `actor` (a User, or None for the system) did `verb` to `obj`. Detail holds ids and counts, no names."""
    about = patient or (obj if isinstance(obj, Patient) else getattr(obj, "patient", None))
    clinic_id = getattr(obj, "clinic_id", None) or (about.clinic_id if about else None)
    AuditEvent.objects.create(
        clinic_id=clinic_id,
        actor=actor if actor is not None and actor.is_authenticated else None,
        patient=about,
        verb=verb,
        object_id=obj.pk if obj is not None else None,
        reason=reason,
        detail=detail,
    )
