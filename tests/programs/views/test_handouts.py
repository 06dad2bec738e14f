"""The page with the choices, its preview, and the PDF; for the therapist, the patient, and a program."""

import io
from datetime import timedelta
from typing import Any

import pypdf
import pytest
from django.test import Client
from django.urls import reverse

from config.lib.pdf import TooSlow
from patients.models import AuditEvent
from programs import handouts
from programs.models import Prescription, PrescriptionVersion
from tests.factories import TODAY
from tests.programs.portal import sign_in, text_of
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


@pytest.fixture
def ana(client: Client, world: World) -> Client:
    client.force_login(world.ana, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(client: Client, prescription: Prescription, query: str = "", **headers: str) -> Any:
    return client.get(reverse("programs:prescription_handout", args=[prescription.pk]) + query, headers=headers)


def printed(response: Any) -> str:
    reader = pypdf.PdfReader(io.BytesIO(response.content))
    return " ".join(" ".join(one.extract_text().split()) for one in reader.pages)


def test_the_page_shows_choices_and_every_page(ana: Client, prescription: Prescription) -> None:
    response = page(ana, prescription)

    assert response.status_code == 200
    assert "2 pages" in text_of(response)
    assert "?variant=normal&amp;columns=1&amp;weeks=2&amp;size=a4&amp;version=1&amp;as=png&amp;page=2" in text_of(
        response
    )
    assert AuditEvent.objects.filter(verb="handout.read", patient=prescription.patient).count() == 1


def test_htmx_gets_the_preview_alone(ana: Client, prescription: Prescription) -> None:
    response = page(ana, prescription, "?weeks=0", **{"HX-Request": "true"})

    assert response.content.decode().strip().startswith('<section id="handout-preview"')
    assert "One page" in text_of(response)


def test_the_clinics_paper_is_the_usual_one(ana: Client, world: World, prescription: Prescription) -> None:
    world.harbour.paper = "letter"
    world.harbour.save()

    reader = pypdf.PdfReader(io.BytesIO(page(ana, prescription, "?as=pdf").content))
    assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [612, 792]


def test_the_pdf_to_look_at_and_to_keep(ana: Client, prescription: Prescription) -> None:
    shown, kept = page(ana, prescription, "?as=pdf"), page(ana, prescription, "?as=pdf&save=1")

    assert shown["Content-Type"] == "application/pdf"
    assert shown["Content-Disposition"] == 'inline; filename="hips-in-the-morning-v1.pdf"'
    assert kept["Content-Disposition"] == 'attachment; filename="hips-in-the-morning-v1.pdf"'
    assert "private" in shown["Cache-Control"]
    assert "For Dan." not in printed(shown)
    assert "For Dan." in printed(page(ana, prescription, "?as=pdf&name=on"))


def test_a_page_of_the_preview(ana: Client, prescription: Prescription) -> None:
    picture = page(ana, prescription, "?as=png&page=2")

    assert picture["Content-Type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")
    for wanted in ("0", "9", "-1", "x", "²", "1" * 30):
        assert page(ana, prescription, f"?as=png&page={wanted}").status_code == 404


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("variant=worse", "Select a valid choice"),
        ("size=a3", "Select a valid choice"),
        ("weeks=52", "Select a valid choice"),
        ("weeks=NaN", "Select a valid choice"),
        ("version=99", "Select a valid choice"),
        ("variant=all&columns=2", "Three variants side by side need one column."),
        ("first_day=2026-02-30", "Enter a real date"),
        ("first_day=9999-12-31", "Enter a date from"),
        ("variant=%00", "Select a valid choice"),
    ],
)
def test_a_choice_that_is_none_is_said_where_it_is(
    ana: Client, prescription: Prescription, query: str, sentence: str
) -> None:
    response = page(ana, prescription, f"?{query}")

    assert response.status_code == 422
    assert sentence in text_of(response)
    assert page(ana, prescription, f"?{query}&as=pdf").status_code == 400
    assert sentence in page(ana, prescription, f"?{query}&as=png").content.decode()


def test_a_planned_version_can_be_chosen_and_a_past_one_not(ana: Client, prescription: Prescription) -> None:
    item = prescription.versions.get().items.first()
    for number, days in ((2, -10), (3, 5)):
        version = PrescriptionVersion.objects.create(
            prescription=prescription, number=number, effective_from=TODAY + timedelta(days=days), slots=[]
        )
        item.pk, item.version = None, version  # type: ignore[union-attr]
        item.save(force_insert=True)  # type: ignore[union-attr]

    assert "Version 2, valid from 8 November 2026" in printed(page(ana, prescription, "?as=pdf"))
    assert "Version 3, valid from 23 November 2026" in printed(page(ana, prescription, "?as=pdf&version=3"))
    assert "Version 3, from 23 November 2026, planned" in text_of(page(ana, prescription))
    assert page(ana, prescription, "?version=1").status_code == 422


def test_when_the_printer_is_busy_the_page_says_so(
    ana: Client, prescription: Prescription, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*args: Any) -> None:
        raise TooSlow("The printer is busy. Try again in a minute.")

    monkeypatch.setattr(handouts, "preview", busy)
    monkeypatch.setattr(handouts, "render", busy)

    response = page(ana, prescription)
    assert response.status_code == 503
    assert "The printer is busy." in text_of(response)
    assert page(ana, prescription, "?as=pdf").status_code == 503


def test_the_same_preview_is_drawn_once(
    ana: Client, prescription: Prescription, monkeypatch: pytest.MonkeyPatch
) -> None:
    from config.lib import pdf

    drawn = []
    real = pdf.make_pictures
    monkeypatch.setattr(pdf, "make_pictures", lambda *args, **how: drawn.append(1) or real(*args, **how))

    for query in ("?columns=2", "?columns=2&as=png&page=1", "?columns=2&as=png&page=2"):
        assert page(ana, prescription, query).status_code == 200
    assert len(drawn) == 1


def test_statements(ana: Client, prescription: Prescription, django_assert_max_num_queries: Any) -> None:
    page(ana, prescription)
    with django_assert_max_num_queries(16):
        page(ana, prescription, "?as=pdf")


# --- The patient, and programs ---------------------------------------------------------------------------------


def test_patients_print_their_own(client: Client, world: World, prescription: Prescription) -> None:
    sign_in(client, world.dan)
    own = reverse("programs:my_handout", args=[prescription.pk])

    assert "2 pages" in text_of(client.get(own))
    assert "Hips in the morning" in printed(client.get(own + "?as=pdf"))
    assert not AuditEvent.objects.filter(verb="handout.read").exists()


def test_patients_do_not_print_what_is_only_planned(client: Client, world: World, prescription: Prescription) -> None:
    PrescriptionVersion.objects.create(prescription=prescription, number=2, effective_from=TODAY + timedelta(days=5))
    sign_in(client, world.dan)

    assert client.get(reverse("programs:my_handout", args=[prescription.pk]) + "?version=2").status_code == 422


def test_a_program_is_printed_without_a_patient(ana: Client, world: World) -> None:
    address = reverse("programs:program_handout", args=[world.program.pk])

    assert "Morning hips" in text_of(ana.get(address))
    assert ana.get(address + "?as=pdf")["Content-Disposition"] == 'inline; filename="morning-hips.pdf"'
