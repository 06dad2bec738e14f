from django.urls import path

from patients.views import care_team, clinic_paper, clinics, invitations, me, messages, patient_detail, patients

app_name = "patients"
urlpatterns = [
    # People
    path("clinic/patients/new/", patients.patient_create, name="patient_create"),
    path("clinic/patients/<uuid:patient_id>/", patient_detail.patient_detail, name="patient_detail"),
    path("clinic/patients/<uuid:patient_id>/edit/", patients.patient_edit, name="patient_edit"),
    path("clinic/patients/<uuid:patient_id>/hand-over/", care_team.care_team_hand_over, name="care_team_hand_over"),
    path("clinic/patients/<uuid:patient_id>/care-team/add/", care_team.care_team_add, name="care_team_add"),
    path(
        "clinic/patients/<uuid:patient_id>/care-team/<uuid:seat_id>/end/",
        care_team.care_team_end,
        name="care_team_end",
    ),
    path("clinic/patients/<uuid:patient_id>/invite/", invitations.invitation_send, name="invitation_send"),
    path(
        "clinic/invitations/<uuid:invitation_id>/revoke/",
        invitations.invitation_revoke,
        name="invitation_revoke",
    ),
    path("join/<str:token>/", invitations.invitation_open, name="invitation_open"),
    # The clinic
    path("clinic/team/", clinics.clinic_team, name="clinic_team"),
    path("clinic/team/invite/", invitations.staff_invite, name="staff_invite"),
    path("clinic/team/<uuid:membership_id>/end/", clinics.membership_end, name="membership_end"),
    path("clinic/team/hand-over/", clinics.hand_over, name="hand_over"),
    path("clinic/settings/", clinic_paper.clinic_settings, name="clinic_settings"),
    path("clinic/settings/logo/", clinic_paper.clinic_logo, name="clinic_logo"),
    path("clinic/settings/logo/set/", clinic_paper.clinic_logo_set, name="clinic_logo_set"),
    path("clinic/settings/logo/remove/", clinic_paper.clinic_logo_remove, name="clinic_logo_remove"),
    path("clinic/switch/", clinics.clinic_switch, name="clinic_switch"),
    # Messages
    path("clinic/patients/<uuid:patient_id>/messages/", messages.delivery_list, name="delivery_list"),
    path("stop-reminders/<str:token>/", messages.unsubscribe, name="unsubscribe"),
    # The account
    path("me/", me.me, name="me"),
    path("me/reminders/", messages.me_reminders, name="me_reminders"),
    path("me/reminders/test/", messages.me_reminders_test, name="me_reminders_test"),
    path("me/who-looked/", me.me_access_log, name="me_access_log"),
]
