"""Work notes reach those who treat the patient: on the caseload, on the patient's page, settled and taken back."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from patients.models import AuditEvent, Surgery
from programs.enums import Rating, WorkKind
from programs.models import Prescription, WorkItem
from tests.factories import NOW, TODAY
from tests.programs.portal import text_of
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("frozen")]


def make_note(prescription: Prescription, reason: str = "“Seated twist” now counts as heat.", **fields) -> WorkItem:
    number = WorkItem.objects.count()
    values = {
        "clinic": prescription.clinic, "patient": prescription.patient, "prescription": prescription,
        "kind": WorkKind.SAFETY, "rating": Rating.CAUTION, "reason": reason, "due_on": TODAY,
        "dedupe_key": f"note:{number}",
    }  # fmt: skip
    return WorkItem.objects.create(**values | fields)


@pytest.fixture
def note(world: World) -> WorkItem:
    return make_note(world.prescription)


@pytest.fixture
def as_ana(client: Client, world: World) -> Client:
    client.force_login(world.ana)
    return client


def patient_page(client: Client, world: World, query: str = ""):
    return client.get(reverse("patients:patient_detail", args=[world.dan.pk]) + query)


# --- On the pages --------------------------------------------------------------------------------------------


def test_caseload_shows_the_number_and_the_worst(as_ana, world, note) -> None:
    make_note(world.prescription, "Avoid this at once.", rating=Rating.AVOID, exercise=world.exercises[0])
    make_note(world.prescription, "Settled long ago.", rating=Rating.AVOID, settled_at=NOW, settled_by=world.ana)

    response = as_ana.get(reverse("programs:caseload"))

    [row] = response.context["rows"]
    assert (row.notes, row.note, row.note_rating) == (2, "Avoid this at once.", "avoid")
    said = text_of(response)
    assert 'title="Avoid this at once."' in said
    assert "2 notes. Avoid: Standing hip stretch" in said


def test_caseload_filters_by_work_notes(as_ana, world, note) -> None:
    response = as_ana.get(reverse("programs:caseload") + "?show=work")

    assert [row.name for row in response.context["rows"]] == ["Dan Canarydan"]
    assert response.context["numbers"]["work"] == 1
    note.delete()
    assert list(as_ana.get(reverse("programs:caseload") + "?show=work").context["rows"]) == []


def test_a_colleagues_caseload_shows_nothing_of_it(client, world, note) -> None:
    client.force_login(world.ben)

    response = client.get(reverse("programs:caseload"))

    assert [row.notes for row in response.context["rows"]] == [0]
    assert "Seated twist" not in text_of(response)


def test_patient_page_lists_the_notes_worst_first_with_the_way_to_the_program(as_ana, world, note) -> None:
    make_note(world.prescription, "Replace it.", kind=WorkKind.REPLACE, rating=0, due_on=TODAY + timedelta(days=5))
    make_note(world.prescription, "Avoid this.", rating=Rating.AVOID)

    said = text_of(patient_page(as_ana, world))

    places = [said.index(words) for words in ("Avoid this.", "now counts as heat.", "Replace it.")]
    assert places == sorted(places)
    assert reverse("programs:prescription_detail", args=[world.prescription.pk]) in said


@pytest.mark.parametrize(
    ("kind", "key", "origin", "headline"),
    [
        (WorkKind.SAFETY, "condition:x:added", "From the record", "Safety has changed: Standing hip stretch"),
        (WorkKind.SAFETY, "safety:x", "From the library", "Safety has changed: Standing hip stretch"),
        (WorkKind.REPLACE, "replace:x", "From the library", "Replace: Standing hip stretch"),
        (WorkKind.SUGGESTION, "suggestion:x", "By a rule of yours", "Suggestion: Standing hip stretch"),
        (WorkKind.FLARE, "flare:x", "Told by the patient", "Flare: Standing hip stretch"),
    ],
)
def test_each_kind_of_note_says_where_it_comes_from(
    as_ana, world, kind: WorkKind, key: str, origin: str, headline: str
):
    make_note(world.prescription, "Look.", kind=kind, rating=0, dedupe_key=key, exercise=world.exercises[0])

    assert origin in text_of(patient_page(as_ana, world))
    assert headline in text_of(as_ana.get(reverse("programs:caseload")))


def test_a_question_about_precautions_leads_to_the_answer(as_ana, world) -> None:
    surgery = Surgery.objects.create(patient=world.dan, side="left", approach="posterior", operated_on=TODAY)
    key = f"clearance:{surgery.pk}:{TODAY}"
    note = make_note(world.prescription, "Ask the surgeon.", kind=WorkKind.CLEARANCE, rating=0, dedupe_key=key)

    said = text_of(patient_page(as_ana, world))

    for name in ("surgery_clear", "surgery_edit"):
        assert reverse(f"programs:{name}", args=[world.dan.pk, surgery.pk]) in said
    assert "From the calendar" in said
    assert "Precautions go on" in said  # settles the note and clears nothing
    assert post(as_ana, "settle", note).status_code == 302
    surgery.refresh_from_db()
    assert surgery.cleared_on is None


def test_patient_page_without_notes_shows_no_empty_panel(as_ana, world) -> None:
    assert 'aria-labelledby="work-notes-title" hidden>' in text_of(patient_page(as_ana, world))


def test_patient_page_costs_one_statement_for_any_number(as_ana, world, note) -> None:
    with_one = statements(as_ana, world)
    for _ in range(5):
        make_note(world.prescription)

    assert statements(as_ana, world) == with_one


def statements(client: Client, world: World) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert patient_page(client, world).status_code == 200
    return len(captured)


# --- Done, and undone ----------------------------------------------------------------------------------------


def post(client: Client, verb: str, note: WorkItem, **headers: str):
    return client.post(reverse(f"programs:work_{verb}", args=[note.pk]), headers=headers)


def test_done_without_a_script_comes_back_with_an_undo(as_ana, world, note) -> None:
    response = post(as_ana, "settle", note)

    assert response["Location"] == f"/clinic/patients/{world.dan.pk}/?settled={note.pk}#work-notes"
    note.refresh_from_db()
    assert (note.settled_at, note.settled_by) == (NOW, world.ana)
    page = text_of(patient_page(as_ana, world, f"?settled={note.pk}"))
    assert reverse("programs:work_reopen", args=[note.pk]) in page
    assert AuditEvent.objects.filter(verb="work.settle", patient=world.dan, actor=world.ana).count() == 1


def test_done_with_htmx_swaps_the_panel_and_undo_brings_it_back(as_ana, world, note) -> None:
    done = text_of(post(as_ana, "settle", note, **{"HX-Request": "true"}))
    assert ("Settled." in done, reverse("programs:work_settle", args=[note.pk]) in done) == (True, False)

    back = text_of(post(as_ana, "reopen", note, **{"HX-Request": "true"}))
    assert "The note is open again." in back
    assert reverse("programs:work_settle", args=[note.pk]) in back
    note.refresh_from_db()
    assert (note.settled_at, note.settled_by) == (None, None)


def test_a_note_is_settled_once(client, world, note) -> None:
    client.force_login(world.ana)
    post(client, "settle", note)
    second = post(client, "settle", note, **{"HX-Request": "true"})

    assert "A colleague has settled this note already." in text_of(second)
    assert AuditEvent.objects.filter(verb="work.settle").count() == 1
    post(client, "reopen", note)
    post(client, "reopen", note)
    assert AuditEvent.objects.filter(verb="work.reopen").count() == 1


@pytest.mark.parametrize(("who", "status"), [("ben", 403), ("adam", 403), ("chloe", 404), ("cora", 403)])
@pytest.mark.parametrize("verb", ["settle", "reopen"])
def test_nobody_else_settles_it(client, world, note, who: str, status: int, verb: str) -> None:
    client.force_login(getattr(world, who))

    assert post(client, verb, note).status_code == status
    note.refresh_from_db()
    assert note.settled_at is None


@pytest.mark.parametrize("query", ["?settled=nonsense", "?settled=00000000-0000-0000-0000-000000000000"])
def test_an_address_that_names_no_note_is_just_the_page(as_ana, world, note, query: str) -> None:
    assert patient_page(as_ana, world, query).status_code == 200
