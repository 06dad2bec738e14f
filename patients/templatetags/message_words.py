"""What became of a delivery, in words. We say "handed over", never "delivered": more nobody can know."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext_lazy as _

from patients.enums import DeliveryReason, DeliveryState
from patients.models import Delivery

register = template.Library()

# State: icon, chip, word.
_STATES = {
    DeliveryState.DUE: ("hourglass-split", "", _("Waiting")),
    DeliveryState.CLAIMED: ("hourglass-split", "", _("Being handed over")),
    DeliveryState.HANDING_OVER: ("hourglass-split", "", _("Being handed over")),
    DeliveryState.SENT: ("check-circle", "chip-good", _("Handed over")),
    DeliveryState.FAILED: ("exclamation-triangle", "chip-avoid", _("Not accepted")),
    DeliveryState.EXPIRED: ("clock-history", "chip-caution", _("Not sent")),
    DeliveryState.CANCELLED: ("slash-circle", "", _("Not sent")),
}
_REASONS = {
    DeliveryReason.LOGGED: _("Already logged"),
    DeliveryReason.NOT_DUE: _("Nothing was due any more"),
    DeliveryReason.QUIET_HOURS: _("Quiet hours"),
    DeliveryReason.OFF: _("Reminders were switched off"),
    DeliveryReason.NO_ADDRESS: _("No mail address on record"),
    DeliveryReason.TOO_LATE: _("Too late to be of use"),
    DeliveryReason.OUTCOME_UNKNOWN: _("The mail server did not answer; it may have arrived"),
    DeliveryReason.WITHDRAWN: _("Withdrawn"),
}


def reason_words(delivery: Delivery) -> Any:
    """Our reason in words, or the mail server's own answer."""
    if delivery.reason in _REASONS:
        return _REASONS[DeliveryReason(delivery.reason)]
    if not delivery.reason:
        return ""
    if delivery.state == DeliveryState.FAILED:
        return _("The mail server said: %(answer)s") % {"answer": delivery.reason}
    if delivery.state == DeliveryState.EXPIRED:
        return _("The mail server was not to be reached in time")
    return _("It will be tried again")


@register.inclusion_tag("patients/_delivery_state.html")
def delivery_state(delivery: Delivery) -> dict[str, Any]:
    """A chip with the state in a word, and the reason beside it."""
    icon, chip, words = _STATES[DeliveryState(delivery.state)]
    return {"icon": icon, "chip": chip, "words": words, "reason": reason_words(delivery)}
