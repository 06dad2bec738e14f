"""Programs and prescriptions in FHIR: valid, scoped, noted, and saying the days that Rachis means."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.careplan import CarePlan
from fhir.resources.R4B.operationoutcome import OperationOutcome
from fhir.resources.R4B.plandefinition import PlanDefinition
from fhir.resources.R4B.servicerequest import ServiceRequest

from patients.models import AuditEvent
from programs.models import (
    Pause,
    Prescription,
    PrescriptionAlternative,
    PrescriptionItem,
    PrescriptionVersion,
    ProgramAlternative,
    SafetyDecision,
)
from tests import factories
from tests.factories import TODAY
from tests.programs.timings import days_of
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("frozen")]
FHIR = "/api/v1/fhir"


@pytest.fixture
def as_ana(client: Client, world: World) -> Client:
    client.force_login(world.ana)
    return client


@pytest.fixture
def as_dan(client: Client, world: World) -> Client:
    client.force_login(world.dan.user)
    return client


def extension(resource: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The extensions of that name, each as its parts by url, or its value."""
    found = [one for one in resource["extension"] if one["url"].endswith(f"/{name}")]
    return [{part["url"]: part for part in one["extension"]} if "extension" in one else one for one in found]


# --- PlanDefinition ------------------------------------------------------------------------------------------


def test_a_program_is_a_plan_definition(as_ana: Client, world: World) -> None:
    first, second, _ = world.program.items.all()
    type(first).objects.filter(pk=first.pk).update(weekdays=0b101, is_core=True, side="left", note="Slowly")
    type(first).objects.filter(pk=second.pk).update(variants={"flare": {"repetitions": 1}})
    ProgramAlternative.objects.create(item=first, situation="no_floor", exercise=world.exercises[3])

    body = as_ana.get(f"{FHIR}/PlanDefinition/{world.program.pk}", HTTP_ACCEPT="application/fhir+json").json()

    assert PlanDefinition.model_validate(body).title == "Morning hips"
    assert (body["status"], body["version"], body["name"]) == ("active", "1", "MorningHips")
    action = body["action"][0]
    assert action["definitionCanonical"] == f"http://testserver/fhir/ActivityDefinition/{world.exercises[0].code}"
    assert action["timingTiming"]["repeat"]["dayOfWeek"] == ["mon", "wed"]
    assert (action["description"], action["textEquivalent"]) == ("3 × 30 s left side only", "Slowly")
    assert extension(action, "minimum-core")[0]["valueBoolean"] is True
    assert extension(action, "exercise-dose")[0]["side"]["valueString"] == "left"
    [swap] = extension(action, "exercise-alternative")
    assert (swap["situation"]["valueCode"], swap["name"]["valueString"]) == ("no_floor", "Calm breathing")


def test_variants_say_what_is_done_on_a_poor_day(as_ana: Client, world: World) -> None:
    first, second, _ = world.program.items.all()
    type(first).objects.filter(pk=first.pk).update(is_core=True)
    type(first).objects.filter(pk=second.pk).update(variants={"flare": {"repetitions": 1}, "easy": {"in": False}})

    actions = as_ana.get(f"{FHIR}/PlanDefinition/{world.program.pk}").json()["action"]

    said = [
        {one["variant"]["valueCode"]: one["included"]["valueBoolean"] for one in extension(action, "exercise-variant")}
        for action in actions
    ]
    assert said == [
        {"easy": True, "flare": True},
        {"easy": False, "flare": True},
        {"easy": True, "flare": False},  # there is a core, and this is not of it
    ]
    easy, flare = [one for one in actions[1]["extension"] if one["url"].endswith("exercise-variant")]
    [dose] = [part for part in flare["extension"] if part["url"].endswith("exercise-dose")]
    assert dose["extension"][0] == {"url": "text", "valueString": "30 s"}
    assert not any(part["url"].endswith("exercise-dose") for part in easy["extension"])


def test_stages_are_groups(as_ana: Client, world: World) -> None:
    type(world.program).objects.filter(pk=world.program.pk).update(steps=[{"title": "Begin", "weeks": 4}, {}])
    later = world.program.items.last()
    type(later).objects.filter(pk=later.pk).update(from_step=2)

    begin, after = as_ana.get(f"{FHIR}/PlanDefinition/{world.program.pk}").json()["action"]

    assert (begin["title"], len(begin["action"]), begin["groupingBehavior"]) == ("Begin", 2, "logical-group")
    assert begin["timingTiming"]["repeat"]["boundsDuration"]["value"] == 4
    assert (after["title"], len(after["action"])) == ("Stage 2", 3)
    assert "timingTiming" not in after


def test_plans_are_searched_in_a_fixed_number_of_statements(as_ana: Client, world: World) -> None:
    counts = []
    for number in (1, 26):
        for _ in range(number):
            factories.make_program(world.harbour, *world.exercises, name="Sorted plan")
        as_ana.get(f"{FHIR}/PlanDefinition", {"_count": 100})
        with CaptureQueriesContext(connection) as captured:
            body = as_ana.get(f"{FHIR}/PlanDefinition", {"_count": 100, "title": "sorted"}).json()
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert (Bundle.model_validate(body).total, len(body["entry"])) == (27, 27)


# --- CarePlan ------------------------------------------------------------------------------------------------


def second_version(prescription: Prescription, day: date, **fields: Any) -> PrescriptionVersion:
    version = PrescriptionVersion.objects.create(prescription=prescription, number=2, effective_from=day, **fields)
    exercise = prescription.versions.get(number=1).items.first().exercise
    PrescriptionItem.objects.create(version=version, exercise=exercise, name=exercise.name, **exercise.dose_values())
    return version


def test_a_version_is_a_care_plan(as_ana: Client, world: World) -> None:
    later = second_version(world.prescription, TODAY + timedelta(days=5), change_note="A longer hold.")
    first = world.prescription.versions.get(number=1)

    now, then = (as_ana.get(f"{FHIR}/CarePlan/{version.pk}").json() for version in (first, later))

    assert CarePlan.model_validate(now).intent == "plan"
    assert now["period"] == {"start": "2026-09-19", "end": "2026-11-22"}
    assert then["period"] == {"start": "2026-11-23"}
    assert (now["status"], then["status"]) == ("active", "active")
    assert then["replaces"] == [{"reference": f"CarePlan/{first.pk}"}]
    assert then["note"] == [{"text": "A longer hold."}]
    assert [one["reference"]["reference"] for one in now["activity"]] == [
        f"ServiceRequest/{item.pk}" for item in first.items.all()
    ]
    assert now["subject"] == {
        "type": "Patient",
        "identifier": {"system": "http://testserver/fhir/patient", "value": str(world.dan.pk)},
    }
    assert "Canarydan" not in str(now)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"ends_on": TODAY - timedelta(days=1)}, "completed"),
        ({"ends_on": TODAY}, "active"),
        ({"starts_on": TODAY + timedelta(days=3)}, "active"),  # still to come
    ],
)
def test_the_status_follows_the_patients_day(as_ana: Client, world: World, change: dict[str, Any], status: str) -> None:
    Prescription.objects.filter(pk=world.prescription.pk).update(**change)
    version = world.prescription.versions.get()

    assert as_ana.get(f"{FHIR}/CarePlan/{version.pk}").json()["status"] == status


def test_a_pause_holds_the_plan_and_is_told(as_ana: Client, world: World) -> None:
    whole = {"clinic": world.harbour, "patient": world.dan}
    Pause.objects.create(**whole, starts_on=TODAY, last_day=TODAY + timedelta(days=6))
    other = factories.make_prescription(world.dan)
    Pause.objects.create(**whole, prescription=other, starts_on=TODAY - timedelta(days=9), last_day=TODAY)
    version = world.prescription.versions.get()

    plan = as_ana.get(f"{FHIR}/CarePlan/{version.pk}").json()
    order = as_ana.get(f"{FHIR}/ServiceRequest/{version.items.first().pk}").json()

    assert (plan["status"], order["status"]) == ("on-hold", "on-hold")
    pause = {"url": "http://testserver/fhir/StructureDefinition/pause"}
    pause["valuePeriod"] = {"start": "2026-11-18", "end": "2026-11-24"}  # type: ignore[assignment]
    assert extension(plan, "pause") == [pause]
    assert order["occurrenceTiming"]["modifierExtension"] == [pause]


# --- ServiceRequest ------------------------------------------------------------------------------------------


def test_an_item_is_a_service_request(as_ana: Client, world: World) -> None:
    item = world.prescription.versions.get().items.first()
    item.side, item.note, item.is_core = "right", "Hold the chair.", True
    item.save()
    PrescriptionAlternative.objects.create(
        item=item, situation="too_painful", exercise=world.exercises[1], name="As it was called"
    )

    body = as_ana.get(f"{FHIR}/ServiceRequest/{item.pk}").json()

    assert ServiceRequest.model_validate(body).intent == "order"
    assert body["instantiatesCanonical"] == [f"http://testserver/fhir/ActivityDefinition/{item.exercise.code}"]
    assert body["basedOn"] == [{"reference": f"CarePlan/{item.version_id}"}]
    assert (body["bodySite"][0]["text"], body["note"]) == ("Right side", [{"text": "Hold the chair."}])
    assert body["patientInstruction"] == "3 × 30 s right side only"
    assert body["occurrenceTiming"]["repeat"] == {
        "boundsPeriod": {"start": "2026-09-19"},
        **{"frequency": 1, "period": 1, "periodUnit": "d", "timeOfDay": ["07:30:00"]},
    }
    [swap] = extension(body, "exercise-alternative")
    assert swap["name"]["valueString"] == "As it was called"


def test_the_timing_says_the_days_of_the_prescription(as_ana: Client, world: World) -> None:
    """Every other day from a version on, counted across its pause, until the next version."""
    plan = factories.make_prescription(
        world.dan, world.exercises[0], starts_on=TODAY, frequency="every_days", every_days=2
    )
    second_version(plan, TODAY + timedelta(days=20))
    Pause.objects.create(
        clinic=world.harbour,
        patient=world.dan,
        starts_on=TODAY + timedelta(days=4),
        last_day=TODAY + timedelta(days=9),
    )
    version = plan.versions.get(number=1)

    told = as_ana.get(f"{FHIR}/ServiceRequest/{version.items.get().pk}").json()["occurrenceTiming"]

    days = {TODAY + timedelta(days=n) for n in (0, 2, 10, 12, 14, 16, 18)}
    assert days_of(told, TODAY - timedelta(days=30), TODAY + timedelta(days=60)) == days


def test_what_was_answered_to_the_safety_check_is_for_therapists(client: Client, world: World) -> None:
    item = world.prescription.versions.get().items.first()
    SafetyDecision.objects.create(
        **{"item": item, "condition": "osteoporosis", "feature": "spinal_flexion_load", "rating": 2},
        **{"matrix_reason": "Load on the vertebrae", "decision": "overridden", "reason": "Agreed with the doctor"},
        decided_by=world.ana,
    )
    client.force_login(world.ana)
    [told] = extension(client.get(f"{FHIR}/ServiceRequest/{item.pk}").json(), "safety-decision")
    client.force_login(world.dan.user)
    own = client.get(f"{FHIR}/ServiceRequest/{item.pk}").json()

    assert (told["rating"]["valueCode"], told["reason"]["valueString"]) == ("avoid", "Agreed with the doctor")
    assert told["decidedBy"]["valueString"] == "Ana Lind"
    assert extension(own, "safety-decision") == []


# --- Search, scope, refusals ---------------------------------------------------------------------------------


def total(client: Client, resource: str, **query: Any) -> int:
    return int(client.get(f"{FHIR}/{resource}", query).json()["total"])


def test_search_is_narrowed_by_patient_day_and_plan(as_ana: Client, world: World) -> None:
    later = second_version(world.prescription, TODAY + timedelta(days=5))
    first = world.prescription.versions.get(number=1)

    assert total(as_ana, "CarePlan", patient=f"Patient/{world.dan.pk}") == 2
    assert total(as_ana, "CarePlan", patient=str(world.eve.pk)) == 0
    assert total(as_ana, "CarePlan", date=TODAY.isoformat()) == 1
    assert total(as_ana, "ServiceRequest", date=(TODAY + timedelta(days=5)).isoformat()) == 1
    assert total(as_ana, "ServiceRequest", **{"based-on": f"CarePlan/{first.pk}"}) == 2
    assert total(as_ana, "ServiceRequest", **{"based-on": str(later.pk)}) == 1


def test_a_look_is_written_down_and_ones_own_is_not(client: Client, world: World) -> None:
    version = world.prescription.versions.get()
    asked = [
        (f"{FHIR}/CarePlan/{version.pk}", {}),
        (f"{FHIR}/ServiceRequest/{version.items.first().pk}", {}),
        (f"{FHIR}/CarePlan", {"patient": str(world.dan.pk)}),
        (f"{FHIR}/ServiceRequest", {"patient": f"Patient/{world.dan.pk}"}),
    ]
    for login, reads in ((world.ana, 4), (world.dan.user, 4), (world.ben, 4)):
        client.force_login(login)
        for address, query in asked:
            client.get(address, query)
        assert AuditEvent.objects.filter(verb="prescription.read", patient=world.dan).count() == reads


@pytest.mark.parametrize("resource", ["CarePlan", "ServiceRequest", "PlanDefinition"])
def test_a_refusal_is_an_operation_outcome(as_ana: Client, client: Client, world: World, resource: str) -> None:
    missing = as_ana.get(f"{FHIR}/{resource}/00000000-0000-0000-0000-000000000000")
    unknown = as_ana.get(f"{FHIR}/{resource}", {"colour": "red"})
    client.logout()
    nobody = client.get(f"{FHIR}/{resource}")

    told = [(response.status_code, response.json()["issue"][0]["code"]) for response in (missing, unknown, nobody)]
    assert told == [(404, "not-found"), (400, "invalid"), (401, "login")]
    assert unknown.json()["issue"][0]["expression"] == ["colour"]
    assert OperationOutcome.model_validate(unknown.json())


@pytest.mark.parametrize(
    "query",
    [
        *({"patient": value} for value in ("x", "Patient/", "Patient/x", "a\x00")),
        *({"date": value} for value in ("2026-02-30", "today", "0000-01-01")),
        *({"based-on": value} for value in ("CarePlan/1", "1")),
    ],
)
def test_bad_parameters_are_named(as_ana: Client, query: dict[str, str]) -> None:
    response = as_ana.get(f"{FHIR}/ServiceRequest", query)

    if query == {"patient": "Patient/"}:  # nothing asked
        assert response.status_code == 200
    else:
        assert (response.status_code, response.json()["issue"][0]["expression"]) == (400, list(query))


def test_patients_and_therapists_see_their_own(client: Client, world: World) -> None:
    for login, count in ((world.ana, 1), (world.ben, 1), (world.chloe, 1), (world.dan.user, 1)):
        client.force_login(login)
        assert total(client, "CarePlan") == count
    for login in (world.adam, world.cora, world.nora):
        client.force_login(login)
        assert client.get(f"{FHIR}/CarePlan").status_code == 403


@pytest.mark.parametrize(("resource", "most"), [("CarePlan", 9), ("ServiceRequest", 11)])
def test_search_takes_the_same_statements_for_any_number(
    as_ana: Client, world: World, resource: str, most: int
) -> None:
    counts = []
    for number in (2, 20):
        for _ in range(number):
            factories.make_prescription(world.dan, *world.exercises)
        as_ana.get(f"{FHIR}/{resource}", {"_count": 100})
        with CaptureQueriesContext(connection) as captured:
            body = as_ana.get(f"{FHIR}/{resource}", {"_count": 100}).json()
        counts.append(len(captured))
    assert counts[0] == counts[1] <= most
    assert Bundle.model_validate(body).type == "searchset"
