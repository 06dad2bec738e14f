"""Writing down what was done. Each write carries an id made by the client and is safe to repeat."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import F, OuterRef, Subquery

from patients import audit
from patients.models import Patient, User
from patients.services import diary
from patients.services.diary import EDIT_DAYS, LogConflict, LogRefused
from programs import adherence
from programs.enums import EntryStatus, Source, Variant
from programs.models import (
    Entry,
    LogReceipt,
    PrescriptionAlternative,
    PrescriptionItem,
    PrescriptionVersion,
    Session,
)
from programs.schedule import Due, Plan
from programs.services.due import due_in, expected_in, plan_of, variant_of, with_turns
from programs.services.session_drafts import EntryDraft, SessionDraft, check_entries, check_values

__all__ = ["EntryDraft", "LogConflict", "LogRefused", "LogResult", "SessionDraft", "log", "log_all", "refit"]

PAPER_DAYS = 35  # a grid of four weeks, and a week to bring it along
NOT_RUNNING = "This program does not run on that day."
PAUSED = "This program is paused on that day."


@dataclass(frozen=True, slots=True)
class LogResult:
    """`created` is False when this very write had arrived before."""

    session: Session
    created: bool


@transaction.atomic
def log(
    *,
    actor: User,
    patient: Patient,
    draft: SessionDraft,
    client_uuid: UUID,
    now: datetime,
    source: Source = Source.WEB,
    edit_days: int = EDIT_DAYS,
) -> LogResult:
    """Write one occurrence, once for each `client_uuid`; a later write corrects an earlier one.

    `edit_days` is how far back it may lie; what was kept on paper may be typed in `PAPER_DAYS` back. Raises
    LogRefused (nothing stored) and LogConflict (the same id said something else before).
    """
    items = _items_in_force(patient, draft)
    if receipt := _receipt(patient, client_uuid):
        if receipt.body_hash != draft.fingerprint or receipt.session is None:
            raise LogConflict
        return LogResult(receipt.session, created=False)
    diary.check_day(patient, draft.local_date, now, edit_days)
    check_values(draft)
    session, history = _write(patient, draft, items, source, now)
    LogReceipt.objects.create(
        patient=patient, client_uuid=client_uuid, body_hash=draft.fingerprint, session=session, received_at=now
    )
    audit.record(actor, "session.log", session, patient=patient, entries=len(draft.entries), was=history)
    adherence.refresh_status([patient], now)
    return LogResult(session, created=True)


@transaction.atomic
def log_all(
    *,
    actor: User,
    patient: Patient,
    drafts: Sequence[SessionDraft],
    client_uuid: UUID,
    now: datetime,
    source: Source = Source.WEB,
    edit_days: int = EDIT_DAYS,
) -> list[LogResult]:
    """Several sets of one day in one write: all of them or none. Safe to repeat like `log`."""
    return [
        log(
            actor=actor,
            patient=patient,
            draft=draft,
            client_uuid=uuid5(client_uuid, f"{draft.prescription_id} {draft.slot}"),
            now=now,
            source=source,
            edit_days=edit_days,
        )
        for draft in drafts
    ]


def _write(
    patient: Patient, draft: SessionDraft, items: list[PrescriptionItem], source: Source, now: datetime
) -> tuple[Session, dict[str, object]]:
    """The session as the draft wants it, and what stood in the places that changed."""
    session = Session.objects.filter(
        patient=patient, prescription=draft.prescription_id, local_date=draft.local_date, slot=draft.slot
    ).first()
    is_new = session is None
    if session and (not items or session.version_id != items[0].version_id):
        # Begun under an earlier version: that one holds for the rest of this occurrence.
        items = _items_of(session)
    sitting = _sitting(items, draft, session)
    check_entries(draft, sitting.allowed)
    _check_alternatives(draft)
    stored = {entry.item_id: entry for entry in session.entries.all()} if session else {}
    changes = _Changes.between(stored, draft)
    session, note_was = _write_session(patient, session, sitting, changes, draft, source, now)
    _write_entries(session, stored, changes, now)
    pain_was = _write_feelings(patient, session, draft, now, is_new_session=is_new)
    return session, {**changes.history, **pain_was, **note_was}


@transaction.atomic
def refit(*, patient: Patient, day: date) -> None:
    """Let the sessions of `day` that are not complete follow the variant that holds now.

    Call it under the patient's lock when a variant was chosen or ended, before the status is refreshed.
    """
    sessions = Session.objects.filter(patient=patient, local_date=day).select_related("patient")
    open_ones = sessions.exclude(expected=F("done") + F("partly") + F("skipped"))
    for session in open_ones.prefetch_related("entries"):
        items = _items_of(session)
        plan = plan_of(items, day)
        variant = plan.variant_on(day)
        due = due_in(plan, day, session.slot, variant)
        session.expected = expected_in(plan, due, {entry.item_id for entry in session.entries.all()})
        session.variant = variant
        session.save(update_fields=["expected", "variant"])


def _items_in_force(patient: Patient, draft: SessionDraft) -> list[PrescriptionItem]:
    """Items of the version in force that day, and the lock that lets this patient's writes follow each other."""
    newest = PrescriptionVersion.objects.filter(
        prescription=OuterRef("version__prescription"), effective_from__lte=draft.local_date
    ).order_by("-effective_from")
    items = PrescriptionItem.objects.filter(
        version__prescription=draft.prescription_id,
        version__prescription__patient=patient,
        version=Subquery(newest.values("pk")[:1]),
    ).select_related("version__prescription__patient")
    items = items.select_for_update(of=("version__prescription__patient",), no_key=True)
    return list(with_turns(items, patient, draft.prescription_id, draft.local_date))


def _items_of(session: Session) -> list[PrescriptionItem]:
    """Items of the version under which the session was begun."""
    items = PrescriptionItem.objects.filter(version=session.version_id).select_related("version__prescription")
    return list(with_turns(items, session.patient, session.prescription_id, session.local_date))


def _receipt(patient: Patient, client_uuid: UUID) -> LogReceipt | None:
    return LogReceipt.objects.filter(patient=patient, client_uuid=client_uuid).select_related("session").first()


@dataclass(frozen=True, slots=True)
class _Sitting:
    """One occurrence as the plan sees it: what is due, in which variant, and what may be answered."""

    version: PrescriptionVersion
    plan: Plan
    due: Due
    variant: Variant
    allowed: frozenset[UUID]


def _sitting(items: list[PrescriptionItem], draft: SessionDraft, session: Session | None) -> _Sitting:
    """Raises LogRefused when nothing may be written about this occurrence.

    A session that was begun may be corrected whatever happened to the plan since. On a poor day somebody may do more
    than the variant asks for, so whatever the usual program has at that time may be answered too.
    """
    day, slot = draft.local_date, draft.slot
    if not items or not _runs(items[0].version, day):
        raise LogRefused("prescription_id", NOT_RUNNING)
    plan = plan_of(items, day)
    if session is None:
        _check_is_due(plan, day, slot)
    variant = variant_of(session, plan.variant_on(day))
    due = due_in(plan, day, slot, variant)
    usual = plan.due_at(day, slot, Variant.NORMAL).items
    allowed = frozenset(item.key for item in (*due.items, *usual) if item.key)
    return _Sitting(items[0].version, plan, due, variant, allowed)


def _runs(version: PrescriptionVersion, day: date) -> bool:
    prescription = version.prescription
    return prescription.starts_on <= day and (prescription.ends_on is None or day <= prescription.ends_on)


def _check_is_due(plan: Plan, day: date, slot: str) -> None:
    if plan.is_paused(day):
        raise LogRefused("local_date", PAUSED)
    if slot not in plan.rule.slots_or_any:
        raise LogRefused("slot", "This time is not part of the program.")
    if not plan.rule.due_on(day):
        raise LogRefused("local_date", "Nothing is due on that day.")


def _check_alternatives(draft: SessionDraft) -> None:
    """An exercise stands in for another only where the therapist allowed just that."""
    wanted = {(entry.item_id, entry.swapped_to, str(entry.swapped_for)) for entry in draft.entries if entry.swapped_to}
    if not wanted:
        return
    rows = PrescriptionAlternative.objects.filter(item__in=[item for item, _, _ in wanted])
    if not wanted <= set(rows.values_list("item_id", "exercise_id", "situation")):
        raise LogRefused("swapped_to", "This exercise is not among the alternatives for it.")


@dataclass(frozen=True, slots=True)
class _Changes:
    """The difference between what is stored and what the draft says, and how often each status stands then."""

    written: list[EntryDraft]
    removed: list[UUID]
    counts: dict[str, int]
    history: dict[str, str]
    answered: frozenset[UUID]

    @classmethod
    def between(cls, stored: dict[UUID, Entry], draft: SessionDraft) -> _Changes:
        before = {item_id: _values(entry) for item_id, entry in stored.items()}
        wanted = [e for e in draft.entries if not (draft.only_open and e.item_id in before)]
        written = [e for e in wanted if e.status and before.get(e.item_id) != e.values]
        removed = [e.item_id for e in wanted if not e.status and e.item_id in before]
        touched = {e.item_id for e in written} | set(removed)
        after = {item_id: values[0] for item_id, values in before.items() if item_id not in touched}
        after |= {e.item_id: str(e.status) for e in written}
        history = {str(i): ":".join(filter(None, [*before[i][:2], before[i][4]])) for i in touched if i in before}
        counts = {status.value: list(after.values()).count(status) for status in EntryStatus}
        return cls(written, removed, counts, history, frozenset(after))


def _values(entry: Entry) -> tuple[str, str, str, UUID | None, str]:
    return entry.status, entry.reason, entry.note, entry.swapped_to_id, entry.swapped_for


def _write_session(
    patient: Patient,
    session: Session | None,
    sitting: _Sitting,
    changes: _Changes,
    draft: SessionDraft,
    source: Source,
    now: datetime,
) -> tuple[Session, dict[str, str]]:
    """The session with true counters, and its former note when that was changed."""
    counted = {
        **changes.counts,
        "expected": expected_in(sitting.plan, sitting.due, changes.answered),
        "variant": sitting.variant,
    }
    if session is None:
        session = Session.objects.create(
            clinic_id=patient.clinic_id,
            patient=patient,
            prescription_id=draft.prescription_id,
            version=sitting.version,
            local_date=draft.local_date,
            slot=draft.slot,
            note=draft.note or "",
            source=source,
            logged_at=now,
            **counted,
        )
        return session, {}
    has_new_note = draft.note is not None and draft.note != session.note
    note_was = {"note": session.note} if has_new_note and session.note else {}
    for name, value in counted.items():
        setattr(session, name, value)
    if has_new_note:
        session.note = draft.note or ""
    if changes.history or note_was:
        session.edited_at = now
    session.save(update_fields=[*counted, "note", "edited_at"])
    return session, note_was


def _write_entries(session: Session, stored: dict[UUID, Entry], changes: _Changes, now: datetime) -> None:
    if changes.removed:
        Entry.objects.filter(session=session, item__in=changes.removed).delete()
    if changes.written:
        Entry.objects.bulk_create(
            _rows(session, stored, changes.written, now),
            update_conflicts=True,
            unique_fields=["session", "item"],
            update_fields=["status", "reason", "note", "swapped_to", "swapped_for", "edited_at"],
        )


def _write_feelings(
    patient: Patient, session: Session, draft: SessionDraft, now: datetime, *, is_new_session: bool
) -> dict[str, int | None]:
    if draft.stiffness_minutes is not None:
        diary.set_stiffness(patient, draft.local_date, draft.stiffness_minutes, now)
    if not draft.pain:
        return {}
    return diary.rate_session_pain(
        patient=patient,
        session_key=session.pk,
        day=session.local_date,
        scores=draft.pain,
        now=now,
        is_new_session=is_new_session,
    )


def _rows(session: Session, stored: dict[UUID, Entry], written: Iterable[EntryDraft], now: datetime) -> list[Entry]:
    return [
        Entry(
            session=session,
            item_id=entry.item_id,
            status=entry.status,
            reason=entry.reason,
            note=entry.note,
            swapped_to_id=entry.swapped_to,
            swapped_for=entry.swapped_for,
            edited_at=now if entry.item_id in stored else None,
        )
        for entry in written
    ]
