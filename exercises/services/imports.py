"""Running an import: the dry run that people look at first, and the import itself, all of it or nothing.

Both read the file and plan it in the same way. The import goes on only when its plan is the one that was confirmed.
Nothing is ever published here: new exercises are drafts, changed ones wait for the review of a second person.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from django.db import IntegrityError, transaction

from exercises.enums import ExerciseState, JobLayout, Kind, Outcome
from exercises.models import Exercise, LibraryJob
from exercises.services import content, job_files
from exercises.services.codes import LETTERS, free_code
from exercises.services.content import CONTENT
from exercises.services.import_plan import CHUNK, Plan, Planned, Planner
from exercises.services.job_watch import Watch
from exercises.transfer import readers
from exercises.transfer.refusals import FileRefused
from exercises.transfer.resources import KNOWN
from patients import audit
from patients.models import User

MOST_ERRORS = 100
FILE_GONE = "The file is not there any more. Upload it again."
NO_ROWS = "This file has no rows below its heading. Add some, or export the library to start from."
LIBRARY_CHANGED = "The library has changed since the preview, so nothing was imported. Make a new preview."
# What a row of a file moves beside its content.
STANDING = ["state", "written_by", "submitted_by", "submitted_at", "curation_note"]
T = TypeVar("T")


class LibraryChanged(Exception):
    """What the plan rests on is not so any more. Nothing was stored."""


def preview(job: LibraryJob, watch: Watch) -> None:
    """The dry run: counts, errors, differences. Raises FileRefused."""
    began = time.monotonic()
    watch.expect(job.total)
    plan = _planned(job, watch, steps_a_row=1)
    name = f"{job_files.PREVIEWS}/{job.pk.hex}-{job.attempts}.jsonl"
    job_files.write_lines(name, _lines(plan))
    watch.finish(result=name, report=job.report | report_of(plan, time.monotonic() - began))


def carry_out(job: LibraryJob, watch: Watch, actor: User) -> None:
    """The import. Raises FileRefused, LibraryChanged, Stopped or LeaseLost, and then nothing is stored."""
    began = time.monotonic()
    assert job.preview is not None  # noqa: S101  only a confirmed preview is imported
    plan = _planned(job, watch, steps_a_row=2)
    if plan.digest != job.preview.report.get("plan"):
        raise LibraryChanged
    watch.begin_writing(job.total // 2)
    try:
        with transaction.atomic():
            created = Writer(job, watch, actor).write(plan)
            report = report_of(plan, time.monotonic() - began)
            audit.record(actor, "library.import", job, rows=plan.outcomes)
            watch.finish(created=created, report=job.report | report)
    except IntegrityError as error:  # a code or a working copy that came in the meantime
        raise LibraryChanged from error


def _planned(job: LibraryJob, watch: Watch, *, steps_a_row: int) -> Plan:
    planner = Planner(job.layout)
    done = 0
    try:
        with job_files.path_of(job.upload.name or "").open("rb") as file:
            for chunk in chunks(readers.rows(file, job.layout, KNOWN), CHUNK):
                planner.add(chunk)
                done += len(chunk)
                if done > job.total // steps_a_row:  # a large workbook is counted while it is read
                    watch.expect(done * steps_a_row)
                watch.tick(done)
    except FileNotFoundError as error:
        raise FileRefused(FILE_GONE) from error
    if not done:
        raise FileRefused(NO_ROWS)
    watch.expect(done * steps_a_row)
    return planner.finished()


def chunks(rows: Iterator[T], size: int) -> Iterator[list[T]]:
    """Lists of up to `size` until nothing is left."""
    while chunk := list(islice(rows, size)):
        yield chunk


def report_of(plan: Plan, seconds: float) -> dict[str, Any]:
    """What people are told of a plan; at most 100 errors, the first ones of the file."""
    errors = [(row.number, column, sentence) for row in plan.rows for column, sentence in row.errors]
    left_out = Counter(word for row in plan.of(Outcome.NEW) for word in row.left_out)
    return {
        "outcomes": plan.outcomes,
        "incomplete": sum(bool(row.exercise.missing) for row in plan.rows if row.exercise),
        "copies": sum(row.published is not None and row.exercise is not None for row in plan.rows),
        "errors": errors[:MOST_ERRORS],
        "more_errors": max(0, len(errors) - MOST_ERRORS),
        "left_out": left_out.most_common(),
        "plan": plan.digest,
        "seconds": round(seconds, 1),
    }


def _lines(plan: Plan) -> Iterator[dict[str, Any]]:
    """What the preview shows of each row that changes something."""
    for row in plan.rows:
        if row.exercise:
            yield {
                "number": row.number,
                "outcome": row.outcome.value,
                "code": row.code,
                "name": row.name,
                "is_copy": row.published is not None,
                "missing": row.exercise.missing,
                "before": row.before,
                "after": row.after,
            }


class Writer:
    """Stores a plan chunk by chunk inside one transaction that the caller has opened."""

    def __init__(self, job: LibraryJob, watch: Watch, actor: User) -> None:
        self.job, self.watch, self.actor = job, watch, actor
        self.name = job.original_name or job.get_layout_display()
        self.reason = f"Imported from {self.name}"
        self.done = job.total // 2
        self.numbers: dict[str, int] = {}
        self.taken: set[str] = set()

    def write(self, plan: Plan) -> list[str]:
        """Everything. Answers with the keys of the new drafts."""
        self.taken = {row.code for row in plan.rows}
        new = plan.of(Outcome.NEW)
        copies = [row for row in plan.of(Outcome.CHANGED) if row.exercise and row.exercise._state.adding]
        drafts = [row for row in plan.of(Outcome.CHANGED) if row.exercise and not row.exercise._state.adding]
        self._each(new, self._create)
        self._each(copies, self._create)
        self._each(drafts, self._change)
        return [str(row.exercise.pk) for row in new if row.exercise]

    def _each(self, rows: list[Planned], write: Callable[[list[Planned]], None]) -> None:
        for chunk in chunks(iter(rows), CHUNK):
            self.watch.tick_inside(self.done)
            write(chunk)
            self.done += len(chunk)

    def _create(self, rows: list[Planned]) -> None:
        self._lock([row.published for row in rows if row.published])
        exercises = [self._standing(row) for row in rows]
        for exercise in exercises:
            exercise.code = exercise.code or self._next_code(exercise.kind)
        content.create_many(actor=self.actor, exercises=exercises, reason=self.reason)

    def _change(self, rows: list[Planned]) -> None:
        self._lock([one for row in rows for one in (row.published, row.exercise) if one])
        exercises = [self._standing(row) for row in rows]
        content.write_many(
            actor=self.actor, exercises=exercises, reason=self.reason, fields=[*self._columns(rows), *STANDING]
        )

    def _columns(self, rows: list[Planned]) -> list[str]:
        """The content columns that any of these rows changes."""
        changed = {name for row in rows for name in row.after}
        return [name for name in CONTENT if name in changed]

    def _lock(self, exercises: Sequence[Exercise]) -> None:
        """Hold the rows, in one order for all, and make sure that they are as they were planned."""
        wanted = {one.pk: (one.revision, one.state) for one in exercises}
        rows = Exercise.objects.filter(pk__in=wanted).order_by("pk").select_for_update()
        if {pk: (revision, state) for pk, revision, state in rows.values_list("pk", "revision", "state")} != wanted:
            raise LibraryChanged

    def _standing(self, row: Planned) -> Exercise:
        """A draft; a complete working copy goes to the reviewers at once. The importer has written and handed it in."""
        exercise = row.exercise
        assert exercise is not None  # noqa: S101  rows without one are not written
        to_review = row.published is not None and not exercise.missing
        exercise.state = (ExerciseState.IN_REVIEW if to_review else ExerciseState.DRAFT).value
        exercise.written_by = self.actor
        exercise.submitted_by = self.actor if to_review else None
        exercise.submitted_at = self.watch.now() if to_review else None
        if self.job.layout != JobLayout.FACTS:  # facts have said themselves where they come from
            exercise.curation_note = self.reason
        if row.outcome == Outcome.NEW:
            exercise.imported_from = exercise.imported_from or self.name[-120:]
        return exercise

    def _next_code(self, kind: str) -> str:
        """Free codes one after the other, asking once for each kind."""
        letter = LETTERS[Kind(kind)]
        number = self.numbers[kind] + 1 if kind in self.numbers else int(free_code(kind)[1:])
        while f"{letter}{number}" in self.taken:
            number += 1
        self.numbers[kind] = number
        return f"{letter}{number}"
