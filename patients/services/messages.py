"""Saying something to somebody: the message and its delivery, in the transaction of their cause."""

from __future__ import annotations

from datetime import date, datetime, time

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from config.lib.text import has_unstorable
from patients import outbox
from patients.enums import ChannelName, MessageKind
from patients.models import Clinic, Delivery, Invitation, Message, Patient


class AddressRefused(Exception):
    """Nothing can be sent to this address."""


def check_address(address: str) -> None:
    """Raise AddressRefused unless `address` is one plain mail address; a line break could add headers."""
    try:
        if has_unstorable(address) or len(address) > 254:
            raise AddressRefused
        validate_email(address)
    except ValidationError as error:
        raise AddressRefused from error


@transaction.atomic
def enqueue(
    *,
    kind: MessageKind,
    clinic: Clinic,
    address: str,
    due_at: datetime,
    expires_at: datetime,
    patient: Patient | None = None,
    invitation: Invitation | None = None,
    language: str = "en",
    local_date: date | None = None,
    slot: time | None = None,
) -> Message | None:
    """Write one message to one address, and ring the bell after the commit. None: this occurrence exists already."""
    check_address(address)
    message = Message(
        clinic=clinic,
        patient=patient,
        invitation=invitation,
        kind=kind,
        language=language,
        local_date=local_date,
        slot=slot,
        expires_at=expires_at,
    )
    Message.objects.bulk_create([message], ignore_conflicts=True)
    if not Message.objects.filter(pk=message.pk).exists():
        return None
    Delivery.objects.create(message=message, channel=ChannelName.EMAIL, address=address, due_at=due_at)
    transaction.on_commit(outbox.nudge)
    return message
