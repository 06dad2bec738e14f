"""Pain of the day, stiffness and flares: once each, within seven days, safe to repeat."""

from datetime import timedelta
from uuid import uuid4

import pytest

from patients.enums import PainSite
from patients.models import AuditEvent, Flare, PainEntry, Stiffness
from patients.services import diary
from patients.services.diary import LogConflict, LogRefused
from tests.factories import NOW, TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def rate(patient, score, client_uuid=None, **values):
    fields = {"local_date": TODAY, "client_uuid": client_uuid or uuid4(), "now": NOW} | values
    return diary.rate_pain(actor=patient.user, patient=patient, score=score, **fields)


def test_a_rating_of_0_is_a_rating(dan):
    entry, is_new = rate(dan, 0)

    assert is_new
    assert (entry.score, entry.local_date, entry.clinic) == (0, TODAY, dan.clinic)


def test_a_second_rating_of_a_day_corrects_the_first_and_keeps_what_it_said(dan):
    rate(dan, 4)
    entry, is_new = rate(dan, 6, now=NOW + timedelta(hours=1))

    assert is_new
    assert PainEntry.objects.get() == entry
    assert (entry.score, entry.recorded_at, entry.edited_at) == (6, NOW, NOW + timedelta(hours=1))
    assert [event.detail["was"] for event in AuditEvent.objects.order_by("created_at")] == [None, 4]


def test_each_site_has_its_own_rating(dan):
    rate(dan, 4)
    rate(dan, 7, site=PainSite.HIP_LEFT)

    assert PainEntry.objects.count() == 2


@pytest.mark.parametrize("times", [2, 100])
def test_the_same_write_again_changes_nothing(dan, times):
    client_uuid = uuid4()

    answers = [rate(dan, 3, client_uuid)[1] for _ in range(times)]

    assert answers == [True] + [False] * (times - 1)
    assert PainEntry.objects.count() == AuditEvent.objects.count() == 1


def test_a_late_repeat_does_not_undo_a_correction(dan):
    client_uuid = uuid4()
    rate(dan, 3, client_uuid)
    rate(dan, 5)

    assert rate(dan, 3, client_uuid)[0].score == 5


@pytest.mark.parametrize("other", [{"score": 4}, {"score": 3, "local_date": TODAY - timedelta(days=1)}])
def test_a_used_id_with_other_content_is_a_conflict(dan, other):
    client_uuid = uuid4()
    rate(dan, 3, client_uuid)

    with pytest.raises(LogConflict):
        rate(dan, client_uuid=client_uuid, **other)


@pytest.mark.parametrize(
    ("score", "days", "field"), [(11, 0, "score"), (-1, 0, "score"), (3, 1, "local_date"), (3, -8, "local_date")]
)
def test_what_cannot_be_rated(dan, score, days, field):
    with pytest.raises(LogRefused) as refusal:
        rate(dan, score, local_date=TODAY + timedelta(days=days))

    assert refusal.value.field == field
    assert PainEntry.objects.count() == 0


def test_stiffness_is_one_word_a_day(dan):
    for minutes in (30, 0):
        diary.rate_stiffness(actor=dan.user, patient=dan, local_date=TODAY, minutes=minutes, now=NOW)

    assert Stiffness.objects.get().minutes == 0
    with pytest.raises(LogRefused):
        diary.rate_stiffness(actor=dan.user, patient=dan, local_date=TODAY, minutes=721, now=NOW)


def test_a_flare_runs_once_and_can_come_again(dan):
    first, is_new = diary.start_flare(actor=dan.user, patient=dan, on=TODAY, now=NOW)
    again, is_new_again = diary.start_flare(actor=dan.user, patient=dan, on=TODAY, now=NOW)
    assert (first, is_new, is_new_again) == (again, True, False)

    ended = diary.end_flare(actor=dan.user, patient=dan, now=NOW + timedelta(days=3))
    assert ended is not None
    assert ended.ended_on == TODAY + timedelta(days=3)
    assert diary.end_flare(actor=dan.user, patient=dan, now=NOW) is None

    diary.start_flare(actor=dan.user, patient=dan, on=TODAY, now=NOW)
    assert Flare.objects.count() == 2
