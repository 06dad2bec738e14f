"""System checks: every view wears exactly one access mark; demo data never meets production."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection
from django.urls import URLPattern, URLResolver, get_resolver

# Views of packages carry their own guards; each is named here with the reason.
TRUSTED_MODULES = {
    "allauth.": "sign-in pages, guarded by allauth itself",
    "django.views.static": "files in development",
    "django.contrib.staticfiles": "files in development",
}

TRUSTED_APPS = {"admin": "operators' site, guarded by is_staff and by allauth's login"}


def patterns(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every URL pattern of the site with its route, the operators' site left out."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            if entry.app_name in TRUSTED_APPS:
                continue
            yield from patterns(entry, route)
        else:
            yield route, entry


def mark_of(callback: Any) -> Any:
    """The access mark of a function view, class view or API view set."""
    for holder in (callback, getattr(callback, "cls", None), getattr(callback, "view_class", None)):
        if holder is not None and getattr(holder, "access", None) is not None:
            return holder.access
    return None


def is_trusted(callback: Any) -> bool:
    module = getattr(callback, "__module__", "")
    cls = getattr(callback, "view_class", None)
    names = [module, getattr(cls, "__module__", "") if cls else ""]
    return any(name.startswith(prefix) for name in names for prefix in TRUSTED_MODULES)


@register()
def every_view_is_marked(**kwargs: Any) -> list[CheckMessage]:
    return [
        Error(
            f"The view of {route!r} has no access mark.",
            hint="Put one of @public @patient @staff(...) @owner on it, or `access = Mark(...)` on an API view.",
            id="rachis.E001",
        )
        for route, pattern in patterns()
        if mark_of(pattern.callback) is None and not is_trusted(pattern.callback)
    ]


def holds_demo() -> bool:
    """Whether this database holds the demo clinic, whose passwords everybody knows."""
    from patients.models import Clinic

    return Clinic.objects.filter(is_demo=True).exists()


def refuse_demo() -> None:
    """Stop a server outside embedded mode whose database holds the demo clinic. A database away is no reason."""
    if settings.RACHIS_EMBEDDED:
        return
    try:
        found = holds_demo()
    except DatabaseError:
        return
    finally:
        connection.close()
    if found:
        raise ImproperlyConfigured("This database holds the demo clinic. Start with a fresh database.")


@register(deploy=True)
def demo_stays_at_home(**kwargs: Any) -> list[CheckMessage]:
    """The same refusal for `manage.py check --deploy`."""
    if not settings.RACHIS_EMBEDDED and holds_demo():
        return [Error("This database holds the demo clinic.", hint="Start with a fresh database.", id="rachis.E002")]
    return []
