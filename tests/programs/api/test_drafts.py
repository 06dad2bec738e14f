"""Changing a running prescription by API: a draft, edited like a program, used from a day on."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from config.lib.ids import uuid7
from patients.models import AuditEvent
from programs.models import Prescription, PrescriptionVersion, Program
from tests import factories
from tests.factories import TODAY
from tests.programs.api.asking import ask, faults, statements
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("frozen")]
MONDAY = TODAY + timedelta(days=5)


@pytest.fixture
def as_ana(client: Client, world: World) -> Client:
    client.force_login(world.ana)
    return client


@pytest.fixture
def draft(as_ana: Client, world: World) -> dict[str, Any]:
    found: dict[str, Any] = ask(as_ana, "post", "draft", world.prescription.pk).json()
    return found


def hold(client: Client, draft: dict[str, Any], seconds: int) -> int:
    """A longer hold in the draft; the new revision."""
    body = {"revision": draft["revision"], "hold_seconds": seconds}
    answer = ask(client, "patch", "item-detail", draft["id"], draft["items"][0]["id"], body=body)
    return int(answer.json()["revision"])


def use(client: Client, world: World, **body: Any) -> Any:
    body = {"effective_from": MONDAY.isoformat()} | body
    return ask(client, "post", "draft-use", world.prescription.pk, body=body)


def test_there_is_one_draft(as_ana: Client, world: World, draft: dict[str, Any]) -> None:
    again = ask(as_ana, "post", "draft", world.prescription.pk)
    read = ask(as_ana, "get", "draft", world.prescription.pk)

    assert (draft["prescription"], [item["name"] for item in draft["items"]]) == (
        str(world.prescription.pk),
        ["Standing hip stretch", "Calm breathing"],
    )
    assert (again.json(), read.json()) == (draft, draft)
    assert ask(as_ana, "get", "program-list").json()["count"] == 1  # a draft is no program of the list


def test_a_change_from_monday_leaves_the_past_as_it_was(as_ana: Client, world: World, draft: dict[str, Any]) -> None:
    before = PrescriptionVersion.objects.filter(prescription=world.prescription).values().get()

    response = use(as_ana, world, revision=hold(as_ana, draft, 45), change_note="Hold a little longer.")

    made = response.json()
    assert (response.status_code, made["number"], made["effective_from"]) == (201, 2, MONDAY.isoformat())
    assert (made["items"][0]["dose"]["hold_seconds"], made["change_note"]) == (45, "Hold a little longer.")
    assert len(made["changes"]) == 1
    assert PrescriptionVersion.objects.filter(prescription=world.prescription, number=1).values().get() == before
    assert ask(as_ana, "get", "draft", world.prescription.pk).status_code == 404
    history = ask(as_ana, "get", "version-list", world.prescription.pk).json()
    assert [(one["number"], one["last_day"]) for one in history] == [(2, None), (1, "2026-11-22")]
    assert history[1]["items"][0]["dose"]["hold_seconds"] == 30


def test_using_it_again_with_the_same_id_answers_alike(as_ana: Client, world: World, draft: dict[str, Any]) -> None:
    body = {"id": str(uuid7()), "revision": hold(as_ana, draft, 45)}

    first, again = use(as_ana, world, **body), use(as_ana, world, **body)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert world.prescription.versions.count() == 2
    other_day = use(as_ana, world, **body | {"effective_from": (MONDAY + timedelta(days=1)).isoformat()})
    assert (other_day.status_code, world.prescription.versions.count()) == (409, 2)


def test_an_id_that_is_taken_is_a_conflict(as_ana: Client, world: World, draft: dict[str, Any]) -> None:
    theirs = world.eve.prescriptions.get().versions.get()

    assert use(as_ana, world, id=str(theirs.pk), revision=draft["revision"]).status_code == 409


def test_a_draft_that_moved_on_is_not_used(as_ana: Client, world: World, draft: dict[str, Any]) -> None:
    hold(as_ana, draft, 45)

    response = use(as_ana, world, revision=draft["revision"])

    assert (response.status_code, world.prescription.versions.count()) == (409, 1)
    assert f"it stands at {draft['revision'] + 1}" in response.json()["title"]


def test_a_prescription_that_moved_on_is_told(as_ana: Client, world: World, draft: dict[str, Any]) -> None:
    Prescription.objects.filter(pk=world.prescription.pk).update(revision=7)

    response = use(as_ana, world, revision=draft["revision"], prescription_revision=1)

    assert (response.status_code, world.prescription.versions.count()) == (409, 1)


def test_new_warnings_want_an_answer(as_ana: Client, world: World, draft: dict[str, Any]) -> None:
    bend = world.exercises[2]
    body = {"revision": draft["revision"], "exercise": str(bend.pk)}
    revision = ask(as_ana, "post", "item-list", draft["id"], body=body).json()["revision"]

    refused = use(as_ana, world, revision=revision)
    answers = [{"exercise": str(bend.pk), "reason": "Agreed with the doctor"}]
    used = use(as_ana, world, revision=revision, answers=answers)

    assert faults(refused)[f"answers.{bend.pk}"].startswith("Avoid: Osteoporosis")
    assert used.status_code == 201
    assert used.json()["decisions"][0]["reason"] == "Agreed with the doctor"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"effective_from": (TODAY - timedelta(days=1)).isoformat()}, "effective_from"),
        ({"effective_from": "2029-01-01"}, "effective_from"),
        ({"effective_from": "2026-02-30"}, "effective_from"),
        ({"effective_from": None}, "effective_from"),
        ({"change_note": "x" * 501}, "change_note"),
        ({"change_note": "a\u0000"}, "change_note"),
        ({"drop_later": 1}, "drop_later"),
        ({"answers": [{"exercise": 1}]}, "answers.0.exercise"),
        ({"answers": {}}, "answers"),
        ({"revision": 0}, "revision"),
        ({"day": 1}, "day"),
    ],
)
def test_a_fault_is_named_and_nothing_is_stored(
    as_ana: Client, world: World, draft: dict[str, Any], body: dict[str, Any], field: str
) -> None:
    response = use(as_ana, world, **({"revision": draft["revision"]} | body))

    assert (response.status_code, list(faults(response))) == (400, [field])
    assert world.prescription.versions.count() == 1


def test_an_empty_draft_is_not_used(as_ana: Client, world: World, draft: dict[str, Any]) -> None:
    Program.objects.get(pk=draft["id"]).items.all().delete()

    assert faults(use(as_ana, world, revision=draft["revision"])) == {"items": "Name at least one exercise."}


def test_a_draft_is_discarded(as_ana: Client, world: World, draft: dict[str, Any]) -> None:
    late = ask(as_ana, "delete", "draft", world.prescription.pk, revision=draft["revision"] + 5)
    gone = ask(as_ana, "delete", "draft", world.prescription.pk, revision=draft["revision"])

    assert (late.status_code, gone.status_code) == (409, 204)
    assert not Program.objects.filter(pk=draft["id"]).exists()


def test_a_planned_version_is_dropped_and_one_in_force_stays(
    as_ana: Client, world: World, draft: dict[str, Any]
) -> None:
    use(as_ana, world, revision=draft["revision"])

    assert ask(as_ana, "delete", "version-detail", world.prescription.pk, 1).status_code == 409
    assert ask(as_ana, "delete", "version-detail", world.prescription.pk, 2).status_code == 204
    for number in (2, 0, 10**25):
        assert ask(as_ana, "delete", "version-detail", world.prescription.pk, number).status_code == 404


def test_a_draft_has_no_stages_and_is_not_put_away(as_ana: Client, draft: dict[str, Any]) -> None:
    body = {"revision": draft["revision"], "steps": []}

    assert list(faults(ask(as_ana, "patch", "program-detail", draft["id"], body=body))) == ["steps"]
    assert ask(as_ana, "post", "program-archive", draft["id"]).status_code == 403


def test_a_draft_is_for_whoever_treats(client: Client, world: World, draft: dict[str, Any]) -> None:
    for login, status in ((world.ben, (403, 404)), (world.chloe, (404, 404)), (world.dan.user, (403, 403))):
        client.force_login(login)
        answers = [
            ask(client, "get", "draft", world.prescription.pk),
            ask(client, "get", "program-detail", draft["id"]),
        ]
        assert tuple(one.status_code for one in answers) == status


def test_looking_at_a_draft_is_noted(as_ana: Client, world: World, draft: dict[str, Any]) -> None:
    ask(as_ana, "get", "draft", world.prescription.pk)
    ask(as_ana, "get", "program-detail", draft["id"])

    assert AuditEvent.objects.filter(verb="prescription.read", patient=world.dan).count() == 2


def test_a_patient_reads_what_changed_but_not_the_decisions(
    client: Client, world: World, as_ana: Client, draft: dict[str, Any]
) -> None:
    use(as_ana, world, revision=hold(as_ana, draft, 45), change_note="Hold longer.")
    client.force_login(world.dan.user)

    history = ask(client, "get", "version-list", world.prescription.pk).json()

    assert [(one["change_note"], one["decisions"]) for one in history] == [("Hold longer.", []), ("", [])]
    assert len(history[0]["changes"]) == 1
    for login, status in ((world.eve.user, 404), (world.ben, 404), (world.adam, 403)):
        client.force_login(login)
        assert ask(client, "get", "version-list", world.prescription.pk).status_code == status


def test_a_history_takes_the_same_statements_for_any_number(as_ana: Client, world: World) -> None:
    counts = []
    for versions in (1, 6):
        for number in range(versions):
            day = TODAY + timedelta(days=10 * versions + number)
            version = PrescriptionVersion.objects.create(
                prescription=world.prescription, number=10 * versions + number, effective_from=day
            )
            for exercise in world.exercises:
                factories.PrescriptionItem.objects.create(
                    version=version, exercise=exercise, name=exercise.name, **exercise.dose_values()
                )
        counts.append(statements(as_ana, "version-list", world.prescription.pk))
    assert counts[0] == counts[1]
