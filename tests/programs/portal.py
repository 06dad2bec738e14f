"""A patient's own browser, and the posts of the day's pages."""

import re
from typing import Any
from uuid import uuid4

from django.test import Client
from django.urls import reverse

from programs.models import Prescription, PrescriptionItem
from tests.factories import TODAY


def sign_in(client: Client, patient: Any) -> Client:
    client.force_login(patient.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def items_of(prescription: Prescription) -> list[PrescriptionItem]:
    return list(PrescriptionItem.objects.filter(version__prescription=prescription))


def log(client: Client, about: Prescription, *, htmx: bool = False, **values: Any) -> Any:
    """Post one answer, rating or note about today's 07:30."""
    base = {"client_uuid": uuid4(), "prescription": about.pk, "local_date": TODAY.isoformat(), "slot": "07:30"}
    headers = {"HX-Request": "true"} if htmx else {}
    return client.post(reverse("programs:session_log"), base | values, headers=headers)


def text_of(response: Any) -> str:
    """The page with every run of white space as one blank, as a browser reads it."""
    return re.sub(r"\s+", " ", response.content.decode())
