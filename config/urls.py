"""Where every address leads. Wires apps together and holds no rule."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from config import views
from patients.views.me import account_email

admin.autodiscover()
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

handler400 = "config.views.bad_request"
handler403 = "config.views.permission_denied"
handler404 = "config.views.page_not_found"
handler500 = "config.views.server_error"

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("accounts/email/", account_email, name="account_email"),  # before allauth's own, which it guards
    path("accounts/", include("allauth.urls")),
    path("operators/", admin.site.urls),
    path("api/", include("config.api_urls")),
    path("library/", include("exercises.urls")),
    path("", include("patients.urls")),
    path("", include("programs.urls")),
]

if settings.RACHIS_EMBEDDED:
    urlpatterns.append(path("dev/mail/", include("config.dev_urls")))
