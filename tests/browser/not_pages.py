"""Routes that the sweep of `test_pages.py` does not open."""

# Routes without a page of their own, each with the reason.
NOT_PAGES = dict.fromkeys(["healthz", "manifest", "schema", "mfa_login_webauthn"], "for machines")
NOT_PAGES |= {
    "mfa_download_recovery_codes": "a download",
    "job_download": "a download",
    "exercise_picker": "a part of the builder's page, which is swept",
    "patient_picker": "a part of the builder's page, which is swept with a patient",
    **dict.fromkeys(["curation_gaps", "curation_similar", "curation_find"], "parts of the editor, which is swept"),
}
NOT_PAGES |= dict.fromkeys(
    [
        *["invitation_revoke", "hand_over", "clinic_switch", "me_reminders_test", "star"],
        *["program_copy", "program_archive", "program_undo", "item_add", "item_update", "item_move", "item_remove"],
        *["program_redo", "program_group", "item_double", "item_usual", "item_core", "item_variant"],
        *["prescription_end", "session_log", "session_all_done", "pain_add"],
        *["variant_choose", "variant_check", "patient_variant"],
        *["prescription_change", "prescription_resume", "draft_apply", "draft_discard", "version_drop"],
        *["curation_restore", "work_settle", "work_reopen"],
        *["curation_submit", "curation_send_back", "curation_discard", "curation_restore_version"],
        *["media_remove", "media_restore", "media_move"],
        *["share_create", "share_revoke", "clinic_logo_set", "clinic_logo_remove"],
        *["job_confirm", "job_again", "job_cancel", "job_discard", "own_copy", "own_withdraw"],
    ],
    "POST only",
)
NOT_PAGES |= dict.fromkeys(["media_file", "my_media"], "photos and videos, shown by pages that are swept")
NOT_PAGES |= {"clinic_logo": "a picture, shown by the clinic's settings, which are swept"}
NOT_PAGES |= {"media_row": "a part of the page of an exercise's media, which is swept"}
NOT_PAGES |= dict.fromkeys(
    ["mfa_reauthenticate_webauthn", "mfa_remove_webauthn", "mfa_edit_webauthn"], "only with a security key"
)
