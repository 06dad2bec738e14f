"""What stands in our mails, and what never does."""

import email
import email.policy
import re
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings as django_settings

from config.lib import tokens
from patients.channels import letters, links
from patients.channels.base import ChannelError, Parcel
from patients.enums import MessageKind

NOW = datetime(2026, 11, 18, 6, 30, tzinfo=UTC)
WORDS = django_settings.BASE_DIR / "templates" / "messages"
# A reminder alone tells who is a patient; it must not tell of what (trust promise, T10).
FORBIDDEN = (
    "spondyl|arthrit|axial|rheuma|bechterew|pain|hurt|ache|stiff|flare|hip|spine|spinal|joint|back|neck|shoulder|"
    "knee|ankle|rib|stretch|foam|roll|mobil|strength|posture|breath|therap|patient|diagnos|disease|illness|treat|"
    "medic|health|doctor|condition|injur"
)
NAMES_OF_FILES = sorted(path for path in WORDS.glob("reminder/*"))


def parcel(kind: str = MessageKind.REMINDER, **fields) -> Parcel:
    values = {
        "delivery_id": UUID(int=1),
        "clinic_id": UUID(int=2),
        "kind": kind,
        "language": "en",
        "address": "dan@example.org",
        "patient_id": UUID(int=3),
        "invitation_id": UUID(int=4),
    }
    return Parcel(**(values | fields))


def read(content: bytes) -> EmailMessage:
    return email.message_from_bytes(content, policy=email.policy.default)


def said(mail: EmailMessage) -> str:
    """All that a reader sees, addresses left out."""
    html = mail.get_body(("html",)).get_content()
    visible = re.sub(r"<style.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL)
    return re.sub(r"https?://\S+", " ", f"{mail['Subject']} {mail.get_body(('plain',)).get_content()} {visible}")


def visible_words(path: Path) -> str:
    return re.sub(r"{#.*?#}|{%\s*(load|extends|block|endblock).*?%}", " ", path.read_text())


@pytest.mark.parametrize("path", NAMES_OF_FILES, ids=lambda path: path.name)
def test_reminder_templates_hold_no_forbidden_word(path: Path) -> None:
    assert re.findall(rf"(?i)\b\w*(?:{FORBIDDEN})\w*", visible_words(path)) == []


def test_reminder_as_read_holds_no_forbidden_word_and_no_name(dan, harbour) -> None:
    words = said(read(letters.write(parcel(patient_id=dan.pk), NOW)))
    assert re.findall(rf"(?i)\b\w*(?:{FORBIDDEN})\w*", words) == []
    for secret in (dan.given_name, dan.family_name, harbour.name):
        assert secret not in words


@pytest.mark.parametrize("kind", [MessageKind.INVITATION, MessageKind.STAFF_INVITATION])
def test_invitations_name_no_illness_and_no_clinic(kind: str, harbour) -> None:
    words = said(read(letters.write(parcel(kind), NOW)))
    assert re.findall(r"(?i)spondyl|arthrit|pain|\bhip|stiff|disease|diagnos", words) == []
    assert harbour.name not in words


def test_reminder_has_both_parts_and_the_headers_of_a_good_sender() -> None:
    mail = read(letters.write(parcel(), NOW))
    stop = links.unsubscribe(UUID(int=3))
    assert mail["Subject"] == "Time for your exercises"
    assert mail["To"] == "dan@example.org"
    assert mail["From"] == "Rachis <no-reply@rachis.localhost>"
    assert mail["Message-ID"] == f"<{UUID(int=1)}.{UUID(int=2)}@rachis.localhost>"
    assert mail["Date"].datetime == NOW
    assert mail["List-Unsubscribe"] == f"<{stop}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    for part in mail.iter_parts():
        assert stop in part.get_content()
        assert "http://testserver/" in part.get_content()
        assert "rachis-fill" not in part.get_content()
    assert mail.defects == []


def test_styles_are_inlined_and_nothing_is_loaded() -> None:
    html = read(letters.write(parcel(), NOW)).get_body(("html",)).get_content()
    assert re.search(r'<a class="button"[^>]*style="[^"]*background', html)
    assert re.findall(r"""(?:src|background|url)\s*[=(]\s*["']?\s*(?:https?:|//)""", html) == []
    assert "<script" not in html
    assert "<img" not in html


def test_invitation_leads_to_its_own_link() -> None:
    mail = read(letters.write(parcel(MessageKind.INVITATION), NOW))
    link = links.invitation(UUID(int=4))
    assert tokens.read("invitation", link.rstrip("/").rpartition("/")[2]) == str(UUID(int=4))
    assert link in mail.get_body(("plain",)).get_content()
    assert mail["List-Unsubscribe"] is None


def test_every_line_is_short_and_ends_in_crlf() -> None:
    content = letters.write(parcel(), NOW)
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert b"\r" not in content.replace(b"\r\n", b"")
    assert max(map(len, content.split(b"\r\n"))) <= 998


def test_written_twice_is_the_same_mail() -> None:
    assert letters.write(parcel(), NOW) == letters.write(parcel(), NOW)


@pytest.mark.parametrize(
    "address",
    [
        "dan@example.org\r\nBcc: all@example.org",
        "dan@example.org\nX: y",
        "dan@example.org, eve@example.org",
        "Dan <dan@example.org>",
        "dan@example.org\x00",
        "dan",
        "",
    ],
)
def test_address_that_could_end_the_line_is_refused(address: str) -> None:
    with pytest.raises(ChannelError) as refused:
        letters.write(parcel(address=address), NOW)
    assert refused.value.permanent


def test_address_with_letters_of_other_alphabets() -> None:
    assert letters.plain_address("dan@bücher.example") == "dan@xn--bcher-kva.example"
    assert letters.plain_address("dan+rachis@example.org") == "dan+rachis@example.org"
    with pytest.raises(ChannelError):
        letters.plain_address("dän@example.org")


def test_unknown_kind_is_refused() -> None:
    with pytest.raises(ChannelError):
        letters.write(parcel("no_such_kind"), NOW)
