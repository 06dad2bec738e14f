"""The API: one list of routes from each app, its description, and the tokens."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from config.api_docs import api_docs
from patients.access import Mark
from patients.api.permissions import Marked


class Schema(SpectacularAPIView):
    """The OpenAPI 3.1 description."""

    access = Mark("public")
    permission_classes = [Marked]


app_urls = [
    path("", include("patients.api.urls")),
    path("", include("exercises.api.urls")),
    path("", include("programs.api.urls")),
]

urlpatterns = [
    path("", api_docs, name="api_docs"),
    path("schema/", Schema.as_view(), name="schema"),
    path("v1/", include((app_urls, "api"))),
]
