"""How a patient feels, as they say it: pain, morning stiffness, flares. Days are the patient's own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from django.db import transaction

from patients import audit
from patients.enums import PainMoment, PainSite
from patients.models import Flare, PainEntry, Patient, Stiffness, User

EDIT_DAYS = 7  # an entry can be written or corrected for this many days back
WORST_PAIN = 10
LONGEST_STIFFNESS = 720


class LogRefused(Exception):
    """Nothing was stored; `message` is for the person, `field` says where it belongs."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


class LogConflict(Exception):
    """The same client id came before with other content. The first content stands."""


def check_day(patient: Patient, day: date, now: datetime, edit_days: int = EDIT_DAYS) -> None:
    """Raise LogRefused unless `day` is today or one of the last `edit_days` days on the patient's calendar."""
    today = patient.local_today(now)
    if day > today:
        raise LogRefused("local_date", "This day has not come yet. Choose today or an earlier day.")
    if day < today - timedelta(days=edit_days):
        raise LogRefused("local_date", f"This day is more than {edit_days} days ago and can no longer be changed.")


def check_pain(field: str, score: int | None) -> None:
    if score is not None and not 0 <= score <= WORST_PAIN:
        raise LogRefused(field, "Choose a whole number from 0 to 10.")


def check_stiffness(minutes: int | None) -> None:
    if minutes is not None and not 0 <= minutes <= LONGEST_STIFFNESS:
        raise LogRefused("stiffness_minutes", "Choose a whole number of minutes from 0 to 720.")


def lock(patient: Patient) -> None:
    """Let the writes of one patient follow each other until the transaction ends."""
    list(Patient.objects.filter(pk=patient.pk).select_for_update(no_key=True).values_list("pk"))


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
    edit_days: int = EDIT_DAYS,
) -> tuple[PainEntry, bool]:
    """The day's rating of a site, and whether this write changed anything. A second one corrects the first.

    Sent again with the same id it answers alike; raises LogConflict when that id said something else.
    """
    check_pain("score", score)
    lock(patient)
    own = PainEntry.objects.filter(patient=patient)
    if sent := own.filter(client_uuid=client_uuid).first():
        return _same(sent, local_date, site, score), False
    check_day(patient, local_date, now, edit_days)
    daily = own.filter(local_date=local_date, moment=PainMoment.DAILY, site=site, session_key=None).first()
    if daily and daily.score == score:
        return daily, False
    was = daily.score if daily else None
    if daily:
        daily.score, daily.edited_at = score, now
        daily.save(update_fields=["score", "edited_at"])
    else:
        daily = PainEntry.objects.create(
            clinic_id=patient.clinic_id,
            patient=patient,
            local_date=local_date,
            moment=PainMoment.DAILY,
            site=site,
            score=score,
            client_uuid=client_uuid,
            recorded_at=now,
        )
    audit.record(actor, "pain.rate", daily, patient=patient, day=local_date.isoformat(), was=was)
    return daily, True


def _same(sent: PainEntry, local_date: date, site: str, score: int) -> PainEntry:
    """A repeated write. A score that was corrected since no longer tells, so it counts as the same."""
    is_same_place = (sent.local_date, sent.site, sent.moment) == (local_date, site, PainMoment.DAILY)
    if not is_same_place or (sent.score != score and sent.edited_at is None):
        raise LogConflict
    return sent


def rate_session_pain(
    *,
    patient: Patient,
    session_key: UUID,
    day: date,
    scores: Mapping[PainMoment, int | None],
    now: datetime,
    is_new_session: bool = False,
) -> dict[str, int | None]:
    """Set (or with None take back) the ratings around one session. Returns what stood there before.

    Call it inside a transaction that holds the lock of the patient's writes.
    """
    rows = PainEntry.objects.filter(patient=patient, session_key=session_key, site=PainSite.OVERALL)
    before = {} if is_new_session else {row.moment: row for row in rows.filter(moment__in=list(scores))}
    cleared = [moment for moment, score in scores.items() if score is None and moment in before]
    if cleared:
        rows.filter(moment__in=cleared).delete()
    fresh = []
    changed: dict[str, int | None] = {str(moment): before[moment].score for moment in cleared}
    for moment, score in scores.items():
        row = before.get(moment)
        if score is None or (row and row.score == score):
            continue
        changed[str(moment)] = row.score if row else None
        fresh.append(
            PainEntry(
                clinic_id=patient.clinic_id,
                patient=patient,
                local_date=day,
                moment=moment,
                session_key=session_key,
                score=score,
                # One name for one rating, so that two devices meet in one row.
                client_uuid=uuid5(session_key, moment),
                recorded_at=row.recorded_at if row else now,
                edited_at=now if row else None,
            )
        )
    if fresh:
        PainEntry.objects.bulk_create(
            fresh,
            update_conflicts=True,
            unique_fields=["patient", "client_uuid"],
            update_fields=["score", "edited_at"],
        )
    return changed


def set_stiffness(patient: Patient, day: date, minutes: int, now: datetime) -> None:
    """Minutes of morning stiffness on `day`; a later word replaces an earlier one."""
    Stiffness.objects.bulk_create(
        [Stiffness(clinic_id=patient.clinic_id, patient=patient, local_date=day, minutes=minutes, recorded_at=now)],
        update_conflicts=True,
        unique_fields=["patient", "local_date"],
        update_fields=["minutes", "recorded_at"],
    )


@transaction.atomic
def rate_stiffness(*, actor: User, patient: Patient, local_date: date, minutes: int, now: datetime) -> None:
    """Morning stiffness of one day, without a session. Safe to repeat."""
    check_stiffness(minutes)
    check_day(patient, local_date, now)
    set_stiffness(patient, local_date, minutes, now)
    audit.record(actor, "stiffness.rate", patient, day=local_date.isoformat())


@transaction.atomic
def start_flare(*, actor: User, patient: Patient, on: date, now: datetime, note: str = "") -> tuple[Flare, bool]:
    """The running flare, and whether this call began it. Starting twice is starting once."""
    check_day(patient, on, now)
    flare, is_new = Flare.objects.get_or_create(
        patient=patient, ended_on=None, defaults={"clinic": patient.clinic, "started_on": on, "note": note}
    )
    if is_new:
        audit.record(actor, "flare.start", flare, started_on=on.isoformat())
    return flare, is_new


@transaction.atomic
def end_flare(*, actor: User, patient: Patient, now: datetime) -> Flare | None:
    """End the running flare today; None when none runs."""
    lock(patient)
    flare = Flare.objects.filter(patient=patient).running().first()
    if flare is None:
        return None
    # A flare written down ahead of a move westward must not end before it began.
    flare.ended_on = max(patient.local_today(now), flare.started_on)
    flare.save(update_fields=["ended_on"])
    audit.record(actor, "flare.end", flare, ended_on=flare.ended_on.isoformat())
    return flare
