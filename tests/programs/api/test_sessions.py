"""Logging and reading over the API: strict, repeatable, nobody else's."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from patients.models import PainEntry
from programs.models import Entry, PrescriptionItem, Session
from tests import factories
from tests.factories import TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
SESSIONS, ENTRIES, PAIN = "/api/v1/sessions/", "/api/v1/entries/", "/api/v1/pain/"


@pytest.fixture
def own(client, dan):
    client.force_login(dan.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def items(prescription) -> list[PrescriptionItem]:
    return list(PrescriptionItem.objects.filter(version__prescription=prescription))


@pytest.fixture
def body(prescription, items):
    return {
        "client_uuid": str(uuid4()),
        "prescription": str(prescription.pk),
        "local_date": TODAY.isoformat(),
        "slot": "07:30",
        "entries": [
            {"item": str(items[0].pk), "status": "done"},
            {"item": str(items[1].pk), "status": "skipped", "reason": "pain", "note": "hip"},
        ],
        "pain_before": 4,
        "pain_after": 0,
        "stiffness_minutes": 30,
        "note": "Fine.",
    }


def post(client, url, data):
    return client.post(url, data, content_type="application/json")


def test_the_addresses():
    assert [reverse(f"api:{name}-list") for name in ("session", "entry", "painentry")] == [SESSIONS, ENTRIES, PAIN]


@pytest.mark.sqlite
def test_a_log_is_written_once_and_answers_alike(own, body):
    first, again = post(own, SESSIONS, body), post(own, SESSIONS, body)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert (first.json()["expected"], first.json()["done"], first.json()["skipped"]) == (2, 1, 1)
    assert [entry["status"] for entry in first.json()["entries"]] == ["done", "skipped"]
    assert Session.objects.get().source == "api"
    assert sorted(PainEntry.objects.values_list("score", flat=True)) == [0, 4]


@pytest.mark.sqlite
def test_the_same_id_with_another_body_is_409_and_the_first_stands(own, body):
    post(own, SESSIONS, body)

    response = post(own, SESSIONS, body | {"pain_after": 9})

    assert response.status_code == 409
    assert response.json()["status"] == 409
    assert PainEntry.objects.get(moment="after").score == 0


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("pain_before", "5"),
        ("pain_before", True),
        ("pain_before", 3.5),
        ("pain_before", 11),
        ("pain_before", -1),
        ("pain_before", None),
        ("pain_after", 10**25),
        ("stiffness_minutes", 721),
        ("stiffness_minutes", "30"),
        ("local_date", "2026-02-30"),
        ("local_date", "18.11.2026"),
        ("local_date", 1795000000000),
        ("local_date", (TODAY + timedelta(days=1)).isoformat()),
        ("local_date", (TODAY - timedelta(days=8)).isoformat()),
        ("slot", "25:00"),
        ("slot", "08:00"),
        ("slot", 7),
        ("note", "x" * 1001),
        ("note", "a\u202eb"),
        ("note", 5),
        ("client_uuid", 5),
        ("client_uuid", "x"),
        ("prescription", [1]),
        ("entries", "x"),
        ("entries", [{"item": "x", "status": "done"}]),
        ("colour", "red"),
    ],
)
def test_bad_values_are_400_and_name_the_field(own, body, field, value):
    response = post(own, SESSIONS, body | {field: value})

    assert response.status_code == 400
    assert response.json()["errors"][0]["field"].startswith(field)
    assert Session.objects.count() == PainEntry.objects.count() == 0


@pytest.mark.parametrize(
    "change", [{"status": "perfect"}, {"reason": "lazy"}, {"status": "skipped", "reason": ""}, {"colour": "red"}]
)
def test_bad_entries_are_400(own, body, change):
    body["entries"][0] |= change

    assert post(own, SESSIONS, body).status_code == 400
    assert Session.objects.count() == 0


@pytest.mark.parametrize(
    "text", ['{"pain_before": NaN}', '{"a": 1, "a": 2}', "[" * 3000, '{"note": "\\ud800"}', "", "\x00"]
)
def test_bodies_that_are_no_json_are_400(own, text):
    assert own.post(SESSIONS, text, content_type="application/json").status_code == 400


@pytest.mark.sqlite
def test_foreign_programs_are_404_and_foreign_items_400(own, world, body):
    theirs = world.eve.prescriptions.get()
    item = PrescriptionItem.objects.get(version__prescription=theirs)

    assert post(own, SESSIONS, body | {"prescription": str(theirs.pk)}).status_code == 404
    assert post(own, SESSIONS, body | {"entries": [{"item": str(item.pk), "status": "done"}]}).status_code == 400
    assert Session.objects.count() == 0


def test_the_therapist_reads_the_caseload_and_cannot_write(client, world, own, body):
    post(own, SESSIONS, body)
    for login, count in ((world.ana, 1), (world.ben, 0), (world.chloe, 0)):
        client.force_login(login, backend="django.contrib.auth.backends.ModelBackend")
        assert [client.get(url).json()["count"] for url in (SESSIONS, ENTRIES, PAIN)] == [count, 2 * count, 2 * count]
        assert post(client, SESSIONS, body).status_code == 403


def test_filters_are_known_and_checked(own, body):
    post(own, SESSIONS, body)

    assert own.get(SESSIONS, {"since": TODAY.isoformat()}).json()["count"] == 1
    assert own.get(SESSIONS, {"until": "2026-11-17"}).json()["count"] == 0
    assert own.get(ENTRIES, {"status": "skipped"}).json()["count"] == 1
    assert own.get(PAIN, {"moment": "after"}).json()["results"][0]["score"] == 0
    for url, query in (
        (SESSIONS, {"since": "x"}),
        (ENTRIES, {"status": "x"}),
        (PAIN, {"user": "1"}),
        (PAIN, {"site": "x"}),
    ):
        assert own.get(url, query).status_code == 400


def test_lists_take_the_same_queries_for_many_rows(own, dan, prescription, body):
    post(own, SESSIONS, body)
    counts = []
    for _ in range(2):
        costs = []
        for url in (SESSIONS, ENTRIES, PAIN):
            own.get(url)
            with CaptureQueriesContext(connection) as captured:
                own.get(url)
            costs.append(len(captured))
        counts.append(costs)
        for back in range(1, 7):
            day = (TODAY - timedelta(days=back)).isoformat()
            post(own, SESSIONS, body | {"client_uuid": str(uuid4()), "local_date": day})
    assert counts[0] == counts[1]
    assert Entry.objects.count() == 14


# --- Pain ----------------------------------------------------------------------------------------------------


@pytest.mark.sqlite
def test_pain_is_rated_once_and_corrected(own):
    body = {"client_uuid": str(uuid4()), "local_date": TODAY.isoformat(), "score": 0}

    assert [post(own, PAIN, body).status_code for _ in range(2)] == [201, 200]
    assert post(own, PAIN, body | {"score": 5}).status_code == 409
    assert post(own, PAIN, body | {"client_uuid": str(uuid4()), "score": 5}).json()["score"] == 5
    assert PainEntry.objects.count() == 1


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("score", "5"),
        ("score", True),
        ("score", 3.5),
        ("score", 11),
        ("site", "toe"),
        ("local_date", "x"),
        ("moment", "after"),
    ],
)
def test_bad_pain_is_400_and_names_the_field(own, field, value):
    body = {"client_uuid": str(uuid4()), "local_date": TODAY.isoformat(), "score": 0, field: value}

    response = post(own, PAIN, body)

    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == field
    assert PainEntry.objects.count() == 0


def test_an_account_without_business_here_is_403(client, world):
    client.force_login(world.adam, backend="django.contrib.auth.backends.ModelBackend")

    assert [client.get(url).status_code for url in (SESSIONS, ENTRIES, PAIN)] == [403, 403, 403]
    assert post(client, PAIN, {}).status_code == 403


def test_a_program_with_two_slots_has_two_sessions_a_day(own, dan, body):
    twice = factories.make_prescription(dan, factories.make_exercise(), slots=("07:30", "20:00"))
    for slot in ("07:30", "20:00"):
        body = {
            "client_uuid": str(uuid4()),
            "prescription": str(twice.pk),
            "local_date": TODAY.isoformat(),
            "slot": slot,
        }
        assert post(own, SESSIONS, body).status_code == 201

    assert Session.objects.count() == 2
