"""The variant in force on a patient's page: since when, until when, the days of each, and how to change it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import template

from patients.access import Actor
from patients.models import Patient
from programs.enums import Variant
from programs.forms.variants import VariantForm
from programs.models import VariantSpell
from programs.services import variants
from programs.variants import Spell, variant_on

register = template.Library()
WEEKS = 12
WORDS = {Variant.EASY: "easier", Variant.FLARE: "flare"}


@dataclass(frozen=True, slots=True)
class Spent:
    """How many of the last days a variant held."""

    variant: Variant
    days: int

    @property
    def text(self) -> str:
        return f"{self.days} {'day' if self.days == 1 else 'days'} {WORDS[self.variant]}"


@register.inclusion_tag("programs/_variant_panel.html", takes_context=True)
def variant_panel(context: dict[str, Any], patient: Patient) -> dict[str, Any]:
    """What holds for a patient whom the view has opened, and how to change it."""
    request = context["request"]
    return {"request": request} | variant_panel_of(patient, request.actor)


def variant_panel_of(patient: Patient, actor: Actor, form: VariantForm | None = None) -> dict[str, Any]:
    """What `programs/_variant_panel.html` shows; `form` when it was refused. One statement."""
    today = patient.local_today(actor.now)
    first = today - timedelta(days=7 * WEEKS - 1)
    spells = list(
        VariantSpell.objects.for_clinic(actor.clinic)
        .filter(patient=patient)
        .touching(first, today)
        .select_related("chosen_by")
    )
    latest = spells[0] if spells else None
    return {
        "patient": patient,
        "today": today,
        "spell": latest if variants.runs_on(latest, today) else None,
        "lapsed": latest if variants.asks_on(latest, today) else None,
        "spent": _spent(spells, first, today),
        "weeks": WEEKS,
        "spells": spells,
        "form": form or VariantForm(),
        "is_refused": form is not None,
    }


def _spent(rows: list[VariantSpell], first: date, today: date) -> list[Spent]:
    """The days of each poor-day variant, none of them counted twice."""
    spells = [Spell(row.starts_on, row.last_day, Variant(row.variant)) for row in rows]
    days = Counter(variant_on(first + timedelta(days=n), spells) for n in range((today - first).days + 1))
    return [Spent(variant, days[variant]) for variant in (Variant.FLARE, Variant.EASY) if days[variant]]
