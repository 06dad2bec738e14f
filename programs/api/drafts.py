"""The next version of a prescription by API: begun as a draft, edited like a program, then used or discarded."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.lib.api import Conflict, KnownFieldsMixin, WholeNumber
from patients import audit
from patients.access import Actor, open_patient
from programs.api.fields import Flag, Revision, StrictDate, Text, Uuid
from programs.api.items import REVISION, asked_revision
from programs.api.prescriptions import AnswersField, answers_by_exercise
from programs.api.programs import ProgramSerializer, Therapist, sent, shown
from programs.api.refusals import told
from programs.api.versions import HISTORY, HistorySerializer, history
from programs.models import Prescription, PrescriptionVersion, Program
from programs.services import revisions

LONGEST_NOTE = 500


def own_prescription(actor: Actor, prescription_id: UUID, *prefetch: str) -> Prescription:
    """A prescription of a patient whom this therapist treats: 404 for strangers, 403 for colleagues."""
    found = Prescription.objects.for_clinic(actor.clinic).select_related("program").prefetch_related(*prefetch)
    prescription: Prescription = get_object_or_404(found, pk=prescription_id)
    prescription.patient = open_patient(actor, prescription.patient_id)
    return prescription


def open_draft_of(actor: Actor, prescription: Prescription) -> Program:
    """The draft that is open. 404 when there is none."""
    draft = Program.objects.drafts_for(actor).filter(prescription=prescription).select_related("prescription").first()
    if draft is None:
        raise Http404
    return draft


class DraftOpen(KnownFieldsMixin, serializers.Serializer):
    """An open draft is answered as it is; there is one for each prescription."""

    version = WholeNumber(
        min_value=1, max_value=32_000, required=False, help_text="Begin with this version; default: the newest."
    )


class DraftApply(KnownFieldsMixin, serializers.Serializer):
    """Use the draft. Send the same `id` again to repeat a request safely."""

    id = Uuid(required=False, help_text="The id for the new version.")
    revision = Revision(help_text="The revision of the draft that you read.")
    prescription_revision = Revision(required=False, help_text="Of the prescription: 409 when it has moved on.")
    effective_from = StrictDate(help_text="Today or later on the patient's calendar.")
    change_note = Text(max_length=LONGEST_NOTE, allow_blank=True, default="", help_text="For the patient.")
    drop_later = Flag(default=False, help_text="Drop versions that are planned for later days.")
    answers = AnswersField()


class PrescriptionDraft(Therapist, APIView):
    """The draft of a prescription's next version; its items are edited under `programs/<id of the draft>/`."""

    @extend_schema(responses=ProgramSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        """The open draft; 404 when there is none."""
        prescription = own_prescription(self.actor, pk)
        draft = open_draft_of(self.actor, prescription)
        audit.record(self.actor.user, "prescription.read", prescription)
        return Response(shown(self.actor, draft.pk))

    @extend_schema(request=DraftOpen, responses={201: ProgramSerializer})
    def post(self, request: Request, pk: UUID) -> Response:
        """Begin a draft, or answer with the one that is open. What runs stays as it is until the draft is used."""
        prescription, data = own_prescription(self.actor, pk), sent(DraftOpen, request)
        with told():
            draft = revisions.open_draft(
                actor=self.actor.user,
                prescription=prescription,
                base=_version(prescription, data.get("version")),
                now=self.actor.now,
            )
        return Response(shown(self.actor, draft.pk), status=201)

    @extend_schema(parameters=[REVISION], request=None, responses={204: None})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Throw the draft away."""
        revision = asked_revision(request)
        draft = open_draft_of(self.actor, own_prescription(self.actor, pk))
        with told(lambda: revision_of_draft(self.actor, draft)):
            revisions.discard_draft(actor=self.actor.user, draft=draft, revision=revision)
        return Response(status=204)


class PrescriptionDraftUse(Therapist, APIView):
    @extend_schema(request=DraftApply, responses={201: HistorySerializer})
    def post(self, request: Request, pk: UUID) -> Response:
        """Use the draft from a day on. New warnings without an answer are refused with 400 and named by exercise."""
        prescription, data = own_prescription(self.actor, pk, "versions"), sent(DraftApply, request)
        made = next((one for one in prescription.versions.all() if one.pk == data.get("id")), None)
        if made is None:
            made = self._use(prescription, data)
        elif made.effective_from != data["effective_from"]:
            raise Conflict
        versions = history(own_prescription(self.actor, pk, *HISTORY), self.actor)
        return Response(next(one for one in versions if one["id"] == str(made.pk)), status=201)

    def _use(self, prescription: Prescription, data: dict[str, Any]) -> PrescriptionVersion:
        draft = open_draft_of(self.actor, prescription)
        with told(lambda: revision_of_draft(self.actor, draft), field="effective_from"):
            return revisions.apply_draft(
                actor=self.actor.user,
                draft=draft,
                revision=data["revision"],
                plan_revision=data.get("prescription_revision"),
                effective_from=data["effective_from"],
                change_note=data["change_note"],
                drop_later=data["drop_later"],
                answers=answers_by_exercise(data["answers"]),
                now=self.actor.now,
                key=data.get("id"),
            )


def _version(prescription: Prescription, number: int | None) -> Any:
    if number is None:
        return None
    version = prescription.versions.filter(number=number).first()
    if version is None:
        raise serializers.ValidationError({"version": ["There is no such version."]})
    return version


def revision_of_draft(actor: Actor, draft: Program) -> int | None:
    """The newest revision, to be named in a conflict; None when the draft is gone."""
    return Program.objects.drafts_for(actor).filter(pk=draft.pk).values_list("revision", flat=True).first()
