"""Reminders as pages: the patient's settings, the way out of a mail, the therapist's list."""

import html
import re
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from config.lib import tokens
from patients.channels import links
from patients.enums import DeliveryReason, DeliveryState
from patients.models import ContactPreference, Delivery, Message, ReminderSchedule
from patients.services import reminder_settings
from tests import factories

pytestmark = pytest.mark.django_db
ME = "/me/reminders/"


def settings_data(*rows: dict[str, Any], known: int = 0, **fields: Any) -> dict[str, Any]:
    data = {"reminders_on": "on", "quiet_from": "", "quiet_until": ""} | fields
    data |= {"times-TOTAL_FORMS": len(rows), "times-INITIAL_FORMS": known}
    for number, row in enumerate(rows):
        data |= {f"times-{number}-{name}": value for name, value in row.items()}
    return {name: value for name, value in data.items() if value is not None}


WEEKDAYS = {"slot": "07:15", "weekdays": ["0", "1", "2", "3", "4"]}
WEEKEND = {"slot": "09:00", "weekdays": ["5", "6"]}


def times() -> list[tuple[time, int]]:
    return list(ReminderSchedule.objects.order_by("slot").values_list("slot", "weekdays"))


@pytest.fixture
def own(client: Client, dan, frozen) -> Client:
    client.force_login(dan.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


# --- The patient's own ---------------------------------------------------------------------------------------


def test_settings_on_my_terms(own, dan) -> None:
    """Weekdays 07:15, weekend 09:00, quiet after 21:00."""
    answer = own.post(ME, settings_data(WEEKDAYS, WEEKEND, quiet_from="21:00", quiet_until="06:30"))
    assert (answer.status_code, answer["Location"]) == (302, ME)
    assert times() == [(time(7, 15), 0b0011111), (time(9), 0b1100000)]
    preference = ContactPreference.objects.get(patient=dan)
    assert (preference.quiet_from, preference.quiet_until) == (time(21), time(6, 30))
    assert "Next: tomorrow 07:15" in " ".join(_plain(own.get(ME)).split())


def test_saving_twice_changes_nothing(own) -> None:
    for _ in range(2):
        assert own.post(ME, settings_data(WEEKDAYS)).status_code == 302
    assert times() == [(time(7, 15), 0b0011111)]


def test_removed_and_emptied_times_go(own, dan) -> None:
    reminder_settings.ensure_schedules(patient=dan, slots=["07:30", "12:00", "19:00"], now=factories.NOW)
    every_day = {"weekdays": list("0123456")}
    data = settings_data(
        {"slot": "07:30", **every_day},
        {"slot": "12:00", "remove": "on", **every_day},
        {"slot": "", **every_day},
        known=3,
    )
    own.post(ME, data)
    assert times() == [(time(7, 30), 127)]


def test_switched_off_says_so(own) -> None:
    own.post(ME, settings_data(WEEKDAYS, reminders_on=None))
    assert not ContactPreference.objects.get(reminders_on=False).reminders_on
    assert "Reminders are off." in _text(own.get(ME))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (settings_data({"slot": "25:00", "weekdays": ["0"]}), "Write a time of day, for example 07:15."),
        (settings_data({"slot": "\x00", "weekdays": ["0"]}), "Write a time of day, for example 07:15."),
        (settings_data({"slot": "07:15"}), "Choose at least one day, or remove this time."),
        (settings_data({"slot": "07:15", "weekdays": ["7"]}), "Choose days from Monday to Sunday."),
        (settings_data(WEEKDAYS, {"slot": "07:15:30", "weekdays": ["6"]}), "This time is listed twice."),
        (settings_data(WEEKDAYS, quiet_from="21:00"), "Fill in both times, or neither."),
        (settings_data(WEEKDAYS, quiet_until="21:00"), "Fill in both times, or neither."),
        (settings_data(WEEKDAYS, quiet_from="21:00", quiet_until="21:00"), "Choose a time different"),
        (settings_data(WEEKDAYS, quiet_from="1e9", quiet_until="21:00"), "Write a time of day"),
        (settings_data(WEEKDAYS, quiet_from="21:00", quiet_until="08:00"), "This lies in your quiet hours"),
        (settings_data(), "Add a time below, or switch the reminders off."),
        (
            settings_data(*({"slot": f"0{n}:00", "weekdays": ["0"]} for n in range(9))),
            "At most 8 times a day.",
        ),
        ({"reminders_on": "on"}, "ManagementForm data is missing"),
        (settings_data(WEEKDAYS) | {"times-TOTAL_FORMS": "-1"}, "Add a time below"),
        (settings_data(WEEKDAYS) | {"times-TOTAL_FORMS": "NaN"}, "ManagementForm data is missing"),
    ],
)
def test_bad_input_is_named_and_stores_nothing(own, data: dict[str, Any], words: str) -> None:
    answer = own.post(ME, data)
    assert answer.status_code == 422
    assert words in _text(answer)
    assert (times(), ContactPreference.objects.exclude(quiet_from=None).count()) == ([], 0)


def test_typed_values_stay_after_an_error(own) -> None:
    answer = own.post(ME, settings_data(WEEKDAYS, quiet_from="21:00"))
    assert 'value="07:15"' in _text(answer)
    assert 'value="21:00"' in _text(answer)


def test_why_the_last_ones_were_not_sent(own, dan) -> None:
    for number, (state, reason) in enumerate(
        [
            (DeliveryState.SENT, ""),
            (DeliveryState.CANCELLED, DeliveryReason.LOGGED),
            (DeliveryState.CANCELLED, DeliveryReason.QUIET_HOURS),
            (DeliveryState.EXPIRED, DeliveryReason.TOO_LATE),
            (DeliveryState.FAILED, "550 No such user"),
        ]
    ):
        said(dan, number, state, reason)
    text = _text(own.get(ME))
    for words in ("Handed over", "Already logged", "Quiet hours", "Too late", "The mail server said: 550 No such user"):
        assert words in text
    assert "delivered" not in text.lower()


def said(patient, days_ago: int, state: str, reason: str = "") -> Delivery:
    due = factories.NOW - timedelta(days=days_ago, hours=2)
    message = Message.objects.create(
        clinic=patient.clinic,
        patient=patient,
        kind="reminder",
        local_date=due.date(),
        slot=time(7, 30),
        expires_at=due + timedelta(hours=2),
    )
    return Delivery.objects.create(
        message=message, address=patient.email, due_at=due, state=state, reason=reason, attempt=1, ended_at=due
    )


def test_test_reminder_is_queued_once_a_minute(own) -> None:
    for _ in range(2):
        assert own.post(f"{ME}test/").status_code == 302
    assert Delivery.objects.count() == 1
    assert "A test reminder is on its way already." in _text(own.get(ME))


def test_reminder_pages_count_their_statements(own, dan, django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(14) as few:
        own.get(ME)
    for number in range(30):
        said(dan, number, DeliveryState.SENT)
    with django_assert_max_num_queries(14) as many:
        own.get(ME)
    assert len(few) == len(many)


# --- From a mail ---------------------------------------------------------------------------------------------


@pytest.fixture
def stop(dan) -> str:
    return links.unsubscribe(dan.pk).removeprefix("http://testserver")


def is_on() -> bool:
    return ContactPreference.objects.get(patient__family_name="Canarydan").reminders_on


def test_reading_the_stop_page_changes_nothing_and_names_nobody(client, stop, dan) -> None:
    for method in (client.get, client.head):
        answer = method(stop)
        assert answer.status_code == 200
    assert is_on()
    assert "Canarydan" not in _text(client.get(stop))
    assert "no-cache" in answer["Cache-Control"]


def test_button_stops_reminders_and_may_be_pressed_twice(client, stop) -> None:
    for _ in range(2):
        answer = client.post(stop)
        assert (answer.status_code, "Reminders are off" in _text(answer)) == (200, True)
    assert not is_on()


def test_one_click_from_a_mail_program_needs_no_cookie(stop) -> None:
    program = Client(enforce_csrf_checks=True)
    answer = program.post(stop, {"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, answer.content) == (200, b"Reminders are off.")
    assert not is_on()


def test_every_other_post_is_checked(stop) -> None:
    """The exemption is for the words of RFC 8058 alone."""
    stranger = Client(enforce_csrf_checks=True)
    assert stranger.post(stop).status_code == 403
    assert stranger.post(stop, {"List-Unsubscribe": "Something"}).status_code == 403
    assert is_on()
    page = stranger.get(stop)
    token = page.context["csrf_token"]
    assert stranger.post(stop, {"csrfmiddlewaretoken": str(token)}).status_code == 200
    assert not is_on()


def test_faulty_tokens_are_all_alike(client, dan, stop) -> None:
    pages = set()
    for bad in (stop[:-2] + "x/", "/stop-reminders/x/", f"/stop-reminders/{dan.pk}/", f"/stop-reminders/{'a' * 9000}/"):
        for answer in (client.get(bad), client.post(bad, {"List-Unsubscribe": "One-Click"})):
            assert answer.status_code == 404
            pages.add("This link is no longer valid" in _text(answer))
    assert (pages, is_on()) == ({True}, True)


def test_token_of_another_purpose_does_not_stop(client, dan) -> None:
    assert client.get(reverse("patients:unsubscribe", args=[tokens.make("invitation", str(dan.pk))])).status_code == 404


# --- The therapist's -----------------------------------------------------------------------------------------


def test_delivery_list_says_what_became_of_each(client, ana, dan, frozen) -> None:
    client.force_login(ana, backend="django.contrib.auth.backends.ModelBackend")
    said(dan, 0, DeliveryState.SENT)
    said(dan, 1, DeliveryState.FAILED, "550 No such user")
    text = _text(client.get(reverse("patients:delivery_list", args=[dan.pk])))
    for words in ("Handed over", "Not accepted", "The mail server said: 550 No such user", "dan@example.org"):
        assert words in text
    assert "delivered" not in text.lower()


def test_delivery_list_of_nobody_yet(client, ana, dan, frozen) -> None:
    client.force_login(ana, backend="django.contrib.auth.backends.ModelBackend")
    assert "No reminder yet" in _text(client.get(reverse("patients:delivery_list", args=[dan.pk])))


def test_delivery_list_pages_with_the_same_statements(client, ana, dan, frozen, django_assert_max_num_queries) -> None:
    client.force_login(ana, backend="django.contrib.auth.backends.ModelBackend")
    address = reverse("patients:delivery_list", args=[dan.pk])
    said(dan, 0, DeliveryState.SENT)
    client.get(address)
    with django_assert_max_num_queries(16) as few:
        client.get(address)
    for number in range(1, 40):
        said(dan, number, DeliveryState.SENT)
    with django_assert_max_num_queries(16) as many:
        first = client.get(address)
    assert len(few) == len(many)
    assert (len(first.context["page_obj"]), len(client.get(f"{address}?page=2").context["page_obj"])) == (25, 15)
    for odd in ("0", "-1", "NaN", "9" * 30, "x"):
        assert client.get(f"{address}?page={odd}").status_code == 200


def test_days_are_the_patients(client, ana, dan, frozen) -> None:
    """A reminder of the 18th in Auckland is shown as the 18th."""
    client.force_login(ana, backend="django.contrib.auth.backends.ModelBackend")
    dan.time_zone = "Pacific/Auckland"
    dan.save()
    Message.objects.filter(pk=said(dan, 0, DeliveryState.SENT).message_id).update(local_date=date(2026, 11, 18))
    assert "today 07:30" in " ".join(_plain(client.get(reverse("patients:delivery_list", args=[dan.pk]))).split())


def _text(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def _plain(answer: Any) -> str:
    return re.sub(r"<[^>]+>", "", _text(answer))
