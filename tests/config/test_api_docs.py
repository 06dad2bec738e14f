"""The description of the API says what may be refused, in the one shape that refusals have."""

from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema


@pytest.fixture(scope="module")
def schema() -> Any:
    return SchemaGenerator().get_schema(request=None, public=True)


def answers(schema: Any, method: str, path: str) -> list[str]:
    return sorted(schema["paths"][f"/api/v1/{path}"][method]["responses"])


def test_the_description_is_valid(schema: Any) -> None:
    validate_schema(schema)


@pytest.mark.parametrize(
    ("method", "path", "statuses"),
    [
        ("get", "work/", ["200", "400", "401", "403"]),
        ("get", "programs/{id}/", ["200", "401", "403", "404"]),
        ("patch", "programs/{id}/items/{item_id}/", ["200", "400", "401", "403", "404", "409"]),
        ("post", "pauses/{id}/resume/", ["200", "204", "400", "401", "403", "404", "409"]),
    ],
)
def test_every_operation_says_what_may_be_refused(schema: Any, method: str, path: str, statuses: list[str]) -> None:
    assert answers(schema, method, path) == statuses


def test_refusals_have_one_shape(schema: Any) -> None:
    refused = schema["paths"]["/api/v1/work/"]["get"]["responses"]["401"]
    fhir = schema["paths"]["/api/v1/fhir/CarePlan/{id}"]["get"]["responses"]["404"]

    assert refused["content"] == {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    assert list(fhir["content"]) == ["application/fhir+json"]
    assert set(schema["components"]["schemas"]["Problem"]["properties"]) == {
        *("type", "title", "status", "errors", "incident")
    }


def test_no_two_bodies_share_a_name(schema: Any) -> None:
    names = schema["components"]["schemas"]

    assert {"VariantWrite", "VariantChoice", "ItemChange", "DraftApply"} <= set(names)
    assert set(names["VariantWrite"]["properties"]) >= {"in", "sets", "hold_seconds"}


@pytest.mark.parametrize("body", ["ItemChange", "ProgramChange", "SurgeryChange"])
def test_a_change_demands_its_revision_and_nothing_else(schema: Any, body: str) -> None:
    assert schema["components"]["schemas"][body]["required"] == ["revision"]
