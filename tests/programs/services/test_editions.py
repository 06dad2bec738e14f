"""Every page of a prescription reads the edition that counts: Today, one's program, one exercise, API, clinic."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from exercises.models import Exercise
from programs.models import Prescription, PrescriptionItem, PrescriptionVersion
from programs.services import editions
from tests import factories
from tests.factories import NOW, TODAY
from tests.programs.curating import in_review, make_whole, publish
from tests.programs.portal import items_of, sign_in, text_of
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("frozen")]
OLD, NEW = "Letting the back sag.", "Holding the breath."
MONDAY = TODAY + timedelta(days=5)


@pytest.fixture
def exercise(world: World) -> Exercise:
    return make_whole()


@pytest.fixture
def given(world: World, exercise: Exercise) -> Prescription:
    """Dan has it, in a version written a month ago."""
    world.prescription.delete()
    return written(factories.make_prescription(world.dan, exercise), days_ago=30)


def written(prescription: Prescription, *, days_ago: int) -> Prescription:
    PrescriptionVersion.objects.filter(prescription=prescription).update(created_at=NOW - timedelta(days=days_ago))
    return prescription


def change(world: World, exercise: Exercise, mistake: str = NEW, applies_from: date | None = None) -> None:
    publish(world, in_review(world, exercise, mistake=mistake), applies_from=applies_from)


def shown(prescription: Prescription, day: date) -> str:
    items = list(
        PrescriptionItem.objects.filter(version__prescription=prescription).select_related("exercise", "version")
    )
    editions.reword(items, day)
    return items[0].exercise.mistake


def test_a_running_prescription_keeps_its_words(world, exercise, given) -> None:
    change(world, exercise)

    assert [shown(given, TODAY + timedelta(days=n)) for n in (-9, 0, 400)] == [OLD] * 3
    assert Exercise.objects.get(pk=exercise.pk).mistake == NEW


def test_a_new_version_has_the_new_words(world, exercise, given) -> None:
    change(world, exercise)
    fresh = factories.make_prescription(world.eve, exercise)

    assert shown(fresh, TODAY) == NEW


def test_from_a_date_the_new_words_come_to_all_and_past_days_keep_the_old(world, exercise, given) -> None:
    change(world, exercise, applies_from=MONDAY)

    before, after = [MONDAY - timedelta(days=1), TODAY], [MONDAY, MONDAY + timedelta(days=90)]
    assert [shown(given, day) for day in (*before, *after)] == [OLD, OLD, NEW, NEW]


def test_a_third_edition_for_new_versions_leaves_the_second_in_place(world, exercise, given) -> None:
    change(world, exercise, applies_from=TODAY)
    change(world, exercise, mistake="Rushing.")

    assert shown(given, TODAY) == NEW


def test_the_same_exercise_in_two_versions_is_not_mixed_up(world, exercise, given) -> None:
    change(world, exercise)
    later = PrescriptionVersion.objects.create(
        prescription=given, number=2, effective_from=TODAY, slots=["07:30"]
    )  # fmt: skip
    PrescriptionItem.objects.create(version=later, exercise=exercise, name="It", **exercise.dose_values())

    page = Prescription.objects.with_versions().get(pk=given.pk)
    rows = [version.items.all() for version in page.versions.all()]
    for items in rows:
        editions.reword(items, TODAY)

    assert [items[0].exercise.mistake for items in rows] == [NEW, OLD]


def test_an_exercise_that_never_changed_costs_no_statement(world, given) -> None:
    items = list(PrescriptionItem.objects.select_related("exercise", "version"))

    with CaptureQueriesContext(connection) as captured:
        editions.reword(items, TODAY)

    assert len(captured) == 0


# --- The pages -----------------------------------------------------------------------------------------------


def test_today_and_past_days_read_their_own_edition(client: Client, world, exercise, given) -> None:
    change(world, exercise, applies_from=TODAY)
    own = sign_in(client, world.dan)

    today, yesterday = text_of(own.get("/today/")), text_of(own.get(f"/today/{TODAY - timedelta(days=1)}/"))

    assert (NEW in today, OLD in today) == (True, False)
    assert (NEW in yesterday, OLD in yesterday) == (False, True)


def test_today_costs_one_statement_more_once_anything_changed(client: Client, world, exercise, given) -> None:
    others = [make_whole(f"Stretch {number}") for number in range(6)]
    written(factories.make_prescription(world.dan, *others, title="More"), days_ago=30)
    own = sign_in(client, world.dan)
    plain = statements(own, "/today/")
    for one in (exercise, *others[:3]):
        change(world, one)

    assert statements(own, "/today/") == plain + 1 <= 15


def statements(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_ones_program_and_exercise_read_it_too(client: Client, world, exercise, given) -> None:
    change(world, exercise)
    own = sign_in(client, world.dan)
    page = text_of(own.get(reverse("programs:my_exercise", args=[items_of(given)[0].pk])))

    assert (NEW in page, OLD in page) == (False, True)
    assert own.get(reverse("programs:my_program")).context["plans"][0].items[0].exercise.mistake == OLD


def test_the_api_reads_it_in_one_statement_for_any_number(client: Client, world, exercise, given) -> None:
    change(world, exercise)
    client.force_login(world.dan.user)
    path = reverse("api:prescription-list")
    [row] = client.get(path).json()["results"]
    one = reverse("api:prescription-detail", args=[given.pk])
    with_one = statements(client, path)
    for number in range(4):
        written(factories.make_prescription(world.dan, exercise, title=f"Again {number}"), days_ago=20)

    assert row["version"]["items"][0]["exercise"]["mistake"] == OLD
    assert client.get(one).json()["version"]["items"][0]["exercise"]["mistake"] == OLD
    assert statements(client, path) == with_one


def test_the_therapist_sees_what_the_patient_sees(client: Client, world, exercise, given) -> None:
    change(world, exercise)
    client.force_login(world.ana)

    version = client.get(reverse("programs:prescription_detail", args=[given.pk])).context["version"]

    assert version.items.all()[0].exercise.mistake == OLD
