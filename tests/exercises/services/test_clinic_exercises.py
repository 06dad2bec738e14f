from typing import Any

import pytest

from exercises.enums import ExerciseState
from exercises.library import Entry
from exercises.models import Exercise
from exercises.services import clinic_exercises
from exercises.services.clinic_exercises import CannotPropose
from exercises.services.content import content_of
from patients.access import Actor
from patients.models import AuditEvent, Membership
from tests.factories import NOW, make_clinic, make_member, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def copied(library: list[Entry], **state: Any) -> tuple[Any, Any, Exercise]:
    """A clinic, its therapist, and their copy of the cross-body stretch."""
    clinic = make_clinic()
    ana = make_member(clinic)
    original = Exercise.objects.get(code="S06")
    copy = clinic_exercises.copy_to_clinic(actor=ana, clinic=clinic, exercise=original)
    Exercise.objects.filter(pk=copy.pk).update(**state)
    copy.refresh_from_db()
    return clinic, ana, copy


def test_copy_is_a_draft_of_the_clinic_with_the_same_words(library: list[Entry]):
    clinic, _, copy = copied(library)
    original = Exercise.objects.get(code="S06")

    assert (copy.clinic, copy.shared, copy.state, copy.copied_from) == (clinic, False, "draft", original)
    assert content_of(copy) == content_of(original)
    assert copy.code.startswith("C")
    assert copy.traits.count() == original.traits.count()
    assert AuditEvent.objects.filter(verb="exercise.copy", object_id=copy.pk, clinic=clinic).count() == 1


def test_copy_asked_twice_answers_with_the_same_draft(library: list[Entry]):
    clinic, ana, copy = copied(library)

    again = clinic_exercises.copy_to_clinic(actor=ana, clinic=clinic, exercise=Exercise.objects.get(code="S06"))

    assert again == copy
    assert Exercise.objects.own_of(clinic).count() == 1


def test_another_clinic_never_sees_it_until_curators_accept(library: list[Entry]):
    _, ana, copy = copied(library, state=ExerciseState.PUBLISHED)
    proposal = clinic_exercises.propose(actor=ana, exercise=copy, note="Shorter steps.", now=NOW)
    stranger = Actor(make_member(make_clinic()), now=NOW)
    browsed = Exercise.objects.for_actor(stranger)

    assert not browsed.published().filter(pk__in=[copy.pk, proposal.pk]).exists()
    assert not browsed.filter(pk=copy.pk).exists()
    assert Exercise.objects.for_actor(Actor(ana, now=NOW)).published().filter(pk=copy.pk).exists()


def test_propose_sends_a_copy_to_the_curators_and_leaves_the_own_one(library: list[Entry]):
    clinic, ana, copy = copied(library, state=ExerciseState.PUBLISHED)

    proposal = clinic_exercises.propose(actor=ana, exercise=copy, note="Shorter steps.", now=NOW)
    again = clinic_exercises.propose(actor=ana, exercise=copy, note="Once more.", now=NOW)

    copy.refresh_from_db()
    assert again == proposal
    assert (proposal.shared, proposal.clinic, proposal.state) == (True, None, "in_review")
    assert (proposal.submitted_by, proposal.curation_note) == (ana, "Shorter steps.")
    assert (copy.clinic, copy.state) == (clinic, "published")
    assert proposal.code == "S101"


@pytest.mark.parametrize(
    "change", [{"state": "draft"}, {"state": "retired"}, {"state": "published", "cue": ""}], ids=str
)
def test_propose_refuses_what_is_not_ready(library: list[Entry], change: dict[str, Any]):
    _, ana, copy = copied(library, **change)

    with pytest.raises(CannotPropose):
        clinic_exercises.propose(actor=ana, exercise=copy, note="", now=NOW)

    assert Exercise.objects.filter(shared=True).count() == 121


def test_withdraw_takes_back_what_nobody_has_decided(library: list[Entry]):
    _, ana, copy = copied(library, state=ExerciseState.PUBLISHED)
    clinic_exercises.propose(actor=ana, exercise=copy, note="Shorter steps.", now=NOW)

    assert clinic_exercises.withdraw(actor=ana, exercise=copy) is True
    assert clinic_exercises.withdraw(actor=ana, exercise=copy) is False
    assert Exercise.objects.filter(shared=True).count() == 121


def test_only_the_author_writes_and_after_the_author_has_left_a_colleague_may(library: list[Entry]):
    clinic, ana, copy = copied(library)
    ben, chloe = make_member(clinic), make_member(make_clinic())
    cora = make_user(is_curator=True)

    def may(user: Any) -> bool:
        return Exercise.objects.editable_by(Actor(user, now=NOW)).filter(pk=copy.pk).exists()

    assert [may(user) for user in (ana, ben, chloe, cora)] == [True, False, False, False]
    Membership.objects.filter(user=ana).update(ended_at=NOW)
    assert [may(user) for user in (ana, ben, chloe, cora)] == [False, True, False, False]
