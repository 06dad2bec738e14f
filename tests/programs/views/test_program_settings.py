"""The settings of a program: all kinds of schedule, stages and rules; somebody else's change is never overwritten."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from patients.models import AuditEvent
from programs.models import Program, ProgramItem
from tests.factories import TODAY
from tests.world import World

pytestmark = pytest.mark.django_db
RULE = {"after_weeks": 2, "min_adherence": 80, "max_pain": 3, "suggest": "Add a second set."}
STAGES = [{"title": "Learn it", "weeks": 4}, {"title": "Keep it"}]


@pytest.fixture
def as_ana(client: Client, world: World) -> Client:
    client.force_login(world.ana)
    return client


def address(program: Program) -> str:
    return reverse("programs:program_settings", args=[program.pk])


def rows(prefix: str, values: list[dict[str, Any]], initial: int = 0) -> dict[str, Any]:
    sent = {f"{prefix}-TOTAL_FORMS": len(values), f"{prefix}-INITIAL_FORMS": initial}
    return sent | {f"{prefix}-{n}-{name}": value for n, row in enumerate(values) for name, value in row.items()}


def form(
    stages: list[dict[str, Any]] | None = None, rules: list[dict[str, Any]] | None = None, **changes: Any
) -> dict[str, Any]:
    """What the page sends for a program of every day, with these changes."""
    usual = {
        "name": "Morning hips",
        "summary": "For the hips.",
        "flare_days": 7,
        "revision": 1,
        "frequency": "weekdays",
        "weekdays": list(range(7)),
        "times": "any",
        "every_days": 2,
        "times_per_week": 3,
        "break_minutes": 60,
    }
    return {**usual, **rows("stages", stages or []), **rows("rules", rules or []), **changes}


def said(response: Any) -> str:
    return " ".join(response.content.decode().split())


def schedule_of(program: Program) -> dict[str, Any]:
    program.refresh_from_db()
    return program.schedule_values()


@pytest.mark.parametrize(
    ("sent", "stored", "words"),
    [
        ({"weekdays": [0, 2, 4]}, {"weekdays": 0b10101}, "Mon, Wed, Fri"),
        ({"frequency": "every_days"}, {"frequency": "every_days", "every_days": 2}, "every other day"),
        ({"frequency": "every_days", "every_days": 3}, {"frequency": "every_days", "every_days": 3}, "every 3 days"),
        (
            {"frequency": "times_per_week", "times_per_week": 5},
            {"frequency": "times_per_week", "times_per_week": 5},
            "5 times a week",
        ),
        (
            {"times": "slots", "slot_1": "19:00", "slot_2": "07:30"},
            {"slots": ["07:30", "19:00"]},
            "every day at 07:30 and 19:00",
        ),
        (
            {"times": "breaks", "break_from": "09:00", "break_to": "13:30", "break_minutes": 90},
            {"slots": ["09:00", "10:30", "12:00", "13:30"], "break_minutes": 90},
            "every day, every 90 minutes from 09:00 to 13:30",
        ),
        ({"slot_1": "07:30"}, {"slots": []}, "every day"),
    ],
)
def test_every_kind_of_schedule_is_stored_and_shown_again(
    as_ana: Client, world: World, sent: dict[str, Any], stored: dict[str, Any], words: str
) -> None:
    usual = {"frequency": "weekdays", "weekdays": 127, "times_per_week": None, "every_days": None, "slots": []}

    response = as_ana.post(address(world.program), form(**sent))

    assert response.url == reverse("programs:program_detail", args=[world.program.pk])
    assert schedule_of(world.program) == usual | {"break_minutes": None} | stored
    assert world.program.rule_from(TODAY).text == words
    again = as_ana.get(address(world.program)).context["form"]
    assert again.initial["frequency"] == stored.get("frequency", "weekdays")


@pytest.mark.parametrize(
    ("sent", "fault"),
    [
        ({"name": " "}, "Name: This field is required."),
        ({"name": "---"}, "Name: Enter a name with at least one letter or digit."),
        ({"weekdays": []}, "Days: Choose at least one day."),
        ({"weekdays": [9]}, "Days: Choose days from Monday to Sunday."),
        (
            {"frequency": "every_days", "every_days": ""},
            "Days from one to the next: Enter a whole number from 2 to 28.",
        ),
        ({"frequency": "every_days", "every_days": "1"}, "Days from one to the next: Enter a whole number from 2 to"),
        ({"frequency": "times_per_week", "times_per_week": "9"}, "Times a week: Enter a whole number from 1 to 7."),
        ({"frequency": "sometimes"}, "How often: "),
        ({"times": "slots"}, "Time 1: Enter at least one time"),
        ({"times": "slots", "slot_1": "25:00"}, "Time 1: Enter a time like 07:30."),
        ({"times": "breaks"}, "First break: When is the first break?"),
        ({"times": "breaks", "break_from": "17:00", "break_to": "09:00"}, "Last break: The last break must be after"),
        (
            {"times": "breaks", "break_from": "06:00", "break_to": "22:00", "break_minutes": 15},
            "Minutes apart: That makes 65 breaks a day.",
        ),
        ({"times": "breaks", "break_from": "9", "break_to": "10:00"}, "First break: Enter a time like 07:30."),
        ({"flare_days": "0"}, "A flare lasts: Enter a whole number from 1 to 28."),
        ({"revision": ""}, "This page is out of date. Load it again."),
        ({"revision": "9" * 40}, "This page is out of date. Load it again."),
        ({"stages": [{"title": "One"}]}, "Stage 1, title: One stage alone is no stage."),
        ({"stages": [{"title": "One"}, {"title": "Two"}]}, "Stage 1, weeks: For how many weeks?"),
        (
            {"stages": [{"title": "One", "weeks": 4}, {"title": "Two", "weeks": 4}]},
            "Stage 2, weeks: The last stage goes",
        ),
        ({"stages": [{"title": "", "weeks": 4}, {"title": "Two"}]}, "Stage 1, title: Give the stage a title"),
        ({"stages": [{"title": "One", "weeks": 1e309}, {"title": "Two"}]}, "Stage 1, weeks: Enter a whole number"),
        ({"stages": [{"title": "x", "weeks": 1}] * 7}, "Please submit at most 6 forms."),
        ({"rules": [RULE | {"suggest": ""}]}, "Rule 1, suggest to me: Write what is to be suggested"),
        ({"rules": [RULE | {"min_adherence": 101}]}, "Rule 1, done, at least %: Enter a whole number from 1"),
        ({"rules": [RULE | {"max_pain": "\x00"}]}, "Rule 1, pain, at most: Enter a whole number from 0 to 10."),
        ({"rules-TOTAL_FORMS": "many"}, "This page is out of date. Load it again."),
    ],
)
def test_faults_stand_at_their_place_and_nothing_is_stored(
    as_ana: Client, world: World, sent: dict[str, Any], fault: str
) -> None:
    before = Program.objects.filter(pk=world.program.pk).values().get()

    response = as_ana.post(address(world.program), form(**sent))

    assert response.status_code == 422
    assert fault in said(response).replace("&quot;", '"')
    assert Program.objects.filter(pk=world.program.pk).values().get() == before


def test_what_was_typed_stays_on_the_page(as_ana: Client, world: World) -> None:
    sent = form([{"title": "Kept <b>", "weeks": "x"}, {"title": "Two"}], [RULE | {"max_pain": 11}], name="Kept too")

    text = said(as_ana.post(address(world.program), sent))

    for value in ("Kept &lt;b&gt;", 'value="x"', 'value="11"', "Kept too", "Add a second set."):
        assert value in text


def test_stages_and_rules_are_stored_changed_and_removed(as_ana: Client, world: World) -> None:
    program = world.program
    as_ana.post(address(program), form([*STAGES, {}], [RULE, {}]))
    program.refresh_from_db()
    assert (program.steps, program.progression) == (STAGES, [RULE])

    page = as_ana.get(address(program))
    assert [row.initial for row in page.context["page"].stages] == [*STAGES, {}, {}]
    calm = {name: value for name, value in RULE.items() if name != "max_pain"}
    sent = form(revision=2) | rows("stages", [STAGES[0] | {"DELETE": "on"}, STAGES[1] | {"DELETE": "on"}], 2)
    as_ana.post(address(program), sent | rows("rules", [RULE | {"DELETE": "on"}, calm], 1))

    program.refresh_from_db()
    assert (program.steps, program.progression, program.revision) == ([], [calm], 3)


def test_a_stage_in_which_exercises_begin_cannot_go(as_ana: Client, world: World) -> None:
    Program.objects.filter(pk=world.program.pk).update(steps=STAGES)
    ProgramItem.objects.filter(pk=world.program.items.first().pk).update(from_step=2)
    gone = rows("stages", [row | {"DELETE": "on"} for row in STAGES], 2)

    response = as_ana.post(address(world.program), form() | gone)

    assert response.status_code == 422
    assert "Exercises begin in stage 2." in said(response)


def test_nothing_different_is_no_change(as_ana: Client, world: World) -> None:
    as_ana.post(address(world.program), form())
    assert Program.objects.get(pk=world.program.pk).revision == 2
    entries = AuditEvent.objects.count()

    as_ana.post(address(world.program), form(revision=2))

    assert Program.objects.get(pk=world.program.pk).revision == 2
    assert AuditEvent.objects.count() == entries


def test_a_conflict_shows_both_and_overwrites_nothing(as_ana: Client, world: World) -> None:
    mine = form(frequency="every_days", name="Mine")
    other = form(rules=[RULE], flare_days=5)
    as_ana.post(address(world.program), other)

    response = as_ana.post(address(world.program), mine)

    text = said(response)
    assert response.status_code == 409
    assert response.context["stored"] == [
        ("Name", "Morning hips"),
        ("A flare lasts", "5 days"),
        ("Schedule", "every day"),
        ("Rules", "After 2 weeks of at least 80 % and pain of 3 or less: Add a second set."),
    ]
    assert 'value="Mine"' in text
    world.program.refresh_from_db()
    assert (world.program.name, world.program.flare_days, world.program.revision) == ("Morning hips", 5, 2)

    again = as_ana.post(address(world.program), mine | {"revision": response.context["form"]["revision"].value()})

    assert again.status_code == 302
    world.program.refresh_from_db()
    assert (world.program.name, world.program.every_days) == ("Mine", 2)


def test_the_last_change_can_be_taken_back_while_nobody_changed_more(as_ana: Client, world: World) -> None:
    program = world.program
    before = {"name": program.name, **schedule_of(program)}
    as_ana.post(address(program), form(name="Other", frequency="every_days", times="slots", slot_1="07:30"))
    assert "Undo the last change here" in said(as_ana.get(address(program)))

    response = as_ana.post(address(program), {"undo": "1"})

    assert response.url == address(program)
    assert schedule_of(program) == {name: value for name, value in before.items() if name != "name"}
    assert program.name == before["name"]
    assert "Undo the last change here" not in said(as_ana.get(address(program)))
    as_ana.post(address(program), form(name="Third", revision=3))
    Program.objects.filter(pk=program.pk).update(revision=9)
    assert "Undo the last change here" not in said(as_ana.get(address(program)))
    assert "nothing was taken back" in said(as_ana.post(address(program), {"undo": "1"}, follow=True))
    assert Program.objects.get(pk=program.pk).name == "Third"
    assert "nothing to take back" in said(as_ana.post(address(program), {"undo": "1"}, follow=True))


# --- Drafts --------------------------------------------------------------------------------------------------


@pytest.fixture
def draft(world: World) -> Program:
    version = world.prescription.versions.get()
    return Program.objects.create(
        clinic=world.harbour, name=world.prescription.title, prescription=world.prescription, base=version
    )


def test_a_draft_has_title_schedule_and_rules_and_no_stages(as_ana: Client, draft: Program) -> None:
    text = said(as_ana.get(address(draft)))
    assert "stages-TOTAL_FORMS" not in text
    assert 'name="summary"' not in text

    sent = form(rules=[RULE], name="Hips at night", frequency="every_days", times="slots", slot_1="20:00")
    response = as_ana.post(address(draft), sent)

    assert response.status_code == 302
    draft.refresh_from_db()
    assert (draft.name, draft.every_days, draft.slots) == ("Hips at night", 2, ["20:00"])
    assert (draft.progression, draft.steps) == ([RULE], [])
    draft.prescription.refresh_from_db()
    assert draft.prescription.title == "Hips in the morning"


def test_a_draft_is_for_the_care_team_alone(client: Client, world: World, draft: Program) -> None:
    for user, status in ((world.ben, 404), (world.chloe, 404), (world.adam, 403), (world.cora, 403)):
        client.force_login(user)
        assert client.get(address(draft)).status_code == status
        assert client.post(address(draft), form(name="Taken")).status_code == status
    draft.refresh_from_db()
    assert draft.name == world.prescription.title


def test_settings_take_few_statements(as_ana: Client, world: World, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(9):
        as_ana.get(address(world.program))


def test_a_copy_carries_settings_on(as_ana: Client, world: World) -> None:
    as_ana.post(address(world.program), form(STAGES, [RULE], times="slots", slot_1="06:15", flare_days=4))

    as_ana.post(reverse("programs:program_copy", args=[world.program.pk]))

    copy = Program.objects.get(name="Morning hips (copy)")
    assert (copy.slots, copy.steps, copy.progression, copy.flare_days) == (["06:15"], STAGES, [RULE], 4)
    assert copy.created_at - world.program.created_at < timedelta(hours=1)
