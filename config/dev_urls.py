"""The mail page of embedded mode. Wired only where `RACHIS_EMBEDDED` is set."""

from django.urls import path

from config import dev_mail

urlpatterns = [
    path("", dev_mail.mail_list, name="dev_mail"),
    path("<str:name>/", dev_mail.mail_detail, name="dev_mail_detail"),
    path("<str:name>/html/", dev_mail.mail_html, name="dev_mail_html"),
]
