"""The exercises of a program or a draft by API: each change names the revision it was made from and can be taken back.

A change answers with a sealed `change`. Sent to `undo` it takes the change back, to `redo` it makes it again, also
when other changes came in between, as long as what it touched is as it left it.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core import signing
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.lib.api import KnownFieldsMixin, WholeNumber
from exercises.models import Exercise
from patients.access import Actor
from programs.api.fields import (
    DoseWrite,
    Flag,
    Revision,
    SlotsField,
    Text,
    Uuid,
    VariantsWrite,
    WeekdaysField,
    one_way,
)
from programs.api.programs import (
    ProgramItemSerializer,
    ProgramSerializer,
    Therapist,
    own_program,
    revision_of,
    sent,
    shown,
)
from programs.api.refusals import told
from programs.edits import Change
from programs.enums import Situation
from programs.models import Program, ProgramItem
from programs.services import programs
from programs.services.item_states import MOST_ITEMS

SEAL = "programs.api.change"
KEPT = 7 * 24 * 3600  # seconds for which a change can be taken back
UNSEALED = "This is not a change of this program, or it is more than a week old."
REVISION = OpenApiParameter("revision", int, required=True, description="The revision you read.")


# --- Bodies --------------------------------------------------------------------------------------------------


class RevisionWrite(KnownFieldsMixin, serializers.Serializer):
    revision = Revision()


class ItemAdd(RevisionWrite):
    """The exercise comes with your usual dose, or else with the library's."""

    exercise = Uuid()
    position = WholeNumber(min_value=0, max_value=MOST_ITEMS, required=False, help_text="0 is first; default: last.")


class ItemMove(RevisionWrite):
    position = WholeNumber(min_value=0, max_value=MOST_ITEMS, help_text="0 is first; beyond the end is last.")


class ItemChange(DoseWrite):
    """What is not named stays as it is. Days of its own narrow those of the program; null ends them."""

    revision = Revision()
    weekdays = WeekdaysField(allow_null=True, required=False)
    every_days = WholeNumber(min_value=2, max_value=28, allow_null=True, required=False)
    times_per_week = WholeNumber(min_value=1, max_value=7, allow_null=True, required=False)
    slots = SlotsField(required=False, help_text="Some of the program's times; an empty list means all of them.")
    note = Text(max_length=200, allow_blank=True, required=False)
    is_core = Flag(required=False)
    variants = VariantsWrite(required=False)
    from_step = WholeNumber(min_value=1, max_value=32, required=False)
    until_step = WholeNumber(min_value=1, max_value=32, allow_null=True, required=False)

    def validate_slots(self, slots: list[str]) -> list[str]:
        known = self.context["item"].program.slots
        if unknown := [slot for slot in slots if slot not in known]:
            raise serializers.ValidationError(f"{unknown[0]} is no time of this program.")
        return [] if slots == list(known) else slots

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        item = self.context["item"]
        first = data.get("from_step", item.from_step)
        last = data.get("until_step", item.until_step)
        stages = max(1, len(item.program.steps))
        for name in ("from_step", "until_step"):
            if (data.get(name) or 1) > stages:
                raise serializers.ValidationError({name: f"This program has stages 1 to {stages}."})
        if last is not None and last < first:
            raise serializers.ValidationError({"until_step": "Name the same stage or a later one."})
        return one_way(data)


class AlternativeWrite(RevisionWrite):
    exercise = Uuid()


class TakeWrite(RevisionWrite):
    items = serializers.ListField(child=Uuid(), allow_empty=False, max_length=MOST_ITEMS)


class ChangeWrite(RevisionWrite):
    change = Text(max_length=200_000, help_text="As the change answered.")


class ChangedSerializer(serializers.Serializer):
    """What a change answers with."""

    revision = serializers.IntegerField(help_text="The new revision.")
    change = serializers.CharField(allow_null=True, help_text="To take the change back; null when nothing differed.")
    item = ProgramItemSerializer(allow_null=True)


# --- Parts ---------------------------------------------------------------------------------------------------


def seal(program: Program, change: Change) -> str:
    """The change as text that only we can have written, and that fits this program alone."""
    return signing.dumps({"program": str(program.pk), **change.as_dict()}, salt=SEAL, compress=True)


def unseal(program: Program, text: str) -> Change:
    try:
        stored = signing.loads(text, salt=SEAL, max_age=KEPT)
    except signing.BadSignature as fault:
        raise serializers.ValidationError({"change": [UNSEALED]}) from fault
    if stored["program"] != str(program.pk):
        raise serializers.ValidationError({"change": [UNSEALED]})
    return Change.from_dict(stored)


def own_item(actor: Actor, program_id: UUID, item_id: UUID) -> ProgramItem:
    """An item of a program that this therapist may change."""
    program = own_program(actor, program_id)
    rows = program.items.select_related("exercise").prefetch_related("alternatives__exercise")
    item = get_object_or_404(rows, pk=item_id)
    item.program = program
    return item


def exercise_for(actor: Actor, exercise_id: UUID, field: str = "exercise") -> Exercise:
    """A published exercise that this clinic may use."""
    found = Exercise.objects.for_actor(actor).published().filter(pk=exercise_id).first()
    if found is None:
        raise serializers.ValidationError({field: ["This exercise is not in the library."]})
    return found


def changed(program: Program, change: Change | None, revision: int, item_id: UUID | None = None) -> dict[str, Any]:
    """The answer to a change, with the item as it is now."""
    rows = program.items.select_related("exercise").prefetch_related("alternatives__exercise")
    item = rows.filter(pk=item_id).first() if item_id else None
    return {
        "revision": revision,
        "change": seal(program, change) if change else None,
        "item": ProgramItemSerializer(item).data if item else None,
    }


class Builder(Therapist, APIView):
    """What all routes share: a program or draft that this therapist may change, and conflicts in words."""

    def conflicts_told(self, program: Program) -> Any:
        return told(lambda: revision_of(program), field="change")


def asked_revision(request: Request) -> int:
    """The revision named in the address of a DELETE, which has no body."""
    value = request.query_params.get("revision", "")
    if not (value.isascii() and value.isdecimal() and 0 < len(value) < 10):
        raise serializers.ValidationError({"revision": ["Name the revision you read, a whole number from 1."]})
    return int(value)


# --- Routes --------------------------------------------------------------------------------------------------


class ItemList(Builder):
    @extend_schema(request=ItemAdd, responses={201: ChangedSerializer})
    def post(self, request: Request, pk: UUID) -> Response:
        """Add an exercise at the end, or at a position. A draft's safety check is asked when it is used."""
        program, data = own_program(self.actor, pk), sent(ItemAdd, request)
        with self.conflicts_told(program):
            item, change, revision = programs.add_item(
                actor=self.actor.user,
                program=program,
                revision=data["revision"],
                exercise=exercise_for(self.actor, data["exercise"]),
                position=data.get("position"),
                now=self.actor.now,
            )
        return Response(changed(program, change, revision, item.pk), status=201)


class ItemDetail(Builder):
    @extend_schema(request=ItemChange, responses=ChangedSerializer)
    def patch(self, request: Request, pk: UUID, item_id: UUID) -> Response:
        """Change dose, days, times, note, core, variants or stages of one exercise."""
        item = own_item(self.actor, pk, item_id)
        values = sent(ItemChange, request, item=item)
        revision = values.pop("revision")
        with self.conflicts_told(item.program):
            change, revision = programs.update_item(
                actor=self.actor.user, item=item, revision=revision, values=values, now=self.actor.now
            )
        return Response(changed(item.program, change, revision, item.pk))

    @extend_schema(parameters=[REVISION], request=None, responses={200: ChangedSerializer})
    def delete(self, request: Request, pk: UUID, item_id: UUID) -> Response:
        """Take an exercise out; the change remembers it and its place."""
        revision = asked_revision(request)
        item = own_item(self.actor, pk, item_id)
        with self.conflicts_told(item.program):
            change, revision = programs.remove_item(
                actor=self.actor.user, item=item, revision=revision, now=self.actor.now
            )
        return Response(changed(item.program, change, revision))


class ItemPlace(Builder):
    @extend_schema(request=ItemMove, responses=ChangedSerializer)
    def post(self, request: Request, pk: UUID, item_id: UUID) -> Response:
        """Put an exercise at another place."""
        item, data = own_item(self.actor, pk, item_id), sent(ItemMove, request)
        with self.conflicts_told(item.program):
            change, revision = programs.move_item(actor=self.actor.user, item=item, now=self.actor.now, **data)
        return Response(changed(item.program, change, revision, item.pk))


class ItemTwice(Builder):
    @extend_schema(request=RevisionWrite, responses={201: ChangedSerializer})
    def post(self, request: Request, pk: UUID, item_id: UUID) -> Response:
        """The same exercise once more, right behind."""
        item, data = own_item(self.actor, pk, item_id), sent(RevisionWrite, request)
        with self.conflicts_told(item.program):
            change, revision = programs.duplicate_item(actor=self.actor.user, item=item, now=self.actor.now, **data)
        return Response(changed(item.program, change, revision, UUID(change.item)), status=201)


class ItemAlternative(Builder):
    @extend_schema(request=AlternativeWrite, responses=ChangedSerializer)
    def put(self, request: Request, pk: UUID, item_id: UUID, situation: str) -> Response:
        """Allow an exercise in its place: no_floor, no_roller, at_work or too_painful."""
        data = sent(AlternativeWrite, request)
        return self._set(pk, item_id, situation, data["revision"], exercise_for(self.actor, data["exercise"]))

    @extend_schema(parameters=[REVISION], request=None, responses={200: ChangedSerializer})
    def delete(self, request: Request, pk: UUID, item_id: UUID, situation: str) -> Response:
        """Allow nothing in its place any more."""
        return self._set(pk, item_id, situation, asked_revision(request), None)

    def _set(self, pk: UUID, item_id: UUID, situation: str, revision: int, exercise: Exercise | None) -> Response:
        item = own_item(self.actor, pk, item_id)
        if situation not in {one.value for one in Situation}:
            raise Http404
        if exercise and exercise.pk == item.exercise_id:
            raise serializers.ValidationError({"exercise": ["Name another exercise than the one it stands in for."]})
        with self.conflicts_told(item.program):
            change, revision = programs.set_alternative(
                actor=self.actor.user,
                item=item,
                revision=revision,
                situation=Situation(situation),
                exercise=exercise,
                now=self.actor.now,
            )
        return Response(changed(item.program, change, revision, item.pk))


class ItemsTaken(Builder):
    @extend_schema(request=TakeWrite, responses={201: ChangedSerializer})
    def post(self, request: Request, pk: UUID) -> Response:
        """Copy items of other programs to the end of this one, with dose, variants and alternatives."""
        program, data = own_program(self.actor, pk), sent(TakeWrite, request)
        with self.conflicts_told(program):
            change, revision = programs.copy_items(
                actor=self.actor.user,
                program=program,
                revision=data["revision"],
                items=_items_of_others(self.actor, data["items"]),
                now=self.actor.now,
            )
        return Response(changed(program, change, revision, UUID(change.item) if change else None), status=201)


def _items_of_others(actor: Actor, ids: list[UUID]) -> list[ProgramItem]:
    """Items of programs that this therapist may read, with exercises that are in the library, in the order given."""
    sources = Program.objects.for_builder(actor).filter(items__in=ids).distinct()
    rows = [
        item for one in sources.prefetch_related("items__exercise", "items__alternatives") for item in one.items.all()
    ]
    library = Exercise.objects.for_actor(actor).published().filter(pk__in={row.exercise_id for row in rows})
    current = set(library.order_by().values_list("pk", flat=True))
    found = {row.pk: row for row in rows if row.exercise_id in current}
    faults = {str(place): ["There is no such item."] for place, pk in enumerate(ids) if pk not in found}
    if faults:
        raise serializers.ValidationError({"items": faults})
    return [found[pk] for pk in ids]


class ProgramGroup(Builder):
    @extend_schema(request=RevisionWrite, responses=ChangedSerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        """Let neighbours share a position, so that one gets down to the floor at most once."""
        program, data = own_program(self.actor, pk), sent(RevisionWrite, request)
        with self.conflicts_told(program):
            change, revision = programs.group_by_position(
                actor=self.actor.user, program=program, now=self.actor.now, **data
            )
        return Response(changed(program, change, revision))


class ProgramUndo(Builder):
    @extend_schema(request=ChangeWrite, responses=ProgramSerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        """Take one change back. 409 when what it touched has changed again."""
        return self._again(request, pk, programs.undo)

    def _again(self, request: Request, pk: UUID, act: Any) -> Response:
        program, data = own_program(self.actor, pk), sent(ChangeWrite, request)
        change = unseal(program, data["change"])
        with self.conflicts_told(program):
            act(
                actor=self.actor.user,
                program=program,
                revision=data["revision"],
                change=change,
                now=self.actor.now,
            )
        return Response(shown(self.actor, pk))


class ProgramRedo(ProgramUndo):
    @extend_schema(request=ChangeWrite, responses=ProgramSerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        """Make a change again that was taken back."""
        return self._again(request, pk, programs.redo)
