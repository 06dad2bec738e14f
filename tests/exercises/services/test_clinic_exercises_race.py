from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from exercises.library import Entry
from exercises.models import Exercise
from exercises.services import clinic_exercises
from tests.factories import make_clinic, make_member


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_requests_at_once_make_one_copy(library: list[Entry]):
    clinic = make_clinic()
    ana = make_member(clinic)
    original = Exercise.objects.get(code="S06")

    def copy(_: int) -> Any:
        try:
            return clinic_exercises.copy_to_clinic(actor=ana, clinic=clinic, exercise=original).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(copy, range(8)))

    assert len(made) == 1
    assert Exercise.objects.own_of(clinic).count() == 1
