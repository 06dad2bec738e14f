"""The pages of imports and exports, from the upload to the last draft."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from config.lib.uploads import END_FIELD
from exercises.enums import JobState
from exercises.models import Exercise, LibraryJob
from exercises.services import job_files
from patients.models import User
from tests.browser.jobs import jobs_in_every_state
from tests.exercises.transfer.conftest import BRIDGE, HEADING, complete, fresh, start, work
from tests.factories import make_exercise

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def curator(client: Client, cora: User) -> Client:
    client.force_login(cora)
    return client


def url(name: str, job: LibraryJob | None = None) -> str:
    return reverse(f"exercises:{name}", args=[job.pk] if job else [])


def send(client: Client, text: str, key: UUID | None = None, **headers: str):
    file = SimpleUploadedFile("my exercises.csv", text.encode())
    data = {"key": str(key or uuid4()), "file": file, END_FIELD: "1"}
    return client.post(url("import_new"), data, headers=headers)


def test_from_upload_to_draft(curator: Client) -> None:
    published = complete(code="S900", name="Hip stretch", cue="Old cue.")
    row = 'S900,"Hip stretch, standing",stretching,beginner,C,30,hip,Move. | Hold. | Come back.,published\n'
    answer = send(curator, HEADING + BRIDGE + row)
    job = LibraryJob.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, url("job_detail", job))

    page = curator.get(url("job_detail", job)).content.decode()
    assert "Waiting for its turn" in page
    assert 'hx-trigger="every 1s"' in page
    work()
    page = curator.get(url("job_detail", job)).content.decode()
    assert "Import these 2 rows" in page
    assert 'hx-trigger="every 1s"' not in page
    assert "1 row becomes a new draft." in page
    assert "standing" in page
    assert not Exercise.objects.filter(code="T900").exists()

    answer = curator.post(url("job_confirm", job))
    again = curator.post(url("job_confirm", job))
    assert answer["Location"] == again["Location"]
    work()
    page = curator.get(answer["Location"]).content.decode()
    assert "Nothing is published" in page
    assert "See the 1 draft" in page
    published.refresh_from_db()
    assert published.name == "Hip stretch"
    assert Exercise.objects.get(code="T900").state == "draft"
    assert "This preview was confirmed." in curator.get(url("job_detail", job)).content.decode()


def test_refused_rows_offer_no_import(curator: Client) -> None:
    send(curator, HEADING + BRIDGE.replace(",5,", ",soon,"))
    work()
    page = curator.get(url("job_detail", LibraryJob.objects.get())).content.decode()
    assert "row 2, <code>hold_seconds</code>: Enter a whole number from 1 to 1,800." in page
    assert "job_confirm" not in page
    assert "Import th" not in page
    assert "soon" not in page


def test_same_form_sent_twice_makes_one_job(curator: Client) -> None:
    key = uuid4()
    first, second = (send(curator, HEADING + BRIDGE, key) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert LibraryJob.objects.count() == 1


def test_htmx_gets_an_address_or_the_form(curator: Client) -> None:
    answer = send(curator, HEADING + BRIDGE, **{"HX-Request": "true"})
    assert answer["HX-Redirect"] == url("job_detail", LibraryJob.objects.get())
    refused = send(curator, "x", **{"HX-Request": "true"})
    assert refused.status_code == 422
    assert refused.content.decode().lstrip().startswith("<form")


def test_progress_is_one_part_of_the_page(curator: Client, cora: User) -> None:
    job = start(cora, (HEADING + BRIDGE).encode(), "a.csv")
    LibraryJob.objects.filter(pk=job.pk).update(state=JobState.RUNNING, total=900, done=300)
    part = curator.get(url("job_detail", job), headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith("<div")
    assert ("33 %" in part, 'value="300"' in part, 'max="900"' in part) == (True, True, True)
    assert f'href="{url("job_detail", job)}">Look again' in part  # without JavaScript


def test_cancelling(curator: Client, cora: User) -> None:
    job = start(cora, (HEADING + BRIDGE).encode(), "a.csv")
    curator.post(url("job_cancel", job))
    work()
    assert fresh(job).state == "cancelled"
    assert "Nothing was stored" in curator.get(url("job_detail", job)).content.decode()


def test_preview_again_of_the_same_file(curator: Client, cora: User) -> None:
    job = start(cora, (HEADING + BRIDGE).encode(), "a.csv")
    curator.post(url("job_cancel", job))
    key = {"key": str(uuid4())}
    first, second = (curator.post(url("job_again", job), key) for _ in range(2))
    assert first["Location"] == second["Location"] != url("job_detail", job)
    assert curator.post(url("job_again", job), {"key": "x"}).status_code == 404


def test_file_that_is_gone_leads_to_a_new_upload(curator: Client, cora: User) -> None:
    job = start(cora, (HEADING + BRIDGE).encode(), "a.csv")
    work()
    job_files.path_of(job.upload.name).unlink()
    assert "Upload it again" in curator.get(url("job_detail", job)).content.decode()
    assert curator.post(url("job_confirm", job))["Location"] == url("job_detail", job)
    assert curator.post(url("job_again", job), {"key": str(uuid4())})["Location"] == url("import_new")


@pytest.mark.parametrize("layout", ["csv", "xlsx", "json"])
def test_export_is_a_download_and_never_a_page(layout: str, curator: Client) -> None:
    make_exercise("Bridge")
    key = str(uuid4())
    first, second = (
        curator.post(url("export_new"), {"layout": layout, "extent": "published", "key": key}) for _ in range(2)
    )
    assert first["Location"] == second["Location"]
    job = LibraryJob.objects.get()
    assert curator.get(url("job_download", job)).status_code == 404  # not there yet
    work()
    assert "1 exercise is in the file." in curator.get(first["Location"]).content.decode()
    answer = curator.get(url("job_download", job))
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith('attachment; filename="rachis-exercises-')
    assert answer["Content-Disposition"].endswith(f'.{layout}"')
    assert "sandbox" in answer["Content-Security-Policy"]
    assert len(b"".join(answer.streaming_content)) > 100
    job_files.path_of(fresh(job).result.name).unlink()
    assert curator.get(url("job_download", job)).status_code == 404
    assert "older than seven days" in curator.get(first["Location"]).content.decode()


@pytest.mark.parametrize("data", [{}, {"layout": "pdf", "extent": "all"}, {"layout": "csv", "extent": "published"}])
def test_export_form_refuses(data: dict[str, str], curator: Client) -> None:
    assert curator.post(url("export_new"), data).status_code == 422
    assert LibraryJob.objects.count() == 0


def test_import_of_an_upload_is_no_download(curator: Client, cora: User) -> None:
    job = start(cora, (HEADING + BRIDGE).encode(), "a.csv")
    work()
    assert curator.get(url("job_download", job)).status_code == 404


def test_drafts_are_found_and_discarded(curator: Client, imported) -> None:
    job = imported(HEADING + BRIDGE + BRIDGE.replace("T900", "T901").replace("Bridge", "Plank"))
    page = curator.get(url("job_drafts", job)).content.decode()
    assert ("Bridge" in page, "Plank" in page) == (True, True)
    narrowed = curator.get(url("job_drafts", job) + "?q=plan&kind=strengthening").content.decode()
    assert ("T901" in narrowed, "T900" in narrowed) == (True, False)
    assert "No draft like that" in curator.get(url("job_drafts", job) + "?kind=balance").content.decode()
    assert curator.get(url("job_drafts", job) + "?q=%00&kind=x&page=0").status_code == 200
    Exercise.objects.filter(code="T901").update(revision=2)
    answer = curator.post(url("job_discard", job), follow=True).content.decode()
    assert "1 draft discarded. 1 that somebody has worked on stays." in answer
    assert list(Exercise.objects.values_list("code", flat=True)) == ["T901"]


@pytest.mark.parametrize("query", ["?page=0", "?page=-1", "?page=99", "?page=1e9", "?show=refused", "?show=new"])
def test_odd_addresses_show_the_nearest_page(query: str, curator: Client, cora: User) -> None:
    job = start(cora, (HEADING + BRIDGE).encode(), "a.csv")
    work()
    assert curator.get(url("job_detail", job) + query).status_code == 200
    assert curator.get(url("job_list") + query).status_code == 200


def test_every_state_has_its_page(curator: Client, cora: User, library, django_assert_max_num_queries) -> None:
    for name, job in jobs_in_every_state(cora).items():
        with django_assert_max_num_queries(12):
            page = curator.get(url("job_detail", job))
        assert page.status_code == 200, name


def test_lists_ask_a_fixed_number_of_statements(curator: Client, imported) -> None:
    rows = "".join(BRIDGE.replace("T900", f"T{n}").replace("Bridge", f"Bridge {n}") for n in range(901, 960))
    job = imported(HEADING + rows)
    addresses = [url("job_list"), url("job_drafts", job), url("job_detail", job.preview)]
    few = [_statements(curator, address) for address in addresses]
    imported(HEADING + rows.replace("T9", "T8").replace("Bridge 9", "Bridge 8"))
    assert [_statements(curator, address) for address in addresses] == few
    assert max(few) <= 12, few


def _statements(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)
