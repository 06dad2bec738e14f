"""Which variant holds for a patient: choosing one, going back, and the question when a flare has lapsed.

A spell says from which day to which day a variant holds. The patient's `Flare` goes with it: it runs while the flare
variant does, and on until somebody says that it is over.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from patients import audit
from patients.models import Flare, Patient, User
from patients.services import diary
from patients.services.diary import LogRefused
from programs import adherence
from programs.enums import Variant, WorkKind
from programs.models import Prescription, VariantSpell, WorkItem
from programs.services import sessions

MOST_DAYS = 90
USUAL_FLARE_DAYS = 7  # without a program that says how long


def latest(patient: Patient, day: date) -> VariantSpell | None:
    """The spell that began last by `day`; whether it still holds, `runs_on` tells."""
    return VariantSpell.objects.filter(patient=patient, starts_on__lte=day).first()


def runs_on(spell: VariantSpell | None, day: date) -> bool:
    """Whether `spell`, the latest one of `day`, still holds on it."""
    return spell is not None and (spell.last_day is None or day <= spell.last_day)


def asks_on(spell: VariantSpell | None, day: date) -> bool:
    """Whether `spell`, the latest one of `day`, was a flare that has lapsed with nobody having said how it is."""
    if spell is None or runs_on(spell, day):
        return False
    return spell.variant == Variant.FLARE and spell.checked_at is None


def check_due(patient: Patient, day: date) -> VariantSpell | None:
    """The lapsed flare about which the patient is to be asked on `day`, if there is one."""
    spell = latest(patient, day)
    return spell if asks_on(spell, day) else None


def flare_days(patient: Patient, day: date) -> int:
    """How long a flare lasts unless it is asked for again: the smallest number that a running program says."""
    running = Prescription.objects.filter(patient=patient).active_on(day).order_by("flare_days")
    return running.values_list("flare_days", flat=True).first() or USUAL_FLARE_DAYS


@transaction.atomic
def choose(
    *, actor: User, patient: Patient, variant: Variant, now: datetime, days: int | None = None
) -> VariantSpell | None:
    """Let `variant` hold from the patient's today; what held before is closed. None: the usual program holds.

    A flare always has a last day; an easy spell without `days` stays until somebody changes it. Safe to repeat: a
    variant that holds already is left as it is, unless `days` say another last day. Raises LogRefused for days that
    make no sense.
    """
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise LogRefused("days", f"Choose a number of days from 1 to {MOST_DAYS}.")
    diary.lock(patient)
    today = patient.local_today(now)
    held = latest(patient, today)
    spell = None
    if variant == Variant.NORMAL:
        _go_back(actor, patient, held, today, now)
    else:
        spell = _go_to(actor, patient, Variant(variant), held, _last_day(patient, variant, today, days), now, days)
    sessions.refit(patient=patient, day=today)
    adherence.refresh_status([patient], now)
    return spell


@transaction.atomic
def answer_check(
    *, actor: User, patient: Patient, is_over: bool, now: datetime, is_better: bool = False
) -> VariantSpell | None:
    """What the patient says when asked whether a flare is over; answers with the spell that holds then.

    Over: the usual program. Not over: the flare variant for as many days again; when it is better though not well
    (`is_better`), the easy one instead. Without an open question nothing changes.
    """
    diary.lock(patient)
    today = patient.local_today(now)
    spell = latest(patient, today)
    if spell is None or not asks_on(spell, today):
        return spell if runs_on(spell, today) else None
    VariantSpell.objects.filter(pk=spell.pk, checked_at=None).update(checked_at=now)
    variant = Variant.NORMAL if is_over else Variant.EASY if is_better else Variant.FLARE
    audit.record(actor, "variant.check", spell, answer=variant.value)
    days = flare_days(patient, today) if variant is Variant.EASY else None
    return choose(actor=actor, patient=patient, variant=variant, now=now, days=days)


def _last_day(patient: Patient, variant: Variant, today: date, days: int | None) -> date | None:
    if days is None and variant == Variant.FLARE:
        days = flare_days(patient, today)
    return today + timedelta(days=days - 1) if days else None


def _go_back(actor: User, patient: Patient, held: VariantSpell | None, today: date, now: datetime) -> None:
    """End whatever holds. A spell of today alone goes, as if it had not been."""
    was_flare = diary.end_flare(actor=actor, patient=patient, now=now)
    _close(patient, today, now)
    gone, _ = VariantSpell.objects.filter(patient=patient, starts_on__gte=today).delete()
    if gone or was_flare or runs_on(held, today):
        audit.record(actor, "variant.end", patient, was=held.variant if held else Variant.FLARE.value)
    _settle(patient, actor, now)


def _go_to(
    actor: User,
    patient: Patient,
    variant: Variant,
    held: VariantSpell | None,
    last_day: date | None,
    now: datetime,
    days: int | None,
) -> VariantSpell:
    today = patient.local_today(now)
    _keep_flare(actor, patient, variant, now)
    if held and held.variant == variant and runs_on(held, today) and (days is None or held.last_day == last_day):
        return held
    _close(patient, today, now)
    VariantSpell.objects.filter(patient=patient, starts_on__gt=today).delete()
    spell, _ = VariantSpell.objects.update_or_create(
        patient=patient,
        starts_on=today,
        defaults={
            "clinic_id": patient.clinic_id,
            "variant": variant,
            "last_day": last_day,
            "checked_at": None,
            "chosen_by": actor,
        },
    )
    until = last_day.isoformat() if last_day else None
    audit.record(actor, "variant.choose", spell, variant=variant.value, until=until)
    _settle(patient, actor, now)
    if variant is Variant.FLARE and actor.pk == patient.user_id:
        _tell(patient, spell, today)
    return spell


def _keep_flare(actor: User, patient: Patient, variant: Variant, now: datetime) -> None:
    """The flare in the diary runs exactly while the flare variant was the last one chosen."""
    if variant is Variant.FLARE:
        diary.start_flare(actor=actor, patient=patient, on=patient.local_today(now), now=now)
    else:
        diary.end_flare(actor=actor, patient=patient, now=now)


def _close(patient: Patient, today: date, now: datetime) -> None:
    """Spells from before today hold no longer, and nobody is asked about them."""
    earlier = VariantSpell.objects.filter(patient=patient, starts_on__lt=today)
    earlier.on(today).update(last_day=today - timedelta(days=1))
    earlier.filter(checked_at=None).update(checked_at=now)


def _settle(patient: Patient, actor: User, now: datetime) -> None:
    """What a note asked for is over, or a newer note says more."""
    notes = WorkItem.objects.filter(patient=patient, kind=WorkKind.FLARE).unsettled()
    notes.update(settled_at=now, settled_by=actor)


def _tell(patient: Patient, spell: VariantSpell, today: date) -> None:
    """One note for the therapists about one spell; the same day's note is opened again."""
    found = Prescription.objects.filter(patient=patient).not_over(today).order_by("starts_on", "flare_days", "pk")
    about = found.first()
    if about is None:
        return  # the caseload shows the flare itself
    since = Flare.objects.filter(patient=patient).running().values_list("started_on", flat=True).first()
    note = {
        "clinic_id": patient.clinic_id,
        "patient": patient,
        "prescription": about,
        "kind": WorkKind.FLARE,
        "reason": _reason(since or spell.starts_on, spell),
        "settled_at": None,
        "settled_by": None,
    }
    WorkItem.objects.update_or_create(dedupe_key=f"flare:{patient.pk}:{spell.starts_on}", defaults=note)


def _reason(since: date, spell: VariantSpell) -> str:
    until = f" The flare variant holds until {_say(spell.last_day)}." if spell.last_day else ""
    what = "Still in a flare" if since < spell.starts_on else "In a flare"
    return f"{what}, since {_say(since)}.{until}"


def _say(day: date) -> str:
    return f"{day.day} {day:%B}"
