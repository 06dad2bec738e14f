"""Closed vocabularies about people and messages. Pure: no Django here."""

from config.lib.words import Word


class Role(Word):
    THERAPIST = "therapist"
    CLINIC_ADMIN = "clinic_admin"


class PainMoment(Word):
    """When a pain score was given, relative to a session of exercise."""

    BEFORE = "before"
    AFTER = "after"
    DAILY = "daily"


class PainSite(Word):
    OVERALL = "overall"
    HIP_LEFT = "hip_left"
    HIP_RIGHT = "hip_right"
    SACROILIAC = "sacroiliac"
    LUMBAR_SPINE = "lumbar_spine"
    THORACIC_SPINE = "thoracic_spine"
    NECK = "neck"
    RIBS = "ribs"
    SHOULDERS = "shoulders"
    KNEES = "knees"
    ANKLES = "ankles"
    FEET = "feet"


class MessageKind(Word):
    REMINDER = "reminder"
    INVITATION = "invitation"
    STAFF_INVITATION = "staff_invitation"


class ChannelName(Word):
    EMAIL = "email"


class DeliveryState(Word):
    """States of one try to say one thing (trust promise, section 4).

    due -> claimed -> handing_over -> sent | due (retry) | failed | unknown -> due once;
    due | claimed -> expired | cancelled.
    """

    DUE = "due"
    CLAIMED = "claimed"
    HANDING_OVER = "handing_over"
    SENT = "sent"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class DeliveryReason(Word):
    """Why a delivery ended without a hand-over, where it was our own decision. Server answers stay as they came."""

    LOGGED = "logged"
    NOT_DUE = "not_due"
    QUIET_HOURS = "quiet_hours"
    OFF = "off"
    NO_ADDRESS = "no_address"
    TOO_LATE = "too_late"
    OUTCOME_UNKNOWN = "outcome_unknown"
    WITHDRAWN = "withdrawn"


class SurgerySide(Word):
    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"


class Approach(Word):
    """The way in which the hip was reached; it decides which movements the new joint does not bear."""

    POSTERIOR = "posterior"
    LATERAL = "lateral"
    ANTERIOR = "anterior"
    DIRECT_SUPERIOR = "direct_superior"


class Paper(Word):
    """What the clinic's printer holds."""

    A4 = "a4"
    LETTER = "letter"
