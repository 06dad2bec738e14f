"""A program that differs on poor days, and how the patient's pages show it."""

from typing import Any

from django.test import Client
from django.urls import reverse

from patients.models import Patient
from programs.models import Prescription, PrescriptionItem
from tests import factories
from tests.programs.portal import text_of

TODAY_URL = "/today/"
NAMES = ("Bridge", "Lunge", "Reach", "Twist")
HTMX = {"HX-Request": "true"}


def poor_day_plan(dan: Patient) -> Prescription:
    """Four exercises; in a flare the Bridge alone, which is the core; on an easier day no Lunge and a shorter Reach."""
    made = factories.make_prescription(dan, *[factories.make_exercise(name) for name in NAMES])
    items = PrescriptionItem.objects.filter(version__prescription=made)
    items.filter(name="Bridge").update(is_core=True)
    items.filter(name="Lunge").update(variants={"easy": {"in": False}})
    items.filter(name="Reach").update(variants={"easy": {"hold_seconds": 12}})
    return made


def item(plan: Prescription, name: str) -> PrescriptionItem:
    return PrescriptionItem.objects.get(version__prescription=plan, name=name)


def choose(client: Client, variant: str, **values: Any) -> Any:
    return client.post(reverse("programs:variant_choose"), {"variant": variant} | values)


def shown(page: str) -> list[str]:
    return [name for name in NAMES if f">{name}</a>" in page]


def today(client: Client, query: str = "") -> str:
    return text_of(client.get(TODAY_URL + query))
