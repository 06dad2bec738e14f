"""Making one exercise of two. What is to come moves to the one that stays; what was, stays as it was.

Reusable programs, neighbours, names and what therapists keep at hand move. Versions of prescriptions keep the old
row with its name, dose and words; it is retired and says where it went, so that its address leads on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q, TextField, Value
from django.db.models.functions import Cast
from django.db.models.lookups import Contains

from config.lib.revisions import take_revision
from config.lib.text import fold
from exercises.enums import ExerciseState
from exercises.features import Feature
from exercises.models import Exercise, ShelfMark
from exercises.models.exercises import ExerciseQuerySet
from exercises.services import content
from patients import audit
from patients.models import User
from programs.models import Prescription, Program, ProgramItem


class CannotMerge(Exception):
    """These two cannot become one; the text says why. Nothing was stored."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a merge would do, in numbers and words."""

    programs: int
    both: int
    prescriptions: int
    neighbours: int
    marks: int
    aliases: list[str]
    lost_features: list[Feature]


def plan(old: Exercise, stays: Exercise, today: date) -> Plan:
    """What `merge` would move. `both`: programs that would hold the survivor twice. `lost_features`: what the old
    one asks of the body and the survivor does not, so that the safety check would stop asking."""
    programs = Program.objects.filter(items__exercise=old).distinct()
    return Plan(
        programs=programs.count(),
        both=Program.objects.filter(pk__in=programs.values("pk"), items__exercise=stays).distinct().count(),
        prescriptions=Prescription.objects.holding(old, today).count(),
        neighbours=_naming(old).exclude(pk__in=[old.pk, stays.pk]).filter(replaces=None).count(),
        marks=ShelfMark.objects.filter(exercise=old).count(),
        aliases=_new_aliases(stays, old),
        lost_features=sorted(old.feature_set - stays.feature_set),
    )


def refusal(old: Exercise, stays: Exercise) -> str:
    """Why these two cannot be merged; "" when they can."""
    if old.pk == stays.pk:
        return "Choose another exercise than itself."
    if not (old.shared and stays.shared):
        return "Only exercises of the shared library can be merged."
    if old.replaces_id or stays.replaces_id:
        return "A working copy cannot be merged. Publish or discard it."
    if stays.state != ExerciseState.PUBLISHED or stays.merged_into_id:
        return f"“{stays.name}” is not published, so nothing can be merged into it."
    if old.merged_into_id:
        return f"“{old.name}” was merged into another exercise already."
    if Exercise.objects.filter(replaces=old).exists():
        return f"Somebody is changing “{old.name}”. Publish or discard that draft first."
    return ""


@transaction.atomic
def merge(*, actor: User, old: Exercise, into: Exercise, revision: int, reason: str, now: datetime) -> Exercise:
    """`old` becomes another name of `into`, which is answered. Made twice, it is made once.

    Raises CannotMerge, or RevisionConflict when `old` has changed since it was looked at.
    """
    touched = {row.pk: row for row in _lock(old, into)}
    old, stays = touched[old.pk], touched[into.pk]
    if old.merged_into_id == stays.pk:
        return stays
    if why := refusal(old, stays):
        raise CannotMerge(why)
    said = f"Merged into {stays.name} ({stays.code}). {reason}".strip()[:600]
    _put_away(actor, old, stays, revision, said, now)
    _rename(actor, old, stays, touched.values())
    moved = _move_programs(old, stays, now)
    _move_marks(old, stays)
    audit.record(actor, "exercise.merge", old, reason=reason, into=str(stays.pk), programs=moved)
    return stays


def _lock(old: Exercise, stays: Exercise) -> Sequence[Exercise]:
    """All rows that will be written, locked in the order in which they were made: a copy after what it replaces."""
    meant = Q(pk__in=[old.pk, stays.pk]) | Q(replaces=stays.pk) | Q(pk__in=_naming(old).values("pk"))
    return list(Exercise.objects.select_for_update(no_key=True).filter(meant).order_by("pk"))


def _naming(old: Exercise) -> ExerciseQuerySet:
    """Entries of any clinic that name the old code as a neighbour."""
    return Exercise.objects.filter(Contains(Cast("neighbours", TextField()), Value(f'"{old.code}"')))


def _put_away(actor: User, old: Exercise, stays: Exercise, revision: int, said: str, now: datetime) -> None:
    rows = Exercise.objects.filter(pk=old.pk, merged_into=None)
    state = ExerciseState.RETIRED.value
    take_revision(rows, revision, state=state, merged_into=stays, retired_at=old.retired_at or now, updated_at=now)
    Exercise.objects.filter(merged_into=old).update(merged_into=stays)  # what led here leads on
    old.refresh_from_db()
    Exercise.history.bulk_history_create(
        [old], update=True, default_user=actor, default_change_reason=said, default_date=now
    )


def _rename(actor: User, old: Exercise, stays: Exercise, touched: Iterable[Exercise]) -> None:
    """The survivor, and a draft of it, take the names; whoever named the old one as a neighbour names the survivor."""
    changed = []
    for row in touched:
        before = (row.aliases, row.neighbours)
        if stays.pk in (row.pk, row.replaces_id):
            row.aliases = [*row.aliases, *_new_aliases(row, old)]
        if row.pk != old.pk:
            row.neighbours = _pointing_on(row, old, stays)
        if (row.aliases, row.neighbours) != before:
            changed.append(row)
    reason = f"{old.name} ({old.code}) was merged into {stays.name}."
    content.write_many(actor=actor, exercises=changed, reason=reason, fields=["aliases", "neighbours"])


def _new_aliases(stays: Exercise, old: Exercise) -> list[str]:
    """The old names that the survivor does not have yet."""
    known = {fold(name) for name in [stays.name, *stays.aliases]}
    names = {fold(name): name for name in [old.name, *old.aliases]}
    return [name for folded, name in names.items() if folded not in known]


def _pointing_on(row: Exercise, old: Exercise, stays: Exercise) -> dict[str, str]:
    """The neighbours of `row` with the survivor in the place of the old one; nobody is their own neighbour."""
    own = {row.pk, row.replaces_id}
    named = {key: stays.code if code == old.code else code for key, code in row.neighbours.items()}
    return {key: code for key, code in named.items() if not (code == stays.code and stays.pk in own)}


def _move_programs(old: Exercise, stays: Exercise, now: datetime) -> int:
    """Reusable programs hold the survivor from now on; who has one open is told that it changed."""
    holding = list(ProgramItem.objects.filter(exercise=old).values_list("program", flat=True).distinct())
    Program.objects.filter(pk__in=holding).update(revision=F("revision") + 1, updated_at=now)
    ProgramItem.objects.filter(exercise=old).update(exercise=stays)
    return len(holding)


def _move_marks(old: Exercise, stays: Exercise) -> None:
    """Stars and last uses; of two marks of one person the survivor's keeps the earlier star and the later use."""
    present = {mark.user_id: mark for mark in ShelfMark.objects.filter(exercise=stays)}
    doubled = []
    for mark in ShelfMark.objects.filter(exercise=old, user__in=present):
        kept = present[mark.user_id]
        kept.starred_at = _first(min, kept.starred_at, mark.starred_at)
        kept.used_at = _first(max, kept.used_at, mark.used_at)
        doubled.append(kept)
    ShelfMark.objects.bulk_update(doubled, ["starred_at", "used_at"])
    ShelfMark.objects.filter(exercise=old, user__in=[mark.user_id for mark in doubled]).delete()
    ShelfMark.objects.filter(exercise=old).update(exercise=stays)


def _first(choose: Any, *moments: datetime | None) -> Any:
    return choose([moment for moment in moments if moment], default=None)
