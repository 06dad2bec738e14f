"""A rating of the day reaches the caseload at once."""

from datetime import timedelta
from uuid import uuid4

import pytest

from patients.services.diary import LogRefused
from programs.models import PatientStatus
from programs.services.diary import rate_pain
from tests.factories import NOW, TODAY, make_clinic, make_patient

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def test_rate_pain_refreshes_the_status_in_the_same_transaction():
    dan = make_patient(make_clinic(), "Dan Weber")
    write = {"actor": dan.user, "patient": dan, "local_date": TODAY, "client_uuid": uuid4(), "now": NOW}

    assert rate_pain(score=0, **write)[1]
    assert not rate_pain(score=0, **write)[1]  # sent twice

    status = PatientStatus.objects.get(patient=dan)
    assert (status.last_pain, status.last_pain_on, status.last_activity_on) == (0, TODAY, TODAY)
    assert rate_pain(score=8, **write | {"client_uuid": uuid4()})[1]  # corrected
    assert PatientStatus.objects.get(patient=dan).last_pain == 8


def test_a_refused_rating_leaves_no_trace():
    dan = make_patient(make_clinic(), "Dan Weber")

    with pytest.raises(LogRefused):
        rate_pain(
            actor=dan.user,
            patient=dan,
            local_date=TODAY + timedelta(days=2),
            score=5,
            client_uuid=uuid4(),
            now=NOW,
        )

    assert not PatientStatus.objects.exists()
