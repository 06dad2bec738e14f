"""The mail keeper and the mail page of embedded mode."""

import asyncio
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.test import Client

from config.mailkeeper import Keeper

SCRIPT = "<script>alert(1)</script><img src='https://tracker.example/x.png'>"


def mail(subject: str = "Hello", html: str = "<html><head></head><body><p>Hi</p></body></html>") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.org", "dan@example.org", subject
    message.set_content("Hi, see https://example.org/plan")
    message.add_alternative(html, subtype="html")
    return message


@pytest.fixture
def folder(settings, tmp_path) -> Path:
    settings.MAIL_FOLDER = tmp_path
    return tmp_path


def keep(folder: Path, message: EmailMessage) -> str:
    return Keeper(folder).keep(message.as_bytes(), "a@example.org", ["dan@example.org"]).stem


@pytest.fixture
def keeper(tmp_path) -> Iterator[tuple[int, Path]]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "config.mailkeeper", "--port", str(port), "--folder", str(tmp_path / "mail")]
    process = subprocess.Popen(command)
    give_up_at = time.monotonic() + 15
    while time.monotonic() < give_up_at:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            break
        except OSError:
            time.sleep(0.05)
    yield port, tmp_path / "mail"
    process.terminate()
    assert process.wait(10) == 0


def test_keeper_keeps_whole_mails_under_sorted_names(keeper) -> None:
    port, folder = keeper
    with smtplib.SMTP("127.0.0.1", port) as wire:
        for number in range(5):
            wire.send_message(mail(f"Number {number}"))
    files = sorted(folder.iterdir())
    assert [file.suffix for file in files] == [".eml"] * 5
    assert [file.read_text().split("Subject: ")[1].splitlines()[0] for file in files] == [
        f"Number {number}" for number in range(5)
    ]
    assert files[0].read_text().startswith("X-Envelope-From: a@example.org\n")


def test_keeper_that_cannot_write_asks_to_try_later(tmp_path) -> None:
    class Envelope:
        original_content, mail_from, rcpt_tos = b"x", "a@example.org", ["b@example.org"]

    # In a thread of its own: after a browser test Playwright's loop still runs in this one.
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(asyncio.run, Keeper(tmp_path / "missing").handle_DATA(None, None, Envelope())).result()
    assert answer.startswith("452 ")


@pytest.mark.django_db
def test_list_and_mail_as_a_reader_sees_them(client: Client, folder) -> None:
    name = keep(folder, mail("Time for your exercises"))
    listed = client.get("/dev/mail/").content.decode()
    assert ("Time for your exercises" in listed, f"/dev/mail/{name}/" in listed) == (True, True)
    page = client.get(f"/dev/mail/{name}/").content.decode()
    assert f'src="/dev/mail/{name}/html/"' in page
    assert "sandbox=" in page
    assert '<a href="https://example.org/plan"' in page


@pytest.mark.django_db
def test_list_of_one_address(client: Client, folder) -> None:
    keep(folder, mail("Mine"))
    assert "Mine" in client.get("/dev/mail/?to=dan@").content.decode()
    assert "Mine" not in client.get("/dev/mail/?to=eve@").content.decode()
    assert "No mails yet" in client.get("/dev/mail/?to=eve@").content.decode()


@pytest.mark.django_db
def test_html_part_can_run_and_load_nothing(client: Client, folder) -> None:
    name = keep(folder, mail(html=f"<html><head></head><body>{SCRIPT}</body></html>"))
    answer = client.get(f"/dev/mail/{name}/html/")
    policy = dict(part.strip().partition(" ")[::2] for part in answer["Content-Security-Policy"].split(";"))
    assert (policy["default-src"], policy["script-src"], policy["img-src"]) == ("'none'", "'none'", "data:")
    assert "allow-scripts" not in policy["sandbox"]
    assert "allow-same-origin" not in policy["sandbox"]
    assert answer["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["10.0.0.8", "192.168.1.4", "203.0.113.9", "::2", "", "nonsense"])
def test_only_this_machine_may_look(client: Client, folder, address: str) -> None:
    name = keep(folder, mail())
    for path in ("/dev/mail/", f"/dev/mail/{name}/", f"/dev/mail/{name}/html/"):
        assert client.get(path, REMOTE_ADDR=address).status_code == 404
    assert client.get("/dev/mail/", REMOTE_ADDR="::1").status_code == 200


@pytest.mark.django_db
def test_nothing_outside_embedded_mode(client: Client, folder, settings) -> None:
    settings.RACHIS_EMBEDDED = False
    assert client.get("/dev/mail/").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["..", "%2e%2e", "..%2f..%2fetc%2fpasswd", "missing", "a" * 500, "%00", "x.eml"])
def test_names_lead_nowhere_else(client: Client, folder, name: str) -> None:
    keep(folder, mail())
    assert client.get(f"/dev/mail/{name}/").status_code in (404, 301)
    assert client.get(f"/dev/mail/{name}/html/").status_code == 404


@pytest.mark.django_db
def test_odd_mails_do_not_break_the_page(client: Client, folder) -> None:
    (folder / "empty.eml").write_bytes(b"")
    (folder / "bytes.eml").write_bytes(bytes(range(256)))
    (folder / "charset.eml").write_bytes(b"Content-Type: text/plain; charset=no-such\r\n\r\n\xff\xfe")
    assert client.get("/dev/mail/").status_code == 200
    for name in ("empty", "bytes", "charset"):
        assert client.get(f"/dev/mail/{name}/").status_code == 200
