"""Writing down what was done. Each write carries an id made by the client and is safe to repeat."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import OuterRef, Subquery

from patients import audit
from patients.enums import PainMoment
from patients.models import Patient, User
from patients.services import diary
from patients.services.diary import LogConflict, LogRefused
from programs import adherence
from programs.enums import EntryStatus, SkipReason, Source
from programs.models import Entry, LogReceipt, PrescriptionItem, PrescriptionVersion, Session
from programs.schedule import in_mask

__all__ = ["EntryDraft", "LogConflict", "LogRefused", "LogResult", "SessionDraft", "log", "log_all"]

NOT_RUNNING = "This program does not run on that day."


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """One exercise's answer. An empty status takes an earlier answer back."""

    item_id: UUID
    status: str
    reason: str = ""
    note: str = ""

    @property
    def values(self) -> tuple[str, str, str]:
        return (str(self.status), str(self.reason), self.note)


@dataclass(frozen=True, slots=True)
class SessionDraft:
    """What to write about one occurrence. None leaves a value as it is; `cleared` names ratings to take back.

    `only_open` leaves alone what has an answer already ("all done" after one was skipped).
    """

    prescription_id: UUID
    local_date: date
    slot: str
    entries: Sequence[EntryDraft] = ()
    pain_before: int | None = None
    pain_after: int | None = None
    stiffness_minutes: int | None = None
    note: str | None = None
    cleared: frozenset[str] = field(default_factory=frozenset)
    only_open: bool = False

    @property
    def fingerprint(self) -> str:
        """Equal exactly for equal content."""
        content = asdict(self) | {"cleared": sorted(self.cleared)}
        return hashlib.sha256(json.dumps(content, default=str, sort_keys=True).encode()).hexdigest()

    @property
    def pain(self) -> dict[PainMoment, int | None]:
        """The ratings that this draft sets or takes back."""
        given = {PainMoment.BEFORE: self.pain_before, PainMoment.AFTER: self.pain_after}
        return {m: score for m, score in given.items() if score is not None or f"pain_{m}" in self.cleared}


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
) -> LogResult:
    """Write one occurrence, once for each `client_uuid`; a later write corrects an earlier one.

    Raises LogRefused (nothing stored) and LogConflict (the same id said something else before).
    """
    items = _items_in_force(patient, draft)
    if receipt := _receipt(patient, client_uuid):
        if receipt.body_hash != draft.fingerprint or receipt.session is None:
            raise LogConflict
        return LogResult(receipt.session, created=False)
    diary.check_day(patient, draft.local_date, now)
    _check_values(draft)
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
        items = list(
            PrescriptionItem.objects.filter(version=session.version_id).select_related("version__prescription")
        )
    due = _due(items, draft, is_begun=not is_new)
    _check_entries(draft, due)
    stored = {entry.item_id: entry for entry in session.entries.all()} if session else {}
    changes = _Changes.between(stored, draft)
    session, note_was = _write_session(patient, session, items[0].version, len(due), changes, draft, source, now)
    _write_entries(session, stored, changes, now)
    pain_was = _write_feelings(patient, session, draft, now, is_new_session=is_new)
    return session, {**changes.history, **pain_was, **note_was}


def _items_in_force(patient: Patient, draft: SessionDraft) -> list[PrescriptionItem]:
    """Items of the version in force that day, and the lock that lets this patient's writes follow each other."""
    newest = PrescriptionVersion.objects.filter(
        prescription=OuterRef("version__prescription"), effective_from__lte=draft.local_date
    ).order_by("-effective_from")
    return list(
        PrescriptionItem.objects.filter(
            version__prescription=draft.prescription_id,
            version__prescription__patient=patient,
            version=Subquery(newest.values("pk")[:1]),
        )
        .select_related("version__prescription__patient")
        .select_for_update(of=("version__prescription__patient",), no_key=True)
    )


def _receipt(patient: Patient, client_uuid: UUID) -> LogReceipt | None:
    return LogReceipt.objects.filter(patient=patient, client_uuid=client_uuid).select_related("session").first()


def _check_values(draft: SessionDraft) -> None:
    diary.check_pain("pain_before", draft.pain_before)
    diary.check_pain("pain_after", draft.pain_after)
    diary.check_stiffness(draft.stiffness_minutes)


def _due(items: list[PrescriptionItem], draft: SessionDraft, *, is_begun: bool) -> dict[UUID, PrescriptionItem]:
    """What may be answered in this occurrence, by id."""
    day = draft.local_date
    if not items:
        raise LogRefused("prescription_id", NOT_RUNNING)
    version = items[0].version
    prescription = version.prescription
    if day < prescription.starts_on or (prescription.ends_on and day > prescription.ends_on):
        raise LogRefused("prescription_id", NOT_RUNNING)
    if not is_begun and draft.slot not in version.rule.slots_or_any:
        raise LogRefused("slot", "This time is not part of the program.")
    if not is_begun and not version.rule.due_on(day):
        raise LogRefused("local_date", "Nothing is due on that day.")
    return {item.pk: item for item in items if item.weekdays is None or in_mask(day, item.weekdays)}


def _check_entries(draft: SessionDraft, due: dict[UUID, PrescriptionItem]) -> None:
    if len({entry.item_id for entry in draft.entries}) != len(draft.entries):
        raise LogRefused("entries", "Each exercise can be named once.")
    for entry in draft.entries:
        if entry.item_id not in due:
            raise LogRefused("entries", "This exercise is not due on that day.")
        _check_answer(entry)


def _check_answer(entry: EntryDraft) -> None:
    if entry.status not in ("", *EntryStatus):
        raise LogRefused("status", "Choose done, partly or skipped.")
    if entry.reason not in ("", *SkipReason):
        raise LogRefused("reason", "Choose a reason from the list.")
    if entry.status == EntryStatus.SKIPPED and not entry.reason:
        raise LogRefused("reason", "Choose what got in the way.")
    if entry.reason and entry.status not in (EntryStatus.SKIPPED, EntryStatus.PARTLY):
        raise LogRefused("reason", "A reason goes with skipped or partly.")


@dataclass(frozen=True, slots=True)
class _Changes:
    """The difference between what is stored and what the draft says, and how often each status stands then."""

    written: list[EntryDraft]
    removed: list[UUID]
    counts: dict[str, int]
    history: dict[str, str]

    @classmethod
    def between(cls, stored: dict[UUID, Entry], draft: SessionDraft) -> _Changes:
        before = {item_id: (e.status, e.reason, e.note) for item_id, e in stored.items()}
        wanted = [e for e in draft.entries if not (draft.only_open and e.item_id in before)]
        written = [e for e in wanted if e.status and before.get(e.item_id) != e.values]
        removed = [e.item_id for e in wanted if not e.status and e.item_id in before]
        touched = {e.item_id for e in written} | set(removed)
        after = [values[0] for item_id, values in before.items() if item_id not in touched]
        after += [str(e.status) for e in written]
        history = {str(i): ":".join(filter(None, before[i][:2])) for i in touched if i in before}
        return cls(written, removed, {s.value: after.count(s) for s in EntryStatus}, history)


def _write_session(
    patient: Patient,
    session: Session | None,
    version: PrescriptionVersion,
    expected: int,
    changes: _Changes,
    draft: SessionDraft,
    source: Source,
    now: datetime,
) -> tuple[Session, dict[str, str]]:
    """The session with true counters, and its former note when that was changed."""
    if session is None:
        session = Session.objects.create(
            clinic_id=patient.clinic_id,
            patient=patient,
            prescription_id=draft.prescription_id,
            version=version,
            local_date=draft.local_date,
            slot=draft.slot,
            expected=expected,
            note=draft.note or "",
            source=source,
            logged_at=now,
            **changes.counts,
        )
        return session, {}
    has_new_note = draft.note is not None and draft.note != session.note
    note_was = {"note": session.note} if has_new_note and session.note else {}
    for name, value in {**changes.counts, "expected": expected}.items():
        setattr(session, name, value)
    if has_new_note:
        session.note = draft.note or ""
    if changes.history or note_was:
        session.edited_at = now
    session.save(update_fields=["done", "partly", "skipped", "expected", "note", "edited_at"])
    return session, note_was


def _write_entries(session: Session, stored: dict[UUID, Entry], changes: _Changes, now: datetime) -> None:
    if changes.removed:
        Entry.objects.filter(session=session, item__in=changes.removed).delete()
    if changes.written:
        Entry.objects.bulk_create(
            _rows(session, stored, changes.written, now),
            update_conflicts=True,
            unique_fields=["session", "item"],
            update_fields=["status", "reason", "note", "edited_at"],
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
            edited_at=now if entry.item_id in stored else None,
        )
        for entry in written
    ]
