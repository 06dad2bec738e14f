"""Bad input on every form about people: 4xx, nothing stored, what was typed is still there."""

import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from patients.models import AuditEvent, CareTeam, Invitation, Membership, Patient, PatientCondition, User
from patients.services import invitations
from tests.factories import NOW, PASSWORD, TODAY
from tests.patients.services.test_invitations import token_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]

KEY = "01890a5d-ac96-774b-bcce-b302099a8057"
GOOD = {
    "key": KEY,
    "given_name": "Greta",
    "family_name": "Brandt",
    "birth_date": "1975-02-03",
    "diagnosis_date": "",
    "email": "greta@example.org",
    "phone": "",
    "time_zone": "Europe/Berlin",
    "language": "en",
}
UNSTORABLE = ["Gre\x00ta", "Gre\x07ta", "Gre\u202eta", "Gre\u2066ta", "Gre\ufeffta"]
TOO_LONG = ["x" * 151, "x" * 900_000, "a" + "\u0301" * 500]
BLANK = ["", "   ", "\t\n", "\u00a0\u2003"]
DAYS = ["0000-01-01", "0001-01-01", "9999-12-31", "10000-01-01", "2026-02-30", "1870-05-17", "24:00", "1700000000000"]
DAYS += [(TODAY + timedelta(days=1)).isoformat(), "03/02/1975", "1975-02-03T10:00+25:00", "NaN", "1975"]
ZONES = ["Etc/../../passwd", "EST5EDT4", "GMT+25", "", "x" * 1000, "localtime", "Europe/Berlin\x00"]


@pytest.fixture
def as_ana(client: Client, ana: User) -> Client:
    client.force_login(ana)
    return client


def rows() -> dict[str, int]:
    models = (Patient, PatientCondition, CareTeam, Invitation, Membership, User, AuditEvent)
    return {model.__name__: model.objects.count() for model in models}


def refused(client: Client, path: str, data: dict, field: str, *, keeps: dict | None = None) -> str:
    """Post `data`, and expect the form again: an error at `field`, nothing stored, the rest as typed."""
    before = rows()
    response = client.post(path, data)
    text = response.content.decode()
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert rows() == before
    for value in (data if keeps is None else keeps).values():
        if value and str(value).isprintable() and len(str(value)) < 1000:
            assert escape(value) in text
    return text


@pytest.mark.parametrize("text", [*UNSTORABLE, *TOO_LONG, *BLANK], ids=lambda text: repr(text)[:20])
@pytest.mark.parametrize("field", ["given_name", "family_name"])
def test_patient_create_refuses_a_bad_name(as_ana, field, text):
    refused(as_ana, reverse("patients:patient_create"), {**GOOD, field: text}, field)


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("field", ["birth_date", "diagnosis_date"])
def test_patient_create_refuses_a_bad_date(as_ana, field, day):
    text = refused(as_ana, reverse("patients:patient_create"), {**GOOD, field: day}, field)
    assert "from 1 January 1900 to today" in text


@pytest.mark.parametrize("zone", ZONES)
def test_patient_create_refuses_what_is_no_time_zone(as_ana, zone):
    text = refused(as_ana, reverse("patients:patient_create"), {**GOOD, "time_zone": zone}, "time_zone")
    if zone and zone.isprintable() and len(zone) < 64:
        assert "Choose a time zone from the list, for example" in text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "greta"),
        ("email", "greta@example.org\r\nBcc: all@example.org"),
        ("email", "g" * 320 + "@example.org"),
        ("phone", "1" * 33),
        ("phone", "12\x0034"),
        ("language", "tlh"),
        ("key", "not-a-uuid"),
        ("key", ""),
        ("conditions", "immortality"),
        ("conditions", "as_baseline"),
    ],
)
def test_patient_create_refuses_other_nonsense(as_ana, field, value):
    refused(as_ana, reverse("patients:patient_create"), {**GOOD, field: value}, field)


def test_patient_create_over_a_megabyte_is_refused_before_it_is_read(as_ana):
    before = rows()
    response = as_ana.post(reverse("patients:patient_create"), {**GOOD, "given_name": "x" * 2**20})

    assert response.status_code in (400, 413)
    assert rows() == before


def test_patient_create_refuses_an_invitation_without_an_address(as_ana):
    refused(as_ana, reverse("patients:patient_create"), {**GOOD, "email": "", "invite": "on"}, "email")


def test_patient_create_keeps_ticked_conditions_after_an_error(as_ana):
    data = {**GOOD, "given_name": "", "conditions": ["raynaud", "osteoporosis"]}
    text = refused(as_ana, reverse("patients:patient_create"), data, "given_name", keeps={})

    assert re.findall(r'value="(\w+)"\s+checked', text) == ["osteoporosis", "raynaud"]


def test_diagnosis_is_not_before_birth(as_ana):
    data = {**GOOD, "diagnosis_date": "1975-02-02"}
    refused(as_ana, reverse("patients:patient_create"), data, "diagnosis_date")


@pytest.mark.parametrize(
    ("given", "family"),
    [
        ("X", "Y"),
        ("Null", "None"),
        ("Siobhán", "O'Brien"),
        ("محمد", "al-Rashid"),
        ("สมชาย", "ใจดี"),
        ("x" * 150, "ß" * 150),
        ("İpek", "Işık"),
        ("<script>alert(1)</script>", "{{7*7}}"),
        ("' OR 1=1--", "👩‍👩‍👧"),
    ],
)
@pytest.mark.sqlite
def test_patient_create_takes_every_real_name(ana, harbour, given, family):
    from patients.forms.patients import PatientForm

    form = PatientForm({**GOOD, "given_name": given, "family_name": family}, clinic=harbour, today=TODAY)

    assert form.is_valid(), form.errors
    assert (form.facts()["given_name"], form.facts()["family_name"]) == (given, family)


@pytest.mark.parametrize("text", [*UNSTORABLE, *BLANK], ids=lambda text: repr(text)[:20])
def test_patient_edit_refuses_a_bad_name_and_changes_nothing(as_ana, dan, text):
    path = reverse("patients:patient_edit", args=[dan.pk])
    facts = {name: value for name, value in GOOD.items() if name != "key"}
    refused(as_ana, path, {**facts, "family_name": text, "phone": "0123"}, "family_name")

    dan.refresh_from_db()
    assert (dan.family_name, dan.phone) == ("Canarydan", "")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("condition", ""),
        ("condition", "as_baseline"),
        ("condition", "osteoporosis"),  # on record already
        ("condition", "raynaud\x00"),
        ("since", (TODAY + timedelta(days=1)).isoformat()),
        ("since", "1970-01-01"),  # before birth
        ("since", "2026-02-30"),
        ("note", "a\x00b"),
        ("note", "x" * 501),
    ],
)
def test_condition_add_refuses(as_ana, dan, field, value):
    data = {"condition": "raynaud", "since": "", "note": "seen today", field: value}
    refused(as_ana, reverse("programs:condition_add", args=[dan.pk]), data, field)


@pytest.mark.parametrize("day", ["", "2026-02-30", "1870-01-01", (TODAY + timedelta(days=1)).isoformat(), "soon"])
def test_condition_end_refuses(as_ana, dan, day):
    path = reverse("programs:condition_end", args=[dan.pk, dan.conditions.get().pk])
    refused(as_ana, path, {"on": day}, "on")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("therapist", ""),
        ("therapist", "ben"),
        ("therapist", "00000000-0000-0000-0000-000000000000"),
        ("therapist", "chloe"),
        ("starts_on", (TODAY - timedelta(days=1)).isoformat()),
        ("starts_on", "9999-12-31"),
        ("last_day", (TODAY - timedelta(days=1)).isoformat()),
        ("last_day", "2026-02-30"),
    ],
)
def test_care_team_add_refuses(as_ana, dan, ben, chloe, field, value):
    data = {"therapist": ben.pk, "starts_on": TODAY.isoformat(), field: chloe.pk if value == "chloe" else value}
    refused(as_ana, reverse("patients:care_team_add", args=[dan.pk]), data, field, keeps={})


def test_an_odd_address_is_shown_how_one_looks(as_ana):
    response = as_ana.post(reverse("patients:patient_create"), {**GOOD, "email": "anna(at)web"})
    assert "Enter an e-mail address like name@example.org." in response.content.decode()


@pytest.mark.parametrize(
    "email", ["", "x", "dan@", "a@b.c\r\nBcc: x@y.z", "\u202edan@example.org", "d" * 320 + "@e.org"]
)
def test_invitation_send_refuses(as_ana, dan, email):
    refused(as_ana, reverse("patients:invitation_send", args=[dan.pk]), {"email": email}, "email")


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", "  "), ("name", "G\x00"), ("name", "x" * 151), ("email", "gil"), ("role", "curator"), ("role", "")],
)
def test_staff_invite_refuses(client, world, field, value):
    client.force_login(world.adam)
    data = {"name": "Gil Novak", "email": "gil@harbour.example", "role": "therapist", field: value}
    refused(client, reverse("patients:staff_invite"), data, field)


@pytest.mark.parametrize("clinic", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_clinic_switch_knows_only_own_clinics(as_ana, clinic):
    assert as_ana.post(reverse("patients:clinic_switch"), {"clinic": clinic}).status_code == 404


# --- Tokens --------------------------------------------------------------------------------------------------


def bend(token: str) -> str:
    """The token with one bit of its signature flipped."""
    return token[:-5] + chr(ord(token[-5]) ^ 1) + token[-4:]


@pytest.fixture
def link_token(ana, dan) -> str:
    invitation = invitations.invite_patient(actor=ana, patient=dan, email="dan@new.example", now=NOW)
    return token_of(invitation)


FAULTS = {
    "one bit flipped": bend,
    "cut": lambda token: token[:-1],
    "10,000 characters": lambda token: "x" * 10_000,
    "another key": lambda token: KEY + token[36:],
    "key in capitals": lambda token: token[:36].upper() + token[36:],
    "a percent zero": lambda token: token + "\x00",
    "half a character": lambda token: token + "\ufffd",
    "dots": lambda token: "..",
    "a foreign address": lambda token: "@evil.example",
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
@pytest.mark.parametrize("method", ["get", "post"])
def test_every_faulty_link_shows_one_page(client, link_token, fault, method):
    before = rows()
    response = getattr(client, method)(f"/join/{quote(fault(link_token), safe='')}/")

    assert response.status_code == 404
    assert rows() == before
    assert "_auth_user_id" not in client.session
    if "\x00" not in fault(link_token) and fault(link_token) != "..":
        assert "This link is no longer valid" in response.content.decode()


def test_an_invalid_link_says_how_to_get_in(client, db):
    text = client.get("/join/nothing/").content.decode()

    assert "Ask your clinic to send the invitation again" in text
    assert reverse("account_request_login_code") in text


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("", "required"),
        ("short", "at least 12 characters"),
        ("password1234", "too common"),
        ("gil@harbour.example", "too similar"),
        ("x" * 129, "at most 128"),
    ],
)
def test_joining_refuses_a_weak_password_and_keeps_the_link(client, world, password, says):
    invitation = invitations.invite_staff(
        actor=world.adam, clinic=world.harbour, email="gil@harbour.example", name="Gil", role="therapist", now=NOW
    )
    path = reverse("patients:invitation_open", args=[token_of(invitation)])

    text = refused(client, path, {"name": "Gil Novak", "password": password}, "password", keeps={"n": "Gil Novak"})

    assert says in text
    assert password == "" or f'value="{password}"' not in text
    assert client.post(path, {"name": "Gil", "password": PASSWORD}).status_code == 302
