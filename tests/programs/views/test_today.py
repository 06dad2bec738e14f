"""The patient's day in the browser: answers, corrections, empty states, without and with htmx."""

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from patients.models import PainEntry, Stiffness
from programs.models import Entry, PrescriptionItem, PrescriptionVersion, Session
from tests import factories
from tests.factories import TODAY
from tests.programs.portal import items_of, log, sign_in, text_of

NOBODY = "00000000-0000-7000-8000-000000000000"  # written out: every worker must collect the same tests

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
MOST_QUERIES = 15
TODAY_URL = "/today/"


@pytest.fixture
def own(client: Client, dan) -> Client:
    return sign_in(client, dan)


@pytest.fixture
def items(prescription) -> list[PrescriptionItem]:
    return items_of(prescription)


# --- The page ------------------------------------------------------------------------------------------------


@pytest.mark.sqlite
def test_today_greets_and_shows_what_is_due(own, items):
    page = text_of(own.get(TODAY_URL))

    assert "Good morning." in page
    assert "Two exercises, about" in page
    assert [item.name in page for item in items] == [True, True]
    assert "No one watches this page. If it is urgent, call 112." in page
    assert page.count('name="answer" value="done"') >= 3  # two cards and the bar
    uuids = re.findall(r'name="client_uuid" value="([0-9a-f-]{36})"', page)
    assert len(uuids) == len(set(uuids)) > 2  # each form its own


def test_today_knows_the_hour_where_the_patient_lives(own, dan):
    dan.time_zone = "Asia/Tokyo"  # 18:00 there
    dan.save()

    assert "Good evening." in text_of(own.get(TODAY_URL))


def test_today_says_when_the_next_exercises_are(own, dan, prescription):
    PrescriptionVersion.objects.filter(prescription=prescription).update(weekdays=0b1000000)

    page = text_of(own.get(TODAY_URL))

    assert "Nothing is due today." in page
    assert "Your next exercises are on Sunday 22 November." in page


def test_today_says_whom_to_ask_for_a_program(own, prescription):
    prescription.delete()

    page = text_of(own.get(TODAY_URL))

    assert "Ana Lind has not given you a program yet." in page


def test_today_is_kind_when_all_is_done(own, prescription, items):
    for item in items:
        log(own, prescription, item=item.pk, answer="done")

    page = text_of(own.get(TODAY_URL))

    assert "That is everything for today." in page
    assert "2 of 2 done" in page
    assert "action-bar" not in page


@pytest.mark.parametrize("count", [3, 30])
def test_today_takes_the_same_few_queries_however_long_the_list(own, dan, prescription, count):
    prescription.delete()
    large = factories.make_prescription(
        dan, *[factories.make_exercise() for _ in range(count)], slots=("07:30", "20:00")
    )
    for item in PrescriptionItem.objects.filter(version__prescription=large):
        log(own, large, item=item.pk, answer="done", pain_after="3")
    own.get(TODAY_URL)  # the session is in the cache now

    with CaptureQueriesContext(connection) as captured:
        assert own.get(TODAY_URL).status_code == 200

    assert len(captured) <= MOST_QUERIES
    assert len(captured) == 13


# --- Answers without JavaScript -------------------------------------------------------------------------------


@pytest.mark.sqlite
def test_session_log_without_a_script_comes_back_to_the_card(own, prescription, items):
    response = log(own, prescription, item=items[0].pk, answer="done")

    assert response.status_code == 302
    assert response["Location"] == f"/today/#card-{items[0].pk}-0730"
    assert Entry.objects.get().status == "done"
    assert "Saved: done." in text_of(own.get(TODAY_URL))


@pytest.mark.sqlite
def test_skip_without_a_script_asks_for_the_reason_and_then_saves(own, prescription, items):
    asked = log(own, prescription, item=items[0].pk, answer="skipped")

    assert asked.status_code == 422
    page = text_of(asked)
    assert f'id="reasons-{items[0].pk}-0730">' in page  # not hidden
    assert f'id="reasons-{items[1].pk}-0730" hidden' in page
    assert Session.objects.count() == 0

    log(own, prescription, item=items[0].pk, answer="skipped:pain")
    assert list(Entry.objects.values_list("status", "reason")) == [("skipped", "pain")]
    assert "too painful" in text_of(own.get(TODAY_URL))


@pytest.mark.sqlite
def test_all_done_with_pain_3_is_one_post(own, prescription, items):
    lines = [f"{prescription.pk}|07:30|{item.pk}" for item in items]
    page = text_of(own.get(TODAY_URL))
    assert [f'name="lines" value="{line}"' in page for line in lines] == [True, True]

    body = {"client_uuid": uuid4(), "local_date": TODAY.isoformat(), "answer": "done", "lines": lines, "pain": "3"}
    for _ in range(2):
        assert own.post(reverse("programs:session_all_done"), body).status_code == 302

    session = Session.objects.get()
    assert (session.expected, session.done) == (2, 2)
    assert list(PainEntry.objects.values_list("moment", "score")) == [("after", 3)]


def test_all_done_leaves_what_was_skipped(own, prescription, items):
    log(own, prescription, item=items[0].pk, answer="skipped:time")
    lines = [f"{prescription.pk}|07:30|{item.pk}" for item in items]  # drawn before the skip

    body = {"client_uuid": uuid4(), "local_date": TODAY.isoformat(), "answer": "done", "lines": lines, "pain": ""}
    own.post(reverse("programs:session_all_done"), body)

    assert dict(Entry.objects.values_list("item", "status")) == {items[0].pk: "skipped", items[1].pk: "done"}
    assert PainEntry.objects.count() == 0


def test_all_done_over_two_sets_rates_pain_once(own, dan, prescription, items):
    other = factories.make_prescription(dan, factories.make_exercise(), slots=("08:00",))
    item = PrescriptionItem.objects.get(version__prescription=other)
    lines = [f"{prescription.pk}|07:30|{i.pk}" for i in items] + [f"{other.pk}|08:00|{item.pk}"]

    body = {"client_uuid": uuid4(), "local_date": TODAY.isoformat(), "answer": "done", "lines": lines, "pain": "0"}
    own.post(reverse("programs:session_all_done"), body)

    assert Session.objects.count() == 2
    assert PainEntry.objects.get().session_key == other.sessions.get().pk


def test_all_done_is_all_or_nothing(own, world, prescription, items):
    theirs = PrescriptionItem.objects.get(version__prescription__patient=world.eve)
    lines = [f"{prescription.pk}|07:30|{items[0].pk}", f"{prescription.pk}|07:30|{theirs.pk}"]

    body = {"client_uuid": uuid4(), "local_date": TODAY.isoformat(), "answer": "done", "lines": lines, "pain": "3"}
    assert own.post(reverse("programs:session_all_done"), body).status_code == 404

    assert Session.objects.count() == 0


@pytest.mark.parametrize("line", ["", "a|b|c", "|||", f"{NOBODY}|25:00|{NOBODY}"])
def test_all_done_refuses_lines_that_are_none(own, line):
    body = {"client_uuid": uuid4(), "local_date": TODAY.isoformat(), "answer": "done", "lines": [line], "pain": "3"}

    response = own.post(reverse("programs:session_all_done"), body)

    assert response.status_code == 422
    assert "alert" in text_of(response)


# --- With htmx ------------------------------------------------------------------------------------------------


def test_htmx_gets_the_card_the_head_the_bar_and_an_undo(own, prescription, items):
    response = log(own, prescription, htmx=True, item=items[0].pk, answer="done")

    assert response.status_code == 200
    page = text_of(response)
    assert "<html" not in page
    assert f'id="card-{items[0].pk}-0730"' in page
    assert f'id="card-{items[1].pk}-0730"' not in page
    assert "One exercise left" in page
    assert 'id="bar" class="action-bar" hx-swap-oob="true"' in page
    assert "Undo" in page


def test_undo_opens_the_answer_again(own, prescription, items):
    toast = text_of(log(own, prescription, htmx=True, item=items[0].pk, answer="done"))
    undo = toast[toast.index("data-undo") :]
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', undo))
    assert fields["answer"] == "open"

    own.post(reverse("programs:session_log"), fields)

    assert Entry.objects.count() == 0
    assert Session.objects.get().done == 0


def test_undo_of_a_change_brings_the_former_answer_back(own, prescription, items):
    log(own, prescription, item=items[0].pk, answer="skipped:tired")
    toast = text_of(log(own, prescription, htmx=True, item=items[0].pk, answer="done", was="skipped:tired"))
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', toast[toast.index("data-undo") :]))

    own.post(reverse("programs:session_log"), fields)

    assert list(Entry.objects.values_list("status", "reason")) == [("skipped", "tired")]


def test_a_used_id_with_another_answer_is_told_and_the_first_stands(own, prescription, items):
    used = uuid4()
    log(own, prescription, client_uuid=used, item=items[0].pk, answer="done")

    response = log(own, prescription, client_uuid=used, item=items[0].pk, answer="partly")

    assert response.status_code == 409
    assert "This page was not up to date." in text_of(response)
    assert Entry.objects.get().status == "done"


# --- Ratings and notes ----------------------------------------------------------------------------------------


@pytest.mark.sqlite
def test_pain_before_0_and_taking_it_back(own, prescription):
    log(own, prescription, pain_before="0")
    assert PainEntry.objects.get().score == 0
    assert '<span class="pain-value">0</span>' in text_of(own.get(TODAY_URL))

    log(own, prescription, pain_before="none")
    assert PainEntry.objects.count() == 0


def test_a_note_is_kept_and_can_be_emptied(own, prescription):
    log(own, prescription, note="Felt good <b>")
    assert "Felt good &lt;b&gt;" in text_of(own.get(TODAY_URL))

    log(own, prescription, note="")
    assert Session.objects.get().note == ""


@pytest.mark.parametrize(
    ("note", "message"), [("x" * 1001, "1000 characters"), ("a\u202eb", "a character that cannot be stored")]
)
def test_a_note_that_cannot_be_kept_is_said_and_not_lost(own, prescription, note, message):
    response = log(own, prescription, note=note)

    assert response.status_code == 422
    page = text_of(response)
    assert message in page
    assert note in page
    assert Session.objects.count() == 0


@pytest.mark.parametrize("score", ["11", "-1", "3.5", "5 ", "true", "NaN", "٣", "1e1", "05"])
def test_pain_is_a_whole_number_from_0_to_10(own, prescription, score):
    response = log(own, prescription, pain_after=score)

    assert response.status_code == 422
    assert "Choose a whole number from 0 to 10." in text_of(response)
    assert PainEntry.objects.count() == Session.objects.count() == 0


@pytest.mark.parametrize(
    "values",
    [
        {"client_uuid": "x"},
        {"client_uuid": ""},
        {"local_date": "2026-02-30"},
        {"local_date": "10000-01-01"},
        {"local_date": "0000-01-01"},
        {"slot": "24:00"},
        {"slot": "07:30\x00"},
        {"answer": "perfect", "item": uuid4()},
        {"item": "x"},
        {"prescription": "x"},
        {"note": "\x00"},
    ],
)
def test_bad_fields_are_4xx_and_store_nothing(own, prescription, values):
    for htmx in (False, True):
        assert 400 <= log(own, prescription, htmx=htmx, **values).status_code < 500
    assert Session.objects.count() == 0


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("minutes", "status"), [("0", 302), ("45", 302), ("720", 302), ("721", 422), ("4.5", 422), ("", 422)]
)
def test_morning_stiffness(own, prescription, minutes, status):
    response = own.post(reverse("programs:pain_add"), {"local_date": TODAY.isoformat(), "minutes": minutes})

    assert response.status_code == status
    stored = [int(minutes)] if status == 302 else []
    assert list(Stiffness.objects.values_list("minutes", flat=True)) == stored


def test_pain_add_on_a_day_off_corrects_the_first_rating(own, prescription):
    prescription.delete()
    for score in ("4", "6"):
        body = {"client_uuid": uuid4(), "local_date": TODAY.isoformat(), "score": score}
        assert own.post(reverse("programs:pain_add"), body).status_code == 302

    pain = PainEntry.objects.get()
    assert (pain.score, pain.moment, pain.edited_at is None) == (6, "daily", False)
    page = text_of(own.get(TODAY_URL))
    assert '<span class="pain-value">6</span>' in page
    assert "edited" in page
