"""Publishing and retiring in the browser: what it touches comes first, looking changes nothing, refusals speak."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from exercises.enums import ExerciseState
from exercises.models import Exercise, ExerciseEdition
from exercises.services import curation
from patients.conditions import Condition
from programs.models import WorkItem
from programs.services.library_impact import Impact
from tests import factories
from tests.factories import NOW, TODAY
from tests.programs.curating import in_review, make_whole
from tests.programs.portal import text_of
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("frozen")]
ROTATION = "spinal_rotation_end_range"
MONDAY = date(2026, 11, 23)  # the Monday after TODAY, a Wednesday


@pytest.fixture
def exercise(world: World) -> Exercise:
    return make_whole("Seated twist")


@pytest.fixture
def as_cleo(client: Client, world: World) -> Client:
    client.force_login(world.cleo)
    return client


def address(verb: str, exercise: Exercise) -> str:
    return reverse(f"programs:curation_{verb}", args=[exercise.code])


def state_of(exercise: Exercise) -> tuple[str, int]:
    row = Exercise.objects.get(pk=exercise.pk)
    return row.state, row.edition


# --- Publish -------------------------------------------------------------------------------------------------


def test_publish_shows_first_what_it_touches_and_whom_a_new_feature_hits(as_cleo, world, exercise) -> None:
    factories.make_prescription(world.dan, exercise)
    factories.make_condition(world.finn, Condition.FUSED_THORACOLUMBAR_SPINE)
    factories.make_prescription(world.finn, exercise)
    factories.make_program(world.hill, exercise)
    copy = in_review(world, exercise, features=[ROTATION])

    response = as_cleo.get(address("publish", exercise))

    assert response.context["impact"] == Impact(prescriptions=2, patients=2, programs=1, clinics=2)
    said = text_of(response)
    assert "End-range rotation of the spine" in said
    assert "Torsion on a rigid spine" in said
    assert [(one.who, one.patients) for one in response.context["hits"]] == [
        ("Fused thoracic or lumbar spine", 1),
        ("Osteoporosis or osteopenia", 1),
    ]
    assert "8 more conditions for which it newly matters" in said
    assert "Canary" not in said  # numbers only: a curator sees no patient
    assert response.context["form"]["since"].value() == MONDAY
    assert state_of(copy) == ("in_review", 0)


def test_publish_for_new_versions_only(as_cleo, world, exercise) -> None:
    copy = in_review(world, exercise, cue="Grow tall.")

    response = as_cleo.post(address("publish", exercise), {"revision": copy.revision, "reach": "new"}, follow=True)

    assert response.redirect_chain == [(f"/library/{exercise.code}/", 302)]
    assert "“Seated twist” is published." in text_of(response)
    assert state_of(exercise) == ("published", 2)
    assert ExerciseEdition.objects.get(exercise=exercise, number=2).applies_from is None


def test_publish_for_everybody_from_a_day(as_cleo, world, exercise) -> None:
    factories.make_prescription(world.dan, exercise)
    copy = in_review(world, exercise, features=[ROTATION])
    data = {"revision": copy.revision, "reach": "date", "since": MONDAY.isoformat(), "note": "Clearer."}

    response = as_cleo.post(address("publish", copy), data, follow=True)  # the copy's own code is understood too

    assert "1 work note asks therapists to look at the program." in text_of(response)
    edition = ExerciseEdition.objects.get(exercise=exercise, number=2)
    assert (edition.applies_from, edition.note) == (MONDAY, "Clearer.")
    assert WorkItem.objects.count() == 1


def test_a_new_exercise_is_published_without_asking_who_gets_it(as_cleo, world) -> None:
    draft = make_whole("New one", state=ExerciseState.DRAFT, edition=0, written_by=world.cora)
    draft = curation.submit(actor=world.cora, exercise=draft, revision=1, note="", now=NOW)

    page = as_cleo.get(address("publish", draft))
    assert "reach" not in page.context["form"].fields
    assert "nobody has it yet" in text_of(page)

    as_cleo.post(address("publish", draft), {"revision": draft.revision})
    assert state_of(draft) == ("published", 1)


@pytest.mark.parametrize(
    "since", ["", "2026-11-17", "2027-12-01", "2026-02-30", "tomorrow", "0001-01-01", "10000-01-01"]
)
def test_publish_wants_a_day_that_can_be(as_cleo, world, exercise, since: str) -> None:
    copy = in_review(world, exercise, cue="Grow tall.")
    data = {"revision": copy.revision, "reach": "date", "since": since, "note": "Kept as typed"}

    response = as_cleo.post(address("publish", exercise), data)

    assert response.status_code == 422
    assert response.context["form"].errors["since"]
    assert "Kept as typed" in text_of(response)
    assert state_of(exercise) == ("published", 1)


def test_today_is_not_in_the_past(as_cleo, world, exercise) -> None:
    copy = in_review(world, exercise, cue="Grow tall.")
    data = {"revision": copy.revision, "reach": "date", "since": TODAY.isoformat()}

    assert as_cleo.post(address("publish", exercise), data).status_code == 302


@pytest.mark.parametrize("data", [{}, {"revision": "x"}, {"revision": "1", "reach": "everybody"}, {"reach": "new"}])
def test_a_post_without_sense_is_asked_again(as_cleo, world, exercise, data) -> None:
    in_review(world, exercise, cue="Grow tall.")

    assert as_cleo.post(address("publish", exercise), data).status_code == 422
    assert state_of(exercise) == ("published", 1)


def test_publish_tells_what_changed_meanwhile_and_keeps_what_was_typed(as_cleo, world, exercise) -> None:
    copy = in_review(world, exercise, cue="Grow tall.")
    data = {"revision": copy.revision - 1, "reach": "date", "since": MONDAY.isoformat(), "note": "Kept as typed"}

    response = as_cleo.post(address("publish", exercise), data)

    assert response.status_code == 409
    said = text_of(response)
    assert "It has changed since you opened this page." in said
    assert "Kept as typed" in said
    assert response.context["form"]["revision"].value() == str(copy.revision)
    assert state_of(exercise) == ("published", 1)


def test_nobody_publishes_their_own_work(client: Client, world, exercise) -> None:
    copy = in_review(world, exercise, cue="Grow tall.")
    client.force_login(world.cora)

    page = client.get(address("publish", exercise))
    posted = client.post(address("publish", exercise), {"revision": copy.revision, "reach": "new"})

    assert "another curator approves it" in text_of(page)
    assert '<button type="submit" class="btn btn-primary"' not in text_of(page)
    assert posted.status_code == 403
    assert state_of(exercise) == ("published", 1)


def test_publish_names_what_is_missing(as_cleo, world, exercise) -> None:
    copy = in_review(world, exercise, cue="Grow tall.")
    Exercise.objects.filter(pk=copy.pk).update(stop_if="")

    page = as_cleo.get(address("publish", exercise))
    posted = as_cleo.post(address("publish", exercise), {"revision": copy.revision, "reach": "new"})

    assert "Say when to stop." in text_of(page)
    assert posted.status_code == 409
    assert state_of(exercise) == ("published", 1)


def test_a_draft_is_submitted_first(as_cleo, world, exercise) -> None:
    curation.start_edit(actor=world.cora, exercise=exercise)

    assert "still a draft" in text_of(as_cleo.get(address("publish", exercise)))


def test_publishing_what_is_published_already_leads_on(as_cleo, world, exercise) -> None:
    response = as_cleo.get(address("publish", exercise), follow=True)

    assert response.status_code == 200
    assert "There is no draft of “Seated twist” to publish." in text_of(response)


def test_a_therapist_publishes_the_clinics_own_alone_and_no_other(client: Client, world) -> None:
    own = make_whole("Harbour hinge", clinic=world.harbour, written_by=world.ana)
    foreign = make_whole("Hill hinge", clinic=world.hill, written_by=world.chloe)
    copy = curation.start_edit(actor=world.ana, exercise=own)
    factories.make_prescription(world.dan, own)
    client.force_login(world.ana)

    page = client.get(address("publish", own))
    posted = client.post(address("publish", own), {"revision": copy.revision, "reach": "new"})

    assert page.context["impact"].prescriptions == 1
    assert (posted.status_code, state_of(own)) == (302, ("published", 2))
    assert client.get(address("publish", foreign)).status_code == 404


# --- Retire --------------------------------------------------------------------------------------------------


def test_retire_shows_first_what_it_touches(as_cleo, world, exercise) -> None:
    factories.make_prescription(world.dan, exercise)

    response = as_cleo.get(address("retire", exercise))

    assert response.context["impact"] == Impact(prescriptions=1, patients=1, programs=0, clinics=1)
    assert "no program is changed by itself" in text_of(response)
    assert state_of(exercise) == ("published", 1)


def test_retire_and_ask_the_therapists_then_take_it_back(as_cleo, world, exercise) -> None:
    factories.make_prescription(world.dan, exercise)
    data = {"revision": 1, "reach": "date", "since": MONDAY.isoformat(), "reason": "Two people fell."}

    response = as_cleo.post(address("retire", exercise), data, follow=True)

    said = text_of(response)
    assert "“Seated twist” is retired. 1 work note" in said
    assert "Retired on 18 November 2026." in said
    assert state_of(exercise) == ("retired", 1)
    assert WorkItem.objects.unsettled().get().due_on == MONDAY

    restored = as_cleo.post(address("restore", exercise), {"revision": 2}, follow=True)
    assert "is back in the library" in text_of(restored)
    assert state_of(exercise) == ("published", 1)
    assert not WorkItem.objects.unsettled().exists()


def test_what_is_retired_is_not_offered_and_running_programs_go_on(client: Client, world, exercise) -> None:
    given = factories.make_prescription(world.dan, exercise)
    program = factories.make_program(world.harbour, exercise, world.exercises[0])
    client.force_login(world.cleo)
    client.post(address("retire", exercise), {"revision": 1, "reach": "new", "reason": "Not needed."})

    client.force_login(world.ana)
    picker = client.get(reverse("exercises:exercise_picker") + "?q=seated+twist")
    assign = client.get(reverse("programs:assign", args=[world.dan.pk]) + f"?program={program.pk}")
    builder = client.get(reverse("programs:program_detail", args=[program.pk]))
    client.force_login(world.dan.user)
    today = client.get("/today/")

    assert "Seated twist" not in text_of(picker)
    assert [row.is_taken for row in assign.context["assignment"].rows] == [False, True]
    assert "Taken out of the library. Replace it or leave it out." in text_of(assign)
    assert "It is left out when you assign this program." in text_of(builder)
    assert "Seated twist" in text_of(today)
    assert given.versions.count() == 1


def test_a_retired_exercise_that_is_ticked_all_the_same_is_refused(client: Client, world, exercise) -> None:
    Exercise.objects.filter(pk=exercise.pk).update(state=ExerciseState.RETIRED)
    client.force_login(world.ana)
    data = {
        "assign": "1", "title": "Twists", "starts_on": TODAY.isoformat(), "frequency": "weekdays", "weekdays": ["0"],
        "slot_1": "07:30", "i0-exercise": str(exercise.pk), "i0-take": "on", "i0-repetitions": "3",
    }  # fmt: skip

    response = client.post(reverse("programs:assign", args=[world.dan.pk]), data)

    assert response.status_code == 422
    assert "It was taken out of the library. Replace it or leave it out." in text_of(response)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"reason": "x" * 401}, "reason"),
        ({"reason": "bad \x00 sign"}, "reason"),
        ({"reach": "date", "since": "2020-01-01"}, "since"),
    ],
)
def test_retire_says_what_to_mend(as_cleo, world, exercise, changes, field: str) -> None:
    data = {"revision": 1, "reach": "new", "reason": "Good enough."} | changes

    response = as_cleo.post(address("retire", exercise), data)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert state_of(exercise) == ("published", 1)


def test_retire_of_what_has_changed_is_a_conflict(as_cleo, world, exercise) -> None:
    Exercise.objects.filter(pk=exercise.pk).update(revision=5)

    response = as_cleo.post(address("retire", exercise), {"revision": 1, "reach": "new", "reason": "Not needed."})

    assert response.status_code == 409
    assert response.context["form"]["revision"].value() == "5"
    assert state_of(exercise) == ("published", 1)


def test_retiring_twice_and_restoring_what_stands_changes_nothing(as_cleo, world, exercise) -> None:
    data = {"revision": 1, "reach": "new", "reason": "Not needed."}
    as_cleo.post(address("retire", exercise), data)

    assert as_cleo.post(address("retire", exercise), data).status_code == 200
    assert state_of(exercise) == ("retired", 1)
    as_cleo.post(address("restore", exercise), {"revision": 2})
    assert as_cleo.post(address("restore", exercise), {"revision": 2}, follow=True).status_code == 200
    assert as_cleo.post(address("restore", exercise), {}, follow=True).status_code == 200
    assert state_of(exercise) == ("published", 1)


def test_what_was_never_published_is_not_retired(as_cleo, world) -> None:
    draft = make_whole("Only a draft", state=ExerciseState.DRAFT)

    response = as_cleo.get(address("retire", draft), follow=True)

    assert "was never published" in text_of(response)


def test_days_ahead_of_monday() -> None:
    from programs.forms.curation import next_monday

    week = [TODAY + timedelta(days=n) for n in range(7)]  # from a Wednesday on
    assert [next_monday(day) for day in week] == [MONDAY] * 5 + [MONDAY + timedelta(days=7)] * 2
