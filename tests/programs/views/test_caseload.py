"""The caseload tells the truth about each patient, finds and sorts them, and costs the same for any number."""

import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from patients.conditions import Condition
from patients.models import CareTeam, Flare, PainEntry, Patient, PatientCondition
from programs import adherence
from programs.models import (
    PatientStatus,
    Prescription,
    PrescriptionItem,
    PrescriptionVersion,
    Session,
)
from tests.factories import (
    NOW,
    TODAY,
    make_clinic,
    make_condition,
    make_exercise,
    make_flare,
    make_member,
    make_pain,
    make_patient,
    make_prescription,
    make_session,
)

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("frozen")]

MOST_STATEMENTS = 8
MOST_BYTES = 150 * 1024


@pytest.fixture
def clinic():
    return make_clinic("Harbour Physiotherapy")


@pytest.fixture
def ana(clinic, client):
    ana = make_member(clinic, "Ana Lind")
    client.force_login(ana, backend="django.contrib.auth.backends.ModelBackend")
    return ana


def page(client, query: str = "", **headers):
    return client.get(reverse("programs:caseload") + query, **headers)


def names(response) -> list[str]:
    return [row.name for row in response.context["rows"]]


def row_of(response, name: str):
    return next(row for row in response.context["rows"] if row.name == name)


def ago(days: int):
    return TODAY - timedelta(days=days)


def refresh(*patients) -> None:
    adherence.refresh_status(patients, NOW)


def make_caseload(therapist, clinic, number: int, start: int = 0) -> None:
    """Patients with everything a row can show, written in bulk."""
    exercise = make_exercise()
    patients = [
        Patient(
            clinic=clinic,
            given_name="Pat",
            family_name=f"Number{start + index:03}",
            search_name=f"pat number{start + index:03}",
            birth_date=TODAY.replace(year=1980),
        )
        for index in range(number)
    ]
    Patient.objects.bulk_create(patients)
    CareTeam.objects.bulk_create(CareTeam(patient=p, therapist=therapist, starts_on=ago(99)) for p in patients)
    three = (Condition.OSTEOPOROSIS, Condition.RAYNAUD, Condition.OBESITY)
    PatientCondition.objects.bulk_create(PatientCondition(patient=p, condition=c) for p in patients for c in three)
    Flare.objects.bulk_create(Flare(clinic=clinic, patient=p, started_on=ago(2)) for p in patients[::3])
    PainEntry.objects.bulk_create(
        PainEntry(clinic=clinic, patient=p, local_date=ago(day), score=day % 11, recorded_at=NOW)
        for p in patients
        for day in range(0, 14, 2)
    )
    given = Prescription.objects.bulk_create(
        Prescription(clinic=clinic, patient=p, title="Hips in the morning", starts_on=ago(30)) for p in patients
    )
    versions = PrescriptionVersion.objects.bulk_create(
        PrescriptionVersion(prescription=p, effective_from=ago(30), slots=["07:30"]) for p in given
    )
    PrescriptionItem.objects.bulk_create(
        PrescriptionItem(version=v, exercise=exercise, name="Stretch") for v in versions
    )
    Session.objects.bulk_create(
        Session(
            clinic=clinic, patient=v.prescription.patient, prescription=v.prescription, version=v,
            local_date=ago(1), slot="07:30", expected=1, done=1, logged_at=NOW,
        )
        for v in versions
    )  # fmt: skip
    refresh(*patients)


# --- What a row says ----------------------------------------------------------------------------------------------


def test_row_tells_figure_with_its_denominator_pain_and_last_log(client, ana, clinic):
    dan = make_patient(clinic, "Dan Weber", therapist=ana)
    prescription = make_prescription(dan, starts_on=ago(2), title="Hips in the morning")
    make_session(prescription, ago(2), "ddd")
    make_session(prescription, ago(1), "dds")
    for day, score in [(10, 6), (9, 6), (2, 2), (1, 0)]:
        make_pain(dan, score, ago(day))
    make_condition(dan, Condition.THA_POSTERIOR)
    make_flare(dan, ago(5))
    refresh(dan)

    response = page(client)
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))

    assert "83 % 5 of 6" in text
    row = row_of(response, "Dan Weber")
    assert (row.pain, row.pain_note, row.active) == (0, "falling", "yesterday")
    assert row.trend.sentence == "Mean 1.0 in the last 7 days, 6.0 in the 7 before."
    assert "Flare since Fri 13 Nov" in text
    assert "Hip replacement, posterior approach" in text
    assert "Hips in the morning" in text
    assert "1 patient. " not in text  # said as a word
    assert "One patient. One reports a flare now." in text


def test_pain_0_is_not_not_rated(client, ana, clinic):
    zero = make_patient(clinic, "Zero Pain", therapist=ana)
    make_patient(clinic, "Never Rated", therapist=ana)
    make_pain(zero, 0, TODAY)
    refresh(zero)

    response = page(client)

    assert row_of(response, "Zero Pain").pain == 0
    assert row_of(response, "Never Rated").pain is None
    assert response.content.decode().count(">not rated<") == 1


def test_a_log_shows_at_once(client, ana, clinic):
    """The rollup is written with the log; nothing is cached in between."""
    dan = make_patient(clinic, "Dan Weber", therapist=ana)
    prescription = make_prescription(dan, starts_on=TODAY)
    refresh(dan)
    assert row_of(page(client), "Dan Weber").percent is None

    make_session(prescription, TODAY, "dds")
    refresh(dan)

    assert row_of(page(client), "Dan Weber").percent == 67


def test_a_status_of_yesterday_or_none_at_all_is_counted_afresh(client, ana, clinic):
    late = make_patient(clinic, "Late Status", therapist=ana)
    prescription = make_prescription(late, starts_on=ago(1))
    adherence.refresh_status([late], NOW - timedelta(days=1))
    never = make_patient(clinic, "Never Counted", therapist=ana)
    make_session(make_prescription(never, starts_on=TODAY), TODAY, "dss")

    response = page(client)

    assert (row_of(response, "Late Status").expected, row_of(response, "Late Status").percent) == (3, 0)
    assert row_of(response, "Never Counted").percent == 33
    assert PatientStatus.objects.get(patient=late).as_of == ago(1)  # reading a page writes nothing
    assert prescription.sessions.count() == 0


def test_only_my_patients_of_today_are_listed_once(client, ana, clinic):
    mine = make_patient(clinic, "Mine Once", therapist=ana)
    CareTeam.objects.create(patient=mine, therapist=ana, starts_on=ago(3), ended_on=TODAY + timedelta(days=3))
    make_patient(clinic, "Not Mine", therapist=make_member(clinic))
    over = make_patient(clinic, "Handed Over")
    CareTeam.objects.create(patient=over, therapist=ana, starts_on=ago(9), ended_on=TODAY)
    gone = make_patient(clinic, "Gone Away", therapist=ana)
    gone.archived_at = NOW
    gone.save()
    elsewhere = make_clinic()
    make_patient(elsewhere, "Else Where", therapist=make_member(elsewhere))

    response = page(client)

    assert names(response) == ["Mine Once"]
    assert response.context["numbers"]["all"] == 1


# --- Finding and sorting ------------------------------------------------------------------------------------------


def test_search_folds_case_and_accents(client, ana, clinic):
    for name in ("José Núñez", "Jo Strauß", "Ann Other"):
        make_patient(clinic, name, therapist=ana)

    assert names(page(client, "?q=jose+NUN")) == ["José Núñez"]
    assert names(page(client, "?q=strauss")) == ["Jo Strauß"]
    assert names(page(client, "?q=%25")) == []
    assert names(page(client, "?q=")) == ["José Núñez", "Ann Other", "Jo Strauß"]


def test_signs_filter_and_are_counted(client, ana, clinic):
    flare, quiet, sore, bare, fine = (
        make_patient(clinic, name, therapist=ana)
        for name in ("In Flare", "Quiet Week", "Sore Now", "Bare Plan", "Fine Day")
    )
    for patient in (flare, quiet, sore, fine):
        make_session(make_prescription(patient), ago(7 if patient == quiet else 6), "ddd")
    make_flare(flare, ago(1))
    make_flare(fine, ago(20), ended_on=ago(10))
    make_pain(sore, 7, ago(6))
    make_pain(fine, 9, ago(7))  # a week old, and not the newest
    make_pain(fine, 6, ago(5))
    make_prescription(bare, starts_on=ago(90), ends_on=ago(1))
    refresh(flare, quiet, sore, bare, fine)

    response = page(client)

    signs = {"work": 0, "flare": 1, "pain": 1, "quiet": 1, "no_program": 1}
    assert response.context["numbers"] == {"all": 5, "found": 5, **signs}
    for sign, name in [
        ("flare", "In Flare"),
        ("quiet", "Quiet Week"),
        ("pain", "Sore Now"),
        ("no_program", "Bare Plan"),
    ]:
        assert names(page(client, f"?show={sign}")) == [name]
    assert names(page(client, "?show=flare&q=quiet")) == []


def test_a_program_younger_than_a_week_is_not_quiet(client, ana, clinic):
    make_prescription(make_patient(clinic, "New Here", therapist=ana), starts_on=ago(6))

    assert names(page(client, "?show=quiet")) == []


def test_sorts_both_ways_and_keeps_the_unknown_last(client, ana, clinic):
    table = {"A One": ("ddd", 5, 1), "B Two": ("dss", 0, 3), "C Three": ("dds", 9, 2)}
    for name, (log, score, day) in table.items():
        patient = make_patient(clinic, name, therapist=ana)
        make_session(make_prescription(patient, starts_on=ago(day), ends_on=ago(day)), ago(day), log)
        make_pain(patient, score, ago(day))
        refresh(patient)
    make_patient(clinic, "D Unknown", therapist=ana)

    orders = {
        "": "One Three Two Unknown",
        "?sort=-name": "Unknown Two Three One",
        "?sort=adherence": "Two Three One Unknown",
        "?sort=-adherence": "One Three Two Unknown",
        "?sort=pain": "Two One Three Unknown",
        "?sort=-pain": "Three One Two Unknown",
        "?sort=activity": "Two Three One Unknown",
        "?sort=-activity": "One Three Two Unknown",
    }
    for query, order in orders.items():
        assert " ".join(name.split()[1] for name in names(page(client, query))) == order, query
    assert 'aria-sort="descending"' in page(client, "?sort=-pain").content.decode()


def test_equal_rows_keep_their_order_over_pages(client, ana, clinic):
    for number in range(60):
        make_patient(clinic, f"Same Name{number:02}", therapist=ana, login=False)

    first, second = names(page(client, "?sort=adherence")), names(page(client, "?sort=adherence&page=2"))

    assert (len(first), len(second)) == (50, 10)
    assert first + second == [f"Same Name{number:02}" for number in range(60)]


@pytest.mark.parametrize("query", ["?page=0", "?page=-1", "?page=99", "?page=NaN", "?page=" + "9" * 25, "?page=1e3"])
def test_odd_pages_show_the_nearest(client, ana, clinic, query):
    make_patient(clinic, "Dan Weber", therapist=ana)

    assert names(page(client, query)) == ["Dan Weber"]


@pytest.mark.parametrize(
    "query",
    [
        "?sort=user__password",
        "?sort=-",
        "?sort=--name",
        "?show=everybody",
        "?_connector=OR",
        "?q=%00",
        "?q=%ED%A0%80",
        "?q=" + quote("\u202e\ud83d", errors="surrogatepass"),
        "?q=" + "a" * 6000,
        "?sort=name&sort=-name",
    ],
)
def test_odd_questions_are_left_out_kindly(client, ana, clinic, query):
    make_patient(clinic, "Dan Weber", therapist=ana)

    assert page(client, query).status_code == 200


def test_script_in_a_name_or_search_is_text(client, ana, clinic):
    make_patient(clinic, "<script>alert(1)</script> Weber", therapist=ana)

    html = page(client, "?q=" + quote("<script>alert(1)")).content.decode()

    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; Weber" in html


def test_search_by_htmx_answers_with_the_part_alone(client, ana, clinic):
    make_patient(clinic, "Dan Weber", therapist=ana)

    response = page(client, "?q=dan", headers={"HX-Request": "true"})

    html = response.content.decode()
    assert "Dan Weber" in html
    assert "<html" not in html
    assert "HX-Request" in response["Vary"]


def test_empty_caseload_offers_the_first_patient(client, ana):
    html = page(client).content.decode()

    assert "Add the first patient" in html
    assert "0 patients" not in html
    assert reverse("patients:patient_create") in html


def test_no_hit_offers_the_way_back(client, ana, clinic):
    make_patient(clinic, "Dan Weber", therapist=ana)

    assert "Nobody fits this search" in page(client, "?q=nobody").content.decode()


# --- Cost ---------------------------------------------------------------------------------------------------------


def statements(client, query: str = "") -> int:
    page(client, query)  # the session is in the cache afterwards
    with CaptureQueriesContext(connection) as captured:
        assert page(client, query).status_code == 200
    return len(captured)


def test_statements_do_not_grow_with_the_caseload(client, ana, clinic):
    queries = ["", "?sort=-adherence", "?q=number&show=flare&sort=pain", "?page=2"]
    make_caseload(ana, clinic, 30)
    with_30 = [statements(client, query) for query in queries[:-1]]
    make_caseload(ana, clinic, 270, start=30)

    with_300 = [statements(client, query) for query in queries]

    assert with_300[:-1] == with_30
    assert max(with_300) <= MOST_STATEMENTS


def test_counting_afresh_costs_a_fixed_number_more(client, ana, clinic):
    make_caseload(ana, clinic, 5)
    fresh = statements(client)
    PatientStatus.objects.update(as_of=ago(1))
    with_5 = statements(client)
    make_caseload(ana, clinic, 40, start=5)
    PatientStatus.objects.update(as_of=ago(1))

    assert statements(client) == with_5
    assert with_5 <= fresh + 4


def test_a_full_page_is_lean(client, ana, clinic):
    make_caseload(ana, clinic, 50)

    assert len(page(client).content) <= MOST_BYTES
