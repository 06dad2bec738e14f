"""A reusable program as a PlanDefinition: one action for each exercise, grouped by stage where it builds up."""

from __future__ import annotations

from typing import Any

from fhir.resources.R4B.plandefinition import PlanDefinition

from config.lib.fhir import checked
from exercises.fhir import canonical, computer_name, for_ankylosing_spondylitis
from programs.fhir import items
from programs.fhir.timing import timing
from programs.models import Program, ProgramItem

TYPE = "http://terminology.hl7.org/CodeSystem/plan-definition-type"


def plan_definition(program: Program, site: str) -> dict[str, Any]:
    """The program, checked against the R4B model. Wants items, exercises and alternatives prefetched."""
    base = f"{site}/fhir"
    name = computer_name(program.name)
    return checked(
        PlanDefinition,
        {
            "resourceType": "PlanDefinition",
            "id": str(program.pk),
            "extension": [
                {"url": f"{base}/StructureDefinition/flare-days", "valuePositiveInt": program.flare_days},
                {"url": f"{base}/StructureDefinition/shared", "valueBoolean": program.shared},
            ],
            "url": plan_canonical(program.pk, base),
            "version": str(program.revision),
            "name": name if name[:1].isalpha() else f"Program{name}",
            "title": program.name,
            "type": {"coding": [{"system": TYPE, "code": "order-set", "display": "Order Set"}]},
            "status": "retired" if program.archived_at else "active",
            "subjectCodeableConcept": {"text": "Patient"},
            "date": program.updated_at.isoformat(),
            "description": program.summary,
            "useContext": [for_ankylosing_spondylitis()],
            "action": _actions(program, base),
        },
    )


def plan_canonical(program_id: object, base: str) -> str:
    return f"{base}/PlanDefinition/{program_id}"


def _actions(program: Program, base: str) -> list[dict[str, Any]]:
    rows = list(program.items.all())
    if not program.steps:
        return [_action(program, row, rows, str(row.pk), base) for row in rows]
    return [_stage(program, number, step, rows, base) for number, step in enumerate(program.steps, 1)]


def _stage(program: Program, number: int, step: dict[str, Any], rows: list[ProgramItem], base: str) -> dict[str, Any]:
    """One stage and what is done in it; the last one goes on for as long as it helps."""
    inside = [row for row in rows if row.from_step <= number and (row.until_step is None or number <= row.until_step)]
    told: dict[str, Any] = {
        "id": f"stage-{number}",
        "prefix": str(number),
        "title": step.get("title") or f"Stage {number}",
        "groupingBehavior": "logical-group",
        "action": [_action(program, row, rows, f"{row.pk}-{number}", base) for row in inside],
    }
    if weeks := step.get("weeks"):
        length = {"value": weeks, "unit": "wk", "system": "http://unitsofmeasure.org", "code": "wk"}
        told["timingTiming"] = {"repeat": {"boundsDuration": length}}
    return {name: value for name, value in told.items() if value}


def _action(program: Program, row: ProgramItem, rows: list[ProgramItem], name: str, base: str) -> dict[str, Any]:
    has_core = any(other.is_core for other in rows)
    told = {
        "id": name,
        "extension": items.extensions(row, row.alternatives.all(), base, has_core=has_core),
        "title": row.exercise.name,
        "description": row.dose.text,
        "textEquivalent": row.note,
        "code": [items.code_of(row, row.exercise.name, base)],
        "timingTiming": timing(program.rule_from(), items.own_days(row, None), None, base),
        "definitionCanonical": canonical(row.exercise, base),
    }
    return {name: value for name, value in told.items() if value}
