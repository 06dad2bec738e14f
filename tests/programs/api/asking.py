"""Short ways of asking the API in tests."""

from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse


def ask(client: Client, method: str, name: str, *args: Any, body: Any = None, **query: Any) -> Any:
    """The answer of one route of the API."""
    address = reverse(f"api:{name}", args=args)
    if method == "get":
        return client.get(address, query)
    sent = {} if body is None else body
    return getattr(client, method)(address, sent, content_type="application/json", query_params=query)


def faults(response: Any) -> dict[str, str]:
    """What was wrong, by field."""
    return {error["field"]: error["message"] for error in response.json()["errors"]}


def statements(client: Client, name: str, *args: Any, **query: Any) -> int:
    """SQL statements of one look, once everything that is kept is kept."""
    ask(client, "get", name, *args, **query)
    with CaptureQueriesContext(connection) as captured:
        assert ask(client, "get", name, *args, **query).status_code == 200
    return len(captured)
