"""How one route is driven as everybody. Each noun adds its cases in `cases_<noun>.py` beside this file.

A case names one route and method, builds the path and body from the world, and says who gets which status.
`expect` maps an actor to a status; whoever is not named gets `otherwise` (anonymous: 302 to sign-in on pages,
401 in the API). Strangers to an object get 404 exactly like a missing one, or 403 where the role has no business.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.world import World

Build = Callable[[World], Any]


@dataclass(frozen=True)
class Case:
    route: str  # "patients:patient_detail", or "api:patient-list"
    expect: dict[str, int | tuple[int, ...]]
    method: str = "GET"
    args: Build = lambda world: []
    data: Build = lambda world: {}
    query: str = ""
    otherwise: int | tuple[int, ...] = (403, 404)
    anonymous: int | tuple[int, ...] | None = None
    # Words that only the allowed may see in the answer, and that must be absent for everyone else.
    canaries: tuple[str, ...] = ()
    # True for writes: the world must be unchanged after a refusal (checked by row counts).
    writes: bool = field(default=False)

    @property
    def is_api(self) -> bool:
        return self.route.startswith("api:") or self.route == "schema"

    def status_for(self, actor: str) -> int | tuple[int, ...]:
        if actor in self.expect:
            return self.expect[actor]
        if actor in ("anonymous", "deactivated"):
            return self.anonymous if self.anonymous is not None else (401 if self.is_api else 302)
        return self.otherwise


def everyone(status: int | tuple[int, ...]) -> dict[str, int | tuple[int, ...]]:
    from tests.world import ACTORS

    return dict.fromkeys(ACTORS, status)


def all_cases() -> list[Case]:
    """The cases of every `cases_<noun>.py`, each of which holds a list named CASES."""
    import tests.permissions as package

    found: list[Case] = []
    for module in pkgutil.iter_modules(package.__path__):
        if module.name.startswith("cases_"):
            found += importlib.import_module(f"tests.permissions.{module.name}").CASES
    return found
