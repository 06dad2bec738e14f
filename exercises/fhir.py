"""An exercise as a FHIR R4B ActivityDefinition.

Codes: SNOMED CT body sites only where the shared clinical facts call them confirmed; everything else is told in
words and in our own code system, because a wrong code is worse than none. The dose has no place of its own in an
ActivityDefinition for physical activity, hence the extension.
"""

from __future__ import annotations

import re
from typing import Any

from django.utils.html import escape
from fhir.resources.R4B.activitydefinition import ActivityDefinition

from config.lib.fhir import checked
from exercises.dosage import Dose
from exercises.enums import EvidenceStrength, ExerciseState, Kind, Region
from exercises.models import Exercise

SNOMED = "http://snomed.info/sct"
ANKYLOSING_SPONDYLITIS = {"system": SNOMED, "code": "9631008", "display": "Ankylosing spondylitis (disorder)"}
BODY_SITES = {
    Region.HIP: ("24136001", "Hip joint structure"),
    Region.NECK: ("45048000", "Neck structure"),
    Region.THORACIC_SPINE: ("122495006", "Thoracic spine structure"),
    Region.LUMBAR_SPINE: ("122496007", "Lumbar spine structure"),
    Region.SHOULDERS: ("16982005", "Shoulder region structure"),
}
STATUS = {
    ExerciseState.DRAFT: "draft",
    ExerciseState.IN_REVIEW: "draft",
    ExerciseState.PUBLISHED: "active",
    ExerciseState.RETIRED: "retired",
}
# "2-3 times a day" counts days, "5-7 per week" counts weeks; "daily" and words we do not know are handled below.
OFTEN = re.compile(r"(?P<low>\d+)(?:-(?P<high>\d+))? (?P<unit>times a day|per week)")
PERIODS = {"times a day": "d", "per week": "wk"}
COUNTS = {"sets": "sets", "repetitions": "repetitions", "passes": "passes"}
LENGTHS = {"hold_seconds": ("hold", "s"), "rest_seconds": ("rest", "s"), "duration_minutes": ("duration", "min")}
WORDS = ["side", "tempo", "effort"]


def activity_definition(exercise: Exercise, site: str) -> dict[str, Any]:
    """The exercise as JSON-ready values, checked against the R4B model. `site` is our address, without a slash."""
    return checked(ActivityDefinition, _values(exercise, f"{site}/fhir"))


def _values(exercise: Exercise, base: str) -> dict[str, Any]:
    kind = Kind(exercise.kind)
    return {
        "resourceType": "ActivityDefinition",
        "id": str(exercise.pk),
        "text": {"status": "generated", "div": _narrative(exercise)},
        "extension": [dose_extension(exercise.dose, base), *_features(exercise, base)],
        "url": canonical(exercise, base),
        "identifier": [{"system": f"{base}/exercise-code", "value": exercise.code}],
        "version": str(exercise.edition),
        "name": computer_name(exercise.name) or exercise.code,
        "title": exercise.name,
        "status": STATUS[ExerciseState(exercise.state)],
        "subjectCodeableConcept": {"text": "Patient"},
        "date": exercise.updated_at.isoformat(),
        "description": exercise.why,
        "useContext": [for_ankylosing_spondylitis()],
        "purpose": exercise.why,
        "usage": _usage(exercise),
        "approvalDate": exercise.published_at.date().isoformat() if exercise.published_at else None,
        "topic": [{"coding": [coding(f"{base}/exercise-kind", kind.value, kind.label)], "text": kind.label}],
        "relatedArtifact": _evidence(exercise),
        "kind": "ServiceRequest",
        "intent": "proposal",
        "code": {"coding": [coding(f"{base}/exercise-code", exercise.code, exercise.name)], "text": exercise.name},
        "timingTiming": _timing(exercise.frequency),
        "bodySite": [_body_site(Region(region), base) for region in exercise.regions],
    }


def canonical(exercise: Exercise, base: str) -> str:
    """The name by which other resources speak of the exercise."""
    return f"{base}/ActivityDefinition/{exercise.code}"


def computer_name(title: str) -> str:
    """A title as a name for programs: letters and digits only."""
    return "".join(word.capitalize() for word in re.findall(r"[A-Za-z0-9]+", title))


def coding(system: str, code: str, display: str) -> dict[str, str]:
    return {"system": system, "code": code, "display": display}


def for_ankylosing_spondylitis() -> dict[str, Any]:
    usage = "http://terminology.hl7.org/CodeSystem/usage-context-type"
    return {
        "code": {"system": usage, "code": "focus"},
        "valueCodeableConcept": {"coding": [ANKYLOSING_SPONDYLITIS], "text": "Ankylosing spondylitis"},
    }


def _body_site(region: Region, base: str) -> dict[str, Any]:
    codes = [coding(f"{base}/region", region.value, region.label)]
    if region in BODY_SITES:
        codes.append(coding(SNOMED, *BODY_SITES[region]))
    return {"coding": codes, "text": region.label}


def dose_extension(dose: Dose, base: str) -> dict[str, Any]:
    """A dose in words and in numbers."""
    parts: list[dict[str, Any]] = [{"url": "text", "valueString": dose.text or "As told"}]
    for name, url in COUNTS.items():
        if (count := getattr(dose, name)) is not None:
            parts.append({"url": url, "valuePositiveInt": count})
    for name, (url, unit) in LENGTHS.items():
        if (length := getattr(dose, name)) is not None:
            quantity = {"value": length, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit}
            parts.append({"url": url, "valueQuantity": quantity})
    parts.append({"url": "perSide", "valueBoolean": dose.per_side})
    parts += [{"url": name, "valueString": said} for name in WORDS if (said := getattr(dose, name))]
    return {"url": f"{base}/StructureDefinition/exercise-dose", "extension": parts}


def _features(exercise: Exercise, base: str) -> list[dict[str, Any]]:
    url = f"{base}/StructureDefinition/exercise-feature"
    return [{"url": url, "valueCode": value} for value in exercise.features]


def _timing(frequency: str) -> dict[str, Any] | None:
    """Only what is a number; "as needed" and the like stay in words."""
    if not frequency:
        return None
    found = OFTEN.fullmatch(frequency)
    if frequency == "daily":
        repeat: dict[str, Any] = {"frequency": 1, "period": 1, "periodUnit": "d"}
    elif found:
        repeat = {"frequency": int(found["low"]), "period": 1, "periodUnit": PERIODS[found["unit"]]}
        if found["high"]:
            repeat["frequencyMax"] = int(found["high"])
    else:
        return {"code": {"text": frequency}}
    return {"repeat": repeat, "code": {"text": frequency}}


def _usage(exercise: Exercise) -> str:
    """Markdown: how it is done, and when to stop."""
    steps = "\n".join(f"{number}. {step}" for number, step in enumerate(exercise.steps, 1))
    stop = f"**When to stop:** {exercise.stop_if}" if exercise.stop_if else ""
    return "\n\n".join(part for part in (exercise.set_up, steps, exercise.cue, stop) if part)


def _narrative(exercise: Exercise) -> str:
    steps = "".join(f"<li>{escape(step)}</li>" for step in exercise.steps)
    return (
        '<div xmlns="http://www.w3.org/1999/xhtml">'
        f"<p><b>{escape(exercise.name)}</b>, {escape(exercise.dose.text)}</p>"
        f"<p>{escape(exercise.set_up)}</p><ol>{steps}</ol></div>"
    )


def _evidence(exercise: Exercise) -> list[dict[str, str]]:
    grade = EvidenceStrength(exercise.strength).label
    artifacts = [{"type": "documentation", "label": "Evidence", "display": f"Grade {grade}"}]
    if exercise.evidence_note:
        artifacts.append({"type": "justification", "display": exercise.evidence_note})
    if exercise.source:
        artifacts.append({"type": "citation", "citation": exercise.source})
    return artifacts
