"""Fitting a program to a patient: warnings are answered before anything is stored, and nothing typed is lost."""

import re
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from patients.models import Invitation, Patient
from patients.services import invitations
from programs.models import Prescription, SafetyDecision
from programs.schedule import Rule
from programs.services import programs
from tests import factories
from tests.factories import NOW, TODAY
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("frozen")]
REASON = "Surgeon agreed on the phone"


def said(response: Any) -> str:
    """The page's text with every run of white space as one space."""
    return " ".join(response.content.decode().split())


@pytest.fixture
def as_ana(client: Client, world: World) -> Client:
    client.force_login(world.ana)
    return client


def address(patient: Patient, program: Any = None) -> str:
    return reverse("programs:assign", args=[patient.pk]) + (f"?program={program.pk}" if program else "")


def as_sent(world: World, *places: int, **changes: Any) -> dict[str, Any]:
    """The form as a browser sends it for exercises of the world's program, every dose at its default."""
    data: dict[str, Any] = {
        "assign": "1",
        "program": str(world.program.pk),
        "title": "Dan's hips",
        "starts_on": TODAY.isoformat(),
        "frequency": "weekdays",
        "weekdays": list("0123456"),
        "slot_1": "07:30",
    }
    for place in places or (0, 1, 2):
        exercise = world.exercises[place]
        data |= {
            f"i{place}-exercise": str(exercise.pk),
            f"i{place}-take": "on",
            f"i{place}-repetitions": "3",
            f"i{place}-hold_seconds": "30",
        }
    return data | changes


def faults(response: Any) -> list[str]:
    return [text for _, text in response.context["assignment"].fault_links]


def test_assign_without_a_program_offers_them_all(as_ana: Client, world: World) -> None:
    factories.make_program(world.hill, name="Not ours")

    text = said(as_ana.get(address(world.dan)))

    assert f"?program={world.program.pk}" in text
    assert "Not ours" not in text


def test_assign_page_is_filled_with_defaults_in_the_patients_zone(as_ana: Client, world: World) -> None:
    """At 22:30 UTC it is already tomorrow in Sydney."""
    Patient.objects.filter(pk=world.dan.pk).update(time_zone="Australia/Sydney")

    with time_machine.travel(NOW.replace(hour=22, minute=30), tick=False):
        text = said(as_ana.get(address(world.dan, world.program)))

    assert f'value="{(TODAY + timedelta(days=1)).isoformat()}"' in text
    assert 'value="07:30"' in text
    assert "Australia/Sydney" in text
    assert re.findall(r'name="(i\d+-exercise)"', text) == ["i0-exercise", "i1-exercise", "i2-exercise"]


def test_warnings_stand_at_the_item_before_the_button(as_ana: Client, world: World) -> None:
    text = said(as_ana.get(address(world.dan, world.program)))

    warning = "Osteoporosis or osteopenia · loaded bending of the spine"
    assert text.index(warning) < text.index('name="assign"')
    assert 'name="i2-reason"' in text
    assert 'name="i0-reason"' not in text
    assert "One exercise needs your answer" in text


def test_assign_stores_the_prescription_and_returns_to_the_patient(as_ana: Client, world: World) -> None:
    data = as_sent(
        world,
        **{
            "i2-reason": REASON,
            "i0-hold_seconds": "45",
            "i0-weekdays": ["0", "2"],
            "i0-note": "Left",
            "slot_2": "18:00",
        },
    )

    response = as_ana.post(address(world.dan), data)

    assert response.url == reverse("patients:patient_detail", args=[world.dan.pk])
    made = Prescription.objects.get(title="Dan's hips")
    assert (made.patient, made.program, made.starts_on, made.ends_on) == (world.dan, world.program, TODAY, None)
    version = made.versions.get()
    assert version.rule == Rule(slots=("07:30", "18:00"))
    first, _, third = version.items.all()
    assert (first.hold_seconds, first.weekdays, first.note) == (45, 0b101, "Left")
    assert SafetyDecision.objects.get().item == third


def test_unanswered_warnings_come_back_at_the_item_with_everything_typed(as_ana: Client, world: World) -> None:
    data = as_sent(world, **{"i2-reason": "too short", "i0-note": "Keep <me>", "slot_2": "18:15"})

    response = as_ana.post(address(world.dan), data)

    text = said(response)
    assert response.status_code == 422
    assert faults(response) == ["Trunk bend: Write why, in at least 10 characters."]
    assert "Keep &lt;me&gt;" in text
    assert 'value="18:15"' in text
    assert ">too short</textarea>" in text
    assert not Prescription.objects.filter(title="Dan's hips").exists()


def test_a_caution_wants_its_tick(as_ana: Client, world: World) -> None:
    roll = factories.make_exercise("Thigh rolling", features=["foam_roll_limb"])
    world.exercises[0] = roll

    refused = as_ana.post(address(world.dan), as_sent(world, 0))
    assert faults(refused) == ["Thigh rolling: Confirm that you have weighed this."]

    taken = as_ana.post(address(world.dan), as_sent(world, 0, **{"i0-confirm": "on"}))
    assert taken.status_code == 302


def test_an_exercise_left_out_needs_no_answer(as_ana: Client, world: World) -> None:
    data = as_sent(world)
    del data["i2-take"]

    assert as_ana.post(address(world.dan), data).status_code == 302

    made = Prescription.objects.get(title="Dan's hips")
    assert [item.name for item in made.versions.get().items.all()] == ["Standing hip stretch", "Cross-body stretch"]


def test_nothing_chosen_is_a_fault(as_ana: Client, world: World) -> None:
    data = as_sent(world, 0)
    del data["i0-take"]

    assert faults(as_ana.post(address(world.dan), data)) == ["Choose at least one exercise."]


def test_replace_keeps_everything_else_as_typed(as_ana: Client, world: World) -> None:
    """The other exercise brings its own dose and a fresh answer; nothing is judged yet."""
    data = as_sent(world, **{"title": "", "i0-note": "Left", "i2-reason": REASON})
    del data["assign"]
    data["replace"] = f"2:{world.exercises[3].pk}"

    response = as_ana.post(address(world.dan), data)

    text = said(response)
    assert response.status_code == 200
    assert "things to mend" not in text
    assert f'name="i2-exercise" value="{world.exercises[3].pk}"' in text
    assert REASON not in text
    assert 'value="Left"' in text
    assert not Prescription.objects.filter(program=world.program).exists()


def test_another_exercise_can_be_added(as_ana: Client, world: World) -> None:
    data = as_sent(world, 0)
    del data["assign"]

    response = as_ana.post(address(world.dan), data | {"replace": f"new:{world.exercises[3].pk}"})

    assert f'name="i1-exercise" value="{world.exercises[3].pk}"' in said(response)


@pytest.mark.parametrize("value", ["2:", "x:1", "new:", "99:{pk}", "-1:{pk}", "٣:{pk}", "\x00", "2:{pk}:3"])
def test_an_odd_replacement_changes_nothing(as_ana: Client, world: World, value: str) -> None:
    data = as_sent(world, 0)
    del data["assign"]

    response = as_ana.post(address(world.dan), data | {"replace": value.format(pk=world.exercises[3].pk)})

    assert response.status_code == 200
    assert [row.exercise for row in response.context["assignment"].rows] == [world.exercises[0]]


def test_approved_neighbours_are_offered_with_their_rating(as_ana: Client, world: World) -> None:
    easier = factories.make_exercise("Easier bend", features=["spinal_flexion_load"])
    world.exercises[2].neighbours = {"easier": easier.code, "at_work": easier.code, "no_floor": "X-none"}
    world.exercises[2].save()

    response = as_ana.get(address(world.dan, world.program))

    [neighbour] = response.context["rows"][2]["neighbours"]
    assert (neighbour.exercise, neighbour.label, neighbour.rating) == (easier, "Easier · At work", "avoid")


def test_assign_twice_with_one_key_makes_one(as_ana: Client, world: World) -> None:
    page = as_ana.get(address(world.dan, world.program))
    data = as_sent(world, 0, key=str(page.context["schedule"]["key"].value()))

    for _ in range(2):
        assert as_ana.post(address(world.dan), data).status_code == 302

    assert Prescription.objects.filter(title="Dan's hips").count() == 1


def test_a_condition_recorded_meanwhile_is_noticed(as_ana: Client, world: World) -> None:
    data = as_sent(world, 1)
    factories.make_condition(world.dan, "tha_posterior")

    response = as_ana.post(address(world.dan), data)

    assert response.status_code == 422
    assert "Hip replacement, posterior approach" in said(response)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"title": ""}, "Title: This field is required."),
        ({"title": "a\x00b"}, "Title: Null characters are not allowed."),
        ({"starts_on": "2026-02-30"}, "Starts on: Enter a valid date."),
        ({"starts_on": "2020-01-01"}, "Starts on: Choose a day from today to one year ahead."),
        ({"weekdays": []}, "Days: Choose at least one day."),
        ({"slot_1": "24:00"}, "Time 1: Enter a time like 07:30."),
        ({"i0-repetitions": "NaN"}, "Standing hip stretch: Enter a whole number from 1 to 100."),
        ({"i0-repetitions": "1" * 26}, "Standing hip stretch: Enter a whole number from 1 to 100."),
        ({"weekdays": ["0"], "i0-weekdays": ["1"]}, "Standing hip stretch: Never due: the program runs Monday."),
        ({"i1-exercise": "not-a-uuid"}, "An exercise is not in the library any more. It was left out."),
    ],
)
def test_bad_input_is_named_and_nothing_is_stored(
    as_ana: Client, world: World, changes: dict[str, Any], fault: str
) -> None:
    response = as_ana.post(address(world.dan), as_sent(world, 0, **changes))

    assert response.status_code == 422
    assert faults(response)[0] == fault
    assert not Prescription.objects.filter(program=world.program).exists()


def test_an_exercise_of_another_clinic_is_left_out_and_said(as_ana: Client, world: World) -> None:
    world.exercises[0] = factories.make_exercise("Theirs", clinic=world.hill)

    response = as_ana.post(address(world.dan), as_sent(world, 0, 1))

    assert faults(response) == ["An exercise is not in the library any more. It was left out."]
    assert "Theirs" not in said(response)


@pytest.mark.parametrize("program", ["x", "\x00", "00000000-0000-0000-0000-000000000000"])
def test_an_unknown_program_is_not_found(as_ana: Client, world: World, program: str) -> None:
    assert as_ana.get(reverse("programs:assign", args=[world.dan.pk]), {"program": program}).status_code == 404


def test_the_invitation_goes_out_with_the_assignment(as_ana: Client, world: World) -> None:
    Patient.objects.filter(pk=world.dan.pk).update(user=None)
    page = said(as_ana.get(address(world.dan, world.program)))
    assert "Send the invitation to dan@example.org" in page

    as_ana.post(address(world.dan), as_sent(world, 0, invite="on"))

    assert Invitation.objects.get(patient=world.dan).email == "dan@example.org"


def test_no_invitation_for_somebody_with_a_login_or_without_the_tick(as_ana: Client, world: World) -> None:
    as_ana.post(address(world.dan), as_sent(world, 0, invite="on"))
    Patient.objects.filter(pk=world.dan.pk).update(user=None)
    as_ana.post(address(world.dan), as_sent(world, 0, title="Second"))

    assert not Invitation.objects.filter(patient=world.dan).exists()


def test_no_second_link_goes_out_unasked(as_ana: Client, world: World) -> None:
    Patient.objects.filter(pk=world.dan.pk).update(user=None)
    world.dan.refresh_from_db()
    invitations.invite_patient(actor=world.ana, patient=world.dan, email="dan@example.org", now=NOW)

    response = as_ana.get(address(world.dan, world.program))

    assert "Invited already, not opened yet. Send a new link to dan@example.org" in said(response)
    assert response.context["schedule"]["invite"].value() is False


def test_the_patient_does_not_read_that_it_is_a_copy(as_ana: Client, world: World) -> None:
    made = programs.copy(actor=world.ana, clinic=world.harbour, program=world.program)
    response = as_ana.get(address(world.dan, made))
    assert response.context["schedule"]["title"].value() == "Morning hips"


def test_a_neighbour_that_is_in_the_list_says_so(as_ana: Client, world: World) -> None:
    world.exercises[2].neighbours = {"easier": world.exercises[0].code}
    world.exercises[2].save()
    assert "In the list already" in said(as_ana.get(address(world.dan, world.program)))


def test_a_running_prescription_is_mentioned(as_ana: Client, world: World) -> None:
    assert "already follows “Hips in the morning”" in said(as_ana.get(address(world.dan, world.program)))


def test_assign_page_takes_the_same_statements_for_any_number(as_ana: Client, world: World) -> None:
    exercises = [factories.make_exercise(features=["floor_transfer"]) for _ in range(30)]
    for exercise, other in pairwise(exercises):
        exercise.neighbours = {"easier": other.code}
        exercise.save()
    counts = []
    for number in (3, 30):
        program = factories.make_program(world.harbour, *exercises[:number])
        as_ana.get(address(world.dan, program))
        with CaptureQueriesContext(connection) as captured:
            as_ana.get(address(world.dan, program))
        counts.append(len(captured))

    assert counts[0] == counts[1]
    assert counts[0] <= 16
