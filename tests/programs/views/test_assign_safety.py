"""Answers on the assignment page: one for the whole, one for several, one for each; and what comes with a program."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from exercises.models import Exercise
from patients.conditions import Condition
from patients.models import Surgery
from programs.enums import Situation
from programs.models import Prescription, Program, ProgramAlternative, ProgramItem, SafetyDecision
from tests import factories
from tests.factories import NOW, TODAY
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
REASON = "Surgeon agreed on the phone"
C = Condition


@pytest.fixture
def as_ana(client: Client, world: World) -> Client:
    client.force_login(world.ana)
    return client


def address(world: World, program: Program | None = None) -> str:
    return reverse("programs:assign", args=[world.dan.pk]) + (f"?program={program.pk}" if program else "")


def as_shown(client: Client, world: World, program: Program, **changes: Any) -> dict[str, Any]:
    """What a browser sends when nothing on the page is touched."""
    assignment = client.get(address(world, program)).context["assignment"]
    forms = [assignment.schedule, *assignment.rows]
    data = {"assign": "1", "program": str(program.pk)}
    for form in forms:
        for field in form:
            value = field.value()
            if value not in (None, "", False, []):
                data[field.html_name] = "on" if value is True else value
    for row in assignment.rows:
        data[f"i{row.number}-exercise"] = str(row.exercise.pk)
        data[f"i{row.number}-source"] = str(row.source.pk)
    return data | changes


def program_of(world: World, *exercises: Exercise, **fields: Any) -> Program:
    return factories.make_program(world.harbour, *exercises, **{"name": "Six of them"} | fields)


def six_with_care() -> list[Exercise]:
    return [factories.make_exercise(f"Floor {n}", features=["floor_transfer"]) for n in range(6)]


def faults(response: Any) -> list[str]:
    return [text for _, text in response.context["assignment"].fault_links]


def page(client: Client, world: World, program: Program) -> str:
    return " ".join(client.get(address(world, program)).content.decode().split())


# --- Several at once -----------------------------------------------------------------------------------------


def test_one_tick_answers_six_equal_cautions(as_ana: Client, world: World) -> None:
    program = program_of(world, *six_with_care())
    data = as_shown(as_ana, world, program)
    assert "Osteoporosis or osteopenia</strong>: I have weighed these 6 exercises" in page(as_ana, world, program)

    refused = as_ana.post(address(world), data)
    taken = as_ana.post(address(world), data | {"group-osteoporosis": "on"})

    assert len(faults(refused)) == 6
    assert taken.status_code == 302
    decisions = SafetyDecision.objects.filter(item__version__prescription__title="Six of them")
    assert decisions.count() == 6
    assert set(decisions.values_list("condition", "decision", "decided_by", "decided_at")) == {
        ("osteoporosis", "confirmed", world.ana.pk, NOW)
    }


def test_a_tick_for_one_condition_does_not_answer_for_another(as_ana: Client, world: World) -> None:
    factories.make_condition(world.dan, C.ANTICOAGULATION)
    program = program_of(world, *six_with_care())
    data = as_shown(as_ana, world, program)

    half = as_ana.post(address(world), data | {"group-osteoporosis": "on"})
    whole = as_ana.post(address(world), data | {"group-osteoporosis": "on", "group-anticoagulation": "on"})

    assert len(faults(half)) == 6
    assert whole.status_code == 302


def test_a_tick_for_several_never_answers_an_avoid(as_ana: Client, world: World) -> None:
    program = program_of(world, *six_with_care(), world.exercises[2])

    response = as_ana.post(address(world), as_shown(as_ana, world, program, **{"group-osteoporosis": "on"}))

    assert faults(response) == ["Trunk bend: Write why, in at least 10 characters."]


def test_two_avoids_want_two_reasons(as_ana: Client, world: World) -> None:
    second = factories.make_exercise("Deep bend", features=["spinal_flexion_load"])
    program = program_of(world, world.exercises[2], second)

    response = as_ana.post(address(world), as_shown(as_ana, world, program, **{"i0-reason": REASON}))

    assert faults(response) == ["Deep bend: Write why, in at least 10 characters."]


# --- The whole on hold ---------------------------------------------------------------------------------------


def test_a_hold_stands_on_top_as_what_it_is_and_wants_a_reason(as_ana: Client, world: World) -> None:
    factories.make_condition(world.dan, C.DVT_SUSPECTED_OR_ACUTE)
    program = program_of(world, world.exercises[0], world.exercises[3])
    html = page(as_ana, world, program)
    assert "Exercise is on hold for Dan" in html
    assert html.index("on hold for Dan") < html.index("Standing hip stretch")
    assert html.count("Suspected or acute DVT</strong>") == 1
    data = as_shown(as_ana, world, program)

    refused = as_ana.post(address(world), data)
    assert (refused.status_code, faults(refused)) == (422, ["Write why, in at least 10 characters."])
    assert not Prescription.objects.filter(program=program).exists()

    assert as_ana.post(address(world), data | {"hold-reason": "Ultrasound was clear today"}).status_code == 302
    decisions = SafetyDecision.objects.filter(item__version__prescription__program=program)
    assert set(decisions.values_list("feature", "decision", "reason")) == {
        ("any_exercise", "overridden", "Ultrasound was clear today")
    }
    assert decisions.count() == 2


def test_under_a_hold_an_avoid_of_its_own_still_wants_its_own_reason(as_ana: Client, world: World) -> None:
    factories.make_condition(world.dan, C.DVT_SUSPECTED_OR_ACUTE)
    program = program_of(world, world.exercises[0], world.exercises[2])
    data = as_shown(as_ana, world, program, **{"hold-reason": "Ultrasound was clear today"})

    refused = as_ana.post(address(world), data)
    taken = as_ana.post(address(world), data | {"i1-reason": REASON})

    assert faults(refused) == ["Trunk bend: Write why, in at least 10 characters."]
    assert taken.status_code == 302
    reasons = SafetyDecision.objects.filter(item__name="Trunk bend").values_list("reason", flat=True)
    assert set(reasons) == {f"Ultrasound was clear today – {REASON}"}


# --- What comes with the program -----------------------------------------------------------------------------


def with_stand_in(world: World, other: Exercise) -> Program:
    program = program_of(world, world.exercises[0])
    ProgramAlternative.objects.create(item=program.items.get(), situation=Situation.AT_WORK, exercise=other)
    return program


def test_what_may_stand_in_is_checked_answered_and_taken_along(as_ana: Client, world: World) -> None:
    bend = world.exercises[2]
    program = with_stand_in(world, bend)
    data = as_shown(as_ana, world, program)
    assert "May stand in: <strong>Trunk bend</strong>" in page(as_ana, world, program)

    refused = as_ana.post(address(world), data)
    taken = as_ana.post(address(world), data | {f"answer-{bend.pk}-reason": REASON})

    assert faults(refused) == ["Trunk bend: Write why, in at least 10 characters."]
    assert taken.status_code == 302
    decision = SafetyDecision.objects.get()
    assert (decision.alternative.exercise, decision.alternative.situation) == (bend, "at_work")


def test_what_is_not_to_stand_in_is_neither_asked_nor_taken(as_ana: Client, world: World) -> None:
    program = with_stand_in(world, world.exercises[2])
    data = as_shown(as_ana, world, program)
    del data["i0-allow"]

    assert as_ana.post(address(world), data).status_code == 302

    item = Prescription.objects.get(program=program).versions.get().items.get()
    assert not item.alternatives.exists()


def test_all_that_an_item_says_goes_along(as_ana: Client, world: World) -> None:
    program = program_of(world, world.exercises[0], world.exercises[3], slots=["07:00", "19:00"])
    ProgramItem.objects.filter(program=program, order=0).update(
        is_core=True, variants={"flare": {"in": False}}, every_days=2, slots=["19:00"], side="left", per_side=False
    )
    data = as_shown(as_ana, world, program, slot_2="20:30")

    assert as_ana.post(address(world), data).status_code == 302

    version = Prescription.objects.get(program=program).versions.get()
    item = version.items.first()
    assert version.slots == ["07:00", "20:30"]
    assert (item.is_core, item.variants, item.every_days, item.side) == (True, {"flare": {"in": False}}, 2, "left")
    assert item.slots == ["20:30"]  # its own time has moved along


def test_a_replaced_exercise_keeps_its_days_and_loses_what_was_said_of_the_other(as_ana: Client, world: World) -> None:
    program = with_stand_in(world, world.exercises[1])
    ProgramItem.objects.filter(program=program).update(every_days=3, variants={"easy": {"sets": 1}}, is_core=True)
    data = as_shown(as_ana, world, program)
    data |= {"i0-exercise": str(world.exercises[3].pk)}

    assert as_ana.post(address(world), data).status_code == 302

    item = Prescription.objects.get(program=program).versions.get().items.get()
    assert (item.exercise, item.every_days, item.is_core) == (world.exercises[3], 3, True)
    assert (item.variants, item.alternatives.count()) == ({}, 0)


def staged(world: World) -> Program:
    steps = [{"title": "Begin", "weeks": 4}, {"title": "Build up"}]
    program = program_of(world, world.exercises[0], world.exercises[3], steps=steps)
    ProgramItem.objects.filter(program=program, order=1).update(from_step=2)
    return program


def test_a_program_that_builds_up_becomes_versions(as_ana: Client, world: World) -> None:
    program = staged(world)
    html = page(as_ana, world, program)
    assert "from “Build up” on" in html or "> Build up" in html

    assert as_ana.post(address(world), as_shown(as_ana, world, program)).status_code == 302

    second, first = Prescription.objects.get(program=program).versions.all()
    assert [(v.step_title, v.effective_from, v.items.count()) for v in (first, second)] == [
        ("Begin", TODAY, 1),
        ("Build up", TODAY + timedelta(weeks=4), 2),
    ]


def test_a_stage_without_an_exercise_is_named(as_ana: Client, world: World) -> None:
    data = as_shown(as_ana, world, staged(world))
    del data["i0-take"]

    assert faults(as_ana.post(address(world), data)) == ["Stage “Begin” has no exercise."]


def test_the_schedule_of_the_program_is_the_first_offer(as_ana: Client, world: World) -> None:
    program = program_of(
        world,
        world.exercises[0],
        frequency="every_days",
        every_days=2,
        slots=["09:00", "10:00", "11:00"],
        break_minutes=60,
    )

    assert as_ana.post(address(world), as_shown(as_ana, world, program)).status_code == 302

    version = Prescription.objects.get(program=program).versions.get()
    assert (version.every_days, version.slots, version.break_minutes) == (2, ["09:00", "10:00", "11:00"], 60)


# --- Beside or instead ---------------------------------------------------------------------------------------


def test_replacing_the_running_one_is_one_tick(as_ana: Client, world: World) -> None:
    tomorrow = TODAY + timedelta(days=1)
    program = program_of(world, world.exercises[0])
    data = as_shown(as_ana, world, program, replaces=[str(world.prescription.pk)], starts_on=tomorrow.isoformat())

    assert as_ana.post(address(world), data).status_code == 302

    world.prescription.refresh_from_db()
    assert world.prescription.ends_on == TODAY


def test_what_cannot_be_replaced_says_why_and_loses_nothing_typed(as_ana: Client, world: World) -> None:
    factories.make_session(world.prescription, TODAY)
    program = program_of(world, world.exercises[0])
    data = as_shown(as_ana, world, program, replaces=[str(world.prescription.pk)], title="My own title")

    response = as_ana.post(address(world), data)

    assert response.status_code == 409
    assert "Start the new one after that" in faults(response)[0]
    assert 'value="My own title"' in response.content.decode()
    assert not Prescription.objects.filter(program=program).exists()


def test_a_holiday_typed_here_is_free(as_ana: Client, world: World) -> None:
    program = program_of(world, world.exercises[0])
    first, last = TODAY + timedelta(days=10), TODAY + timedelta(days=20)
    data = as_shown(as_ana, world, program, holiday_from=first.isoformat(), holiday_to=last.isoformat())

    assert as_ana.post(address(world), data).status_code == 302

    assert world.dan.pauses.get().last_day == last


def test_a_start_after_the_operation_is_checked_against_the_new_hip(as_ana: Client, world: World) -> None:
    squat = factories.make_exercise("Deep squat", features=["hip_flexion_gt_90"])
    operation = TODAY + timedelta(weeks=2)
    Surgery.objects.create(patient=world.dan, side="left", approach="posterior", operated_on=operation)
    program = program_of(world, squat)

    response = as_ana.post(
        address(world), as_shown(as_ana, world, program, starts_on=(operation + timedelta(days=7)).isoformat())
    )

    assert response.status_code == 422
    assert any(fault.startswith("Deep squat: Write why") for fault in faults(response))


def test_the_surgeons_words_stand_beside_the_exercises(as_ana: Client, world: World) -> None:
    Surgery.objects.create(
        patient=world.dan, side="left", approach="posterior", operated_on=TODAY, instructions="No low chairs."
    )

    assert "No low chairs." in page(as_ana, world, world.program)


def test_programs_that_fit_now_come_first_and_say_what_speaks_against_them(as_ana: Client, world: World) -> None:
    Surgery.objects.create(patient=world.dan, side="left", approach="posterior", operated_on=TODAY - timedelta(weeks=2))
    early = program_of(
        world, world.exercises[0], name="Zz early weeks", meant_for={"approach": "posterior", "from": 0, "to": 6}
    )

    html = " ".join(as_ana.get(address(world)).content.decode().split())

    assert html.index(early.name) < html.index("Morning hips")
    assert "2 weeks after the hip replacement" in html
    assert "2 exercises to avoid for Dan" in html  # bending, and across the midline
    part = as_ana.get(address(world) + "?q=early", headers={"HX-Request": "true"}).content.decode()
    assert early.name in part
    assert "Morning hips" not in part
    assert "<html" not in part
