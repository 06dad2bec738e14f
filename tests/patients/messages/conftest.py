from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest

from patients.enums import MessageKind
from patients.models import Delivery, Patient
from patients.services import messages

# The clock that outbox tests give in: a Wednesday morning.
START = datetime(2026, 11, 18, 6, 30, tzinfo=UTC)


class Clock:
    """The outbox asks it for the time; a test moves it on."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **parts: float) -> None:
        self.at += timedelta(**parts)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def remind(dan: Patient) -> Callable[..., Delivery]:
    """A due reminder to Dan; `number` tells occurrences apart."""

    def make(number: int = 0, patient: Patient = dan, **fields) -> Delivery:
        slot = time(7, 30) if number == 0 else time(number // 60 % 24, number % 60, number // 1440)
        values = {
            "kind": MessageKind.REMINDER,
            "clinic": patient.clinic,
            "address": patient.email,
            "due_at": START,
            "expires_at": START + timedelta(hours=2),
            "patient": patient,
            "local_date": date(2026, 11, 18),
            "slot": slot,
        }
        message = messages.enqueue(**(values | fields))
        return message.deliveries.get()

    return make
