"""Conditions, hip replacements and the work they make, by API."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from patients.models import AuditEvent, PatientCondition, Surgery
from programs.models import WorkItem
from tests import factories
from tests.factories import TODAY
from tests.programs.api.asking import ask, faults, statements
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("frozen")]
HIP = {"side": "left", "approach": "posterior", "operated_on": (TODAY - timedelta(days=20)).isoformat()}


@pytest.fixture
def as_ana(client: Client, world: World) -> Client:
    client.force_login(world.ana)
    return client


def add(client: Client, world: World, **body: Any) -> Any:
    return ask(client, "post", "condition-list", world.dan.pk, body={"condition": "tha_posterior"} | body)


def operate(client: Client, world: World, **body: Any) -> Any:
    return ask(client, "post", "surgery-list", world.dan.pk, body=HIP | body)


# --- Conditions ----------------------------------------------------------------------------------------------


def test_a_condition_is_recorded_and_what_runs_is_checked(as_ana: Client, world: World) -> None:
    plan = factories.make_prescription(world.dan, world.exercises[1])

    first, again = add(as_ana, world, since=TODAY.isoformat()), add(as_ana, world)

    assert (first.status_code, first.json()["condition"], again.status_code) == (201, "tha_posterior", 409)
    notes = ask(as_ana, "get", "work-list", settled="false", prescription=str(plan.pk)).json()["results"]
    assert [(note["kind"], note["rating"], note["exercise"]) for note in notes] == [
        ("safety", "avoid", world.exercises[1].code)
    ]


def test_a_condition_ends_and_stays_on_record(as_ana: Client, world: World) -> None:
    row = add(as_ana, world).json()

    answers = [ask(as_ana, "post", "condition-end", row["id"], body={"on": TODAY.isoformat()}) for _ in range(2)]

    assert (answers[0].json()["ended_on"], answers[1].status_code) == (TODAY.isoformat(), 409)
    listed = ask(as_ana, "get", "condition-list", world.dan.pk).json()
    assert {one["condition"]: one["ended_on"] for one in listed} == {
        "osteoporosis": None,
        "tha_posterior": TODAY.isoformat(),
    }
    assert AuditEvent.objects.filter(verb="patient.read", patient=world.dan).count() == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"condition": "as_baseline"}, "condition"),
        ({"condition": "bad_luck"}, "condition"),
        ({"since": (TODAY + timedelta(days=1)).isoformat()}, "since"),
        ({"since": "1870-01-01"}, "since"),
        ({"since": "x"}, "since"),
        ({"note": "x" * 501}, "note"),
        ({"note": "a\x00"}, "note"),
        ({"patient": "x"}, "patient"),
    ],
)
def test_a_condition_with_a_fault_is_not_recorded(as_ana: Client, world: World, body: Any, field: str) -> None:
    response = add(as_ana, world, **body)

    assert (response.status_code, list(faults(response))) == (400, [field])
    assert PatientCondition.objects.filter(patient=world.dan).count() == 1


# --- Hip replacements ----------------------------------------------------------------------------------------


def test_a_hip_replacement_is_recorded_corrected_and_cleared(as_ana: Client, world: World) -> None:
    row = operate(as_ana, world, instructions="No low chairs.").json()
    path = ("surgery-detail", row["id"])

    changed = ask(as_ana, "patch", *path, body={"revision": 1, "approach": "anterior"})
    late = ask(as_ana, "patch", *path, body={"revision": 1, "approach": "lateral"})
    clear = {"on": TODAY.isoformat(), "told_by": "Surgeon's letter"}
    cleared = [ask(as_ana, "post", "surgery-clear", row["id"], body=clear) for _ in range(2)]
    back = ask(as_ana, "post", "surgery-unclear", row["id"], body={"reason": "It was the other hip."})

    assert (changed.json()["approach"], changed.json()["instructions"]) == ("anterior", "No low chairs.")
    assert (late.status_code, "it stands at 2" in late.json()["title"]) == (409, True)
    assert (cleared[0].json()["cleared_on"], cleared[1].status_code) == (TODAY.isoformat(), 409)
    assert (back.status_code, back.json()["cleared_on"]) == (200, None)
    assert operate(as_ana, world).status_code == 409
    assert [one["id"] for one in ask(as_ana, "get", "surgery-list", world.dan.pk).json()] == [row["id"]]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"side": "middle"}, "side"),
        ({"approach": "above"}, "approach"),
        ({"operated_on": "1959-12-31"}, "operated_on"),
        ({"operated_on": "2031-01-01"}, "operated_on"),
        ({"operated_on": 20261118}, "operated_on"),
        ({"precautions_until": (TODAY - timedelta(days=21)).isoformat()}, "precautions_until"),
        ({"precautions_until": "2030-01-01"}, "precautions_until"),
        ({"instructions": "x" * 2001}, "instructions"),
        ({"cleared_on": TODAY.isoformat()}, "cleared_on"),
    ],
)
def test_a_hip_replacement_with_a_fault_is_not_recorded(as_ana: Client, world: World, body: Any, field: str) -> None:
    response = operate(as_ana, world, **body)

    assert (response.status_code, list(faults(response))) == (400, [field])
    assert not Surgery.objects.exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"approach": "anterior"}, "revision"),
        ({"revision": 1, "precautions_until": "2020-01-01"}, "precautions_until"),
        ({"revision": 1, "colour": "red"}, "colour"),
    ],
)
def test_a_correction_with_a_fault_changes_nothing(as_ana: Client, world: World, body: Any, field: str) -> None:
    row = operate(as_ana, world).json()

    response = ask(as_ana, "patch", "surgery-detail", row["id"], body=body)

    assert (response.status_code, list(faults(response))) == (400, [field])
    assert Surgery.objects.get().revision == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"on": (TODAY + timedelta(days=1)).isoformat(), "told_by": "x"}, "on"),
        ({"on": (TODAY - timedelta(days=21)).isoformat(), "told_by": "x"}, "on"),
        ({"on": TODAY.isoformat()}, "told_by"),
        ({"on": TODAY.isoformat(), "told_by": ""}, "told_by"),
    ],
)
def test_a_clearance_names_a_day_and_who_said_so(as_ana: Client, world: World, body: Any, field: str) -> None:
    row = operate(as_ana, world).json()

    response = ask(as_ana, "post", "surgery-clear", row["id"], body=body)

    assert (response.status_code, list(faults(response))) == (400, [field])


# --- Work items ----------------------------------------------------------------------------------------------


def make_note(world: World, patient: Any, number: int = 0) -> WorkItem:
    prescription = patient.prescriptions.first()
    return WorkItem.objects.create(
        clinic=patient.clinic,
        patient=patient,
        prescription=prescription,
        exercise=world.exercises[0],
        kind="safety",
        rating=2,
        reason="It is not safe any more.",
        dedupe_key=f"{patient.pk}:{number}",
    )


def test_a_note_is_settled_and_opened_again(as_ana: Client, world: World) -> None:
    note = make_note(world, world.dan)

    settled = [ask(as_ana, "post", "work-settle", note.pk).json() for _ in range(2)]
    assert settled[0] == settled[1]
    assert (settled[0]["settled_by"], settled[0]["headline"]) == ("Ana Lind", "Avoid: Standing hip stretch")
    assert ask(as_ana, "get", "work-list", settled="false").json()["results"] == []
    reopened = ask(as_ana, "post", "work-reopen", note.pk).json()
    assert (reopened["settled_at"], reopened["settled_by"]) == (None, None)


def test_notes_are_of_ones_own_patients(as_ana: Client, world: World) -> None:
    make_note(world, world.eve)
    theirs = make_note(world, world.finn)

    assert ask(as_ana, "get", "work-list").json()["results"] == []
    assert ask(as_ana, "post", "work-settle", theirs.pk).status_code == 404


def test_notes_are_listed_in_a_fixed_number_of_statements(as_ana: Client, world: World) -> None:
    counts = []
    for number in (1, 20):
        for n in range(number):
            make_note(world, world.dan, 100 * number + n)
        counts.append(statements(as_ana, "work-list", page_size=100))
    assert counts[0] == counts[1] <= 4
    assert ask(as_ana, "get", "work-list", kind="gossip").status_code == 400


# --- Usual doses ---------------------------------------------------------------------------------------------


def test_a_usual_dose_is_ones_own(client: Client, as_ana: Client, world: World) -> None:
    pk = world.exercises[0].pk

    kept = ask(as_ana, "put", "usualdose-detail", pk, body={"sets": 2, "hold_seconds": 40, "tempo": "3-1-3"})
    ask(as_ana, "put", "usualdose-detail", pk, body={"sets": 4})
    assert (kept.status_code, kept.json()["dose"]) == (200, {"sets": 2, "hold_seconds": 40, "tempo": "3-1-3"})
    [listed] = ask(as_ana, "get", "usualdose-list").json()["results"]
    assert (listed["name"], listed["dose"]) == ("Standing hip stretch", {"sets": 4})
    client.force_login(world.ben)
    assert ask(client, "get", "usualdose-list").json()["results"] == []
    client.force_login(world.ana)
    assert [ask(client, "delete", "usualdose-detail", pk).status_code for _ in range(2)] == [204, 204]
    assert ask(client, "get", "usualdose-list").json()["count"] == 0


def test_a_usual_dose_is_of_the_library_and_in_numbers(as_ana: Client, world: World) -> None:
    hidden = factories.make_exercise(clinic=world.hill)

    assert list(faults(ask(as_ana, "put", "usualdose-detail", hidden.pk, body={"sets": 2}))) == ["exercise"]
    assert list(faults(ask(as_ana, "put", "usualdose-detail", world.exercises[0].pk, body={"sets": "2"}))) == ["sets"]
    assert list(faults(ask(as_ana, "put", "usualdose-detail", world.exercises[0].pk, body={"note": "x"}))) == ["note"]
