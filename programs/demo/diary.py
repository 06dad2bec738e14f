"""What the people of the demo wrote down, in bulk: sessions, entries, swaps, pain, stiffness, reminders.

Every occurrence is one that the schedule expects of the version, the variant and the pauses of its day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from config.lib.ids import uuid7
from patients.enums import ChannelName, DeliveryState, MessageKind, PainMoment
from patients.models import Delivery, Message, PainEntry, Patient, Stiffness
from programs.adherence.courses import courses_for
from programs.adherence.rows import Expected, expected_for
from programs.demo import people
from programs.demo.course import Course
from programs.demo.story import LoggedDay
from programs.enums import EntryStatus, Situation, SkipReason, Source
from programs.models import Entry, Prescription, PrescriptionAlternative, Session
from programs.schedule import Plan

REMINDERS_KEPT = timedelta(days=14)
# Under "so many times a week", on which days people do it.
USUAL_DAYS = {1: {2}, 2: {1, 4}, 3: {0, 2, 4}, 4: {0, 1, 3, 5}, 5: set(range(5)), 6: set(range(6)), 7: set(range(7))}
Swaps = Mapping[tuple[UUID, str], UUID]


@dataclass(slots=True)
class Rows:
    """What is written in bulk at the end, parents before children."""

    sessions: list[Session] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    pain: list[PainEntry] = field(default_factory=list)
    stiffness: list[Stiffness] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)

    def save(self) -> None:
        Session.objects.bulk_create(self.sessions, batch_size=500)
        Entry.objects.bulk_create(self.entries, batch_size=500)
        PainEntry.objects.bulk_create(self.pain, batch_size=500)
        Stiffness.objects.bulk_create(self.stiffness, batch_size=500)
        Message.objects.bulk_create(self.messages, batch_size=500)
        Delivery.objects.bulk_create(self.deliveries, batch_size=500)


def write(told: Iterable[Course], now: datetime) -> Rows:
    """The diaries of all these people up to `now`. Three statements, whatever their number."""
    told = list(told)
    ids = [course.patient.pk for course in told]
    first, last = min(course.teller.start for course in told), max(course.today for course in told)
    plans: dict[UUID, Plan] = {course.version_id: course.plan for _, course in courses_for(ids, first, last)}
    expected = expected_for(ids, first, last)
    alternatives = PrescriptionAlternative.objects.filter(item__version__prescription__patient__in=ids)
    columns = ("item_id", "situation", "exercise_id")
    swaps = {(item, situation): exercise for item, situation, exercise in alternatives.values_list(*columns)}
    rows = Rows()
    for course in told:
        Writer(course, plans, swaps, rows, now).write(expected[course.patient.pk])
    return rows


@dataclass(slots=True)
class Writer:
    """Writes one person's diary."""

    course: Course
    plans: Mapping[UUID, Plan]
    swaps: Swaps
    rows: Rows
    now: datetime

    def write(self, expected: Iterable[Expected]) -> None:
        given = {prescription.pk: prescription for prescription in self.course.given}
        rated: date | None = None
        for one in expected:
            planned = self.course.at(one.due.day, time.fromisoformat(one.due.slot or "18:00"))
            if not self._is_over(one, planned):
                continue
            told = self.course.teller.tell(one.due.day, one.due.slot, len(one.due.items))
            plan, prescription = self.plans[one.version_id], given[one.prescription_id]
            if one.due.slot and not plan.rule.break_minutes and self.now - planned < REMINDERS_KEPT:
                self._remind(prescription, planned)
            if told:
                if plan.rule.break_minutes and rated == told.day:
                    told.pain_before = told.pain_after = None  # nobody rates pain at every break
                rated = told.day
                self._keep(prescription, one, plan, told, planned)

    def _is_over(self, one: Expected, planned: datetime) -> bool:
        """Time enough to have logged it; the demo patient's today is left for the visitor."""
        day, rule = one.due.day, self.plans[one.version_id].rule
        if planned + timedelta(minutes=50) > self.now:
            return False
        if rule.is_flexible and day.weekday() not in USUAL_DAYS[rule.times_per_week or 1]:
            return False
        return not (day == self.course.today and self.course.person.name == people.PATIENT.name)

    def _keep(self, prescription: Prescription, one: Expected, plan: Plan, told: LoggedDay, planned: datetime) -> None:
        logged_at = planned + timedelta(minutes=35)
        session = Session(
            clinic=prescription.clinic,
            patient=self.course.patient,
            prescription=prescription,
            version_id=one.version_id,
            local_date=told.day,
            slot=told.slot,
            variant=plan.variant_on(told.day),
            expected=len(one.due.items),
            note=told.note,
            source=Source.DEMO,
            logged_at=logged_at,
        )
        entries = [
            self._entry(session, item.key, status, reason)
            for item, (status, reason) in zip(one.due.items, told.statuses, strict=True)
        ]
        for status in EntryStatus:
            setattr(session, status.value, sum(entry.status == status for entry in entries))
        self.rows.sessions.append(session)
        self.rows.entries += entries
        self._feel(session, told, logged_at)

    def _entry(self, session: Session, item_id: UUID | None, status: EntryStatus, reason: str) -> Entry:
        """Too painful may become the alternative that the therapist allows; so may the floor, now and then."""
        assert item_id is not None  # noqa: S101  rows of the database have keys
        swap = self._swap(item_id, reason)
        if swap:
            situation, exercise_id = swap
            return Entry(
                session=session,
                item_id=item_id,
                status=EntryStatus.DONE,
                swapped_to_id=exercise_id,
                swapped_for=situation,
            )
        return Entry(session=session, item_id=item_id, status=status, reason=reason)

    def _swap(self, item_id: UUID, reason: str) -> tuple[Situation, UUID] | None:
        wanted = Situation.TOO_PAINFUL if reason == SkipReason.PAIN else Situation.NO_FLOOR
        chance = 0.5 if wanted is Situation.TOO_PAINFUL else 0.06
        exercise_id = self.swaps.get((item_id, wanted))
        return (wanted, exercise_id) if exercise_id and self.course.teller.random.random() < chance else None

    def _feel(self, session: Session, told: LoggedDay, at: datetime) -> None:
        whose = {"clinic": session.clinic, "patient": self.course.patient, "local_date": told.day}
        for moment, score in ((PainMoment.BEFORE, told.pain_before), (PainMoment.AFTER, told.pain_after)):
            if score is not None:
                rating = PainEntry(**whose, moment=moment, score=score, session_key=session.pk, recorded_at=at)
                self.rows.pain.append(rating)
        if told.stiffness is not None and not self._has_stiffness(told.day):
            self.rows.stiffness.append(Stiffness(**whose, minutes=min(240, told.stiffness), recorded_at=at))

    def _has_stiffness(self, day: date) -> bool:
        """Whether the latest stiffness row is of the same patient and day (several times a day share one)."""
        last = self.rows.stiffness[-1] if self.rows.stiffness else None
        return last is not None and last.patient_id == self.course.patient.pk and last.local_date == day

    def _remind(self, prescription: Prescription, planned: datetime) -> None:
        """One reminder that was handed over in its time; two programs at the same time share it."""
        patient: Patient = self.course.patient
        if any(m.patient_id == patient.pk and m.expires_at == planned + timedelta(hours=2) for m in self.rows.messages):
            return
        message = Message(
            id=uuid7(),
            clinic=prescription.clinic,
            patient=patient,
            kind=MessageKind.REMINDER,
            local_date=planned.date(),
            slot=planned.time(),
            expires_at=planned + timedelta(hours=2),
        )
        self.rows.messages.append(message)
        self.rows.deliveries.append(
            Delivery(
                message=message,
                channel=ChannelName.EMAIL,
                address=patient.email,
                state=DeliveryState.SENT,
                due_at=planned,
                attempt=1,
                ended_at=planned + timedelta(seconds=2),
            )
        )
