"""What a curator's first page asks of the shared library: queues, gaps, counts, the table of everything.

A fixed number of statements for any number of exercises. Curators read numbers; no patient appears here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    Subquery,
    TextField,
    Value,
    When,
    Window,
)
from django.db.models.functions import Cast, RowNumber
from django.db.models.lookups import Contains

from config.lib.words import Word
from exercises.enums import ExerciseState, MediaState
from exercises.library import ALTERNATIVES
from exercises.models import Exercise, ExerciseMedia
from exercises.models.exercises import ExerciseQuerySet
from exercises.pictures import all_pictures
from patients.access import Actor
from patients.models import User

REVIEW_AHEAD = timedelta(days=30)
SHOWN = 5  # rows of a queue on the first page; the table shows all
SENT_BACK_SAYS, SUBMITTED_SAYS = "Sent back.", "Submitted for review."


class Queue(Word):
    """What waits for this curator. An exercise stands in at most one, the first that fits."""

    REVIEW = "review"
    PROPOSAL = "proposal"
    SENT_BACK = "sent_back"
    MINE = "mine"
    DUE = "due"
    NEW_TEXT = "new_text"
    IMPORTED = "imported"

    @property
    def label(self) -> str:
        return _QUEUES[self][0]

    @property
    def kindly(self) -> str:
        """What to say when nothing waits."""
        return _QUEUES[self][1]


_QUEUES = {
    Queue.REVIEW: ("Waiting for your review", "Nothing waits for your review."),
    Queue.PROPOSAL: ("Proposed by clinics", "No clinic has proposed an exercise."),
    Queue.SENT_BACK: ("Sent back to you", "Nothing was sent back to you."),
    Queue.MINE: ("Your drafts", "You have no open draft."),
    Queue.DUE: ("Review due", "No review is due in the next 30 days."),
    Queue.NEW_TEXT: ("New texts that came with an update", "No update has brought new texts."),
    Queue.IMPORTED: ("Imported, not looked at yet", "Every imported exercise has been looked at."),
}


class Lack(Word):
    """A gap in what is published."""

    PIECES = "pieces"
    PICTURE = "picture"
    ALTERNATIVE = "alternative"

    @property
    def label(self) -> str:
        return _LACKS[self]


_LACKS = {
    Lack.PIECES: "With missing pieces",
    Lack.PICTURE: "Without a picture",
    Lack.ALTERNATIVE: "Without an alternative",
}


def library(actor: Actor) -> ExerciseQuerySet:
    """Every entry of the shared library in every state, working copies too; nothing for anybody but curators."""
    return Exercise.objects.editable_by(actor).filter(shared=True)


# --- Queues --------------------------------------------------------------------------------------------------


def in_queue(queue: Queue, user: User, today: date) -> Q:
    """`queue` as a condition on `library`."""
    others = ~Q(written_by=user) & ~Q(submitted_by=user) | Q(written_by=None, submitted_by=None)
    draft, in_review = Q(state=ExerciseState.DRAFT), Q(state=ExerciseState.IN_REVIEW)
    proposed = Q(copied_from__clinic__isnull=False)
    conditions = {
        Queue.REVIEW: in_review & ~proposed & others,
        Queue.PROPOSAL: in_review & proposed & others,
        Queue.SENT_BACK: draft & Q(written_by=user) & Q(last_move__startswith=SENT_BACK_SAYS),
        Queue.MINE: draft & Q(written_by=user, imported_from="")
        & (Q(last_move=None) | ~Q(last_move__startswith=SENT_BACK_SAYS)),
        Queue.DUE: Q(state=ExerciseState.PUBLISHED, review_due_on__lte=today + REVIEW_AHEAD),
        Queue.NEW_TEXT: draft & Q(written_by=None, replaces__isnull=False),
        Queue.IMPORTED: draft & ~Q(imported_from="") & (Q(last_move=None) | ~Q(last_move__startswith=SENT_BACK_SAYS)),
    }  # fmt: skip
    return conditions[queue]


def with_last_move(rows: ExerciseQuerySet) -> ExerciseQuerySet:
    """Annotated with what the history says of the last time it was submitted or sent back."""
    moves = Exercise.history.filter(
        Q(history_change_reason__startswith=SENT_BACK_SAYS) | Q(history_change_reason__startswith=SUBMITTED_SAYS),
        id=OuterRef("pk"),
    ).order_by("-history_date", "-history_id")
    return rows.annotate(last_move=Subquery(moves.values("history_change_reason")[:1]))


@dataclass(frozen=True, slots=True)
class Waiting:
    """The first rows of one queue, and how many there are in all."""

    queue: Queue
    rows: list[Exercise] = field(default_factory=list)
    total: int = 0


def queues(actor: Actor) -> list[Waiting]:
    """Every queue, most urgent rows first. One statement."""
    place = Window(RowNumber(), partition_by=F("queue"), order_by=[F("review_due_on").asc(), F("updated_at").asc()])
    kinds = [When(in_queue(queue, actor.user, actor.today), then=Value(queue.value)) for queue in Queue]
    rows = (
        with_last_move(library(actor))
        .annotate(queue=Case(*kinds, output_field=CharField()))
        .exclude(queue=None)
        .annotate(place=place, total=Window(Count("pk"), partition_by=F("queue")))
        .filter(place__lte=SHOWN)
        .select_related("written_by", "submitted_by", "copied_from__clinic")
        .order_by("place")
    )
    found = {queue: Waiting(queue) for queue in Queue}
    for row in rows:
        queue = Queue(row.queue)
        found[queue] = Waiting(queue, [*found[queue].rows, row], row.total)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Trouble:
    """Media that cannot be shown."""

    rows: Sequence[ExerciseMedia]
    total: int


def media_in_trouble(actor: Actor) -> Trouble:
    """Refused and lost files of the shared library, the newest first. One statement."""
    mine = ExerciseMedia.objects.visible_to(actor).in_trouble().filter(exercise__shared=True)
    rows = list(mine.annotate(total=Window(Count("pk"))).select_related("exercise").order_by("-created_at")[:SHOWN])
    return Trouble(rows, rows[0].total if rows else 0)


# --- Gaps and counts -----------------------------------------------------------------------------------------


def lacking(lack: Lack) -> Q:
    """`lack` as a condition, in whatever state."""
    if lack is Lack.PIECES:
        return ~Q(missing=[])
    if lack is Lack.ALTERNATIVE:
        return ~Q(neighbours__has_any_keys=list(ALTERNATIVES))
    ready = ExerciseMedia.objects.filter(exercise=OuterRef("pk"), state=MediaState.READY)
    return ~Q(figure__in=list(all_pictures())) & ~Q(Exists(ready))


def lacks_piece(name: str) -> Q:
    """The piece called `name` is missing."""
    return Q(Contains(Cast("missing", TextField()), Value(f'"{name}"')))


def gaps(actor: Actor) -> dict[Lack, int]:
    """How many published exercises have each gap. One statement."""
    found = library(actor).published().order_by()
    numbers = found.aggregate(**{lack.value: Count("pk", filter=lacking(lack)) for lack in Lack})
    return {lack: numbers[lack.value] for lack in Lack}


@dataclass(frozen=True, slots=True)
class Counts:
    """How many entries there are, by state; and of the published ones, by kind and by evidence grade."""

    states: Counter[str]
    kinds: Counter[str]
    grades: Counter[str]

    @property
    def total(self) -> int:
        return self.states.total()


def counts(actor: Actor) -> Counts:
    """One statement."""
    groups = library(actor).order_by().values_list("state", "kind", "strength").annotate(number=Count("pk"))
    states, kinds, grades = Counter[str](), Counter[str](), Counter[str]()
    for state, kind, grade, number in groups:
        states[state] += number
        if state == ExerciseState.PUBLISHED:
            kinds[kind] += number
            grades[grade] += number
    return Counts(states, kinds, grades)


def by_pk(rows: ExerciseQuerySet, ids: Collection[Any]) -> list[Exercise]:
    """The rows of `ids` in their order. One statement."""
    found = rows.in_bulk(list(ids))
    return [found[pk] for pk in ids if pk in found]
