"""Draws the style pages from their templates: `.venv/bin/python -m tests.design.render`.

The output is static, so that it can be opened over `python -m http.server` without a database.
"""

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import django
from django.conf import settings
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import include, path, resolve

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PAGES = {"styleguide": "programs:caseload", "portal": "programs:today", "public": "home"}
CARDS = [
    ("standing", "Standing at the wall", "1 min", "posture"),
    ("sitting", "Seated thoracic rotation", "2 × 8 each side", "mobility"),
    ("supine", "Bridge", "2 × 10, hold 5 s", "strengthening"),
    ("side_lying", "Side-lying leg raise", "2 × 12 each side", "strengthening"),
    ("prone", "Prone on the forearms", "3 min", "stretching"),
    ("quadruped", "Cat and camel", "10 slow turns", "mobility"),
    ("half_kneeling", "Hip flexor stretch", "2 × 30 s each side", "stretching"),
    ("kneeling", "Deep breath in kneeling", "8 breaths", "breathing"),
    ("floor_sitting", "Hamstrings over the roller", "60 s each side", "foam_rolling"),
    ("in_water", "Walking in warm water", "15 min", "aquatic"),
    ("resting", "Warm pack for the lower back", "20 min", "thermal"),
    ("mixed", "Sit to stand", "2 × 8", "balance"),
]
ROUTES = {
    "programs": ("home", "caseload", "program_list", "today", "week", "my_program"),
    "exercises": ("exercise_list",),
    "patients": ("message_list", "clinic_team", "me"),
}


def routes() -> ModuleType:
    """Every address that the shells name, leading nowhere."""
    module = ModuleType("tests_design_routes")
    view = HttpResponse
    module.urlpatterns = [  # type: ignore[attr-defined]
        path("home", view, name="home"),
        path("accounts/logout", view, name="account_logout"),
        path("accounts/2fa", view, name="mfa_index"),
        *(
            path(f"{app}/", include(([path(name, view, name=name) for name in names], app)))
            for app, names in ROUTES.items()
        ),
    ]
    return module


def configure() -> None:
    sys.modules["tests_design_routes"] = routes()
    settings.configure(
        ROOT_URLCONF="tests_design_routes",
        SECRET_KEY="none",
        STATIC_URL="/static/",
        INSTALLED_APPS=["django.contrib.staticfiles", "django_htmx"],
        USE_TZ=True,
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "DIRS": [ROOT / "templates", HERE / "templates"],
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": ["django.template.context_processors.request"],
                    "builtins": ["config.lib.templatetags.ui"],
                },
            }
        ],
    )
    django.setup()


def main() -> None:
    configure()
    from django.template.loader import render_to_string
    from django.urls import reverse

    clinic = SimpleNamespace(name="Praxis am Fluss")
    actor = SimpleNamespace(is_therapist=True, is_curator=True, is_clinic_admin=True, is_patient=True, clinic=clinic)
    for page, view_name in PAGES.items():
        request = RequestFactory().get(reverse(view_name))
        request.user, request.actor = "Ana Ruiz", actor  # type: ignore[assignment,attr-defined]
        request.resolver_match = resolve(request.path)
        html = render_to_string(f"{page}.html", {"messages": [], "cards": CARDS}, request=request)
        html = html.replace('"/static/', '"../../static/')
        lines = (line.rstrip() for line in html.splitlines())
        (HERE / f"{page}.html").write_text("\n".join(line for line in lines if line) + "\n")


if __name__ == "__main__":
    main()
