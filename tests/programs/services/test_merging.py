"""Two exercises become one: what is to come moves to the one that stays, what was stays as it was."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from config.lib.revisions import RevisionConflict
from exercises.enums import ExerciseState
from exercises.features import Feature
from exercises.models import Exercise, ExerciseEdition, ShelfMark
from exercises.services import curation
from patients.models import AuditEvent
from programs.models import PrescriptionItem, Program
from programs.services import merging, templates
from programs.services.merging import CannotMerge, Plan, plan
from tests import factories
from tests.factories import NOW, TODAY
from tests.programs.curating import in_review, make_whole, publish
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("frozen")]


@pytest.fixture
def stays(world: World) -> Exercise:
    return make_whole("Seated rotation", aliases=["chair twist"], neighbours={"easier": "OLD", "harder": "S99"})


@pytest.fixture
def old(world: World) -> Exercise:
    return make_whole("Sitting twist", code="OLD", aliases=["Chair Twist", "desk turn"], features=["heat"])


def merge(world: World, old: Exercise, stays: Exercise, reason: str = "The same.") -> Exercise:
    return merging.merge(
        actor=world.cora, old=old, into=stays, revision=old.revision, reason=reason, now=NOW
    )  # fmt: skip


def test_the_old_one_is_retired_and_says_where_it_went(world: World, old: Exercise, stays: Exercise) -> None:
    assert merge(world, old, stays) == stays

    old.refresh_from_db()
    assert (old.state, old.merged_into, old.retired_at) == (ExerciseState.RETIRED, stays, NOW)
    line = old.history.first()
    assert (line.history_user, line.history_change_reason) == (
        world.cora,
        f"Merged into Seated rotation ({stays.code}). The same.",
    )
    event = AuditEvent.objects.get(verb="exercise.merge")
    assert (event.actor, event.object_id, event.detail) == (world.cora, old.pk, {"into": str(stays.pk), "programs": 0})


def test_old_names_find_the_one_that_stays(world: World, old: Exercise, stays: Exercise) -> None:
    merge(world, old, stays)

    stays.refresh_from_db()
    assert stays.aliases == ["chair twist", "Sitting twist", "desk turn"]
    assert "desk turn" in stays.search_text
    assert stays.name == "Seated rotation"
    assert stays.history.first().history_change_reason == "Sitting twist (OLD) was merged into Seated rotation."


def test_a_draft_of_the_survivor_keeps_the_new_names_when_it_is_published(world, old, stays) -> None:
    copy = in_review(world, stays, cue="Grow tall.")

    merge(world, old, stays)

    copy.refresh_from_db()
    publish(world, copy)
    stays.refresh_from_db()
    assert (stays.cue, stays.aliases) == ("Grow tall.", ["chair twist", "Sitting twist", "desk turn"])


def test_neighbours_point_on_and_nobody_is_their_own(world: World, old: Exercise, stays: Exercise) -> None:
    other = make_whole("Other", neighbours={"no_floor": "OLD", "easier": "OLDER", "harder": "OLD"})
    own = make_whole("A clinic's own", clinic=world.hill, neighbours={"at_work": "OLD"})
    untouched = make_whole("Untouched", neighbours={"easier": "OLDER"})

    merge(world, old, stays)

    for row in (other, own, stays, untouched):
        row.refresh_from_db()
    assert other.neighbours == {"no_floor": stays.code, "easier": "OLDER", "harder": stays.code}
    assert own.neighbours == {"at_work": stays.code}
    assert stays.neighbours == {"harder": "S99"}
    assert (untouched.neighbours, untouched.revision) == ({"easier": "OLDER"}, 1)


def test_reusable_programs_move_and_prescriptions_keep_their_past(world: World, old: Exercise, stays: Exercise) -> None:
    program = factories.make_program(world.hill, old, world.exercises[0])
    archived = factories.make_program(world.harbour, old, archived_at=NOW)
    given = factories.make_prescription(world.dan, old)
    session = factories.make_session(given, statuses="d")

    merge(world, old, stays)

    assert [item.exercise for item in program.items.all()] == [stays, world.exercises[0]]
    assert archived.items.get().exercise == stays
    assert Program.objects.get(pk=program.pk).revision == 2
    item = PrescriptionItem.objects.get(version__prescription=given)
    assert (item.exercise, item.name, item.dose.text) == (old, "Sitting twist", "3 × 30 s")
    assert session.entries.get().item == item


def test_editions_and_history_of_the_old_one_stay_readable(world: World, old: Exercise, stays: Exercise) -> None:
    publish(world, in_review(world, old, cue="Slowly."))
    old.refresh_from_db()
    lines = old.history.count()

    merge(world, old, stays)

    assert [edition.number for edition in ExerciseEdition.objects.filter(exercise=old)] == [2, 1]
    assert old.history.count() == lines + 1


def test_shelf_marks_move_and_two_of_one_person_become_one(world: World, old: Exercise, stays: Exercise) -> None:
    early, late = NOW - timedelta(days=9), NOW - timedelta(days=1)
    ShelfMark.objects.create(user=world.ana, exercise=old, starred_at=early, used_at=late)
    ShelfMark.objects.create(user=world.ana, exercise=stays, starred_at=late)
    ShelfMark.objects.create(user=world.ben, exercise=old, used_at=early)
    ShelfMark.objects.create(user=world.chloe, exercise=stays, used_at=late)

    merge(world, old, stays)

    marks = {mark.user: mark for mark in ShelfMark.objects.filter(exercise=stays)}
    assert ShelfMark.objects.count() == len(marks) == 3
    assert (marks[world.ana].starred_at, marks[world.ana].used_at) == (early, late)
    assert (marks[world.ben].starred_at, marks[world.ben].used_at) == (None, early)


def test_merging_twice_is_merging_once(world: World, old: Exercise, stays: Exercise) -> None:
    merge(world, old, stays)
    assert merge(world, old, stays) == stays

    stays.refresh_from_db()
    assert stays.aliases == ["chair twist", "Sitting twist", "desk turn"]
    assert AuditEvent.objects.filter(verb="exercise.merge").count() == 1


def test_what_was_merged_before_leads_on(world: World, old: Exercise, stays: Exercise) -> None:
    first = make_whole("First", code="FIRST")
    merge(world, first, old)
    old.refresh_from_db()

    merge(world, old, stays)

    first.refresh_from_db()
    assert first.merged_into == stays
    assert "First" in Exercise.objects.get(pk=stays.pk).aliases


def test_a_draft_can_be_merged_away(world: World, stays: Exercise) -> None:
    """An imported double of what the library has."""
    double = factories.make_exercise("Twist, seated", state=ExerciseState.DRAFT, imported_from="somewhere")

    merge(world, double, stays)

    double.refresh_from_db()
    assert (double.state, double.merged_into) == (ExerciseState.RETIRED, stays)
    assert "Twist, seated" in Exercise.objects.get(pk=stays.pk).aliases


@pytest.mark.parametrize(
    ("which", "says"),
    [
        ("itself", "than itself"),
        ("own of a clinic", "Only exercises of the shared library"),
        ("into a clinic's", "Only exercises of the shared library"),
        ("into a retired one", "is not published"),
        ("into a draft", "is not published"),
        ("merged already", "was merged into another"),
        ("being changed", "Somebody is changing"),
        ("a working copy", "A working copy"),
    ],
)
def test_merge_refuses(world: World, old: Exercise, stays: Exercise, which: str, says: str) -> None:
    pair = {
        "itself": lambda: (old, old),
        "own of a clinic": lambda: (make_whole(clinic=world.harbour), stays),
        "into a clinic's": lambda: (old, make_whole(clinic=world.hill)),
        "into a retired one": lambda: (old, make_whole(state=ExerciseState.RETIRED)),
        "into a draft": lambda: (old, make_whole(state=ExerciseState.DRAFT)),
        "merged already": lambda: (make_whole(state=ExerciseState.RETIRED, merged_into=make_whole()), stays),
        "being changed": lambda: (in_review(world, old, cue="x").replaces, stays),
        "a working copy": lambda: (in_review(world, old, cue="x"), stays),
    }[which]()
    before = Exercise.history.count()

    with pytest.raises(CannotMerge, match=says):
        merge(world, *pair)

    assert Exercise.history.count() == before


def test_merge_of_something_that_has_changed_is_a_conflict(world: World, old: Exercise, stays: Exercise) -> None:
    old.revision = 7

    with pytest.raises(RevisionConflict):
        merge(world, old, stays)

    assert stays.aliases == Exercise.objects.get(pk=stays.pk).aliases


def test_a_merged_exercise_cannot_be_restored(world: World, old: Exercise, stays: Exercise) -> None:
    merge(world, old, stays)
    old.refresh_from_db()

    with pytest.raises(curation.WrongState, match="merged"):
        curation.restore(actor=world.cora, exercise=old, revision=old.revision, reason="", now=NOW)


def test_plan_counts_what_would_move(world: World, old: Exercise, stays: Exercise) -> None:
    factories.make_program(world.hill, old, stays)
    factories.make_program(world.harbour, old)
    factories.make_prescription(world.dan, old)
    make_whole("Other", neighbours={"easier": "OLD"})
    ShelfMark.objects.create(user=world.ana, exercise=old)

    assert plan(old, stays, TODAY) == Plan(
        programs=2,
        both=1,
        prescriptions=1,
        neighbours=1,
        marks=1,
        aliases=["Sitting twist", "desk turn"],
        lost_features=[Feature.HEAT],
    )


# --- What leads on ---------------------------------------------------------------------------------------------


def test_the_old_address_leads_to_the_one_that_stays(client: Client, world, old, stays) -> None:
    merge(world, old, stays)
    client.force_login(world.ana)

    response = client.get(reverse("exercises:exercise_detail", args=["OLD"]))

    assert (response.status_code, response["Location"]) == (302, f"/library/{stays.code}/")


def test_a_ready_made_program_that_names_the_old_code_gets_the_survivor(world, old, stays) -> None:
    merge(world, old, stays)

    items = [{"exercise": "OLD", "core": True}]
    templates.load({"twists": {"name": "Twists", "summary": "Turning gently.", "items": items}})

    assert Program.objects.get(code="twists").items.get().exercise == stays


def test_an_open_assign_page_gives_the_survivor(client: Client, world: World, old: Exercise, stays: Exercise) -> None:
    merge(world, old, stays)
    client.force_login(world.ana)
    data = {
        "assign": "1", "title": "Twists", "starts_on": TODAY.isoformat(), "frequency": "weekdays", "weekdays": ["0"],
        "slot_1": "07:30", "i0-exercise": str(old.pk), "i0-take": "on", "i0-repetitions": "3",
    }  # fmt: skip

    response = client.post(reverse("programs:assign", args=[world.dan.pk]), data)

    assert response.status_code == 302
    item = PrescriptionItem.objects.get(version__prescription__title="Twists")
    assert (item.exercise, item.name) == (stays, "Seated rotation")
