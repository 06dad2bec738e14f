"""Patients and keys over the API."""

from datetime import timedelta

import pytest
from django.test import Client

from patients.models import AuditEvent, Patient
from tests import factories
from tests.factories import TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]

LIST = "/api/v1/patients/"
TOKENS = "/api/v1/tokens/"
GOOD = {
    "given_name": "Greta",
    "family_name": "Brandt",
    "birth_date": "1975-02-03",
    "time_zone": "Europe/Kiev",
    "conditions": ["raynaud"],
}


@pytest.fixture
def as_ana(client: Client, ana) -> Client:
    client.force_login(ana)
    return client


def names(response) -> list[str]:
    return [row["family_name"] for row in response.json()["results"]]


def test_patient_list_is_the_own_caseload(as_ana):
    assert names(as_ana.get(LIST)) == ["Canarydan"]


def test_patient_list_of_a_patient_is_their_own_record(client, dan):
    client.force_login(dan.user)

    assert names(client.get(LIST)) == ["Canarydan"]


def test_patient_list_of_a_clinic_admin_is_refused(client, world):
    client.force_login(world.adam)

    assert client.get(LIST).status_code == 403


def test_patient_list_searches_and_sorts(as_ana, ana, harbour):
    factories.make_patient(harbour, "Jürgen Aß", therapist=ana)

    assert names(as_ana.get(LIST + "?search=jurgen ASS")) == ["Aß"]
    assert names(as_ana.get(LIST + "?ordering=-name")) == ["Canarydan", "Aß"]


@pytest.mark.parametrize(
    "query",
    ["ordering=user__password", "user__email=x", "id__in=1,2", "_connector=OR", f"search={'x' * 101}", "search=%00"],
)
def test_patient_list_refuses_what_it_does_not_know(as_ana, query):
    response = as_ana.get(f"{LIST}?{query}")

    assert response.status_code == 400
    assert response.json()["errors"][0]["field"]


@pytest.mark.parametrize(
    ("query", "status"), [("page=0", 404), ("page=-1", 404), ("page=1" + "0" * 25, 404), ("page=NaN", 404)]
)
def test_patient_list_pages(as_ana, query, status):
    assert as_ana.get(f"{LIST}?{query}").status_code == status


def test_patient_list_takes_the_same_number_of_queries_for_3_and_30(
    as_ana, ana, harbour, django_assert_max_num_queries
):
    counts = []
    for more in (2, 27):
        for _ in range(more):
            factories.make_patient(harbour, therapist=ana)
        with django_assert_max_num_queries(8) as captured:
            assert len(as_ana.get(LIST + "?page_size=100").json()["results"]) >= more
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_patient_detail_keeps_the_read(as_ana, ana, dan):
    response = as_ana.get(f"{LIST}{dan.pk}/")

    assert response.json()["given_name"] == "Dan"
    assert AuditEvent.objects.get(verb="patient.read").actor == ana


@pytest.mark.sqlite
def test_patient_create_opens_a_record(as_ana, ana):
    response = as_ana.post(LIST, GOOD, content_type="application/json")

    patient = Patient.objects.get(family_name="Brandt")
    assert response.status_code == 201
    assert response.json()["time_zone"] == patient.time_zone == "Europe/Kyiv"
    assert (patient.care_team.get().therapist, patient.conditions.get().condition) == (ana, "raynaud")


def test_patient_create_by_a_patient_is_refused(client, dan):
    client.force_login(dan.user)

    assert client.post(LIST, GOOD, content_type="application/json").status_code == 403


def test_patient_create_asks_about_a_namesake(as_ana, dan):
    who = {**GOOD, "given_name": "dan", "family_name": "CANARYDAN", "birth_date": dan.birth_date.isoformat()}

    assert as_ana.post(LIST, who, content_type="application/json").status_code == 409
    assert as_ana.post(LIST, {**who, "another_person": True}, content_type="application/json").status_code == 201


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[
            ("given_name", text)
            for text in ("", "   ", "a\x00b", "a\ud800b", "a\u202eb", "x" * 151, None, ["x"], {}, True)
        ],
        *[
            ("birth_date", day)
            for day in ("0000-01-01", "9999-01-01", "2026-02-30", "1870-01-01", 1700000000, "", None)
        ],
        ("birth_date", (TODAY + timedelta(days=1)).isoformat()),
        ("diagnosis_date", "1975-02-02"),
        *[("time_zone", zone) for zone in ("", "EST5EDT4", "Etc/../../passwd", "x" * 1000, "x" * 2000, None, 3)],
        ("email", "greta"),
        ("phone", "1" * 33),
        ("language", "tlh"),
        ("conditions", ["immortality"]),
        ("conditions", "raynaud"),
        ("clinic", "x"),
        ("__proto__", {}),
    ],
)
def test_patient_create_refuses(as_ana, field, value):
    import json

    before = Patient.objects.count()
    body = json.dumps({**GOOD, field: value})
    response = as_ana.post(LIST, body, content_type="application/json")

    assert response.status_code == 400
    assert response.json()["errors"][0]["field"].partition(".")[0] == field
    assert Patient.objects.count() == before


# --- Keys ----------------------------------------------------------------------------------------------------


def make_key(client: Client, **body) -> dict:
    response = client.post(TOKENS, body, content_type="application/json")
    assert response.status_code == 201
    return response.json()


@pytest.mark.sqlite
def test_a_key_opens_the_api_until_it_is_revoked(as_ana):
    made = make_key(as_ana, days=30)
    script = Client(headers={"Authorization": f"Token {made['token']}"})
    assert names(script.get(LIST)) == ["Canarydan"]

    assert [row["key"] for row in as_ana.get(TOKENS).json()["results"]] == [made["key"]]
    assert "token" not in as_ana.get(TOKENS).json()["results"][0]
    assert as_ana.delete(f"{TOKENS}{made['key']}/").status_code == 204
    assert script.get(LIST).status_code == 401
    assert as_ana.delete(f"{TOKENS}{made['key']}/").status_code == 404


def test_a_key_makes_no_further_key(as_ana):
    made = make_key(as_ana)
    script = Client(headers={"Authorization": f"Token {made['token']}"})

    assert script.post(TOKENS, {}, content_type="application/json").status_code == 403


def test_a_key_of_somebody_else_cannot_be_revoked(as_ana, ben):
    made = make_key(as_ana)
    other = Client()
    other.force_login(ben)

    assert other.delete(f"{TOKENS}{made['key']}/").status_code == 404


def test_a_key_loses_its_rights_with_the_membership(as_ana, world):
    made = make_key(as_ana)
    world.ana.memberships.update(ended_at=factories.NOW)
    script = Client(headers={"Authorization": f"Token {made['token']}"})

    assert script.get(LIST).status_code == 403


@pytest.mark.parametrize("days", [0, 366, "30", 1.5, True, None, 10**25])
def test_a_key_lives_for_a_whole_number_of_days(as_ana, days):
    assert as_ana.post(TOKENS, {"days": days}, content_type="application/json").status_code == 400
