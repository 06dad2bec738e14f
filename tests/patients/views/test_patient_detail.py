"""The patient's page: one look at who they are, what runs, what was done, how it hurt; and who looked."""

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from patients.conditions import Condition
from patients.models import AuditEvent, CareTeam, Delivery, Invitation, Message, Stiffness
from tests.factories import (
    NOW,
    TODAY,
    make_clinic,
    make_condition,
    make_flare,
    make_member,
    make_pain,
    make_patient,
    make_prescription,
    make_session,
)

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("frozen")]

MOST_STATEMENTS = 19
MOST_BYTES = 150 * 1024


@pytest.fixture
def clinic():
    return make_clinic("Harbour Physiotherapy")


@pytest.fixture
def ana(clinic, client):
    ana = make_member(clinic, "Ana Lind")
    client.force_login(ana, backend="django.contrib.auth.backends.ModelBackend")
    return ana


@pytest.fixture
def dan(clinic, ana):
    return make_patient(clinic, "Dan Weber", therapist=ana, time_zone="Europe/Athens")


def ago(days: int):
    return TODAY - timedelta(days=days)


def page(client, patient):
    return client.get(reverse("patients:patient_detail", args=[patient.pk]))


def words(response) -> str:
    """The page as read aloud: tags away, spaces single."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def chart(response, name: str) -> dict:
    found = re.search(rf'<script id="{name}" type="application/json">(.*?)</script>', response.content.decode())
    return json.loads(found[1])


def test_head_tells_who_this_is(client, dan):
    dan.diagnosis_date = TODAY.replace(year=2011)
    dan.save()
    make_condition(dan, Condition.THA_POSTERIOR, since=ago(30))
    make_condition(dan, Condition.RAYNAUD, ended_on=ago(1))

    text = words(page(client, dan))

    assert "46 years · diagnosed 2011 · 11:00 in Europe/Athens" in text
    assert "Hip replacement, posterior approach" in text
    assert "Raynaud" not in text


def test_links_lead_on(client, dan):
    html = page(client, dan).content.decode()

    for name in ("patient_edit", "care_team_add", "delivery_list"):
        assert reverse(f"patients:{name}", args=[dan.pk]) in html
    for name in ("assign", "condition_add", "surgery_add"):
        assert reverse(f"programs:{name}", args=[dan.pk]) in html


def test_figure_has_its_denominator_and_the_rest_stays_apart(client, dan):
    prescription = make_prescription(dan, starts_on=ago(3))
    make_session(prescription, ago(3), "ddd")
    make_session(prescription, ago(2), "dps")

    text = words(page(client, dan))

    assert "44 % 4 of 9 exercises that were due" in text
    assert "1 partly 1 skipped 3 not logged" in text


def test_three_done_and_one_skipped_with_pain_0(client, dan):
    """What the founding journey ends with: 3 of 4, and pain 0 that is not "not rated"."""
    prescription = make_prescription(dan, starts_on=TODAY)
    extra = prescription.versions.get().items.first()
    extra.pk = None
    extra._state.adding = True
    extra.order = 9
    extra.save()
    session = make_session(prescription, TODAY, "ddds")
    make_pain(dan, 0, TODAY, moment="after", session_key=session.pk)

    response = page(client, dan)

    assert "3 of 4 exercises that were due" in words(response)
    assert "3 of 4 done Pain not rated → 0" in words(response)
    assert chart(response, "pain-data")["series"][0]["values"][-1] == 0


def test_calendar_says_each_day_in_words(client, dan):
    prescription = make_prescription(dan, starts_on=ago(4), weekdays=0b1111111)
    for days, log in [(4, "ddd"), (3, "ddp"), (2, "sss")]:
        make_session(prescription, ago(days), log)
    make_flare(dan, ago(1))

    html = page(client, dan).content.decode()

    for said in (
        "Fri 13 Nov: nothing due",
        "Sat 14 Nov: done, 3 of 3",
        "Sun 15 Nov: partly done, 2 of 3, 1 partly",
        "Mon 16 Nov: skipped, 0 of 3, 3 skipped",
        "Tue 17 Nov: not logged, in a flare",
        "Wed 18 Nov: still open, in a flare",
    ):
        assert f'aria-label="{said}"' in html


def test_pain_chart_keeps_gaps_and_marks_events(client, dan):
    prescription = make_prescription(dan, starts_on=ago(20))
    second = prescription.versions.get()
    second.pk, second.number, second.effective_from = None, 2, ago(6)
    second._state.adding = True
    second.save()
    make_pain(dan, 6, ago(5))
    make_pain(dan, 0, ago(3))
    make_flare(dan, ago(9), ended_on=ago(7))
    Stiffness.objects.create(clinic=dan.clinic, patient=dan, local_date=ago(3), minutes=30, recorded_at=NOW)

    response = page(client, dan)

    shape = chart(response, "pain-data")
    assert shape["labels"][-1] == "18 Nov"
    assert len(shape["labels"]) == 84
    assert shape["series"][0]["values"][-7:] == [None, 6, None, 0, None, None, None]
    assert [(event["at"], event["name"]) for event in shape["events"]] == [
        ("29 Oct", "New program"),
        ("9 Nov", "Flare"),
        ("11 Nov", "Flare over"),
        ("12 Nov", "Version 2"),
    ]
    assert chart(response, "stiffness-data")["series"][0]["values"][-4:] == [30, None, None, None]
    assert "Too few ratings to speak of a direction." in words(response)
    assert "Sun 15 Nov 0 30 min" in words(response)  # the table says the same


def test_log_tells_reasons_notes_edits_and_pain(client, dan):
    prescription = make_prescription(dan, starts_on=ago(9))
    session = make_session(prescription, ago(1), "dps", note="Slept badly", edited_at=NOW)
    entry = session.entries.get(status="skipped")
    entry.note = "left side"
    entry.edited_at = NOW
    entry.save()
    make_pain(dan, 5, ago(1), moment="before", session_key=session.pk)
    make_pain(dan, 3, ago(1), moment="after", session_key=session.pk)
    names = [item.name for item in prescription.versions.get().items.all()]

    text = words(page(client, dan))

    assert "Yesterday 07:30 1 of 3 done Pain 5 → 3 edited" in text
    assert f"{names[2]} skipped: Too painful: left side (edited)" in text
    assert f"{names[1]} partly" in text
    assert "“Slept badly”" in text


def test_notes_are_text_and_never_markup(client, dan):
    prescription = make_prescription(dan, starts_on=ago(9))
    make_session(prescription, ago(1), "ddd", note="</script><script>alert(1)</script>{{ 7*7 }}")

    html = page(client, dan).content.decode()

    assert "<script>alert" not in html
    assert "{{ 7*7 }}" in html


def test_the_log_is_two_weeks_long(client, dan):
    prescription = make_prescription(dan, starts_on=ago(60))
    for days in (0, 13, 14, 40):
        make_session(prescription, ago(days), "ddd")

    assert words(page(client, dan)).count("3 of 3 done") == 2


# --- The way in -----------------------------------------------------------------------------------------------------


def make_invitation(patient, ana, **fields) -> Invitation:
    values = {"expires_at": NOW + timedelta(days=7)} | fields
    return Invitation.objects.create(
        clinic=patient.clinic, email="dan@example.org", patient=patient, invited_by=ana, **values
    )


@pytest.mark.parametrize(
    ("fields", "said", "offered"),
    [
        (None, "Not invited yet", "Invite by mail"),
        ({}, "Invited on 18 November 2026, not opened yet", "Send a new link"),
        ({"expires_at": NOW - timedelta(days=1)}, "The invitation ran out on 17 November 2026", "Invite by mail"),
        ({"revoked_at": NOW}, "The invitation was withdrawn", "Invite by mail"),
    ],
)
def test_login_state_and_what_to_do_about_it(client, clinic, ana, fields, said, offered):
    patient = make_patient(clinic, "Eve Way", therapist=ana, login=False)
    if fields is not None:
        make_invitation(patient, ana, **fields)

    text = words(page(client, patient))

    assert said in text
    assert offered in text


def test_who_has_a_login_needs_no_invitation(client, dan):
    dan.user.last_login = NOW - timedelta(days=2)
    dan.user.save()

    text = words(page(client, dan))

    assert "Signed in last on 16 November 2026" in text
    assert "Invite by mail" not in text


# --- Next step ------------------------------------------------------------------------------------------------------


def test_next_step_without_a_program(client, dan):
    assert "No program is running." in words(page(client, dan))


def test_next_step_in_a_flare(client, dan):
    make_prescription(dan)
    make_flare(dan, ago(4))

    assert "In a flare since Sat 14 Nov." in words(page(client, dan))


def test_next_step_after_a_silent_week(client, dan):
    prescription = make_prescription(dan)
    make_session(prescription, ago(7), "ddd")

    assert "Nothing logged since Wed 11 Nov." in words(page(client, dan))
    make_session(prescription, ago(6), "ddd")
    assert "Nothing logged since" not in words(page(client, dan))


# --- Who, and at what cost ------------------------------------------------------------------------------------------


def test_reading_is_written_down(client, ana, dan):
    page(client, dan)

    event = AuditEvent.objects.get(verb="patient.read")
    assert (event.actor, event.patient) == (ana, dan)


def test_care_team_with_ends_and_beginnings(client, clinic, dan):
    ben = make_member(clinic, "Ben Okafor")
    CareTeam.objects.create(patient=dan, therapist=ben, starts_on=TODAY, ended_on=TODAY + timedelta(days=14))
    left = make_member(clinic, "Lea Left")
    CareTeam.objects.create(patient=dan, therapist=left, starts_on=ago(50), ended_on=ago(1))

    text = words(page(client, dan))

    assert "Ana Lind Lead · since" in text
    assert "Ben Okafor since 18 Nov 2026 · access until 1 Dec 2026, ends by itself" in text
    assert "Lea Left" not in text


def test_last_five_reminders(client, dan):
    for days in range(8):
        message = Message.objects.create(
            clinic=dan.clinic, patient=dan, kind="reminder", local_date=ago(days), slot="07:30", expires_at=NOW
        )
        Delivery.objects.create(message=message, address=dan.email, state="sent", due_at=NOW - timedelta(days=days))

    assert page(client, dan).content.decode().count("07:30") == 5


def fill(patient, first: int, last: int) -> None:
    """History of days `first` to `last` ago: a log, two ratings and stiffness each day."""
    prescription = patient.prescriptions.order_by("starts_on").first() or make_prescription(patient, starts_on=ago(400))
    for days in range(first, last):
        session = make_session(prescription, ago(days), "dps")
        make_pain(patient, days % 11, ago(days), moment="before", session_key=session.pk)
        make_pain(patient, days % 7, ago(days), moment="after", session_key=session.pk)
        Stiffness.objects.create(
            clinic=patient.clinic, patient=patient, local_date=ago(days), minutes=20, recorded_at=NOW
        )


def statements(client, patient) -> int:
    page(client, patient)  # the session is in the cache afterwards
    with CaptureQueriesContext(connection) as captured:
        assert page(client, patient).status_code == 200
    return len(captured)


def test_statements_do_not_grow_with_history(client, clinic, ana, dan):
    no_login = make_patient(clinic, "Eve Way", therapist=ana, login=False)
    make_condition(dan, Condition.RAYNAUD)
    for patient in (dan, no_login):
        fill(patient, 0, 3)
    short = [statements(client, dan), statements(client, no_login)]
    make_prescription(dan, starts_on=ago(20))
    make_condition(dan, Condition.OBESITY)
    fill(dan, 3, 100)

    long = [statements(client, dan), statements(client, no_login)]

    assert long == short
    assert max(long) <= MOST_STATEMENTS, long
    assert len(page(client, dan).content) <= MOST_BYTES
