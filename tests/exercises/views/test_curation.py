"""The editor as somebody meets it: what is typed is judged, kept, compared, and never lost."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from exercises.models import Exercise
from exercises.services import curation
from patients.models import User
from tests import factories
from tests.exercises.curation import COMPLETE, published, submitted, typed
from tests.factories import TODAY
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
NEW = "/library/curation/new/"


@pytest.fixture
def cora(world: World) -> User:
    return world.cora


@pytest.fixture
def at_desk(client: Client, cora: User) -> Client:
    client.force_login(cora)
    return client


def edit(code: str) -> str:
    return reverse("exercises:curation_edit", args=[code])


def text(response: Any) -> str:
    return response.content.decode()


def test_curation_new_stores_a_draft(at_desk: Client, cora: User) -> None:
    response = at_desk.post(NEW, typed() | {"do": "save", "reason": "Asked for by patients."})

    draft = Exercise.objects.get(name=COMPLETE["name"])
    assert response.status_code == 302
    assert response["Location"] == edit("S101")
    assert (draft.state, draft.written_by, draft.missing) == ("draft", cora, [])
    assert {name: getattr(draft, name) for name in COMPLETE} == COMPLETE
    assert draft.history.get().history_change_reason == "Asked for by patients."


def test_curation_new_submits_at_once(at_desk: Client, cora: User) -> None:
    response = at_desk.post(NEW, typed() | {"do": "submit"})

    draft = Exercise.objects.get(name=COMPLETE["name"])
    assert response["Location"] == reverse("exercises:curation_review", args=["S101"])
    assert (draft.state, draft.submitted_by) == ("in_review", cora)


def test_curation_new_saves_what_cannot_be_submitted_yet(at_desk: Client) -> None:
    response = at_desk.post(NEW, typed(cue="", source="") | {"do": "submit"}, follow=True)

    assert Exercise.objects.get(name=COMPLETE["name"]).state == "draft"
    assert "It cannot be reviewed yet: 2 pieces are missing." in text(response)
    assert "Add one cue to keep in mind." in text(response)


def test_curation_new_asked_twice_makes_one(at_desk: Client) -> None:
    page = at_desk.get(NEW)
    key = page.context["form"]["key"].value()

    for _ in range(2):
        at_desk.post(NEW, typed() | {"do": "save", "key": key})

    assert Exercise.objects.filter(name=COMPLETE["name"]).count() == 1


def test_curation_new_takes_no_key_of_something_else(at_desk: Client, world: World) -> None:
    other = world.exercises[0]

    response = at_desk.post(NEW, typed() | {"do": "save", "key": str(other.pk)})

    assert response.status_code == 422
    assert "Load the page again." in text(response)
    assert Exercise.objects.get(pk=other.pk).name == "Standing hip stretch"
    assert not Exercise.objects.filter(name=COMPLETE["name"]).exists()


def test_curation_new_fills_in_what_can_be_guessed(at_desk: Client) -> None:
    form = at_desk.get(NEW).context["form"]

    assert form["review_due_on"].value() >= TODAY + timedelta(days=365)
    assert (form["strength"].value(), form["level"].value()) == ("C", "beginner")


def test_curation_new_of_a_therapist_is_the_clinics(client: Client, world: World) -> None:
    client.force_login(world.ana)

    client.post(NEW, typed() | {"do": "save"})

    own = Exercise.objects.get(name=COMPLETE["name"])
    assert (own.clinic, own.shared, own.code[0]) == (world.harbour, False, "C")


def test_curation_edit_of_a_published_exercise_makes_a_working_copy(at_desk: Client, world: World) -> None:
    row = published(world.cora, world.cleo)
    page = at_desk.get(edit(row.code))
    assert not Exercise.objects.filter(replaces=row).exists()
    held = {name: page.context["form"][name].value() for name in ("revision", "base")}

    at_desk.post(edit(row.code), typed(cue="Stand tall.") | held | {"do": "save", "reason": "Shorter."})

    copy = Exercise.objects.get(replaces=row)
    row.refresh_from_db()
    assert (copy.cue, row.cue, row.state) == ("Stand tall.", COMPLETE["cue"], "published")


def test_curation_edit_without_a_change_makes_no_copy(at_desk: Client, world: World) -> None:
    row = published(world.cora, world.cleo)

    response = at_desk.post(edit(row.code), typed() | {"base": row.revision, "do": "save"}, follow=True)

    assert "Nothing was changed." in text(response)
    assert not Exercise.objects.filter(replaces=row).exists()


def test_curation_edit_keeps_every_shipped_exercise_as_it_is(at_desk: Client, library: Any) -> None:
    """What the form shows, sent back, changes nothing: no field is lost, reordered or rounded."""
    changed = []
    for row in Exercise.objects.filter(code__in=["S01", "R03", "H02", "A06", "W02", "T22"]):
        form = at_desk.get(edit(row.code)).context["form"]
        sent = {name: form[name].value() for name in form.fields}
        sent = {name: value for name, value in sent.items() if value not in (None, "", False)}
        response = at_desk.post(edit(row.code), sent | {"do": "save"}, follow=True)
        if "Nothing was changed." not in text(response):
            changed.append(row.code)
    assert changed == []


def test_curation_edit_wants_a_reason_for_the_second_person(at_desk: Client, world: World) -> None:
    row = published(world.cora, world.cleo)

    response = at_desk.post(edit(row.code), typed(cue="New.") | {"base": row.revision, "do": "submit"})

    assert response.status_code == 422
    assert "Say what is new, and why." in text(response)
    assert 'value="New."' in text(response)


def test_curation_edit_tells_who_comes_second(at_desk: Client, world: World) -> None:
    draft = curation.create(actor=world.cora, content=COMPLETE)
    seen = draft.revision
    curation.save(actor=world.cleo, exercise=draft, revision=seen, content={"cue": "Cleo was here."})

    response = at_desk.post(edit(draft.code), typed(cue="Mine is longer.") | {"revision": seen, "do": "save"})

    assert response.status_code == 409
    assert "Cleo Marsh saved this exercise while you were writing" in text(response)
    assert 'value="Mine is longer."' in text(response)
    assert [(d.field, d.verdict) for d in response.context["conflict"]["differences"]] == [("cue", "changed")]
    assert Exercise.objects.get(pk=draft.pk).cue == "Cleo was here."

    again = typed(cue="Mine is longer.") | {"revision": response.context["form"]["revision"].value(), "do": "save"}
    assert at_desk.post(edit(draft.code), again).status_code == 302
    assert Exercise.objects.get(pk=draft.pk).cue == "Mine is longer."


def test_curation_edit_tells_of_a_copy_begun_elsewhere(at_desk: Client, world: World) -> None:
    row = published(world.cora, world.cleo)
    curation.change(actor=world.cleo, exercise=row, revision=row.revision, content={"cue": "Cleo was here."})

    response = at_desk.post(edit(row.code), typed(cue="Mine.") | {"base": row.revision, "do": "save"})

    assert response.status_code == 409
    assert Exercise.objects.get(replaces=row).cue == "Cleo was here."


def test_curation_edit_tells_when_the_draft_is_gone(at_desk: Client, world: World) -> None:
    row = published(world.cora, world.cleo)
    copy = curation.change(actor=world.cora, exercise=row, revision=row.revision, content={"cue": "Mine."})
    seen = copy.revision
    curation.discard(actor=world.cleo, exercise=copy, revision=seen)

    response = at_desk.post(edit(row.code), typed(cue="Mine, longer.") | {"revision": seen, "do": "save"})

    assert response.status_code == 409
    assert "published or thrown away while you were writing" in text(response)
    assert 'value="Mine, longer."' in text(response)


def test_curation_edit_sends_a_retired_one_to_its_history(at_desk: Client, world: World) -> None:
    row = published(world.cora, world.cleo)
    row.refresh_from_db()
    curation.retire(actor=world.cora, exercise=row, revision=row.revision, reason="Old.", now=factories.NOW)

    assert at_desk.get(edit(row.code))["Location"] == reverse("exercises:curation_history", args=[row.code])


FAULTS: list[tuple[dict[str, Any], str, str]] = [
    ({"name": ""}, "name", "This field is required."),
    ({"name": "   "}, "name", "This field is required."),
    ({"name": "x" * 161}, "name", "at most 160 characters"),
    ({"name": "Hip\x00opener"}, "name", "Null characters are not allowed."),
    ({"cue": "Lift \u202eyour chest"}, "cue", "contains a character that cannot be stored"),
    ({"steps": ["Go.", "Stay\x07.", "Back."]}, "steps", "Step 2: This text contains a character"),
    ({"steps": ["x" * 301]}, "steps", "Step 1 is over 300 characters."),
    ({"steps": [f"Step {n}." for n in range(13)]}, "steps", "At most 12."),
    ({"aliases": "x" * 161}, "aliases", "Name 1 is over 160 characters."),
    ({"aliases": "hip\ufefftip"}, "aliases", "Name 1: This text contains a character"),
    ({"kind": ""}, "kind", "Choose the kind."),
    ({"kind": "juggling"}, "kind", "Choose from the list."),
    ({"region": ["moon"]}, "region", "Choose from the list."),
    ({"equipment": ["none", "mat"]}, "equipment", "cannot stand beside other equipment"),
    ({"features": ["any_exercise"]}, "features", "Choose from the list."),
    ({"strength": "D"}, "strength", "Choose from the list."),
    *[
        ({"sets": number}, "sets", "Enter a whole number from 1 to 20.")
        for number in ("0", "21", "3.5", "1e3", "NaN", "Infinity", "-1", "٣", "1,5", "0x10", "9" * 30)
    ],
    ({"review_due_on": "2026-02-30"}, "review_due_on", "Enter a valid date."),
    ({"review_due_on": "9999-12-31"}, "review_due_on", "within the next ten years"),
    ({"review_due_on": "0001-01-01"}, "review_due_on", "within the next ten years"),
    ({"easier": "Nothing like it"}, "easier", "No exercise has this name or code."),
    ({"easier": "\x00"}, "easier", "Null characters are not allowed."),
    ({"figure": "../../secret"}, "figure", "Choose from the list."),
    ({"evidence_note": "x" * 801}, "evidence_note", "at most 800 characters"),
    ({"revision": "many"}, "revision", "Enter a whole number."),
]


@pytest.mark.parametrize(("fault", "field", "sentence"), FAULTS, ids=lambda value: str(value)[:24])
def test_curation_new_answers_bad_input_and_keeps_it(
    at_desk: Client, fault: dict[str, Any], field: str, sentence: str
) -> None:
    before = Exercise.objects.count()

    response = at_desk.post(NEW, typed(why="Kept as it was typed.") | fault | {"do": "save"})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert sentence in str(response.context["form"].errors[field])
    assert "Kept as it was typed." in text(response)
    assert Exercise.objects.count() == before


KEPT = ["{{7*7}}", "<script>alert(1)</script>", "' OR 1=1--", "O'Brien 👩‍👩‍👧 stretch", "Übung für Ärzte", "تمدد الورك"]


@pytest.mark.parametrize("name", KEPT)
def test_curation_new_keeps_odd_text_as_text(at_desk: Client, name: str) -> None:
    response = at_desk.post(NEW, typed(name=name) | {"do": "save"}, follow=True)

    assert Exercise.objects.get(code="S101").name == name
    assert "<script>alert(1)" not in text(response)
    assert "49" not in response.context["form"]["name"].value()


def test_curation_new_asks_once_more_about_a_taken_name(at_desk: Client) -> None:
    factories.make_exercise("Doorway Chest Opener")

    first = at_desk.post(NEW, typed() | {"do": "save"})
    assert first.status_code == 422
    assert "has this name already" in text(first)
    assert 'name="same_name_ok"' in text(first)

    second = at_desk.post(NEW, typed() | {"do": "save", "same_name_ok": "on"})
    assert second.status_code == 302


def test_curation_new_lets_a_clinic_name_its_own_like_the_library(client: Client, world: World) -> None:
    client.force_login(world.ana)
    factories.make_exercise(COMPLETE["name"])

    assert client.post(NEW, typed() | {"do": "save"}).status_code == 302


@pytest.mark.parametrize("said", ["{code}", "{name} ({code})", "{name}", "standing HIP stretch"])
def test_curation_new_understands_a_neighbour(at_desk: Client, world: World, said: str) -> None:
    other = world.exercises[0]

    at_desk.post(NEW, typed() | {"do": "save", "easier": said.format(code=other.code, name=other.name)})

    assert Exercise.objects.get(code="S101").neighbours == {"easier": other.code}


def test_curation_edit_refuses_itself_as_a_neighbour(at_desk: Client, world: World) -> None:
    row = published(world.cora, world.cleo)

    response = at_desk.post(edit(row.code), typed() | {"base": row.revision, "easier": row.code, "do": "save"})

    assert "That is this exercise itself." in text(response)


def test_curation_new_keeps_only_the_particulars_of_its_kind(at_desk: Client) -> None:
    sent = typed(kind="thermal") | {"cloth": "A dry towel.", "skin_check": "Look after five minutes.", "zone": "Hip"}

    at_desk.post(NEW, sent | {"do": "save"})

    draft = Exercise.objects.get(code="H101")
    assert draft.particulars == {"cloth": "A dry towel.", "skin_check": "Look after five minutes."}
    assert draft.missing == []


def test_curation_gaps_tells_what_is_missing_and_stores_nothing(at_desk: Client) -> None:
    before = Exercise.objects.count()
    long = " ".join(["word"] * 20)

    response = at_desk.post(
        reverse("exercises:curation_gaps"), typed(cue="", steps=["Go.", long, "Back."], why="Do it 3x5, e.g. daily.")
    )

    assert [gap.field for gap in response.context["panel"]["gaps"]] == ["steps", "cue"]
    assert "Step 2 is over 19 words." in text(response)
    assert "Cannot be read aloud." in text(response)
    assert "3 × 30 s" in text(response)
    assert Exercise.objects.count() == before


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"set_up": "word " * 200_000},
        {"kind": "x" * 5000},
        {"steps": ["\x00"] * 50, "sets": "NaN"},
        {"name": "\u202e"},
    ],
)
def test_curation_gaps_answers_anything(at_desk: Client, sent: dict[str, Any]) -> None:
    response = at_desk.post(reverse("exercises:curation_gaps"), sent)

    assert response.status_code == 200
    assert response.context["panel"]["there"] < response.context["panel"]["total"]


def test_curation_similar_shows_name_and_alias_clashes(at_desk: Client, world: World) -> None:
    published(world.cora, world.cleo)
    own = factories.make_exercise("Doorway chest opener", clinic=world.harbour)

    response = at_desk.post(
        reverse("exercises:curation_similar"), {"name": "Chest opener, doorway", "aliases": "Chest stretch in the door"}
    )

    [one] = response.context["similar"]
    assert (one.exercise.code, one.is_same) == ("S101", True)
    assert own.code not in text(response)


def test_curation_similar_shows_a_clinic_no_foreign_drafts(client: Client, world: World) -> None:
    client.force_login(world.ana)
    curation.create(actor=world.cora, content=COMPLETE)
    curation.create(actor=world.chloe, content=COMPLETE, clinic=world.hill)
    own = curation.create(actor=world.ben, content=COMPLETE, clinic=world.harbour)

    response = client.post(reverse("exercises:curation_similar"), {"name": COMPLETE["name"]})

    assert [one.exercise for one in response.context["similar"]] == [own]


def test_curation_find_offers_published_neighbours(at_desk: Client, world: World) -> None:
    published(world.cora, world.cleo, name="Standing hip opener")
    curation.create(actor=world.cora, content=COMPLETE | {"name": "Standing hip secret"})
    address = reverse("exercises:curation_find")

    response = at_desk.get(address, {"slot": "easier", "easier": "hip stand"})
    assert [one.name for one in response.context["found"]] == ["Standing hip opener"]
    assert at_desk.get(address, {"slot": "easier", "easier": ""}).context["found"] == []
    assert at_desk.get(address, {"slot": "never"}).status_code == 404
    assert at_desk.get(address, {"slot": "easier", "easier": "\x00"}).status_code == 404


@pytest.mark.parametrize("who", ["cora", "ana"])
def test_curation_pages_ask_the_database_little(
    client: Client, world: World, django_assert_max_num_queries: Callable[..., Any], who: str
) -> None:
    row = published(world.cora, world.cleo)
    own = curation.create(actor=world.ana, content=COMPLETE, clinic=world.harbour)
    client.force_login(world.login_of({"cora": "curator", "ana": "therapist"}[who]))
    code = row.code if who == "cora" else own.code
    for number in range(30):
        factories.make_exercise(f"Filler {number}")
    client.get(edit(code))

    with django_assert_max_num_queries(10):
        client.get(edit(code))
    with django_assert_max_num_queries(10):
        client.post(reverse("exercises:curation_similar") + f"?code={code}", {"name": "Filler 3"})


def test_curation_edit_hides_a_submitted_draft_from_nobody_who_curates(client: Client, world: World) -> None:
    draft = submitted(curation.create(actor=world.cora, content=COMPLETE), world.cora)
    client.force_login(world.cleo)

    page = client.get(edit(draft.code))

    assert page.status_code == 200
    assert "Saving a change takes it back to a draft." in text(page)
