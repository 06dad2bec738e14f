"""The cast as fixtures. See `tests/world.py` for who they are."""

from collections.abc import Iterator
from datetime import datetime

import pytest
import time_machine

from patients.models import Clinic, Patient, User
from programs.models import Prescription, Program
from tests import factories
from tests.world import World, build_world


@pytest.fixture
def world(db: None) -> World:
    return build_world()


@pytest.fixture
def harbour(world: World) -> Clinic:
    return world.harbour


@pytest.fixture
def ana(world: World) -> User:
    return world.ana


@pytest.fixture
def ben(world: World) -> User:
    return world.ben


@pytest.fixture
def chloe(world: World) -> User:
    return world.chloe


@pytest.fixture
def dan(world: World) -> Patient:
    return world.dan


@pytest.fixture
def program(world: World) -> Program:
    return world.program


@pytest.fixture
def prescription(world: World) -> Prescription:
    return world.prescription


@pytest.fixture
def frozen() -> Iterator[datetime]:
    """The clock stands at Wednesday 18 November 2026, 09:00 UTC."""
    with time_machine.travel(factories.NOW, tick=False):
        yield factories.NOW
