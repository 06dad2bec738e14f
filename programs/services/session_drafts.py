"""What somebody wants to write about one occurrence, and whether it makes sense by itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from uuid import UUID

from patients.enums import PainMoment
from patients.services import diary
from patients.services.diary import LogRefused
from programs.enums import EntryStatus, Situation, SkipReason


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """One exercise's answer. An empty status takes an earlier answer back.

    `swapped_to` and `swapped_for` go together: the approved alternative that was done instead, and why. It counts as
    the exercise itself.
    """

    item_id: UUID
    status: str
    reason: str = ""
    note: str = ""
    swapped_to: UUID | None = None
    swapped_for: str = ""

    @property
    def values(self) -> tuple[str, str, str, UUID | None, str]:
        return (str(self.status), str(self.reason), self.note, self.swapped_to, str(self.swapped_for))


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
        for entry in content["entries"]:
            # A write that was sent before exercises could be swapped is met again under its old name.
            if entry["swapped_to"] is None and not entry["swapped_for"]:
                del entry["swapped_to"], entry["swapped_for"]
        return hashlib.sha256(json.dumps(content, default=str, sort_keys=True).encode()).hexdigest()

    @property
    def pain(self) -> dict[PainMoment, int | None]:
        """The ratings that this draft sets or takes back."""
        given = {PainMoment.BEFORE: self.pain_before, PainMoment.AFTER: self.pain_after}
        return {m: score for m, score in given.items() if score is not None or f"pain_{m}" in self.cleared}


def check_values(draft: SessionDraft) -> None:
    diary.check_pain("pain_before", draft.pain_before)
    diary.check_pain("pain_after", draft.pain_after)
    diary.check_stiffness(draft.stiffness_minutes)


def check_entries(draft: SessionDraft, allowed: Collection[UUID]) -> None:
    """Raise LogRefused unless each answer is one, about an exercise of `allowed`."""
    if len({entry.item_id for entry in draft.entries}) != len(draft.entries):
        raise LogRefused("entries", "Each exercise can be named once.")
    for entry in draft.entries:
        if entry.item_id not in allowed:
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
    _check_swap(entry)


def _check_swap(entry: EntryDraft) -> None:
    if entry.swapped_for not in ("", *Situation):
        raise LogRefused("swapped_for", "Choose a situation from the list.")
    if (entry.swapped_to is None) != (not entry.swapped_for):
        raise LogRefused("swapped_to", "Name both the exercise that was done instead and why.")
    if entry.swapped_to and entry.status not in (EntryStatus.DONE, EntryStatus.PARTLY):
        raise LogRefused("swapped_to", "Another exercise instead goes with done or partly.")
