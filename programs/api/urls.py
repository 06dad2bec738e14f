"""Addresses under `api/v1/`."""

from django.urls import path

from programs.api import courses, doses, drafts, facts, fhir, items, paper, programs, variants, work
from programs.api.library import PatientExerciseList
from programs.api.pain import PainEntryList
from programs.api.prescriptions import PrescriptionDetail, PrescriptionList
from programs.api.sessions import EntryList, SessionList

urlpatterns = [
    path("exercises/", PatientExerciseList.as_view(), name="exercise-list"),
    # Programs, and drafts of prescriptions, which are edited alike
    path("programs/", programs.ProgramList.as_view(), name="program-list"),
    path("programs/<uuid:pk>/", programs.ProgramDetail.as_view(), name="program-detail"),
    path("programs/<uuid:pk>/copy/", programs.ProgramCopy.as_view(), name="program-copy"),
    path("programs/<uuid:pk>/archive/", programs.ProgramArchive.as_view(), name="program-archive"),
    path("programs/<uuid:pk>/restore/", programs.ProgramRestore.as_view(), name="program-restore"),
    path("programs/<uuid:pk>/handout/", paper.ProgramHandout.as_view(), name="program-handout"),
    path("programs/<uuid:pk>/undo/", items.ProgramUndo.as_view(), name="program-undo"),
    path("programs/<uuid:pk>/redo/", items.ProgramRedo.as_view(), name="program-redo"),
    path("programs/<uuid:pk>/group/", items.ProgramGroup.as_view(), name="program-group"),
    path("programs/<uuid:pk>/items/", items.ItemList.as_view(), name="item-list"),
    path("programs/<uuid:pk>/items/take/", items.ItemsTaken.as_view(), name="item-take"),
    path("programs/<uuid:pk>/items/<uuid:item_id>/", items.ItemDetail.as_view(), name="item-detail"),
    path("programs/<uuid:pk>/items/<uuid:item_id>/move/", items.ItemPlace.as_view(), name="item-move"),
    path("programs/<uuid:pk>/items/<uuid:item_id>/duplicate/", items.ItemTwice.as_view(), name="item-duplicate"),
    path(
        "programs/<uuid:pk>/items/<uuid:item_id>/alternatives/<str:situation>/",
        items.ItemAlternative.as_view(),
        name="item-alternative",
    ),
    path("usual-doses/", doses.UsualDoseList.as_view(), name="usualdose-list"),
    path("usual-doses/<uuid:exercise_id>/", doses.UsualDoseDetail.as_view(), name="usualdose-detail"),
    # Prescriptions and their course
    path("prescriptions/", PrescriptionList.as_view(), name="prescription-list"),
    path("prescriptions/<uuid:pk>/", PrescriptionDetail.as_view(), name="prescription-detail"),
    path("prescriptions/<uuid:pk>/versions/", courses.VersionList.as_view(), name="version-list"),
    path("prescriptions/<uuid:pk>/versions/<int:number>/", courses.VersionDetail.as_view(), name="version-detail"),
    path("prescriptions/<uuid:pk>/draft/", drafts.PrescriptionDraft.as_view(), name="draft"),
    path("prescriptions/<uuid:pk>/draft/use/", drafts.PrescriptionDraftUse.as_view(), name="draft-use"),
    path("prescriptions/<uuid:pk>/end/", courses.PrescriptionEnd.as_view(), name="prescription-end"),
    path("prescriptions/<uuid:pk>/withdraw/", courses.PrescriptionWithdraw.as_view(), name="prescription-withdraw"),
    path("prescriptions/<uuid:pk>/copy/", courses.PrescriptionCopy.as_view(), name="prescription-copy"),
    path("prescriptions/<uuid:pk>/template/", courses.PrescriptionTemplate.as_view(), name="prescription-template"),
    path("prescriptions/<uuid:pk>/handout/", paper.PrescriptionHandout.as_view(), name="prescription-handout"),
    path("prescriptions/<uuid:pk>/shares/", paper.ShareList.as_view(), name="share-list"),
    path("prescriptions/<uuid:pk>/shares/<uuid:link_id>/", paper.ShareDetail.as_view(), name="share-detail"),
    path("pauses/", courses.PauseList.as_view(), name="pause-list"),
    path("pauses/<uuid:pk>/resume/", courses.PauseResume.as_view(), name="pause-resume"),
    path("variants/", variants.VariantList.as_view(), name="variant-list"),
    path("variants/now/", variants.VariantNow.as_view(), name="variant-now"),
    path("variants/check/", variants.VariantCheck.as_view(), name="variant-check"),
    # What matters for safety, and what it asks of therapists
    path("patients/<uuid:patient_id>/conditions/", facts.ConditionList.as_view(), name="condition-list"),
    path("conditions/<uuid:pk>/end/", facts.ConditionEnd.as_view(), name="condition-end"),
    path("patients/<uuid:patient_id>/surgeries/", facts.SurgeryList.as_view(), name="surgery-list"),
    path("surgeries/<uuid:pk>/", facts.SurgeryDetail.as_view(), name="surgery-detail"),
    path("surgeries/<uuid:pk>/clear/", facts.SurgeryClear.as_view(), name="surgery-clear"),
    path("surgeries/<uuid:pk>/unclear/", facts.SurgeryUnclear.as_view(), name="surgery-unclear"),
    path("work/", work.WorkList.as_view(), name="work-list"),
    path("work/<uuid:pk>/settle/", work.WorkSettle.as_view(), name="work-settle"),
    path("work/<uuid:pk>/reopen/", work.WorkReopen.as_view(), name="work-reopen"),
    # What was done, and how it feels
    path("sessions/", SessionList.as_view(), name="session-list"),
    path("entries/", EntryList.as_view(), name="entry-list"),
    path("pain/", PainEntryList.as_view(), name="painentry-list"),
    # FHIR writes its addresses without a slash at the end.
    path("fhir/PlanDefinition", fhir.PlanDefinitionSearch.as_view(), name="plandefinition-search"),
    path("fhir/PlanDefinition/<uuid:pk>", fhir.PlanDefinitionRead.as_view(), name="plandefinition-read"),
    path("fhir/CarePlan", fhir.CarePlanSearch.as_view(), name="careplan-search"),
    path("fhir/CarePlan/<uuid:pk>", fhir.CarePlanRead.as_view(), name="careplan-read"),
    path("fhir/ServiceRequest", fhir.ServiceRequestSearch.as_view(), name="servicerequest-search"),
    path("fhir/ServiceRequest/<uuid:pk>", fhir.ServiceRequestRead.as_view(), name="servicerequest-read"),
]
