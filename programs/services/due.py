"""What is due in one session: the version it was begun under, the variant, the pauses of its day."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, Q, QuerySet, Subquery

from patients.models import Patient
from programs.enums import Variant
from programs.models import Pause, PrescriptionItem, Session, VariantSpell
from programs.schedule import Due, Plan, Stretch
from programs.variants import Spell

Items = QuerySet[PrescriptionItem]


def with_turns(items: Items, patient: Patient, prescription_id: UUID, day: date) -> Items:
    """The same rows, knowing whether their prescription is paused on `day` and which variant was chosen last."""
    pauses = Pause.objects.filter(Q(prescription=None) | Q(prescription=prescription_id), patient=patient).on(day)
    spells = VariantSpell.objects.filter(patient=patient, starts_on__lte=day).order_by("-starts_on")
    return items.annotate(
        is_paused=Exists(pauses),
        spell_variant=Subquery(spells.values("variant")[:1]),
        spell_first=Subquery(spells.values("starts_on")[:1]),
        spell_last=Subquery(spells.values("last_day")[:1]),
    )


def plan_of(items: Sequence[PrescriptionItem], day: date) -> Plan:
    """The plan of one version, told by its items `with_turns` of `day`; of other days it knows no pause or variant.

    It is in force as long as its prescription runs: which version holds on a day is for the caller to know.
    """
    first: Any = items[0]
    version, prescription = first.version, first.version.prescription
    spells = [Spell(first.spell_first, first.spell_last, Variant(first.spell_variant))] if first.spell_variant else []
    return Plan(
        first=prescription.starts_on,
        last=prescription.ends_on,
        rule=version.rule,
        items=tuple(item.plan_from(version.anchor) for item in items),
        pauses=(Stretch(day, day),) if first.is_paused else (),
        spells=tuple(spells),
    )


def variant_of(session: Session | None, in_force: Variant) -> Variant:
    """The variant that counts for a session: what was completed in one stays complete when another is chosen."""
    if session is None:
        return in_force
    answered = session.done + session.partly + session.skipped
    return Variant(session.variant) if answered and answered == session.expected else in_force


def due_in(plan: Plan, day: date, slot: str, variant: Variant) -> Due:
    """What is due in a session of `day`; on a paused day nothing is, whatever was begun."""
    if plan.is_paused(day):
        return Due(day, slot, (), ())
    return plan.due_at(day, slot, variant)


def expected_in(plan: Plan, due: Due, answered: Collection[UUID]) -> int:
    """How many exercises count as due in a session.

    Those owed, and those that were answered besides: on a poor day more than the variant asks for, or an exercise
    with a number of times a week, which no single day owes.
    """
    owed = {item.key for item in (due.items if plan.rule.is_flexible else due.firm)}
    return len(owed | set(answered))
