"""Links to a handout: made once, closed at once, over after seven days, and silent about everybody."""

import hashlib
import io
import re
from datetime import timedelta
from typing import Any

import pypdf
import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from patients.models import AuditEvent
from programs.models import Prescription, ShareLink
from programs.services import sharing
from programs.views import share
from tests.factories import NOW, TODAY
from tests.programs.portal import text_of
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


@pytest.fixture
def ana(client: Client, world: World) -> Client:
    client.force_login(world.ana, backend="django.contrib.auth.backends.ModelBackend")
    return client


def create(client: Client, prescription: Prescription, **headers: str) -> Any:
    return client.post(reverse("programs:share_create", args=[prescription.pk]), headers=headers)


def address_in(response: Any) -> str:
    found = re.search(r'value="http://testserver(/handout/[^"]+/)"', response.content.decode())
    assert found
    return found[1]


def opened(address: str, query: str = "") -> Any:
    return Client().get(address + query)


def test_a_link_opens_without_a_login_and_names_nobody(ana: Client, prescription: Prescription) -> None:
    item = prescription.versions.get().items.first()
    item.note = "Dan, mind the rug."  # type: ignore[union-attr]
    item.save()  # type: ignore[union-attr]
    address = address_in(create(ana, prescription))

    response = opened(address)
    assert response.status_code == 200
    pdf = opened(address, "?as=pdf")
    reader = pypdf.PdfReader(io.BytesIO(pdf.content))
    texts = [text_of(response), " ".join(one.extract_text() for one in reader.pages), str(reader.metadata)]
    texts += [str(response.headers), str(pdf.headers)]
    for text in texts:
        for word in ("Dan", "Canary", "Hips in the morning", "rug", str(prescription.pk), str(prescription.patient_id)):
            assert word not in text
    assert "Standing hip stretch" in texts[1]


def test_nobody_may_keep_or_list_the_page(ana: Client, prescription: Prescription) -> None:
    address = address_in(create(ana, prescription))

    for response in (opened(address), opened(address, "?as=pdf"), opened("/handout/wrong/")):
        assert response["X-Robots-Tag"] == "noindex, nofollow, noarchive"
        assert response["Referrer-Policy"] == "no-referrer"
        assert response["Cache-Control"] == "private, no-store"
        assert "sessionid" not in response.cookies


def test_only_the_digest_is_kept_and_the_secret_shown_once(ana: Client, prescription: Prescription) -> None:
    token = address_in(create(ana, prescription)).split("/")[2]

    link = ShareLink.objects.get()
    assert token not in str(vars(link))
    assert link.expires_at == NOW + timedelta(days=7)
    assert not any(token in str(event.detail) for event in AuditEvent.objects.all())
    # A new one is made; the first is in the list and its secret is not.
    again = create(ana, prescription)
    assert token not in again.content.decode()
    assert again.content.decode().count("Open until") == 2


def test_a_link_closes_by_itself_by_hand_and_with_the_prescription(ana: Client, prescription: Prescription) -> None:
    first, second = (address_in(create(ana, prescription)) for _ in range(2))
    newest = ShareLink.objects.get(token_digest=hashlib.sha256(second.split("/")[2].encode()).hexdigest())

    ana.post(reverse("programs:share_revoke", args=[prescription.pk, newest.pk]))
    ana.post(reverse("programs:share_revoke", args=[prescription.pk, newest.pk]))
    assert opened(second).status_code == 404
    assert AuditEvent.objects.filter(verb="share.revoke").count() == 1
    with time_machine.travel(NOW + timedelta(days=7, seconds=-1), tick=False):
        assert opened(first).status_code == 200
    with time_machine.travel(NOW + timedelta(days=7), tick=False):
        assert "This link is no longer valid" in text_of(opened(first))
    Prescription.objects.filter(pk=prescription.pk).update(ends_on=TODAY - timedelta(days=1))
    assert opened(first).status_code == 404


def test_an_archived_patient_closes_every_link(ana: Client, world: World, prescription: Prescription) -> None:
    address = address_in(create(ana, prescription))
    world.dan.archived_at = NOW
    world.dan.save()

    assert opened(address).status_code == 404


@pytest.mark.parametrize("token", ["x", "%00", "%ff%fe", "a" * 10_000, "..%2f..", "é" * 50])
def test_every_fault_of_a_link_is_the_same_page(db: None, token: str) -> None:
    response = Client().get(f"/handout/{token}/")

    assert response.status_code == 404
    assert response["X-Robots-Tag"] if "valid" in text_of(response) else True


def test_a_visitor_who_asks_too_often_waits(
    ana: Client, prescription: Prescription, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(share, "MOST_A_MINUTE", 3)
    address = address_in(create(ana, prescription))
    visitor = Client(REMOTE_ADDR="192.0.2.77")

    assert [visitor.get(address).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert visitor.get(address)["Retry-After"] == "60"
    # Guessing is held up in the same way, and nobody else is.
    assert visitor.get("/handout/guess/").status_code == 429
    assert Client(REMOTE_ADDR="192.0.2.78").get(address).status_code == 200


def test_ten_links_are_enough(ana: Client, prescription: Prescription) -> None:
    for _ in range(sharing.MOST_OPEN):
        assert create(ana, prescription).status_code == 200

    response = create(ana, prescription, **{"HX-Request": "true"})
    assert response.status_code == 422
    assert "Close one of them first." in text_of(response)
    assert ShareLink.objects.count() == sharing.MOST_OPEN


def test_htmx_swaps_the_panel(ana: Client, prescription: Prescription) -> None:
    made = create(ana, prescription, **{"HX-Request": "true"})
    assert made.content.decode().strip().startswith('<section id="share-panel"')

    link = ShareLink.objects.get()
    address = reverse("programs:share_revoke", args=[prescription.pk, link.pk])
    closed = ana.post(address, headers={"HX-Request": "true"})
    assert "The link is closed." in text_of(closed)
    assert "No link is open." in text_of(closed)


def test_a_link_of_another_prescription_is_not_there(ana: Client, world: World, prescription: Prescription) -> None:
    foreign = world.eve.prescriptions.get()
    link, _ = sharing.create(actor=world.ben, prescription=foreign, now=NOW)

    address = reverse("programs:share_revoke", args=[prescription.pk, link.pk])
    assert ana.post(address).status_code == 404
    link.refresh_from_db()
    assert link.revoked_at is None
