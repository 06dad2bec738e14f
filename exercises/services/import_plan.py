"""What an import would do, row by row, decided before anything is written.

A row means the exercise of the shared library with its code, or without a code the one with its name; without either
it is new. A published exercise is never written: what a row changes goes into its working copy.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from import_export.results import RowResult

from exercises.enums import ExerciseState, JobLayout, Outcome
from exercises.models import Exercise
from exercises.models.exercises import ExerciseQuerySet
from exercises.services.content import content_of, derive, put
from exercises.services.library import working_code
from exercises.transfer import facts
from exercises.transfer.resources import ExerciseResource, Ready, neighbours_in
from exercises.transfer.rows import Row

CHUNK = 200
# A clinic's own exercises have such codes; nobody learns here which of them exist.
CLINIC_CODE = re.compile("C[0-9A-Za-z]{6,}")
NEW_CODE = re.compile("[A-Z][A-Z0-9-]{0,17}")
NO_SUCH_CODE = "The shared library has no such exercise, and a new one cannot have this code. Leave the cell empty."
RETIRED = "This exercise is retired. Restore it first, or leave the row out."
SEVERAL = "Several exercises have this name. Write the code of the one that is meant."
NO_NEIGHBOUR = "There is no exercise with this code, neither in the shared library nor in this file."
ITSELF = "An exercise cannot be its own neighbour."


@dataclass(slots=True)
class Planned:
    """One row: what becomes of it, and the exercise to store, with its new content."""

    number: int
    code: str = ""
    name: str = ""
    outcome: Outcome = Outcome.REFUSED
    exercise: Exercise | None = None
    published: Exercise | None = None  # what the exercise is, or becomes, a working copy of
    before: dict[str, Any] = field(default_factory=dict)  # the columns that change, as they are; {} when it is new
    after: dict[str, Any] = field(default_factory=dict)
    neighbours: list[tuple[str, str]] = field(default_factory=list)
    errors: list[tuple[str, str]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def refuse(self, column: str, sentence: str) -> None:
        self.outcome, self.exercise = Outcome.REFUSED, None
        self.errors.append((column, sentence))

    @property
    def basis(self) -> list[Any]:
        """All that the decision rests on: another basis, another plan."""
        stored = [one for one in (self.published, self.exercise) if one and not one._state.adding]
        seen = [(str(one.pk), one.revision, one.state) for one in stored]
        return [self.number, self.outcome.value, seen, self.before, self.after, self.errors]


@dataclass(slots=True)
class Plan:
    rows: list[Planned] = field(default_factory=list)

    @property
    def outcomes(self) -> dict[str, int]:
        counts = Counter(row.outcome.value for row in self.rows)
        return {outcome.value: counts[outcome.value] for outcome in Outcome}

    @property
    def digest(self) -> str:
        """The same for the same file while nothing that it touches has changed."""
        digest = hashlib.sha256()
        for row in self.rows:
            digest.update(json.dumps(row.basis, default=str).encode())
        return digest.hexdigest()

    def of(self, outcome: Outcome) -> list[Planned]:
        return [row for row in self.rows if row.outcome == outcome]


class Planner:
    """Plans chunk by chunk, with a fixed number of statements for each; `finished` answers with the whole."""

    def __init__(self, layout: str) -> None:
        self.layout = layout
        self.native = layout in (JobLayout.JSON, JobLayout.FACTS)
        self.resource = ExerciseResource()
        self.plan = Plan()
        self.seen: dict[str, int] = {}

    def add(self, rows: Sequence[Row]) -> None:
        """Plan some rows."""
        drafts = [self._fact(row) if self.layout == JobLayout.FACTS else self._row(row) for row in rows]
        known = _Known(drafts)
        for planned, values, fact in drafts:
            if not planned.errors:
                self._decide(planned, values, fact, known)
            self.plan.rows.append(planned)

    def finished(self) -> Plan:
        """The plan, with every neighbour looked up: one may stand further down in the file."""
        named = {code for row in self.plan.rows if row.exercise for _, code in row.neighbours}
        library = _library().filter(code__in=named).values_list("code", flat=True) if named else []
        known = {*library, *(row.code for row in self.plan.rows if row.exercise and row.code)}
        for row in self.plan.rows:
            for column, code in row.neighbours if row.exercise else []:
                if code not in known:
                    row.refuse(column, NO_NEIGHBOUR)
                elif code == row.code:
                    row.refuse(column, ITSELF)
        return self.plan

    def _row(self, row: Row) -> Draft:
        planned = Planned(row.number)
        if row.trouble:
            planned.refuse("", row.trouble)
            return planned, {}, None
        try:
            planned.code = self.resource.fields["code"].clean({"code": "", **row.values}, native=self.native)
        except ValueError as error:
            planned.refuse("code", str(error))
        with suppress(ValueError):  # told together with what is wrong in the other columns
            planned.name = self.resource.fields["name"].clean({"name": "", **row.values}, native=self.native)
        return planned, row.values, None

    def _fact(self, row: Row) -> Draft:
        planned = Planned(row.number)
        try:
            fact = facts.fact(row.values)
        except facts.FactRefused as refusal:
            planned.refuse(refusal.key, str(refusal))
            return planned, {}, None
        planned.code, planned.name, planned.left_out = fact.code, fact.values["name"], fact.left_out
        return planned, fact.values, fact

    def _decide(self, planned: Planned, values: dict[str, Any], fact: facts.Fact | None, known: _Known) -> None:
        try:
            present = known.of_fact(fact) if fact else known.of_row(planned)
        except ValueError as refusal:
            return planned.refuse("code", str(refusal))
        planned.code = present.code if present else planned.code
        if twin := self._twin(planned):
            return planned.refuse("code", f"Row {twin} means the same exercise. Keep one of them.")
        if fact and present:
            planned.outcome, planned.name = Outcome.UNCHANGED, present.name
            return None
        return self._compare(planned, values, fact, present, known.copies)

    def _twin(self, planned: Planned) -> int | None:
        """The earlier row for the same exercise."""
        first = self.seen.setdefault(planned.code or f" {planned.name}", planned.number)
        return first if first != planned.number else None

    def _compare(
        self,
        planned: Planned,
        values: dict[str, Any],
        fact: facts.Fact | None,
        present: Exercise | None,
        copies: dict[Any, Exercise],
    ) -> None:
        planned.neighbours = list(neighbours_in(values))
        if present is None:
            return self._new(planned, values, fact)
        result = self._put(planned, values, present)
        if result and present.state == ExerciseState.RETIRED:
            return planned.refuse("code", RETIRED)
        if result and present.state == ExerciseState.PUBLISHED:
            return self._working_copy(planned, values, result, copies.get(present.pk))
        return self._changed(planned, result) if result else None

    def _new(self, planned: Planned, values: dict[str, Any], fact: facts.Fact | None) -> None:
        result = self._put(planned, values, None)
        if result is None:
            return
        exercise = result.instance
        exercise.code = planned.code
        if fact:
            exercise.imported_from, exercise.curation_note = fact.origin, fact.note
        planned.outcome, planned.exercise = Outcome.NEW, derive(exercise)
        planned.after = {name: value for name, value in content_of(exercise).items() if value}

    def _working_copy(
        self, planned: Planned, values: dict[str, Any], result: RowResult, present: Exercise | None
    ) -> None:
        """Into the copy that waits already, or into a new one."""
        planned.published = changed = result.instance
        if present is not None:
            again = self._put(planned, values, present)
            return self._changed(planned, again) if again else None
        copy = put(Exercise(code=working_code(changed), shared=True, replaces_id=changed.pk), content_of(changed))
        return self._changed(planned, result, copy)

    def _changed(self, planned: Planned, result: RowResult, copy: Exercise | None = None) -> None:
        planned.outcome, planned.exercise = Outcome.CHANGED, derive(copy or result.instance)
        old, new = content_of(result.original), content_of(result.instance)
        planned.before = {name: value for name, value in old.items() if value != new[name]}
        planned.after = {name: new[name] for name in planned.before}

    def _put(self, planned: Planned, values: dict[str, Any], present: Exercise | None) -> RowResult | None:
        """The row put into the exercise; None when it changes nothing or is refused, which `planned` then says."""
        result = self.resource.import_row(values, Ready(present), row_number=planned.number, native=self.native)
        for error in result.errors:
            raise error.error
        if result.validation_error:
            for column, sentences in result.validation_error.message_dict.items():
                planned.refuse(column, " ".join(sentences))
            return None
        planned.name = result.instance.name
        if result.is_skip():
            planned.outcome = Outcome.UNCHANGED
            return None
        return result


Draft = tuple[Planned, dict[str, Any], facts.Fact | None]


class _Known:
    """The exercises that some rows may mean, and the working copies of these."""

    def __init__(self, drafts: Iterable[Draft]) -> None:
        fine = [(planned, fact) for planned, _, fact in drafts if not planned.errors]
        codes = {code for planned, _ in fine for code in (planned.code, planned.code.upper()) if code}
        names = {planned.name for planned, fact in fine if planned.name and not planned.code and not fact}
        origins = {fact.origin for _, fact in fine if fact}
        self.by_code = {one.code: one for one in _library().filter(code__in=codes)}
        self.foreign = set(Exercise.objects.filter(code__in=codes).values_list("code", flat=True)) - set(self.by_code)
        self.by_origin = {one.imported_from: one for one in _library().filter(imported_from__in=origins)}
        self.by_name: dict[str, list[Exercise]] = {}
        for one in _library().filter(name__in=names) if names else []:
            self.by_name.setdefault(one.name, []).append(one)
        self.copies = {one.replaces_id: one for one in Exercise.objects.filter(replaces__in=[*self._published()])}

    def _published(self) -> Iterator[Any]:
        for one in (*self.by_code.values(), *(one for found in self.by_name.values() for one in found)):
            if one.state == ExerciseState.PUBLISHED:
                yield one.pk

    def of_row(self, planned: Planned) -> Exercise | None:
        """Raises ValueError for a code that a new exercise cannot have, and for a name that several have."""
        if not planned.code:
            found = self.by_name.get(planned.name, [])
            if len(found) > 1:
                raise ValueError(SEVERAL)
            return found[0] if found else None
        present = self.by_code.get(planned.code) or self.by_code.get(planned.code.upper())
        if present is None:
            planned.code = planned.code.upper()
            is_free = NEW_CODE.fullmatch(planned.code) and not CLINIC_CODE.fullmatch(planned.code)
            if not is_free or planned.code in self.foreign or planned.code.endswith("-DRAFT"):
                raise ValueError(NO_SUCH_CODE)
        return present

    def of_fact(self, fact: facts.Fact) -> Exercise | None:
        """Raises ValueError when another exercise has the code."""
        present = self.by_origin.get(fact.origin)
        if present is None and (fact.code in self.by_code or fact.code in self.foreign):
            raise ValueError(NO_SUCH_CODE)
        return present


def _library() -> ExerciseQuerySet:
    """The shared library without working copies."""
    return Exercise.objects.filter(shared=True, replaces=None)
