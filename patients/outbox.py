"""The outbox: claim, hand over, back off, give up. The delivery row is the queue; bells only say "look now".

States: due -> claimed(owner, lease) -> handing_over(attempt n) -> sent | due (retry at) | failed | unknown -> due
once. The commit of `handing_over` comes before the first word to the provider; every later commit is fenced by
owner and attempt. What died in between is counted as an unknown attempt and handed over once more, with the same
identity. So at most one accepted hand-over, except that each unknown attempt may add one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from celery import current_app
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from patients.channels.base import Channel, ChannelAwayError, ChannelError, OutcomeUnknownError, Parcel
from patients.channels.email import EmailChannel
from patients.enums import DeliveryReason, DeliveryState, MessageKind
from patients.models import Delivery, Invitation, Message, Patient

logger = structlog.get_logger(__name__)

CLAIM_LEASE = timedelta(seconds=60)
# RFC 5321 lets a server take ten minutes to answer the final dot.
HAND_OVER_LEASE = timedelta(minutes=11)
RETRY_AFTER = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60)]
UNKNOWN_ALLOWED = 1
# A fault of our own may be mended by the next release; a row that meets it again and again is given up.
POISON_TRIES = 5
BATCH = 100
# A run ends before Celery's hard time limit, whatever a slow server does to it.
RUN_SECONDS = 240
SWEEP = "patients.tasks.sweep_outbox"
WAITING = (DeliveryState.DUE, DeliveryState.CLAIMED)

# Which messages of a kind have lost their point since they were planned, and why. Higher apps register here.
MootCheck = Callable[[Sequence[Message]], dict[UUID, str]]


def withdrawn_invitations(messages: Sequence[Message]) -> dict[UUID, str]:
    """Invitations that were used or taken back before their mail left."""
    named = {message.invitation_id: message.pk for message in messages if message.invitation_id}
    over = Invitation.objects.filter(pk__in=named).exclude(used_at=None, revoked_at=None)
    return {named[pk]: DeliveryReason.WITHDRAWN for pk in over.values_list("pk", flat=True)}


moot_checks: dict[str, MootCheck] = {
    MessageKind.INVITATION: withdrawn_invitations,
    MessageKind.STAFF_INVITATION: withdrawn_invitations,
}


@dataclass(slots=True)
class Counts:
    """What one run did."""

    sent: int = 0
    retried: int = 0
    failed: int = 0
    unknown: int = 0
    expired: int = 0
    cancelled: int = 0
    released: int = 0


@dataclass(slots=True)
class Claim:
    """One claimed delivery and the attempt that will be, or is being, made."""

    parcel: Parcel
    attempt: int
    expires_at: datetime


def nudge(bells: int = 1) -> None:
    """Ring for a sweep. Without a broker nothing is lost: the next sweep or `manage.py deliver` finds the rows."""
    try:
        for _ in range(bells):
            current_app.send_task(SWEEP, retry=False, ignore_result=True)
    except Exception as error:  # the row is written; whatever ails the broker must not reach the writer
        logger.warning("bell_not_rung", error=type(error).__name__)


def deliver(*, owner: str, now: Callable[[], datetime] = timezone.now, limit: int = 100) -> Counts:
    """Hand over up to `limit` due deliveries on one connection. `owner` must be unique to this run."""
    counts = Counts()
    release(now(), counts)
    sender = Sender(owner, EmailChannel(), now, counts)
    stop_at = time.monotonic() + RUN_SECONDS
    try:
        while limit > 0 and time.monotonic() < stop_at:
            give_up_late(now(), counts)
            batch = claim(owner, now(), min(limit, BATCH))
            if not batch:
                break
            limit -= len(batch)
            if not sender.hand_over(drop_moot(batch, owner, now(), counts)):
                break
    finally:
        sender.channel.close()
    return counts


def release(now: datetime, counts: Counts) -> None:
    """Leases that ran out: a claim goes back; a hand-over without an answer is unknown, and due once more."""
    over = Delivery.objects.filter(lease_until__lt=now)
    free = {"owner": "", "lease_until": None}
    counts.released += over.filter(state=DeliveryState.CLAIMED).update(state=DeliveryState.DUE, **free)
    lost = over.filter(state=DeliveryState.HANDING_OVER)
    counts.failed += lost.filter(unknown_attempts__gte=UNKNOWN_ALLOWED).update(
        state=DeliveryState.FAILED,
        unknown_attempts=F("unknown_attempts") + 1,
        reason=DeliveryReason.OUTCOME_UNKNOWN,
        ended_at=now,
        **free,
    )
    counts.unknown += lost.update(
        state=DeliveryState.DUE, unknown_attempts=F("unknown_attempts") + 1, due_at=now, **free
    )


def give_up_late(now: datetime, counts: Counts) -> None:
    """What nobody could hand over in its time is expired, never sent late at night."""
    late = Delivery.objects.filter(state=DeliveryState.DUE, due_at__lte=now, message__expires_at__lte=now)
    counts.expired += late.update(state=DeliveryState.EXPIRED, reason=DeliveryReason.TOO_LATE, ended_at=now)


def claim(owner: str, now: datetime, size: int) -> list[tuple[Claim, Message]]:
    """Take up to `size` due deliveries for 60 s, oldest first. Two senders never get the same row."""
    with transaction.atomic():
        rows = list(
            Delivery.objects.filter(state=DeliveryState.DUE, due_at__lte=now)
            .select_related("message")
            .order_by("due_at")
            .select_for_update(skip_locked=True, of=("self",))[:size]
        )
        if rows:
            Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(
                state=DeliveryState.CLAIMED, owner=owner, lease_until=now + CLAIM_LEASE
            )
    return [(_claim_of(row), row.message) for row in rows]


def _claim_of(row: Delivery) -> Claim:
    message = row.message
    parcel = Parcel(
        delivery_id=row.pk,
        clinic_id=message.clinic_id,
        kind=message.kind,
        language=message.language,
        address=row.address,
        patient_id=message.patient_id,
        invitation_id=message.invitation_id,
    )
    return Claim(parcel, row.attempt + 1, message.expires_at)


def drop_moot(batch: list[tuple[Claim, Message]], owner: str, now: datetime, counts: Counts) -> list[Claim]:
    """Cancel what has lost its point since it was planned; the rest is to be handed over."""
    moot: dict[UUID, str] = {}
    for kind, check in moot_checks.items():
        of_kind = [message for _, message in batch if message.kind == kind]
        moot |= check(of_kind) if of_kind else {}
    for reason in set(moot.values()):
        ids = [claim.parcel.delivery_id for claim, message in batch if moot.get(message.pk) == reason]
        mine = Delivery.objects.filter(pk__in=ids, owner=owner, state=DeliveryState.CLAIMED)
        counts.cancelled += _cancel(mine, reason, now)
    return [claim for claim, message in batch if message.pk not in moot]


def cancel_reminders(*, patient: Patient, reason: DeliveryReason, now: datetime) -> int:
    """Withdraw reminders that nobody has begun to hand over."""
    waiting = Delivery.objects.filter(message__patient=patient, message__kind=MessageKind.REMINDER, state__in=WAITING)
    return _cancel(waiting, reason, now)


def _cancel(rows: Any, reason: str, now: datetime) -> int:
    changed: int = rows.update(state=DeliveryState.CANCELLED, reason=reason, ended_at=now, owner="", lease_until=None)
    return changed


class Sender:
    """Hands over a batch. One UPDATE a mail: it marks the last one sent and the next one handing over."""

    def __init__(self, owner: str, channel: Channel, now: Callable[[], datetime], counts: Counts) -> None:
        self.owner = owner
        self.channel = channel
        self.now = now
        self.counts = counts
        # Accepted by the provider, not yet written down. At most one at any time.
        self.accepted: Claim | None = None

    def hand_over(self, claims: list[Claim]) -> bool:
        """False when the provider is away; then the rest of the batch waits a minute."""
        try:
            for position, claim in enumerate(claims):
                try:
                    self.channel.ready()
                except ChannelAwayError as error:
                    self._wait(claims[position:], str(error))
                    return False
                self._one(claim)
        finally:
            self._step(None)
        return True

    def _one(self, claim: Claim) -> None:
        try:
            content = self.channel.write(claim.parcel)
        except ChannelError as error:
            self._settle(claim, DeliveryState.CLAIMED, claim.attempt - 1, error)
            return
        except Exception as error:  # one poisonous row must not stop the others
            logger.exception("message_not_written", delivery=str(claim.parcel.delivery_id))
            reason = f"The message could not be written: {type(error).__name__}"
            fault = ChannelError(reason, permanent=claim.attempt >= POISON_TRIES)
            self._settle(claim, DeliveryState.CLAIMED, claim.attempt - 1, fault)
            return
        if not self._step(claim):
            return
        try:
            self.channel.send(claim.parcel, content)
        except ChannelError as error:
            self._settle(claim, DeliveryState.HANDING_OVER, claim.attempt, error)
        except OutcomeUnknownError as error:
            self._unknown(claim, str(error))
        else:
            self.accepted = claim

    def _step(self, following: Claim | None) -> bool:
        """Write down the accepted one and announce the next, in one statement. False: the next is no longer ours."""
        if self.accepted is None and following is None:
            return False
        changed = set(_step_rows(self.owner, self.accepted, following, self.now()))
        if self.accepted is not None:
            # Not ours any more: the lease ran out, and whoever released it has counted the attempt as unknown.
            self.counts.sent += self.accepted.parcel.delivery_id in changed
            self.accepted = None
        return following is not None and following.parcel.delivery_id in changed

    def _mine(self, claim: Claim, state: DeliveryState, attempt: int) -> Any:
        return Delivery.objects.filter(pk=claim.parcel.delivery_id, owner=self.owner, state=state, attempt=attempt)

    def _settle(self, claim: Claim, state: DeliveryState, attempt: int, error: ChannelError) -> None:
        now, row = self.now(), self._mine(claim, state, attempt)
        end = {
            "owner": "",
            "lease_until": None,
            "ended_at": now,
            "reason": error.reason[:200],
            "attempt": claim.attempt,
        }
        again_at = now + RETRY_AFTER[min(claim.attempt, len(RETRY_AFTER)) - 1]
        if error.permanent:
            self.counts.failed += row.update(state=DeliveryState.FAILED, **end)
        elif again_at >= claim.expires_at:
            self.counts.expired += row.update(state=DeliveryState.EXPIRED, **end)
        else:
            self.counts.retried += row.update(state=DeliveryState.DUE, due_at=again_at, **(end | {"ended_at": None}))

    def _unknown(self, claim: Claim, reason: str) -> None:
        """Accepted or not, nobody knows: counted, and due once more."""
        now, row = self.now(), self._mine(claim, DeliveryState.HANDING_OVER, claim.attempt)
        free = {"owner": "", "lease_until": None, "unknown_attempts": F("unknown_attempts") + 1}
        done = row.filter(unknown_attempts__gte=UNKNOWN_ALLOWED).update(
            state=DeliveryState.FAILED, reason=DeliveryReason.OUTCOME_UNKNOWN, ended_at=now, **free
        )
        self.counts.failed += done
        if not done:
            self.counts.unknown += row.update(
                state=DeliveryState.DUE, due_at=now + RETRY_AFTER[0], reason=reason[:200], **free
            )

    def _wait(self, claims: list[Claim], reason: str) -> None:
        now = self.now()
        rows = Delivery.objects.filter(
            pk__in=[claim.parcel.delivery_id for claim in claims], owner=self.owner, state=DeliveryState.CLAIMED
        )
        self.counts.retried += rows.update(
            state=DeliveryState.DUE, due_at=now + RETRY_AFTER[0], owner="", lease_until=None, reason=reason[:200]
        )


def _step_rows(owner: str, accepted: Claim | None, following: Claim | None, now: datetime) -> Iterator[UUID]:
    """The ids that the statement changed."""
    values: dict[str, Any] = {
        "owner": owner,
        "now": connection.ops.adapt_datetimefield_value(now),
        "lease": connection.ops.adapt_datetimefield_value(now + HAND_OVER_LEASE),
    }
    for name, claim in (("accepted", accepted), ("following", following)):
        pk = claim.parcel.delivery_id if claim else None
        values[name] = Delivery._meta.pk.get_db_prep_value(pk, connection)
        values[f"{name}_attempt"] = claim.attempt if claim else 0
    with connection.cursor() as cursor:
        cursor.execute(_STEP, values)
        rows = cursor.fetchall()
    return (row[0] if isinstance(row[0], UUID) else UUID(row[0]) for row in rows)


# Plain SQL, because it runs once a mail. Every right side sees the row as it was. The fence stands in a CASE so that
# PostgreSQL looks the two rows up by their key: the index of leased rows holds a dead entry for every mail just sent.
_STEP = f"""
UPDATE {Delivery._meta.db_table} SET
    state = CASE state WHEN 'handing_over' THEN 'sent' ELSE 'handing_over' END,
    attempt = CASE state WHEN 'handing_over' THEN attempt ELSE attempt + 1 END,
    ended_at = CASE state WHEN 'handing_over' THEN %(now)s ELSE NULL END,
    lease_until = CASE state WHEN 'handing_over' THEN NULL ELSE %(lease)s END,
    owner = CASE state WHEN 'handing_over' THEN '' ELSE owner END,
    reason = ''
WHERE id IN (%(accepted)s, %(following)s) AND owner = %(owner)s AND CASE
    WHEN id = %(accepted)s THEN state = 'handing_over' AND attempt = %(accepted_attempt)s
    ELSE state = 'claimed' AND attempt = %(following_attempt)s - 1 AND lease_until > %(now)s
END
RETURNING id"""  # noqa: S608  our own table's name
