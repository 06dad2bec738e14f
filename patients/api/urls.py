from django.urls import path

from patients.api import patients, tokens

urlpatterns = [
    path("patients/", patients.PatientList.as_view(), name="patient-list"),
    path("patients/<uuid:patient_id>/", patients.PatientDetail.as_view(), name="patient-detail"),
    path("tokens/", tokens.TokenList.as_view(), name="token-list"),
    path("tokens/<str:key>/", tokens.TokenDetail.as_view(), name="token-detail"),
]
