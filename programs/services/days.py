"""One day of one patient, gathered in a fixed number of queries: what was due, what was answered, how it felt."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q

from patients.enums import PainMoment, PainSite
from patients.models import CareTeam, Flare, PainEntry, Patient, Stiffness, User
from patients.services.diary import EDIT_DAYS
from programs import adherence
from programs.adherence import Course
from programs.enums import EntryStatus, Variant
from programs.models import Entry, Pause, PrescriptionItem, Session
from programs.schedule import Due, ItemPlan, Plan, item_week, monday_of, occurrences_on, program_week
from programs.services import editions
from programs.services.due import due_in, variant_of
from programs.today import Line, Occurrence, arrange, next_due
from programs.variants import variant_on

AHEAD = timedelta(days=366)  # a program may be given so long before it starts
DONE = (EntryStatus.DONE, EntryStatus.PARTLY)


@dataclass(frozen=True, slots=True)
class DaySheet:
    """`occurrences` are in the order of the page. A rating that is None was not given.

    `variant` is the one in force on the day. `pauses` are those of programs that would run: the patient's own first.
    """

    day: date
    today: date
    occurrences: list[Occurrence]
    pain: int | None
    is_pain_edited: bool
    stiffness: int | None
    flare: Flare | None
    has_program: bool
    next_due: date | None
    variant: Variant = Variant.NORMAL
    pauses: list[Pause] = field(default_factory=list)
    is_paused: bool = False

    @property
    def pause(self) -> Pause | None:
        """Why nothing is due; None while at least one program runs on."""
        return self.pauses[0] if self.is_paused else None

    @property
    def is_today(self) -> bool:
        return self.day == self.today

    @property
    def is_open(self) -> bool:
        """May still be written."""
        return self.today - timedelta(days=EDIT_DAYS) <= self.day <= self.today

    def find(self, prescription_id: UUID, slot: str) -> Occurrence | None:
        wanted = (prescription_id, slot)
        return next((one for one in self.occurrences if (one.prescription_id, one.slot) == wanted), None)


def load(patient: Patient, day: date, now: datetime) -> DaySheet:
    """The sheet of `day`, arranged for the patient's clock at `now`."""
    local_now = now.astimezone(ZoneInfo(patient.time_zone))
    today = local_now.date()
    week = _week_of(patient, day)
    pains = list(PainEntry.objects.filter(patient=patient, local_date=day, site=PainSite.OVERALL))
    daily = next((row for row in pains if row.moment == PainMoment.DAILY), None)
    stiffness = Stiffness.objects.filter(patient=patient, local_date=day).first()
    occurrences = list(_occurrences(day, week, pains))
    running = week.running_on(day)
    paused = [course for course in running if course.plan.is_paused(day)]
    return DaySheet(
        day=day,
        today=today,
        occurrences=arrange(occurrences, local_now.time() if day == today else None),
        pain=daily.score if daily else None,
        is_pain_edited=bool(daily and daily.edited_at),
        stiffness=stiffness.minutes if stiffness else None,
        flare=Flare.objects.filter(patient=patient).running().first(),
        has_program=any(_is_not_over(course, day) for course in week.courses),
        next_due=None if occurrences else next_due(day, [course.plan for course in week.courses]),
        variant=variant_on(day, week.turns.spells),
        pauses=_pauses(patient, day, paused),
        is_paused=bool(running) and len(paused) == len(running),
    )


def lead_of(patient: Patient, today: date) -> User | None:
    """Whom to ask: the therapist who leads, else any who treats."""
    seats = CareTeam.objects.filter(patient=patient).on(today).select_related("therapist")
    seat = seats.order_by("-is_lead", "starts_on").first()
    return seat.therapist if seat else None


def _pauses(patient: Patient, day: date, paused: Iterable[Course]) -> list[Pause]:
    ids = [course.prescription_id for course in paused]
    if not ids:
        return []
    rows = Pause.objects.filter(Q(prescription=None) | Q(prescription__in=ids), patient=patient).on(day)
    return sorted(rows, key=lambda pause: pause.prescription_id is not None)


# --- What is loaded --------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Week:
    """What runs from the Monday before a day on, and what was said from that Monday to Sunday."""

    courses: list[Course]
    turns: adherence.Turns
    sessions: list[Session]
    items: Mapping[UUID, PrescriptionItem]

    def running_on(self, day: date) -> list[Course]:
        return [course for course in self.courses if course.plan.covers(day)]

    def plans_of(self, prescription_id: UUID) -> list[Plan]:
        return [course.plan for course in self.courses if course.prescription_id == prescription_id]

    def days_done(self, prescription_id: UUID, day: date) -> int:
        """On how many other days of the week the program was done, at least in part."""
        mine = (s for s in self.sessions if s.prescription_id == prescription_id and s.local_date != day)
        return len({session.local_date for session in mine if session.done or session.partly})

    def days_done_of(self, prescription_id: UUID, line: Hashable, day: date) -> int:
        """The same of one exercise, in whichever version of the program."""
        keys = {item.key for plan in self.plans_of(prescription_id) for item in plan.items if item.line == line}
        others = (session for session in self.sessions if session.local_date != day)
        said = ((session.local_date, entry) for session in others for entry in session.entries.all())
        return len({on for on, entry in said if entry.item_id in keys and entry.status in DONE})


def _week_of(patient: Patient, day: date) -> Week:
    monday = monday_of(day)
    rows = Session.objects.filter(patient=patient).between(monday, monday + timedelta(days=6))
    sessions = list(rows.prefetch_related("entries"))
    turns = adherence.turns_for([patient.pk], monday, day + AHEAD)
    courses = [course for _, course in adherence.courses_for([patient.pk], monday, day + AHEAD, turns)]
    shown = {course.version_id for course in courses if course.plan.covers(day)}
    shown |= {session.version_id for session in sessions if session.local_date == day}
    items = (
        PrescriptionItem.objects.filter(version__in=shown)
        .select_related("version__prescription", "exercise")
        .prefetch_related("alternatives__exercise")
        .order_by()
    )
    editions.reword(items, day)
    return Week(courses, turns[patient.pk], sessions, {item.pk: item for item in items})


def _is_not_over(course: Course, day: date) -> bool:
    return course.plan.last is None or course.plan.last >= day


# --- What is shown ---------------------------------------------------------------------------------------------


class Set(NamedTuple):
    """One occurrence before it is laid out."""

    course: Course
    due: Due
    variant: Variant
    session: Session | None = None


def _occurrences(day: date, week: Week, pains: Sequence[PainEntry]) -> Iterator[Occurrence]:
    """Every set of the day: as planned by the version in force, or as begun under an earlier one."""
    rated: defaultdict[UUID | None, dict[str, PainEntry]] = defaultdict(dict)
    for row in pains:
        rated[row.session_key][row.moment] = row
    for one in (_planned(day, week) | _begun(day, week)).values():
        lines = tuple(_lines(week, one))
        if lines:
            yield _occurrence(week, one, lines, rated[one.session.pk] if one.session else {})


def _planned(day: date, week: Week) -> dict[tuple[UUID, str], Set]:
    return {
        (course.prescription_id, due.slot): Set(course, due, course.plan.variant_on(day))
        for course in week.running_on(day)
        for due in occurrences_on(day, course.plan)
    }


def _begun(day: date, week: Week) -> dict[tuple[UUID, str], Set]:
    """The sessions of the day, each with what is due in it under the version it was begun with."""
    running = {course.prescription_id for course in week.courses if _is_not_over(course, day)}
    by_version = {course.version_id: course for course in week.courses if course.prescription_id in running}
    found = {}
    for session in week.sessions:
        course = by_version.get(session.version_id)
        if session.local_date == day and course:
            variant = variant_of(session, course.plan.variant_on(day))
            due = due_in(course.plan, day, session.slot, variant)
            found[session.prescription_id, session.slot] = Set(course, due, variant, session)
    return found


def _lines(week: Week, one: Set) -> Iterator[Line]:
    """What is due, and whatever has an answer, in the order of the program."""
    answers = {entry.item_id: entry for entry in one.session.entries.all()} if one.session else {}
    due = {item.key for item in one.due.items}
    for item in one.course.plan.items:
        if item.key is None or (item.key not in due and item.key not in answers):
            continue
        goal, done = _weekly(week, one.course, item, one.due.day)
        if item.key in answers or goal is None or done < goal:
            yield _line(week.items[item.key], one.due.slot, one.variant, answers.get(item.key), goal, done)


def _line(
    item: PrescriptionItem, slot: str, variant: Variant, answer: Entry | None, goal: int | None, done: int
) -> Line:
    line = Line(item, slot, variant=variant, weekly_goal=goal, weekly_done=done)
    if answer is None:
        return line
    return replace(
        line,
        status=answer.status,
        reason=answer.reason,
        is_edited=answer.edited_at is not None,
        swapped_to=answer.swapped_to_id,
        swapped_for=answer.swapped_for,
    )


def _weekly(week: Week, course: Course, item: ItemPlan, day: date) -> tuple[int | None, int]:
    """The number that an exercise has of its own for this week, and how often it was done on the other days."""
    if course.plan.rule.is_flexible or not item.times_per_week:
        return None, 0
    goal = item_week(monday_of(day), week.plans_of(course.prescription_id), item.line).goal
    return goal, week.days_done_of(course.prescription_id, item.line, day)


def _occurrence(week: Week, set_of: Set, lines: tuple[Line, ...], ratings: Mapping[str, PainEntry]) -> Occurrence:
    course, due, variant, session = set_of
    before, after = ratings.get(PainMoment.BEFORE), ratings.get(PainMoment.AFTER)
    rule = course.plan.rule
    plans = week.plans_of(course.prescription_id)
    return Occurrence(
        prescription_id=course.prescription_id,
        title=lines[0].item.version.prescription.title,
        slot=due.slot,
        lines=lines,
        pain_before=before.score if before else None,
        pain_after=after.score if after else None,
        is_pain_edited=any(row and row.edited_at for row in (before, after)),
        note=session.note if session else "",
        is_edited=bool(session and session.edited_at),
        weekly_goal=program_week(monday_of(due.day), plans).goal if rule.is_flexible else None,
        weekly_done=week.days_done(course.prescription_id, due.day),
        variant=variant,
        is_break=rule.break_minutes is not None,
    )
