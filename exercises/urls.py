"""Addresses under `library/`."""

from django.urls import path

from exercises.views import curation, curation_review, exercises, media, own, transfer

app_name = "exercises"
urlpatterns = [
    path("", exercises.exercise_list, name="exercise_list"),
    path("pick/", exercises.exercise_picker, name="exercise_picker"),
    path("own/", own.own_list, name="own_list"),
    # Writing and reviewing
    path("curation/new/", curation.curation_new, name="curation_new"),
    path("curation/gaps/", curation.curation_gaps, name="curation_gaps"),
    path("curation/similar/", curation.curation_similar, name="curation_similar"),
    path("curation/find/", curation.curation_find, name="curation_find"),
    # Import and export
    path("jobs/", transfer.job_list, name="job_list"),
    path("jobs/import/", transfer.import_new, name="import_new"),
    path("jobs/export/", transfer.export_new, name="export_new"),
    path("jobs/<uuid:job_id>/", transfer.job_detail, name="job_detail"),
    path("jobs/<uuid:job_id>/confirm/", transfer.job_confirm, name="job_confirm"),
    path("jobs/<uuid:job_id>/again/", transfer.job_again, name="job_again"),
    path("jobs/<uuid:job_id>/cancel/", transfer.job_cancel, name="job_cancel"),
    path("jobs/<uuid:job_id>/download/", transfer.job_download, name="job_download"),
    path("jobs/<uuid:job_id>/drafts/", transfer.job_drafts, name="job_drafts"),
    path("jobs/<uuid:job_id>/discard/", transfer.job_discard, name="job_discard"),
    path("<str:code>/edit/", curation.curation_edit, name="curation_edit"),
    path("<str:code>/review/", curation_review.curation_review, name="curation_review"),
    path("<str:code>/submit/", curation_review.curation_submit, name="curation_submit"),
    path("<str:code>/send-back/", curation_review.curation_send_back, name="curation_send_back"),
    path("<str:code>/discard/", curation_review.curation_discard, name="curation_discard"),
    path("<str:code>/history/", curation_review.curation_history, name="curation_history"),
    path("<str:code>/history/restore/", curation_review.curation_restore_version, name="curation_restore_version"),
    path("<str:code>/copy/", own.own_copy, name="own_copy"),
    path("<str:code>/propose/", own.own_propose, name="own_propose"),
    path("<str:code>/withdraw/", own.own_withdraw, name="own_withdraw"),
    path("<str:code>/star/", exercises.star, name="star"),
    path("<str:code>/media/", media.media_list, name="media_list"),
    path("<str:code>/media/add/<str:kind>/", media.media_add, name="media_add"),
    path("media/<uuid:media_id>/row/", media.media_row, name="media_row"),
    path("media/<uuid:media_id>/edit/", media.media_edit, name="media_edit"),
    path("media/<uuid:media_id>/remove/", media.media_remove, name="media_remove"),
    path("media/<uuid:media_id>/restore/", media.media_restore, name="media_restore"),
    path("media/<uuid:media_id>/up/", media.media_move, name="media_move"),
    path("media/<uuid:media_id>/file/<str:size>/", media.media_file, name="media_file"),
    path("<str:code>/", exercises.exercise_detail, name="exercise_detail"),
]
