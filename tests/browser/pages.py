"""Every page that a person can reach, and in whose hands: what the sweep in `test_pages.py` opens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.utils import timezone
from playwright.sync_api import Page

from config.lib import tokens
from exercises.models import Exercise
from exercises.services import clinic_exercises, curation
from exercises.versions import versions_of
from patients.channels import links
from patients.models import Patient, Surgery
from programs.demo import people
from programs.models import PrescriptionItem, Program
from programs.services import sharing
from tests.browser.clinic import ANYBODY, CARL, CORA, DANIEL, HELENE, IDA, MARA, NILS, NORA, Furnished
from tests.browser.jobs import jobs_in_every_state
from tests.browser.sheets import Sheet, at, fill_in, for_all_since, submit, without_policy
from tests.exercises.media import pictures
from tests.exercises.media.rows import make_media


def all_pages(there: Furnished) -> list[Sheet]:
    """In an order in which no page spoils a later one."""
    from tests.browser.pages_courses import courses  # which needs the tools of this module

    return [
        *caseload(there),
        *library_changes(),
        *own_exercises(there),
        *writing(),
        *media(there),
        *transfer(there),
        *records(there),
        *courses(there),
        *builder(there),
        *days(there),
        *paper(there),
        *accounts(there),
        *doors(there),
    ]


def transfer(there: Furnished) -> list[Sheet]:
    """Imports and exports: a job in every state, and the drafts that one has made."""
    jobs = jobs_in_every_state(there.accounts[CORA])
    drafts = at("job_drafts", jobs["imported"].pk)
    return [
        Sheet("import_new", CORA, at("import_new")),
        Sheet("import_new", CORA, at("import_new"), do=send_empty),
        Sheet("export_new", CORA, at("export_new")),
        Sheet("job_list", CORA, at("job_list")),
        *[Sheet("job_detail", CORA, at("job_detail", job.pk)) for job in jobs.values()],
        Sheet("job_drafts", CORA, drafts),
        Sheet("job_drafts", CORA, drafts + "?q=nothing-like-it"),
    ]


def caseload(there: Furnished) -> list[Sheet]:
    return [
        Sheet("caseload", MARA, at("caseload")),
        Sheet("caseload", MARA, at("caseload") + "?q=nobody-of-this-name"),
        Sheet("caseload", NILS, at("caseload")),
        Sheet("exercise_list", MARA, at("exercise_list")),
        Sheet("exercise_list", CORA, at("exercise_list") + "?q=hip&kind=stretching&floor=no"),
        Sheet("exercise_list", CORA, at("exercise_list") + "?q=nothing-like-it"),
        Sheet("exercise_list", MARA, at("exercise_list") + "?q=hamstirng+strap&mine=starred&mine=used"),
        Sheet("exercise_list", MARA, at("exercise_list") + "?q=hamstirng+strap"),
        Sheet("patient_library", MARA, at("patient_library", there.patients["Gisela"].pk)),
        Sheet("patient_library", MARA, at("patient_library", there.patients["Gisela"].pk) + "?safe=allow&q=hip"),
        Sheet("exercise_detail", MARA, at("exercise_detail", "S08") + f"?patient={there.patients['Gisela'].pk}"),
        Sheet("exercise_detail", MARA, at("exercise_detail", "S01")),
        Sheet("exercise_detail", MARA, at("exercise_detail", "T22")),
        Sheet("clinic_team", HELENE, at("clinic_team")),
        Sheet("staff_invite", HELENE, at("staff_invite")),
        Sheet("staff_invite", HELENE, at("staff_invite"), do=submit),
        Sheet("membership_end", HELENE, at("membership_end", there.accounts[MARA].memberships.get().pk)),
    ]


def own_exercises(there: Furnished) -> list[Sheet]:
    """A clinic's own exercises: one published, one not; Helene can offer them too."""
    mara = there.accounts[MARA]
    source = Exercise.objects.get(code="S07")
    own = clinic_exercises.copy_to_clinic(actor=mara, clinic=there.clinic, exercise=source)
    curation.publish(actor=mara, exercise=own, revision=own.revision, now=timezone.now())
    clinic_exercises.copy_to_clinic(actor=mara, clinic=there.clinic, exercise=Exercise.objects.get(code="S10"))
    return [
        Sheet("own_list", MARA, at("own_list")),
        Sheet("own_list", MARA, at("own_list") + "?q=nothing-like-it"),
        Sheet("own_list", HELENE, at("own_list")),
        Sheet("own_propose", MARA, at("own_propose", own.code)),
        Sheet("own_propose", MARA, at("own_propose", own.code), do=submit),
        Sheet("exercise_detail", MARA, at("exercise_detail", own.code)),
    ]


def library_changes() -> list[Sheet]:
    """The curator's home, and what a change of the library touches. P02 waits for Cora, S19 is her own."""
    home, merge = at("curation_home"), at("curation_merge", "S01")
    return [
        Sheet("home", CORA, "/"),
        Sheet("curation_home", CORA, home),
        Sheet("curation_home", CORA, home + "?q=stretch&state=published&sort=-use"),
        Sheet("curation_home", CORA, home + "?q=nothing-like-it"),
        Sheet("curation_publish", CORA, at("curation_publish", "P02")),
        Sheet("curation_publish", CORA, at("curation_publish", "P02"), do=for_all_since("2020-01-01")),
        Sheet("curation_publish", CORA, at("curation_publish", "S19")),
        Sheet("curation_retire", CORA, at("curation_retire", "S01")),
        Sheet("curation_retire", CORA, at("curation_retire", "S01"), do=submit),
        Sheet("curation_merge", CORA, merge),
        Sheet("curation_merge", CORA, merge + "?q=nothing-like-it"),
        Sheet("curation_merge", CORA, merge + "?into=M04"),
    ]


def writing() -> list[Sheet]:
    """The editor empty, faulty and full, the difference, the history. B04 was sent back to Cora."""
    new, history = at("curation_new"), at("curation_history", "B04")
    newest, *_, oldest = versions_of([Exercise.objects.get(code="B04").pk]).values_list("history_id", flat=True)
    return [
        Sheet("curation_new", CORA, new),
        Sheet("curation_new", CORA, new, do=fill_in(name="Clamshell", sets="99", cue="Mind the dose.")),
        Sheet("curation_new", MARA, new),
        Sheet("curation_edit", CORA, at("curation_edit", "S01")),
        Sheet("curation_edit", CORA, at("curation_edit", "B04")),
        *[Sheet("curation_review", CORA, at("curation_review", code)) for code in ("P02", "S19", "B04")],
        Sheet("curation_history", CORA, history),
        Sheet("curation_history", CORA, history + f"?older={oldest}&newer={newest}"),
    ]


def media(there: Furnished) -> list[Sheet]:
    """Photos, videos and links in every state, beside an exercise that Daniel has."""
    exercise = PrescriptionItem.objects.filter(version__prescription=there.prescription).first().exercise
    picture = pictures.webp()
    shown = [make_media(exercise, kind, content=picture) for kind in ("photo", "video", "link")]
    for state in ("waiting", "working", "refused", "lost"):
        make_media(exercise, content=picture, state=state, trouble="Choose another file." if state == "refused" else "")
    pages = at("media_list", exercise.code)
    return [
        Sheet("media_list", CORA, pages),
        Sheet("media_list", CORA, at("media_list", "S02")),
        Sheet("media_list", CORA, pages + f"?removed={make_media(exercise, state='removed').pk}"),
        *[Sheet("media_add", CORA, at("media_add", exercise.code, kind)) for kind in ("photo", "video", "link")],
        Sheet("media_add", CORA, at("media_add", exercise.code, "photo"), do=send_empty),
        *[Sheet("media_edit", CORA, at("media_edit", one.pk)) for one in shown],
        Sheet("exercise_detail", CORA, at("exercise_detail", exercise.code)),
    ]


def send_empty(page: Page) -> None:
    """Send a form that comes back without a new page."""
    page.locator("main form").last.evaluate("form => form.noValidate = true")
    page.locator("main form button[type=submit]").last.click()
    page.locator(".error-summary").wait_for()


def records(there: Furnished) -> list[Sheet]:
    people_ = there.patients
    gisela, carolina = people_["Gisela"], people_["Carolina"]
    condition, _ = gisela.conditions.get_or_create(condition="osteoporosis")
    return [
        Sheet("patient_create", MARA, at("patient_create")),
        Sheet("patient_create", MARA, at("patient_create"), do=submit),
        *[Sheet("patient_detail", MARA, at("patient_detail", one.pk)) for one in (gisela, people_["Tomasz"], carolina)],
        Sheet("patient_detail", MARA, at("patient_detail", people_["Piotr"].pk)),
        Sheet("patient_edit", MARA, at("patient_edit", gisela.pk)),
        Sheet("condition_add", MARA, at("condition_add", gisela.pk)),
        Sheet("condition_end", MARA, at("condition_end", gisela.pk, condition.pk)),
        *surgeries(gisela),
        Sheet("care_team_add", MARA, at("care_team_add", gisela.pk)),
        Sheet("care_team_hand_over", MARA, at("care_team_hand_over", gisela.pk)),
        Sheet("care_team_end", MARA, at("care_team_end", gisela.pk, gisela.care_team.get().pk)),
        Sheet("care_team_end", MARA, at("care_team_end", gisela.pk, gisela.care_team.get().pk), do=submit),
        Sheet("invitation_send", MARA, at("invitation_send", carolina.pk)),
        Sheet("delivery_list", MARA, at("delivery_list", gisela.pk)),
        Sheet("delivery_list", MARA, at("delivery_list", carolina.pk)),
        Sheet("prescription_detail", MARA, at("prescription_detail", there.prescription.pk)),
        Sheet("prescription_detail", MARA, at("prescription_detail", gisela.prescriptions.first().pk)),
    ]


def surgeries(patient: Patient) -> list[Sheet]:
    """A new hip that counts, and one that was cleared: written down, corrected, cleared, taken back."""
    today = timezone.localdate()
    facts: dict[str, Any] = {"patient": patient, "approach": "posterior", "instructions": "No bending for six weeks."}
    counts, cleared = (
        Surgery.objects.create(
            side=side,
            operated_on=today - timedelta(weeks=20),
            precautions_until=today - timedelta(weeks=8),
            cleared_on=cleared_on,
            **facts,
        )
        for side, cleared_on in (("left", None), ("right", today))
    )
    return [
        Sheet("surgery_add", MARA, at("surgery_add", patient.pk)),
        Sheet("surgery_add", MARA, at("surgery_add", patient.pk), do=submit),
        Sheet("surgery_edit", MARA, at("surgery_edit", patient.pk, counts.pk)),
        Sheet("surgery_clear", MARA, at("surgery_clear", patient.pk, counts.pk)),
        Sheet("surgery_clear", MARA, at("surgery_clear", patient.pk, cleared.pk)),
        Sheet("patient_detail", MARA, at("patient_detail", patient.pk)),
    ]


def builder(there: Furnished) -> list[Sheet]:
    gisela = there.patients["Gisela"]
    draft = Program.objects.get(prescription__patient=there.patients["Lea"])  # the demo leaves one open
    assign = at("assign", gisela.pk) + f"?program={there.own.pk}"
    return [
        Sheet("program_list", MARA, at("program_list")),
        Sheet("program_list", MARA, at("program_list") + "?q=nothing-like-it"),
        Sheet("program_list", MARA, at("program_list") + "?condition=tha_posterior&around=early&kind=strengthening"),
        Sheet("program_create", MARA, at("program_create")),
        Sheet("program_create", MARA, at("program_create"), do=submit),
        Sheet("program_detail", MARA, at("program_detail", there.own.pk)),
        Sheet("program_detail", MARA, at("program_detail", there.own.pk) + f"?patient={gisela.pk}"),
        Sheet("program_detail", MARA, at("program_detail", there.shared.pk)),
        Sheet("program_variants", MARA, at("program_variants", there.own.pk)),
        Sheet("program_variants", MARA, at("program_variants", there.own.pk) + f"?patient={gisela.pk}"),
        Sheet("program_preview", MARA, at("program_preview", there.own.pk) + f"?patient={gisela.pk}&variant=flare"),
        Sheet("program_take", MARA, at("program_take", there.own.pk)),
        Sheet("program_take", MARA, at("program_take", there.own.pk) + f"?from={there.shared.pk}"),
        Sheet("item_alternatives", MARA, at("item_alternatives", there.own.pk, there.own.items.first().pk)),
        Sheet("program_settings", MARA, at("program_settings", there.own.pk)),
        Sheet("program_settings", MARA, at("program_settings", draft.pk)),
        Sheet("program_assign", MARA, at("program_assign", there.own.pk)),
        Sheet("assign", MARA, at("assign", gisela.pk)),
        Sheet("assign", MARA, assign),
        Sheet("assign", MARA, assign, do=submit),
    ]


def days(there: Furnished) -> list[Sheet]:
    daniel = there.patients["Daniel"]
    today = daniel.local_today(timezone.now())
    item = PrescriptionItem.objects.filter(version__prescription=there.prescription).first()
    pages = [
        Sheet("home", DANIEL, "/"),
        Sheet("today", DANIEL, at("today")),
        *[Sheet("day", DANIEL, at("day", today - timedelta(days=days))) for days in (1, 3, 30)],
        Sheet("week", DANIEL, at("week")),
        Sheet("my_program", DANIEL, at("my_program")),
        Sheet("my_exercise", DANIEL, at("my_exercise", item.pk)),
        Sheet("me_reminders", DANIEL, at("me_reminders")),
        Sheet("me_access_log", DANIEL, at("me_access_log")),
    ]
    without_program = ["today", "week", "my_program", "me_reminders", "me_access_log"]
    return [*pages, *[Sheet(route, IDA, at(route)) for route in without_program]]


def paper(there: Furnished) -> list[Sheet]:
    """Handouts, links to them, grids that come back, the clinic's paper."""
    prescription, mara = there.prescription, there.accounts[MARA]
    handout, grid = at("prescription_handout", prescription.pk), at("paper_entry", prescription.pk)
    _, token = sharing.create(actor=mara, prescription=prescription, now=timezone.now())
    return [
        Sheet("prescription_handout", MARA, handout + "?variant=all&name=on&weeks=4"),
        Sheet("prescription_handout", MARA, handout + "?variant=all&columns=2", 422),
        Sheet("program_handout", MARA, at("program_handout", there.shared.pk) + "?large=on"),
        Sheet("my_handout", DANIEL, at("my_handout", prescription.pk)),
        Sheet("paper_entry", MARA, grid),
        Sheet("paper_entry", MARA, grid, do=send_bad_cells),
        Sheet("my_paper_entry", DANIEL, at("my_paper_entry", prescription.pk)),
        Sheet("prescription_detail", MARA, at("prescription_detail", prescription.pk), do=make_link),
        Sheet("shared_handout", ANYBODY, at("shared_handout", token)),
        Sheet("shared_handout", ANYBODY, at("shared_handout", "stale"), 404),
        Sheet("clinic_settings", HELENE, at("clinic_settings")),
        Sheet("clinic_settings", HELENE, at("clinic_settings"), do=submit),
    ]


def send_bad_cells(page: Page) -> None:
    """Letters that mean nothing, sent as a browser without our script would."""
    for cell in (page.locator(".paper-cell").first, page.locator(".paper-cell[data-pain]").first):
        cell.evaluate("cell => { cell.value = 'q' }")
    with page.expect_navigation():
        page.get_by_role("button", name="Save the grid").click()


def make_link(page: Page) -> None:
    page.get_by_role("button", name="Make a link").click()
    page.locator("#share-address").wait_for()


def accounts(there: Furnished) -> list[Sheet]:
    """One's own account, and what stands where nothing is or nothing is for one."""
    own = ["account_email", "account_change_password", "account_reauthenticate"]
    factors = ["mfa_index", "mfa_activate_totp", "mfa_list_webauthn", "mfa_add_webauthn"]
    has_factor = ["mfa_index", "mfa_reauthenticate", "mfa_view_recovery_codes", "mfa_generate_recovery_codes"]
    return [
        *[Sheet("me", who, at("me")) for who in (MARA, DANIEL, HELENE, CORA, NORA)],
        Sheet("home", NORA, "/"),
        *[Sheet(route, HELENE, at(route)) for route in own],
        Sheet("account_set_password", IDA, at("account_set_password")),
        *[Sheet(route, HELENE, at(route)) for route in factors],
        *[Sheet(route, CARL, at(route)) for route in (*has_factor, "mfa_deactivate_totp")],
        Sheet("404", MARA, "/no/such/page/", 404),
        Sheet("404", DANIEL, "/no/such/page/", 404),
        Sheet("404", ANYBODY, "/no/such/page/", 404),
        Sheet("403", DANIEL, at("caseload"), 403),
        Sheet("403", MARA, at("today"), 403),
        Sheet("account_logout", DANIEL, at("account_logout")),
    ]


def doors(there: Furnished) -> list[Sheet]:
    """What can be opened without being signed in; the mails last, when all of them have come."""
    mara = there.accounts[MARA]
    reset = [user_pk_to_url_str(mara), default_token_generator.make_token(mara)]
    added, _ = EmailAddress.objects.get_or_create(user=mara, email="mara@example.org")
    confirm = EmailConfirmationHMAC(added).key
    stop = tokens.make(links.UNSUBSCRIBE, str(there.patients["Gisela"].pk))
    login, code, forgot = at("account_login"), at("account_request_login_code"), at("account_reset_password")
    joins = [tokens.make(links.INVITATION, str(one.pk)) for one in (there.invited, there.invited_staff)]
    closed = ["account_inactive", "account_email_verification_sent", "account_signup"]
    carl = fill_in(login=there.accounts[CARL].email, password="correct-horse-battery")
    return [
        Sheet("account_login", ANYBODY, login),
        Sheet("account_login", ANYBODY, login, do=fill_in(login="nobody@example.org", password="not-the-one")),
        Sheet("account_request_login_code", ANYBODY, code),
        Sheet("account_confirm_login_code", ANYBODY, code, do=fill_in(email=people.PATIENT.email)),
        Sheet("account_reset_password", ANYBODY, forgot),
        Sheet("account_reset_password_done", ANYBODY, forgot, do=fill_in(email=mara.email)),
        Sheet("account_reset_password_from_key", ANYBODY, at("account_reset_password_from_key", *reset)),
        Sheet("account_reset_password_from_key", ANYBODY, at("account_reset_password_from_key", reset[0], "stale")),
        Sheet("account_reset_password_from_key_done", ANYBODY, at("account_reset_password_from_key_done")),
        *[Sheet("account_confirm_email", ANYBODY, at("account_confirm_email", key)) for key in (confirm, "stale")],
        *[Sheet(route, ANYBODY, at(route)) for route in closed],
        *[Sheet("invitation_open", ANYBODY, at("invitation_open", token)) for token in joins],
        Sheet("invitation_open", ANYBODY, at("invitation_open", joins[1]), do=submit),
        Sheet("invitation_open", ANYBODY, at("invitation_open", "stale"), 404),
        Sheet("unsubscribe", ANYBODY, at("unsubscribe", stop)),
        Sheet("unsubscribe", ANYBODY, at("unsubscribe", stop), do=submit),
        Sheet("unsubscribe", ANYBODY, at("unsubscribe", "stale"), 404),
        Sheet("mfa_authenticate", ANYBODY, login, do=carl),
        Sheet("api_docs", ANYBODY, at("api_docs")),
        Sheet("dev_mail", ANYBODY, at("dev_mail")),
        Sheet("dev_mail", ANYBODY, at("dev_mail") + "?to=nobody"),
        Sheet("dev_mail_detail", ANYBODY, at("dev_mail_detail", there.mail)),
        Sheet("dev_mail_html", ANYBODY, at("dev_mail_html", there.mail), do=without_policy),
    ]
