from typing import Any

import pytest
from django.test import Client
from fhir.resources.R4B.activitydefinition import ActivityDefinition
from fhir.resources.R4B.bundle import Bundle

from exercises.fhir import activity_definition
from exercises.library import Entry
from exercises.models import Exercise
from tests.factories import make_clinic, make_exercise, make_member

FHIR = "/api/v1/fhir/ActivityDefinition"
pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def ana(client: Client) -> Client:
    client.force_login(make_member(make_clinic()), backend="django.contrib.auth.backends.ModelBackend")
    return client


def sub(resource: dict[str, Any], name: str) -> dict[str, Any]:
    """The parts of the extension `name`, by their url."""
    extension = next(e for e in resource["extension"] if e["url"].endswith(name))
    return {part["url"]: part for part in extension["extension"]}


def test_read_gives_an_activity_definition(ana: Client, library: list[Entry]):
    exercise = Exercise.objects.get(code="S06")

    response = ana.get(f"{FHIR}/{exercise.pk}", HTTP_ACCEPT="application/fhir+json")

    body = response.json()
    assert response.headers["Content-Type"] == "application/fhir+json"
    assert ActivityDefinition.model_validate(body).title == exercise.name
    assert (body["status"], body["version"], body["kind"]) == ("active", "1", "ServiceRequest")
    assert body["identifier"] == [{"system": "http://testserver/fhir/exercise-code", "value": "S06"}]
    assert body["timingTiming"]["repeat"] == {"frequency": 5, "frequencyMax": 7, "period": 1, "periodUnit": "wk"}
    dose = sub(body, "exercise-dose")
    assert dose["text"]["valueString"] == "3 × 30 s each side"
    assert dose["hold"]["valueQuantity"]["value"] == 30
    assert dose["perSide"]["valueBoolean"] is True
    features = [e["valueCode"] for e in body["extension"] if e["url"].endswith("exercise-feature")]
    assert features == exercise.features
    assert "1. " in body["usage"]


def test_body_sites_carry_only_confirmed_codes(library: list[Entry]):
    exercise = make_exercise("Mixed", regions=["hip", "piriformis"])

    sites = activity_definition(exercise, "https://rachis.example")["bodySite"]

    assert [[code["system"] for code in site["coding"]] for site in sites] == [
        ["https://rachis.example/fhir/region", "http://snomed.info/sct"],
        ["https://rachis.example/fhir/region"],
    ]


@pytest.mark.parametrize(
    ("frequency", "repeat"),
    [
        ("daily", {"frequency": 1, "period": 1, "periodUnit": "d"}),
        ("2-3 times a day", {"frequency": 2, "frequencyMax": 3, "period": 1, "periodUnit": "d"}),
        ("5 per week", {"frequency": 5, "period": 1, "periodUnit": "wk"}),
        ("as needed", None),
        ("2 per week + 1 free session", None),
    ],
)
def test_frequency_becomes_numbers_only_where_it_has_some(frequency: str, repeat: dict[str, Any] | None):
    timing = activity_definition(make_exercise(frequency=frequency), "https://rachis.example")["timingTiming"]

    assert timing.get("repeat") == repeat
    assert timing["code"] == {"text": frequency}


def test_every_shipped_exercise_is_valid(library: list[Entry]):
    for exercise in Exercise.objects.all():
        assert activity_definition(exercise, "https://rachis.example")["code"]["text"] == exercise.name


def test_markup_in_a_text_stays_text(ana: Client):
    exercise = make_exercise("<script>alert(1)</script>", steps=["<b>Move</b>.", "Hold.", "Come back."])

    div = ana.get(f"{FHIR}/{exercise.pk}").json()["text"]["div"]

    assert "<script>" not in div
    assert "&lt;b&gt;Move&lt;/b&gt;" in div


def test_search_is_a_bundle_with_pages_and_filters(ana: Client, library: list[Entry], django_assert_num_queries: Any):
    ana.get(FHIR)
    with django_assert_num_queries(3):
        body = ana.get(FHIR, {"kind": "thermal", "page_size": 2}, HTTP_HOST="evil.example").json()

    assert Bundle.model_validate(body).type == "searchset"
    assert (body["total"], len(body["entry"])) == (6, 2)
    links = {link["relation"]: link["url"] for link in body["link"]}
    assert links["next"] == "http://testserver/api/v1/fhir/ActivityDefinition?kind=thermal&page=2&page_size=2"
    assert ana.get(FHIR, {"kind": "nonsense"}).status_code == 400


def test_drafts_and_other_clinics_are_not_there(ana: Client):
    hidden = [make_exercise(state="draft"), make_exercise(clinic=make_clinic())]

    assert [ana.get(f"{FHIR}/{exercise.pk}").status_code for exercise in hidden] == [404, 404]
    assert ana.get(FHIR).json()["total"] == 0
