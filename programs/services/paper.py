"""A filled grid that comes back: what stands in it already, and writing down what was typed, day by day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from django.db import transaction

from patients.enums import PainMoment, PainSite
from patients.models import PainEntry, Patient, User
from patients.services import diary
from patients.services.diary import LogConflict, LogRefused
from programs import adherence, grids
from programs.adherence import Course
from programs.enums import EntryStatus, SkipReason, Source
from programs.models import Entry, Prescription, PrescriptionItem
from programs.services import sessions
from programs.services.sessions import EntryDraft, SessionDraft

EDIT_DAYS = sessions.PAPER_DAYS
SHEET_DAYS = 14
MOST_CELLS = 900  # what one form may send
CONFLICT = "Somebody wrote about this day in between. Look at it again."
Place = tuple[UUID, str, date]


@dataclass(frozen=True, slots=True)
class Cell:
    """One exercise at one time of one day. `logged` is the answer that is stored; a closed cell takes none."""

    item_id: UUID
    slot: str
    day: date
    is_open: bool
    logged: str = ""

    @property
    def place(self) -> Place:
        return (self.item_id, self.slot, self.day)


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one time of day in one version."""

    slot: str
    version: int
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """The grid of some days as it can be typed in, with what is stored; `pains` holds the days that were rated."""

    days: tuple[date, ...]
    today: date
    parts: tuple[Part, ...]
    pains: Mapping[date, int] = field(default_factory=dict)

    @property
    def cells(self) -> Iterable[Cell]:
        return (cell for part in self.parts for row in part.rows for cell in row.cells if cell.is_open)

    def is_past(self, day: date) -> bool:
        return day <= self.today


@dataclass(frozen=True, slots=True)
class DayTyped:
    """What was typed about one day; pain None means nothing was."""

    day: date
    marks: Mapping[tuple[UUID, str], EntryStatus]
    pain: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one day: answers written, answers left as they were stored, or why nothing was."""

    day: date
    written: int = 0
    kept: int = 0
    refused: str = ""


def load(prescription: Prescription, first: date, today: date) -> Paper:
    """The grid from `first` on, two weeks of it or as many days as one form can send."""
    patient = prescription.patient
    days = [first + timedelta(days=n) for n in range(SHEET_DAYS)]
    courses = [
        course
        for _, course in adherence.courses_for([patient.pk], days[0], days[-1])
        if course.prescription_id == prescription.pk
    ]
    names = _names(courses)
    made = [(course, _grid(days, course, names)) for course in courses]
    rows = sum(len(part.rows) for _, grid in made for part in grid.parts)
    days = days[: max(1, min(SHEET_DAYS, MOST_CELLS // (rows + 1)))]
    logged = _logged(prescription, days)
    parts = tuple(
        Part(part.slot, course.number, tuple(_row(row, part.slot, days, today, logged) for row in part.rows))
        for course, grid in made
        for part in grid.parts
    )
    return Paper(tuple(days), today, parts, _pains(patient, days))


def _names(courses: Sequence[Course]) -> dict[UUID, dict[UUID, str]]:
    """Names of the items of each version, in their order."""
    names: dict[UUID, dict[UUID, str]] = {course.version_id: {} for course in courses}
    items = PrescriptionItem.objects.filter(version__in=names).order_by("order", "pk")
    for pk, version_id, name in items.values_list("pk", "version_id", "name"):
        names[version_id][pk] = name
    return names


def _grid(days: Sequence[date], course: Course, names: Mapping[UUID, Mapping[UUID, str]]) -> grids.Grid:
    """All that the usual program has: whoever did more than a poor day asks for may say so."""
    return grids.make(days, replace(course.plan, spells=()), names[course.version_id])


def _logged(prescription: Prescription, days: Sequence[date]) -> dict[Place, str]:
    entries = Entry.objects.filter(
        session__prescription=prescription, session__local_date__range=(days[0], days[-1])
    ).values_list("item_id", "session__slot", "session__local_date", "status")
    return {(item_id, slot, day): status for item_id, slot, day, status in entries}


def _row(row: grids.Row, slot: str, days: Sequence[date], today: date, logged: Mapping[Place, str]) -> Row:
    pairs = zip(days, row.due, strict=False)
    return Row(
        row.name,
        tuple(
            Cell(row.key, slot, day, due and day <= today, logged.get((row.key, slot, day), "")) for day, due in pairs
        ),
    )


def _pains(patient: Patient, days: Sequence[date]) -> dict[date, int]:
    rated = PainEntry.objects.filter(
        patient=patient, moment=PainMoment.DAILY, site=PainSite.OVERALL, local_date__range=(days[0], days[-1])
    )
    return dict(rated.values_list("local_date", "score"))


def save(
    *,
    actor: User,
    prescription: Prescription,
    paper: Paper,
    typed: Iterable[DayTyped],
    client_uuid: UUID,
    overwrite: bool,
    now: datetime,
) -> list[Outcome]:
    """Write each day by itself, all of it or nothing, so that a bad day never blocks the rest. Safe to repeat.

    What is stored already stays as it is unless `overwrite` asks for the paper to count.
    """
    stored = {cell.place: cell.logged for cell in paper.cells if cell.logged}
    outcomes = []
    for one in typed:
        new = {key: mark for key, mark in one.marks.items() if stored.get((*key, one.day), "") != mark}
        kept = 0 if overwrite else sum((*key, one.day) in stored for key in new)
        wanted = new if overwrite else {key: mark for key, mark in new.items() if (*key, one.day) not in stored}
        pain = one.pain if overwrite or one.day not in paper.pains else None
        kept += one.pain is not None and pain is None and one.pain != paper.pains[one.day]
        pain = None if pain == paper.pains.get(one.day) else pain
        day = DayTyped(one.day, wanted, pain)
        try:
            _write(actor, prescription, day, client_uuid, overwrite, now)
        except (LogRefused, LogConflict) as refusal:
            outcomes.append(Outcome(one.day, refused=getattr(refusal, "message", CONFLICT)))
        else:
            outcomes.append(Outcome(one.day, len(wanted) + (pain is not None), kept))
    return outcomes


@transaction.atomic
def _write(
    actor: User, prescription: Prescription, one: DayTyped, client_uuid: UUID, overwrite: bool, now: datetime
) -> None:
    patient = prescription.patient
    drafts = _drafts(prescription, one, overwrite)
    if drafts:
        sessions.log_all(
            actor=actor,
            patient=patient,
            drafts=drafts,
            client_uuid=uuid5(client_uuid, " ".join([str(one.day), *(draft.fingerprint for draft in drafts)])),
            now=now,
            source=Source.PAPER,
            edit_days=EDIT_DAYS,
        )
    if one.pain is not None:
        diary.rate_pain(
            actor=actor,
            patient=patient,
            local_date=one.day,
            score=one.pain,
            client_uuid=uuid5(client_uuid, f"pain {one.day} {one.pain}"),
            now=now,
            edit_days=EDIT_DAYS,
        )


def _drafts(prescription: Prescription, one: DayTyped, overwrite: bool) -> list[SessionDraft]:
    """One for each time of day. Paper does not ask why something was left out."""
    sets: dict[str, list[EntryDraft]] = {}
    for (item_id, slot), status in one.marks.items():
        reason = SkipReason.OTHER if status is EntryStatus.SKIPPED else ""
        sets.setdefault(slot, []).append(EntryDraft(item_id, status, reason))
    return [
        SessionDraft(prescription.pk, one.day, slot, tuple(entries), only_open=not overwrite)
        for slot, entries in sorted(sets.items())
    ]
