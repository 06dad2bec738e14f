"""A rating of the day, with the rollup that the caseload reads kept true in the same transaction."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from patients.enums import PainSite
from patients.models import PainEntry, Patient, User
from patients.services import diary
from programs import adherence


@transaction.atomic
def rate_pain(
    *,
    actor: User,
    patient: Patient,
    local_date: date,
    score: int,
    client_uuid: UUID,
    now: datetime,
    site: PainSite = PainSite.OVERALL,
) -> tuple[PainEntry, bool]:
    """`patients.services.diary.rate_pain`, and the therapist's figures with it."""
    entry, is_new = diary.rate_pain(
        actor=actor,
        patient=patient,
        local_date=local_date,
        score=score,
        client_uuid=client_uuid,
        now=now,
        site=site,
    )
    if is_new:
        adherence.refresh_status([patient], now)
    return entry, is_new
