"""Paper by API: the handout as PDF, and links to it that name nobody."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.text import slugify
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.lib.api import Conflict
from config.lib.pdf import TooSlow
from patients import audit
from patients.access import Mark
from patients.channels import links
from patients.enums import Paper
from programs import handouts
from programs.api.drafts import own_prescription
from programs.api.prescriptions import Prescriptions
from programs.api.programs import Nothing, Therapist, sent
from programs.enums import Variant
from programs.forms.handouts import HandoutForm, SheetForm
from programs.handouts import ALL, WEEKS, Content, PdfFailed
from programs.models import Prescription, PrescriptionVersion, Program, ShareLink
from programs.services import sharing

LOOKS = [
    OpenApiParameter("variant", enum=[*(one.value for one in Variant), ALL], description="For which days."),
    OpenApiParameter("size", enum=[one.value for one in Paper], description="Paper; default: the clinic's."),
    OpenApiParameter("columns", enum=["1", "2"]),
    OpenApiParameter("large", bool, description="Large print."),
]
SHEET = [
    *LOOKS,
    OpenApiParameter("version", int, description="Default: the one in force."),
    OpenApiParameter("weeks", enum=[str(weeks) for weeks in WEEKS], description="The grid to tick; 0 for none."),
    OpenApiParameter("first_day", OpenApiTypes.DATE, description="Of the grid."),
    OpenApiParameter("name", bool, description="Print the patient's first name."),
]
PDF = {(200, "application/pdf"): OpenApiTypes.BINARY}


class PdfRenderer(BaseRenderer):
    """The document as it is; a refusal stays JSON."""

    media_type = "application/pdf"
    format = "pdf"
    charset = None
    render_style = "binary"

    def render(self, data: Any, media_type: Any = None, context: Any = None) -> bytes:
        if isinstance(data, bytes):
            return data
        context["response"]["Content-Type"] = "application/json"
        return json.dumps(data).encode()


class CannotPrint(exceptions.APIException):
    status_code = 422
    default_code = "cannot_print"


class BusyPrinting(exceptions.APIException):
    status_code = 503
    default_code = "busy"


def printed(content: Content, form: HandoutForm) -> Response:
    """The sheet as PDF."""
    try:
        document = handouts.render(content, form.options)
    except TooSlow as failure:
        raise BusyPrinting(str(failure)) from failure
    except PdfFailed as failure:
        raise CannotPrint(str(failure)) from failure
    version = f"-v{content.version}" if content.version else ""
    name = f"{slugify(content.title) or 'handout'}{version}.pdf"
    return Response(
        document, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )


def checked(form: HandoutForm, request: Request) -> HandoutForm:
    """Known names and good values, or ValidationError."""
    unknown = sorted(set(request.query_params) - set(form.fields) - {"format"})
    if unknown:
        raise serializers.ValidationError({unknown[0][:60]: ["Unknown parameter."]})
    if not form.is_valid():
        raise serializers.ValidationError({name: [str(one) for one in all_] for name, all_ in form.errors.items()})
    return form


class PrescriptionHandout(Prescriptions, APIView):
    renderer_classes = [PdfRenderer, JSONRenderer]
    access = Mark("owner")

    @extend_schema(parameters=SHEET, responses=PDF)
    def get(self, request: Request, pk: UUID) -> Response:
        """The handout of a prescription as tagged PDF, for its therapists and its patient."""
        if not (self.actor.is_therapist or self.actor.is_patient):
            raise PermissionDenied
        found = Prescription.objects.for_actor(self.actor).select_related("patient__clinic").with_versions()
        prescription: Prescription = get_object_or_404(found.distinct(), pk=pk)
        today = prescription.patient.local_today(self.actor.now)
        choices = self._choices(prescription, today)
        paper = prescription.patient.clinic.paper or Paper.A4
        numbers = [(number, str(number)) for number in choices]
        form = checked(SheetForm(request.query_params.dict(), paper=paper, versions=numbers, today=today), request)
        version = choices[form.cleaned_data["version"]]
        version.prescription = prescription
        if self.actor.is_therapist:
            audit.record(self.actor.user, "handout.read", prescription, patient=prescription.patient)
        return printed(handouts.of_version(version, prescription.patient, form.options, today), form)

    def _choices(self, prescription: Prescription, today: Any) -> dict[int, PrescriptionVersion]:
        """The version in force, first; a therapist may print those that are planned as well."""
        reached = max(min(today, prescription.ends_on or today), prescription.starts_on)
        in_force = prescription.version_on(reached)
        planned = [one for one in prescription.versions.all() if one.effective_from > reached]
        versions = [in_force, *(planned if self.actor.is_therapist else [])]
        return {version.number: version for version in versions if version}


class ProgramHandout(Therapist, APIView):
    renderer_classes = [PdfRenderer, JSONRenderer]

    @extend_schema(parameters=LOOKS, responses=PDF)
    def get(self, request: Request, pk: UUID) -> Response:
        """The handout of a reusable program, for whoever is given it."""
        program = get_object_or_404(Program.objects.for_actor(self.actor).with_items(), pk=pk)
        clinic = self.actor.workplace
        form = checked(HandoutForm(request.query_params.dict(), paper=clinic.paper), request)
        return printed(handouts.of_program(program, clinic, form.options, self.actor.today), form)


# --- Links ---------------------------------------------------------------------------------------------------


class ShareSerializer(serializers.ModelSerializer):
    """A link without its secret, which is shown once."""

    is_open = serializers.SerializerMethodField()

    class Meta:
        model = ShareLink
        fields = ["id", "created_at", "expires_at", "revoked_at", "is_open"]

    def get_is_open(self, link: ShareLink) -> bool:
        now: datetime = self.context["now"]
        return link.revoked_at is None and link.expires_at > now


class NewShareSerializer(ShareSerializer):
    """A link with its address, which is shown this once."""

    address = serializers.SerializerMethodField()

    class Meta(ShareSerializer.Meta):
        fields = [*ShareSerializer.Meta.fields, "address"]

    def get_address(self, link: ShareLink) -> str:
        return links.absolute(reverse("programs:shared_handout", args=[self.context["token"]]))


class ShareList(Therapist, APIView):
    @extend_schema(responses=ShareSerializer(many=True))
    def get(self, request: Request, pk: UUID) -> Response:
        """Links to the handout of a prescription, the newest first."""
        rows = own_prescription(self.actor, pk).share_links.all()
        return Response(ShareSerializer(rows, many=True, context={"now": self.actor.now}).data)

    @extend_schema(request=Nothing, responses={201: NewShareSerializer})
    def post(self, request: Request, pk: UUID) -> Response:
        """Make a link for seven days that opens without a login and names nobody."""
        prescription, _ = own_prescription(self.actor, pk), sent(Nothing, request)
        try:
            link, token = sharing.create(actor=self.actor.user, prescription=prescription, now=self.actor.now)
        except sharing.TooManyLinks as many:
            raise Conflict(f"There are {sharing.MOST_OPEN} open links already. Close one of them first.") from many
        body = NewShareSerializer(link, context={"now": self.actor.now, "token": token}).data
        return Response(body, status=201, headers={"Cache-Control": "no-store"})


class ShareDetail(Therapist, APIView):
    @extend_schema(request=None, responses={200: ShareSerializer})
    def delete(self, request: Request, pk: UUID, link_id: UUID) -> Response:
        """Close a link at once. Closing it again changes nothing."""
        link = get_object_or_404(own_prescription(self.actor, pk).share_links.all(), pk=link_id)
        link = sharing.revoke(actor=self.actor.user, link=link, now=self.actor.now)
        return Response(ShareSerializer(link, context={"now": self.actor.now}).data)
