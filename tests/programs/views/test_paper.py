"""Typing in a grid: day by day, nothing lost, nothing overwritten unasked, safe to repeat."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from patients.models import AuditEvent, PainEntry
from programs.models import Entry, LogReceipt, Pause, Prescription, PrescriptionItem, PrescriptionVersion, Session
from programs.views import paper
from tests import factories
from tests.factories import TODAY
from tests.programs.portal import items_of, sign_in, text_of
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
FIRST = TODAY - timedelta(days=13)


@pytest.fixture
def ana(client: Client, world: World) -> Client:
    client.force_login(world.ana, backend="django.contrib.auth.backends.ModelBackend")
    return client


def cell(item: PrescriptionItem, day: date, slot: str = "0730") -> str:
    return f"c-{item.pk.hex}-{slot}-{day:%Y%m%d}"


def pain(day: date) -> str:
    return f"p-{day:%Y%m%d}"


def send(client: Client, prescription: Prescription, route: str = "paper_entry", **values: Any) -> Any:
    base = {"client_uuid": uuid4(), "first_day": FIRST.isoformat()}
    return client.post(reverse(f"programs:{route}", args=[prescription.pk]), base | values)


def stored(prescription: Prescription) -> list[tuple[date, str, str]]:
    rows = Entry.objects.filter(session__prescription=prescription).order_by("session__local_date", "item__order")
    return list(rows.values_list("session__local_date", "item__name", "status"))


def test_a_whole_grid(ana: Client, prescription: Prescription) -> None:
    first, second = items_of(prescription)
    days = [FIRST + timedelta(days=n) for n in range(14)]
    values = {cell(first, day): "d" for day in days} | {cell(second, day): "p/s-"[n % 4] for n, day in enumerate(days)}
    values |= {pain(day): str(n % 11) for n, day in enumerate(days)}

    response = send(ana, prescription, **values)

    assert response.status_code == 302
    page = ana.get(response["Location"])
    assert "Saved: 42 answers on 14 days." in text_of(page)
    assert len(stored(prescription)) == 28
    assert Session.objects.filter(source="paper", done=1, expected=2).count() == 14
    assert [row.score for row in PainEntry.objects.order_by("local_date")] == [n % 11 for n in range(14)]
    assert {entry.reason for entry in Entry.objects.filter(status="skipped")} == {"other"}
    assert page.content.decode().count('placeholder="d"') == 14


def test_sent_twice_it_is_stored_once(ana: Client, prescription: Prescription) -> None:
    item, _ = items_of(prescription)
    values = {"client_uuid": uuid4(), cell(item, TODAY): "d", pain(TODAY): "3"}

    answers = [send(ana, prescription, **values) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [302] * 3
    assert (Entry.objects.count(), LogReceipt.objects.count(), PainEntry.objects.count()) == (1, 1, 1)
    assert AuditEvent.objects.filter(verb="session.log").count() == 1


def test_a_bad_cell_is_marked_and_the_other_days_are_stored(ana: Client, prescription: Prescription) -> None:
    first, second = items_of(prescription)
    yesterday = TODAY - timedelta(days=1)
    uuid = uuid4()
    values = {"client_uuid": uuid, cell(first, yesterday): "d", cell(first, TODAY): "d", cell(second, TODAY): "q"}

    response = send(ana, prescription, **values)

    assert response.status_code == 422
    assert "One cell could not be read." in text_of(response)
    assert f'id="{cell(second, TODAY)}-fault"' in response.content.decode()
    assert 'value="q"' in response.content.decode()
    assert str(uuid) in response.content.decode()
    assert stored(prescription) == [(yesterday, first.name, "done")]

    assert send(ana, prescription, **{**values, cell(second, TODAY): "s"}).status_code == 302
    assert stored(prescription) == [
        (yesterday, first.name, "done"),
        (TODAY, first.name, "done"),
        (TODAY, second.name, "skipped"),
    ]


@pytest.mark.parametrize("text", ["11", "-1", "5.5", "NaN", "1e1", "٣", "x" * 500, "ten"])
def test_pain_that_is_no_pain(ana: Client, prescription: Prescription, text: str) -> None:
    response = send(ana, prescription, **{pain(TODAY): text})

    assert response.status_code == 422
    assert "Type a whole number from 0 to 10." in text_of(response)
    assert not PainEntry.objects.exists()


def test_what_the_patient_logged_stays_unless_the_paper_counts(ana: Client, prescription: Prescription) -> None:
    first, second = items_of(prescription)
    factories.make_session(prescription, TODAY, "s-")
    factories.make_pain(prescription.patient, 6)
    values = {cell(first, TODAY): "d", cell(second, TODAY): "d", pain(TODAY): "2"}

    kept = send(ana, prescription, **values)
    assert kept.status_code == 200
    assert "2 answers were stored already and say something else. They were kept." in text_of(kept)
    assert [status for _, _, status in stored(prescription)] == ["skipped", "done"]
    assert PainEntry.objects.get().score == 6

    replaced = send(ana, prescription, **values, overwrite="on")
    assert replaced.status_code == 302
    assert [status for _, _, status in stored(prescription)] == ["done", "done"]
    assert PainEntry.objects.get().score == 2


def test_thirty_five_days_back_and_no_further(ana: Client, prescription: Prescription) -> None:
    item, _ = items_of(prescription)
    oldest = TODAY - timedelta(days=35)

    assert send(ana, prescription, first_day=oldest.isoformat(), **{cell(item, oldest): "d"}).status_code == 302
    assert stored(prescription) == [(oldest, item.name, "done")]
    for day in (oldest - timedelta(days=1), TODAY + timedelta(days=1)):
        refused = send(ana, prescription, first_day=day.isoformat(), **{cell(item, day): "d"})
        assert refused.status_code == 422
        assert "Enter a date from 14 October 2026 to today." in text_of(refused)
    assert len(stored(prescription)) == 1


def test_days_that_are_not_due_or_to_come_take_nothing(ana: Client, prescription: Prescription) -> None:
    first, second = items_of(prescription)
    second.weekdays = 0b0000100
    second.save()
    Pause.objects.create(
        clinic=prescription.clinic,
        patient=prescription.patient,
        starts_on=TODAY - timedelta(days=3),
        last_day=TODAY - timedelta(days=3),
    )
    closed = {
        cell(second, TODAY - timedelta(days=1)): "d",
        cell(first, TODAY - timedelta(days=3)): "d",
        cell(first, TODAY + timedelta(days=1)): "d",
        cell(first, TODAY, "0800"): "d",
        f"c-{uuid4().hex}-0730-{TODAY:%Y%m%d}": "d",
        "c-nonsense": "d",
    }

    assert send(ana, prescription, **closed).status_code == 302
    assert stored(prescription) == []


def test_two_versions_have_their_own_rows(ana: Client, prescription: Prescription) -> None:
    change = TODAY - timedelta(days=4)
    version = PrescriptionVersion.objects.create(
        prescription=prescription, number=2, effective_from=change, slots=["19:00"]
    )
    old = items_of(prescription)[0]
    new = PrescriptionItem.objects.create(version=version, exercise=old.exercise, name="The new one")

    page = ana.get(reverse("programs:paper_entry", args=[prescription.pk]))
    assert "07:30 · Version 1" in text_of(page)
    assert "19:00 · Version 2" in text_of(page)
    before = change - timedelta(days=1)
    values = {
        cell(old, before): "d",
        cell(old, change): "d",
        cell(new, change, "1900"): "d",
        cell(new, before, "1900"): "d",
    }
    send(ana, prescription, **values)
    assert stored(prescription) == [(before, old.name, "done"), (change, "The new one", "done")]


def test_a_refused_day_is_named_and_the_rest_is_stored(
    ana: Client, prescription: Prescription, monkeypatch: pytest.MonkeyPatch
) -> None:
    from patients.services.diary import LogRefused
    from programs.services import sessions

    real = sessions.log_all

    def refuse_today(*, drafts: Any, **values: Any) -> Any:
        if drafts[0].local_date == TODAY:
            raise LogRefused("entries", "This exercise is not due on that day.")
        return real(drafts=drafts, **values)

    monkeypatch.setattr(sessions, "log_all", refuse_today)
    item, _ = items_of(prescription)
    yesterday = TODAY - timedelta(days=1)

    response = send(ana, prescription, **{cell(item, yesterday): "d", cell(item, TODAY): "d", pain(TODAY): "4"})

    assert response.status_code == 422
    assert "Wed 18 Nov: This exercise is not due on that day." in text_of(response)
    assert stored(prescription) == [(yesterday, item.name, "done")]
    assert not PainEntry.objects.exists()  # a day is stored wholly or not at all


def test_without_an_id_nothing_is_stored(ana: Client, prescription: Prescription) -> None:
    item, _ = items_of(prescription)

    for uuid in ("", "no-uuid", "\x00"):
        response = send(ana, prescription, client_uuid=uuid, **{cell(item, TODAY): "d"})
        assert response.status_code == 422
        assert 'value="d"' in response.content.decode()
    assert stored(prescription) == []


def test_patients_type_in_their_own(client: Client, world: World, prescription: Prescription) -> None:
    sign_in(client, world.dan)
    item, _ = items_of(prescription)

    assert "Type in a filled grid" in text_of(client.get(reverse("programs:my_paper_entry", args=[prescription.pk])))
    assert send(client, prescription, "my_paper_entry", **{cell(item, TODAY): "d"}).status_code == 302
    assert stored(prescription) == [(TODAY, item.name, "done")]
    assert Session.objects.get().source == "paper"
    foreign = world.eve.prescriptions.get()
    assert send(client, foreign, "my_paper_entry", **{cell(items_of(foreign)[0], TODAY): "d"}).status_code == 404


def test_a_program_that_did_not_run_says_what_to_do(ana: Client, world: World) -> None:
    coming = factories.make_prescription(world.dan, world.exercises[0], starts_on=TODAY + timedelta(days=5))

    assert "Nothing was due in these two weeks" in text_of(ana.get(reverse("programs:paper_entry", args=[coming.pk])))


def test_a_very_long_grid_fits_in_one_form(ana: Client, world: World) -> None:
    slots = [f"{hour:02}:00" for hour in range(8, 20)]
    many = factories.make_prescription(world.dan, *[factories.make_exercise() for _ in range(20)], slots=slots)

    page = ana.get(reverse("programs:paper_entry", args=[many.pk]))
    assert page.content.decode().count('class="paper-cell"') <= 900


def test_statements_do_not_grow_with_the_days(
    ana: Client, prescription: Prescription, django_assert_max_num_queries: Any
) -> None:
    address = reverse("programs:paper_entry", args=[prescription.pk])
    ana.get(address)
    for day in range(10):
        factories.make_session(prescription, TODAY - timedelta(days=day), "dp")
    with django_assert_max_num_queries(14):
        ana.get(address)


def test_what_is_said() -> None:
    assert paper.said([]) == "Nothing was typed."
    assert paper.said([paper.Outcome(TODAY)]) == "Nothing new: all of this is stored already."
    assert paper.said([paper.Outcome(TODAY, written=1)]) == "Saved: 1 answer on 1 day."
