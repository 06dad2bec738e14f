"""Addresses of prescribing and logging."""

from django.urls import path, register_converter

from config.lib.converters import DayConverter
from programs.views import (
    assign,
    builder_preview,
    builder_take,
    builder_variants,
    caseload,
    conditions,
    curation,
    diary,
    handouts,
    items,
    library,
    library_changes,
    media,
    merging,
    my_program,
    paper,
    prescription_course,
    prescription_drafts,
    prescription_history,
    prescriptions,
    program_settings,
    programs,
    share,
    surgeries,
    today,
    variants,
    week,
    work,
)

register_converter(DayConverter, "day")

app_name = "programs"
urlpatterns = [
    path("clinic/caseload/", caseload.caseload, name="caseload"),
    # Programs and the builder
    path("programs/", programs.program_list, name="program_list"),
    path("programs/new/", programs.program_create, name="program_create"),
    path("programs/<uuid:program_id>/", programs.program_detail, name="program_detail"),
    path("programs/<uuid:program_id>/copy/", programs.program_copy, name="program_copy"),
    path("programs/<uuid:program_id>/archive/", programs.program_archive, name="program_archive"),
    path("programs/<uuid:program_id>/settings/", program_settings.program_settings, name="program_settings"),
    path("programs/<uuid:program_id>/assign/", programs.program_assign, name="program_assign"),
    path("programs/<uuid:program_id>/undo/", items.program_undo, name="program_undo"),
    path("programs/<uuid:program_id>/redo/", items.program_redo, name="program_redo"),
    path("programs/<uuid:program_id>/group/", items.program_group, name="program_group"),
    path("programs/<uuid:program_id>/variants/", builder_variants.program_variants, name="program_variants"),
    path("programs/<uuid:program_id>/preview/", builder_preview.program_preview, name="program_preview"),
    path("programs/<uuid:program_id>/take/", builder_take.program_take, name="program_take"),
    path("programs/<uuid:program_id>/items/add/", items.item_add, name="item_add"),
    path("programs/<uuid:program_id>/items/<uuid:item_id>/", items.item_update, name="item_update"),
    path("programs/<uuid:program_id>/items/<uuid:item_id>/move/", items.item_move, name="item_move"),
    path("programs/<uuid:program_id>/items/<uuid:item_id>/remove/", items.item_remove, name="item_remove"),
    path("programs/<uuid:program_id>/items/<uuid:item_id>/double/", items.item_double, name="item_double"),
    path("programs/<uuid:program_id>/items/<uuid:item_id>/usual/", items.item_usual, name="item_usual"),
    path("programs/<uuid:program_id>/items/<uuid:item_id>/core/", builder_variants.item_core, name="item_core"),
    path(
        "programs/<uuid:program_id>/items/<uuid:item_id>/variant/", builder_variants.item_variant, name="item_variant"
    ),
    path(
        "programs/<uuid:program_id>/items/<uuid:item_id>/alternatives/",
        builder_variants.item_alternatives,
        name="item_alternatives",
    ),
    # The library for one patient
    path("clinic/patients/<uuid:patient_id>/library/", library.patient_library, name="patient_library"),
    path("clinic/patients/<uuid:patient_id>/library/pick/", library.patient_picker, name="patient_picker"),
    # What matters for a patient's safety
    path("clinic/patients/<uuid:patient_id>/conditions/add/", conditions.condition_add, name="condition_add"),
    path(
        "clinic/patients/<uuid:patient_id>/conditions/<uuid:condition_id>/end/",
        conditions.condition_end,
        name="condition_end",
    ),
    path("clinic/patients/<uuid:patient_id>/surgeries/add/", surgeries.surgery_add, name="surgery_add"),
    path("clinic/patients/<uuid:patient_id>/surgeries/<uuid:surgery_id>/", surgeries.surgery_edit, name="surgery_edit"),
    path(
        "clinic/patients/<uuid:patient_id>/surgeries/<uuid:surgery_id>/clear/",
        surgeries.surgery_clear,
        name="surgery_clear",
    ),
    # Prescribing
    path("clinic/patients/<uuid:patient_id>/assign/", assign.assign, name="assign"),
    path("clinic/prescriptions/<uuid:prescription_id>/", prescriptions.prescription_detail, name="prescription_detail"),
    path("clinic/prescriptions/<uuid:prescription_id>/end/", prescriptions.prescription_end, name="prescription_end"),
    path(
        "clinic/patients/<uuid:patient_id>/prescriptions/",
        prescription_history.prescription_list,
        name="prescription_list",
    ),
    path(
        "clinic/prescriptions/<uuid:prescription_id>/history/",
        prescription_history.prescription_history,
        name="prescription_history",
    ),
    path(
        "clinic/prescriptions/<uuid:prescription_id>/change/",
        prescription_drafts.prescription_change,
        name="prescription_change",
    ),
    path("clinic/prescriptions/<uuid:prescription_id>/draft/use/", prescription_drafts.draft_apply, name="draft_apply"),
    path(
        "clinic/prescriptions/<uuid:prescription_id>/draft/discard/",
        prescription_drafts.draft_discard,
        name="draft_discard",
    ),
    path(
        "clinic/prescriptions/<uuid:prescription_id>/versions/<uuid:version_id>/drop/",
        prescription_drafts.version_drop,
        name="version_drop",
    ),
    path(
        "clinic/prescriptions/<uuid:prescription_id>/pause/",
        prescription_course.prescription_pause,
        name="prescription_pause",
    ),
    path(
        "clinic/prescriptions/<uuid:prescription_id>/pause/<uuid:pause_id>/resume/",
        prescription_course.prescription_resume,
        name="prescription_resume",
    ),
    path(
        "clinic/prescriptions/<uuid:prescription_id>/copy/",
        prescription_course.prescription_copy,
        name="prescription_copy",
    ),
    path(
        "clinic/prescriptions/<uuid:prescription_id>/template/",
        prescription_course.prescription_template,
        name="prescription_template",
    ),
    # Paper
    path(
        "clinic/prescriptions/<uuid:prescription_id>/handout/",
        handouts.prescription_handout,
        name="prescription_handout",
    ),
    path("clinic/prescriptions/<uuid:prescription_id>/paper/", paper.paper_entry, name="paper_entry"),
    path("clinic/prescriptions/<uuid:prescription_id>/share/", share.share_create, name="share_create"),
    path(
        "clinic/prescriptions/<uuid:prescription_id>/share/<uuid:link_id>/revoke/",
        share.share_revoke,
        name="share_revoke",
    ),
    path("programs/<uuid:program_id>/handout/", handouts.program_handout, name="program_handout"),
    path("my-program/<uuid:prescription_id>/handout/", handouts.my_handout, name="my_handout"),
    path("my-program/<uuid:prescription_id>/paper/", paper.my_paper_entry, name="my_paper_entry"),
    path("handout/<str:token>/", share.shared_handout, name="shared_handout"),
    # The patient's day
    path("today/", today.today, name="today"),
    path("today/log/", today.session_log, name="session_log"),
    path("today/all-done/", today.session_all_done, name="session_all_done"),
    path("today/pain/", diary.pain_add, name="pain_add"),
    path("today/variant/", variants.variant_choose, name="variant_choose"),
    path("today/variant/check/", variants.variant_check, name="variant_check"),
    path("today/<day:day>/", today.day, name="day"),
    path("week/", week.week, name="week"),
    path("my-program/", my_program.my_program, name="my_program"),
    path("my-program/<uuid:item_id>/", my_program.my_exercise, name="my_exercise"),
    path("my-program/media/<uuid:media_id>/<str:size>/", media.my_media, name="my_media"),
    # Keeping the library, and what that asks of therapists
    path("curation/", curation.curation_home, name="curation_home"),
    path("curation/<str:code>/publish/", library_changes.curation_publish, name="curation_publish"),
    path("curation/<str:code>/retire/", library_changes.curation_retire, name="curation_retire"),
    path("curation/<str:code>/restore/", library_changes.curation_restore, name="curation_restore"),
    path("curation/<str:code>/merge/", merging.curation_merge, name="curation_merge"),
    path("clinic/patients/<uuid:patient_id>/variant/", variants.patient_variant, name="patient_variant"),
    path("clinic/work/<uuid:item_id>/done/", work.work_settle, name="work_settle"),
    path("clinic/work/<uuid:item_id>/reopen/", work.work_reopen, name="work_reopen"),
]
