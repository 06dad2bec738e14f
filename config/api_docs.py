"""The API as a page that people can read: made from the schema itself, without scripts from elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from drf_spectacular.generators import SchemaGenerator

from patients.access import Request, public

METHODS = ("get", "post", "put", "patch", "delete")
WORDS = {"integer": "whole number", "number": "number", "boolean": "true or false", "object": "object"}


@dataclass(frozen=True, slots=True)
class Value:
    """One parameter or body field, and what it may hold."""

    name: str
    kind: str
    required: bool
    note: str = ""


@dataclass(slots=True)
class Operation:
    method: str
    path: str
    summary: str
    parameters: list[Value] = field(default_factory=list)
    body: list[Value] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        return f"{self.method}{self.path}".replace("/", "-").replace("{", "").replace("}", "").strip("-")


TEXT = {"type": "string"}
FAULT = {"type": "object", "properties": {"field": TEXT, "code": TEXT, "message": TEXT}}
PROBLEM = {
    "type": "object",
    "description": "Every refusal has this shape.",
    "properties": {
        "type": TEXT,
        "title": TEXT,
        "status": {"type": "integer"},
        "errors": {"type": "array", "items": FAULT},
        "incident": TEXT,
    },
}
REFUSALS = {
    "400": "Something that was sent is not right; the fault names its field.",
    "401": "Sign in first.",
    "403": "Not allowed.",
    "404": "Not there, or not for you.",
    "409": "It has moved on since it was read, or the id belongs to something else. Nothing was overwritten.",
}


def with_refusals(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Name for every operation what may be refused, in the one shape that refusals have (FHIR: OperationOutcome)."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    for path, operations in result["paths"].items():
        for method, told in operations.items():
            if method in METHODS and "/v1/" in path:
                for status in _refused(path, method, told):
                    told["responses"].setdefault(status, _problem(path, status))
    return result


def _refused(path: str, method: str, told: dict[str, Any]) -> list[str]:
    takes = "requestBody" in told or any(one["in"] == "query" for one in told.get("parameters", []))
    found = ["400"] if takes else []
    found += ["401", "403"]
    found += ["404"] if "{" in path else []
    return [*found, "409"] if method != "get" else found


def _problem(path: str, status: str) -> dict[str, Any]:
    kind, schema = "application/json", {"$ref": "#/components/schemas/Problem"}
    if "/fhir/" in path:
        kind, schema = "application/fhir+json", {"type": "object", "description": "An OperationOutcome."}
    return {"description": REFUSALS[status], "content": {kind: {"schema": schema}}}


@public
def api_docs(request: Request) -> HttpResponse:
    """Every operation by noun: what to send and what may come back."""
    return render(request, "api_docs.html", {"groups": groups()})


@cache
def groups() -> dict[str, list[Operation]]:
    """Operations by the first part of their path. The schema does not change while the process lives."""
    schema: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    components = schema.get("components", {}).get("schemas", {})
    found: dict[str, list[Operation]] = {}
    for path, operations in schema["paths"].items():
        if "/v1/" not in path:
            continue
        noun = path.split("/v1/", 1)[1].split("/", 1)[0]
        for method in METHODS:
            if method in operations:
                found.setdefault(noun, []).append(_operation(method, path, operations[method], components))
    return found


def _operation(method: str, path: str, told: dict[str, Any], components: dict[str, Any]) -> Operation:
    body = told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    return Operation(
        method=method.upper(),
        path=path,
        summary=(told.get("summary") or told.get("description") or "").split("\n\n")[0],
        parameters=[
            Value(p["name"], _kind(p.get("schema", {}), components), p.get("required", False), p.get("description", ""))
            for p in told.get("parameters", [])
        ],
        body=_fields(body, components),
        answers=sorted(told.get("responses", {})),
    )


def _resolve(schema: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    return components.get(name, {}) if name else schema


def _fields(schema: dict[str, Any], components: dict[str, Any]) -> list[Value]:
    whole = _resolve(schema, components)
    required = set(whole.get("required", []))
    return [
        Value(name, _kind(told, components), name in required, told.get("description", ""))
        for name, told in whole.get("properties", {}).items()
        if not told.get("readOnly")
    ]


def _kind(schema: dict[str, Any], components: dict[str, Any]) -> str:
    """A type in words: `whole number, 0 to 10`, `one of done, partly, skipped`, `list of text`."""
    several = schema.get("allOf") or schema.get("oneOf") or schema.get("anyOf")
    if several:
        return " or ".join(dict.fromkeys(filter(None, (_kind(one, components) for one in several))))
    told = _resolve(schema, components)
    if "enum" in told:
        return "one of " + ", ".join(str(value) for value in told["enum"] if value not in ("", None))
    names = told.get("type", "object")
    kinds = names if isinstance(names, list) else [names]
    if "array" in kinds:
        return f"list of {_kind(told.get('items', {}), components)}"
    text = told.get("format", "text")
    word = " or ".join(WORDS.get(kind, text) for kind in kinds if kind != "null")
    low, high = told.get("minimum"), told.get("maximum")
    span = f", {low} to {high}" if low is not None and high is not None else ""
    longest = f", at most {told['maxLength']} characters" if "maxLength" in told else ""
    return f"{word}{span}{longest}"
