"""Reminder settings, the way out of a mail, what was sent to a patient, and the mail page of embedded mode."""

from pathlib import Path
from typing import Any

from django.conf import settings

from config.lib import tokens
from tests.permissions.cases import Case, everyone
from tests.world import World

PATIENTS = ["patient", "other_patient", "other_clinics_patient"]
SETTINGS = {
    "reminders_on": "on",
    "quiet_from": "",
    "quiet_until": "",
    "times-TOTAL_FORMS": "1",
    "times-INITIAL_FORMS": "0",
    "times-0-slot": "07:15",
    "times-0-weekdays": ["0", "1", "2", "3", "4"],
}


def stop_token(world: World) -> list[Any]:
    return [tokens.make("unsubscribe", str(world.dan.pk))]


def kept_mail(world: World) -> list[Any]:
    folder = Path(settings.MAIL_FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "permission-case.eml").write_bytes(
        b"To: somebody@example.org\r\nSubject: Hello\r\nContent-Type: text/html\r\n\r\n<p>Hello</p>\r\n"
    )
    return ["permission-case"]


CASES = [
    Case("patients:me_reminders", dict.fromkeys(PATIENTS, 200)),
    Case(
        "patients:me_reminders",
        dict.fromkeys(PATIENTS, 302),
        method="POST",
        data=lambda world: SETTINGS,
        writes=True,
    ),
    Case("patients:me_reminders_test", dict.fromkeys(PATIENTS, 302), method="POST", writes=True),
    Case("patients:me_reminders_test", dict.fromkeys(PATIENTS, 405)),
    Case("patients:unsubscribe", everyone(200), args=stop_token),
    Case("patients:unsubscribe", everyone(200), args=stop_token, method="POST"),
    Case("patients:unsubscribe", everyone(404), args=lambda world: ["not-a-token"]),
    Case(
        "patients:delivery_list",
        {"therapist": 200, "colleague": 403, "other_therapist": 404, "clinic_admin": 403},
        args=lambda world: [world.dan.pk],
        canaries=("Canarydan", "dan@example.org"),
    ),
    Case("dev_mail", everyone(200)),
    Case("dev_mail_detail", everyone(200), args=kept_mail),
    Case("dev_mail_html", everyone(200), args=kept_mail),
]
