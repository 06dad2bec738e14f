"""States and fencing of the outbox, against a real SMTP server and one that misbehaves."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from patients import outbox
from patients.channels import letters
from patients.enums import DeliveryReason, DeliveryState, MessageKind
from patients.models import Delivery, Invitation, Message
from patients.services import messages
from programs.models import Session
from tests.patients.messages import hostile as wire
from tests.patients.messages.hostile import hostile

pytestmark = pytest.mark.sqlite


def fresh(delivery: Delivery) -> Delivery:
    return Delivery.objects.get(pk=delivery.pk)


def run(clock, owner: str = "run", **kwargs: Any) -> outbox.Counts:
    return outbox.deliver(owner=owner, now=clock, **kwargs)


def test_due_mail_is_handed_over_and_ends_as_sent(mailbox, remind, clock) -> None:
    delivery = remind()
    assert run(clock) == outbox.Counts(sent=1)
    after = fresh(delivery)
    assert (after.state, after.attempt, after.owner, after.lease_until, after.reason) == ("sent", 1, "", None, "")
    assert after.ended_at == clock.at
    assert [mail["To"] for mail in mailbox.wait_for(1)] == ["dan@example.org"]
    assert run(clock, owner="another") == outbox.Counts()
    assert len(mailbox) == 1


def test_bells_rung_a_hundred_times_send_nothing_twice(mailbox, remind, clock) -> None:
    for number in range(3):
        remind(number)
    for number in range(100):
        run(clock, owner=f"run {number}", limit=2)
    assert len(mailbox) == 3
    assert set(Delivery.objects.values_list("state", "attempt")) == {("sent", 1)}


def test_not_due_yet_stays(mailbox, remind, clock) -> None:
    remind(due_at=clock.at + timedelta(seconds=1))
    assert run(clock) == outbox.Counts()


def test_message_id_names_delivery_and_clinic(mailbox, remind, clock, dan) -> None:
    delivery = remind()
    run(clock)
    assert mailbox.wait_for(1)[0]["Message-ID"] == f"<{delivery.pk}.{dan.clinic_id}@rachis.localhost>"


def test_late_mail_expires_unsent(mailbox, remind, clock) -> None:
    delivery = remind()
    clock.forward(hours=2)
    assert run(clock) == outbox.Counts(expired=1)
    after = fresh(delivery)
    assert (after.state, after.reason, after.attempt) == ("expired", DeliveryReason.TOO_LATE, 0)
    assert len(mailbox) == 0


def test_logged_meanwhile_is_cancelled_without_a_mail(mailbox, remind, clock, dan, prescription) -> None:
    delivery = remind()
    Session.objects.create(
        clinic=dan.clinic,
        patient=dan,
        prescription=prescription,
        version=prescription.versions.get(),
        local_date=delivery.message.local_date,
        slot="07:30",
        expected=2,
        done=2,
        logged_at=clock.at,
    )
    assert run(clock) == outbox.Counts(cancelled=1)
    assert (fresh(delivery).state, fresh(delivery).reason) == ("cancelled", DeliveryReason.LOGGED)
    assert len(mailbox) == 0


def test_invitation_taken_back_sends_nothing(mailbox, clock, world) -> None:
    invitation = Invitation.objects.create(
        clinic=world.harbour,
        patient=world.dan,
        email="dan@example.org",
        invited_by=world.ana,
        expires_at=clock.at + timedelta(days=7),
    )
    values = {"clinic": world.harbour, "address": "dan@example.org", "due_at": clock.at, "invitation": invitation}
    messages.enqueue(kind=MessageKind.INVITATION, expires_at=invitation.expires_at, patient=world.dan, **values)
    Invitation.objects.update(revoked_at=clock.at)
    assert run(clock) == outbox.Counts(cancelled=1)
    assert len(mailbox) == 0


# --- What servers answer -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        "mail 421 Too many connections",
        "mail 451 Try later",
        "rcpt 450 Mailbox busy",
        "rcpt 451 Greylisted",
        "rcpt 452 Too many",
        "data 451 Not now",
        "dot 452 Out of storage",
        "dot 421 Closing",
        wire.CUT_BEFORE_DATA,
    ],
)
def test_passing_fault_is_tried_again_after_a_minute(answer: str, settings, remind, clock) -> None:
    delivery = remind()
    with hostile(settings, answer) as server:
        assert run(clock) == outbox.Counts(retried=1)
        waiting = fresh(delivery)
        assert (waiting.state, waiting.due_at) == ("due", clock.at + timedelta(minutes=1))
        assert (waiting.attempt, waiting.unknown_attempts) == (1, 0)
        assert run(clock) == outbox.Counts()
        clock.forward(minutes=1)
        assert run(clock) == outbox.Counts(sent=1)
    assert list(server.taken.values()) == [1]
    assert (fresh(delivery).state, fresh(delivery).attempt) == ("sent", 2)


def test_passing_faults_wait_longer_and_end_with_the_expiry(settings, remind, clock) -> None:
    delivery = remind(expires_at=clock.at + timedelta(hours=2))
    waits = []
    with hostile(settings, *["rcpt 450 Busy"] * 9):
        while fresh(delivery).state == DeliveryState.DUE:
            clock.at = max(clock.at, fresh(delivery).due_at)
            began = clock.at
            run(clock)
            waits.append((fresh(delivery).due_at - began).total_seconds() / 60)
    assert waits[:4] == [1, 5, 15, 60]
    assert (fresh(delivery).state, fresh(delivery).attempt) == ("expired", 5)
    assert fresh(delivery).reason == "450 Busy"


@pytest.mark.parametrize("answer", ["rcpt 550 No such user", "rcpt 552 Full", "data 554 No", "dot 554 Spam"])
def test_lasting_fault_fails_at_once_and_spares_the_others(answer: str, settings, remind, clock) -> None:
    bad, good = remind(0, due_at=clock.at - timedelta(seconds=1)), remind(1)
    with hostile(settings, answer) as server:
        assert run(clock) == outbox.Counts(failed=1, sent=1)
    assert (fresh(bad).state, fresh(bad).reason) == ("failed", answer.partition(" ")[2])
    assert fresh(good).state == "sent"
    assert (server.connections, list(server.taken.values())) == (1, [1])


def test_sign_in_fault_is_ours_not_the_messages(settings, remind, clock) -> None:
    remind()
    with hostile(settings, "mail 530 Authentication required"):
        assert run(clock) == outbox.Counts(retried=1)


@pytest.mark.parametrize("answer", [wire.CUT_IN_DATA, wire.CUT_AFTER_DOT, wire.KEEP_AND_CUT])
def test_lost_after_the_dot_is_unknown_and_due_once_more(answer: str, settings, remind, clock) -> None:
    delivery = remind()
    with hostile(settings, answer) as server:
        assert run(clock) == outbox.Counts(unknown=1)
        after = fresh(delivery)
        assert (after.state, after.unknown_attempts, after.due_at) == ("due", 1, clock.at + timedelta(minutes=1))
        clock.forward(minutes=1)
        assert run(clock) == outbox.Counts(sent=1)
    # Both attempts bear the same identity, and a second acceptance has its unknown attempt beside it.
    assert list(server.taken.values()) == [2 if answer == wire.KEEP_AND_CUT else 1]


def test_second_unknown_is_the_end(settings, remind, clock) -> None:
    delivery = remind()
    with hostile(settings, wire.KEEP_AND_CUT, wire.KEEP_AND_CUT) as server:
        run(clock)
        clock.forward(minutes=1)
        assert run(clock) == outbox.Counts(failed=1)
        clock.forward(hours=1)
        assert run(clock) == outbox.Counts()
    after = fresh(delivery)
    assert (after.state, after.unknown_attempts, after.reason) == ("failed", 2, DeliveryReason.OUTCOME_UNKNOWN)
    assert list(server.taken.values()) == [2]


def test_server_away_makes_everybody_wait_a_minute(settings, remind, clock) -> None:
    for number in range(5):
        remind(number)
    with hostile(settings) as server:
        server.stop()
        assert run(clock) == outbox.Counts(retried=5)
    assert set(Delivery.objects.values_list("state", "attempt", "due_at")) == {
        ("due", 0, clock.at + timedelta(minutes=1))
    }


def test_kept_connection_closed_by_the_server_is_made_anew(settings, remind, clock) -> None:
    """The second mail meets a dead connection before a word of it was said: no attempt is lost."""
    remind(0), remind(1)
    with hostile(settings, wire.HANG_UP) as server:
        assert run(clock) == outbox.Counts(sent=2)
    assert (server.connections, list(server.taken.values())) == (2, [1, 1])
    assert set(Delivery.objects.values_list("attempt", flat=True)) == {1}


def test_never_in_the_clear_where_tls_was_asked(settings, remind, clock) -> None:
    remind()
    settings.EMAIL_USE_TLS = True
    with hostile(settings) as server:
        assert run(clock) == outbox.Counts(retried=1)
    assert server.taken == {}


# --- Leases and fences ---------------------------------------------------------------------------------------


def test_claim_is_exclusive_and_returns_after_its_lease(mailbox, remind, clock) -> None:
    delivery = remind()
    outbox.claim("dead", clock.at, 10)
    assert run(clock) == outbox.Counts()
    clock.forward(seconds=61)
    assert run(clock) == outbox.Counts(released=1, sent=1)
    assert fresh(delivery).unknown_attempts == 0


def test_death_in_a_hand_over_is_unknown_after_eleven_minutes(mailbox, remind, clock) -> None:
    delivery = remind()
    [(claim, _)] = outbox.claim("dead", clock.at, 10)
    list(outbox._step_rows("dead", None, claim, clock.at))
    assert fresh(delivery).state == "handing_over"
    clock.forward(minutes=11)
    assert run(clock) == outbox.Counts()
    clock.forward(seconds=1)
    assert run(clock) == outbox.Counts(unknown=1, sent=1)
    after = fresh(delivery)
    assert (after.state, after.attempt, after.unknown_attempts) == ("sent", 2, 1)


def test_late_commit_of_a_stopped_sender_is_refused(mailbox, remind, clock) -> None:
    """A sender sleeps longer than its lease between hand-over and commit; another one finishes the row."""
    delivery = remind()
    sleeper = outbox.Sender("sleeper", outbox.EmailChannel(), clock, outbox.Counts())
    [(claim, _)] = outbox.claim("sleeper", clock.at, 10)
    sleeper._one(claim)
    clock.forward(minutes=12)
    assert run(clock, owner="other") == outbox.Counts(unknown=1, sent=1)
    ended = fresh(delivery).ended_at
    clock.forward(minutes=1)
    sleeper._step(None)
    sleeper.channel.close()
    assert sleeper.counts.sent == 0
    assert fresh(delivery).ended_at == ended
    # Two accepted, one of them explained by the unknown attempt.
    assert (len(mailbox.wait_for(2)), fresh(delivery).unknown_attempts) == (2, 1)


def test_stopped_sender_does_not_begin_after_its_lease(mailbox, remind, clock) -> None:
    remind()
    counts = outbox.Counts()
    sleeper = outbox.Sender("sleeper", outbox.EmailChannel(), clock, counts)
    [(claim, _)] = outbox.claim("sleeper", clock.at, 10)
    clock.forward(seconds=61)
    sleeper.hand_over([claim])
    sleeper.channel.close()
    assert (counts, len(mailbox)) == (outbox.Counts(), 0)


def test_cancelled_between_claim_and_hand_over_is_not_sent(mailbox, remind, clock, dan) -> None:
    delivery = remind()
    sender = outbox.Sender("run", outbox.EmailChannel(), clock, outbox.Counts())
    [(claim, _)] = outbox.claim("run", clock.at, 10)
    assert outbox.cancel_reminders(patient=dan, reason=DeliveryReason.OFF, now=clock.at) == 1
    sender.hand_over([claim])
    sender.channel.close()
    assert (fresh(delivery).state, len(mailbox)) == ("cancelled", 0)


def test_poison_row_fails_and_spares_the_others(mailbox, remind, clock, monkeypatch) -> None:
    bad, good = remind(0, due_at=clock.at - timedelta(seconds=1)), remind(1)
    whole = letters.write

    def write(parcel, now):
        if parcel.delivery_id == bad.pk:
            raise ZeroDivisionError
        return whole(parcel, now)

    monkeypatch.setattr(letters, "write", write)
    assert run(clock) == outbox.Counts(retried=1, sent=1)
    assert fresh(good).state == "sent"
    Message.objects.update(expires_at=clock.at + timedelta(days=7))
    for _ in range(4):
        clock.at = fresh(bad).due_at
        run(clock)
    after = fresh(bad)
    assert (after.state, after.attempt) == ("failed", 5)
    assert after.reason == "The message could not be written: ZeroDivisionError"


def test_statements_a_mail(mailbox, remind, clock, django_assert_max_num_queries) -> None:
    for number in range(200):
        remind(number)
    with django_assert_max_num_queries(300) as seen:
        assert run(clock, limit=500).sent == 200
    assert len(seen) / 200 <= 1.5


# --- Enqueueing ----------------------------------------------------------------------------------------------


def test_occurrence_is_written_once(remind, dan) -> None:
    delivery = remind()
    values = {
        "kind": MessageKind.REMINDER,
        "clinic": dan.clinic,
        "address": "other@example.org",
        "due_at": delivery.due_at,
        "expires_at": delivery.message.expires_at,
        "patient": dan,
        "local_date": delivery.message.local_date,
        "slot": delivery.message.slot,
    }
    assert messages.enqueue(**values) is None
    assert (Message.objects.count(), Delivery.objects.get().address) == (1, "dan@example.org")
    assert messages.enqueue(**(values | {"local_date": None, "slot": None})) is not None


@pytest.mark.parametrize(
    "address",
    ["dan@example.org\r\nBcc: all@example.org", "dan@example.org\n", "no at sign", "a@b@c.org", "x" * 250 + "@a.org"],
)
def test_address_that_could_add_a_header_is_refused(address: str, dan, clock) -> None:
    with pytest.raises(messages.AddressRefused), transaction.atomic():
        messages.enqueue(
            kind=MessageKind.REMINDER,
            clinic=dan.clinic,
            address=address,
            due_at=clock.at,
            expires_at=clock.at + timedelta(hours=1),
            patient=dan,
        )
    assert Message.objects.count() == 0


def test_address_that_got_into_a_row_is_refused_at_the_last_door(mailbox, remind, clock) -> None:
    remind()
    Delivery.objects.update(address="dan@example.org\r\nBcc: all@example.org")
    assert run(clock) == outbox.Counts(failed=1)
    assert len(mailbox) == 0


def test_redis_gone_never_breaks_the_write(settings, dan, clock, remind, monkeypatch) -> None:
    class Broken:
        def send_task(self, *args, **kwargs):
            raise ConnectionError

    monkeypatch.setattr(outbox, "current_app", Broken())
    outbox.nudge()
    assert remind().state == "due"
