from datetime import timedelta

import pytest

from exercises.models import ShelfMark
from exercises.services import shelf
from tests.factories import NOW, make_clinic, make_exercise, make_member

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def ana():
    return make_member(make_clinic(), "Ana Lind")


def marks() -> list[tuple]:
    return list(ShelfMark.objects.order_by("pk").values_list("exercise__name", "starred_at", "used_at"))


def test_star_and_use_share_one_mark_and_leave_each_other_alone(ana):
    exercise = make_exercise("Bridge")

    shelf.set_star(actor=ana, exercise=exercise, is_starred=True, now=NOW)
    shelf.note_use(actor=ana, exercises=[exercise], now=LATER)
    assert marks() == [("Bridge", NOW, LATER)]

    shelf.set_star(actor=ana, exercise=exercise, is_starred=False, now=LATER)
    shelf.set_star(actor=ana, exercise=exercise, is_starred=False, now=LATER)
    assert marks() == [("Bridge", None, LATER)]


def test_use_of_many_is_one_statement_and_each_exercise_counts_once(ana, django_assert_num_queries):
    exercises = [make_exercise(f"Exercise {number}") for number in range(12)]
    shelf.note_use(actor=ana, exercises=exercises[:3], now=NOW)

    with django_assert_num_queries(1):
        shelf.note_use(actor=ana, exercises=[*exercises, exercises[0]], now=LATER)

    assert {used for _, _, used in marks()} == {LATER}
    assert len(marks()) == 12


def test_use_of_nothing_is_nothing(ana):
    shelf.note_use(actor=ana, exercises=[], now=NOW)

    assert marks() == []


def test_marks_are_ones_own(ana):
    exercise, ben = make_exercise("Bridge"), make_member(make_clinic(), "Ben")

    shelf.set_star(actor=ana, exercise=exercise, is_starred=True, now=NOW)
    shelf.set_star(actor=ben, exercise=exercise, is_starred=True, now=LATER)
    shelf.set_star(actor=ben, exercise=exercise, is_starred=False, now=LATER)

    assert ShelfMark.objects.get(user=ana).starred_at == NOW
