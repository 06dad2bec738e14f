"""The mail page of embedded mode: what the mail keeper took, as a reader would see it. Loopback only."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from functools import wraps
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from csp.decorators import csp_replace
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin

from patients.access import Request, public

PAGE = 50
_NAME = re.compile(r"[0-9A-Za-z-]{1,80}")
SHOWN_HEADERS = (
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Auto-Submitted",
)


def at_home(view: Callable[..., Any]) -> Callable[..., Any]:
    """404 unless embedded, and asked from this very machine."""

    @wraps(view)
    def guarded(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.RACHIS_EMBEDDED or not _is_loopback(request.META.get("REMOTE_ADDR", "")):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def _file(name: str) -> Path:
    path = Path(settings.MAIL_FOLDER) / f"{name}.eml"
    if not _NAME.fullmatch(name) or not path.is_file():
        raise Http404
    return path


def _read(path: Path) -> EmailMessage:
    return email.message_from_bytes(path.read_bytes(), policy=email.policy.default)


def _body(mail: EmailMessage, kind: str) -> str:
    """The first text part of this kind; empty when there is none. An unknown character set is read as UTF-8."""
    part = mail.get_body(preferencelist=(kind,))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except LookupError:
        content = part.get_payload(decode=True)
        return content.decode("utf-8", "replace") if isinstance(content, bytes) else ""


def _row(path: Path) -> dict[str, Any]:
    mail = _read(path)
    text = " ".join(_body(mail, "plain").split())
    return {
        "name": path.stem,
        "to": str(mail["X-Envelope-To"] or mail["To"] or ""),
        "subject": str(mail["Subject"] or ""),
        "preview": text[:120],
        "at": datetime.fromtimestamp(path.stat().st_mtime, UTC),
    }


@public
@at_home
def mail_list(request: Request) -> HttpResponse:
    """Newest first; `?to=` keeps those to one address."""
    wanted = request.GET.get("to", "").strip()[:254].lower()
    files = sorted(Path(settings.MAIL_FOLDER).glob("*.eml"), reverse=True)
    if wanted:
        files = [path for path in files if wanted in str(_read(path)["X-Envelope-To"] or "").lower()]
    page = Paginator(files, PAGE).get_page(request.GET.get("page"))
    return render(
        request, "dev/mail_list.html", {"page_obj": page, "rows": [_row(path) for path in page], "wanted": wanted}
    )


@public
@at_home
def mail_detail(request: Request, name: str) -> HttpResponse:
    """One mail: rendered in a frame of its own, as text, and its headers."""
    path = _file(name)
    mail = _read(path)
    context = _row(path) | {
        "headers": [(header, str(mail[header])) for header in SHOWN_HEADERS if mail[header]],
        "text": _body(mail, "plain"),
        "has_html": bool(_body(mail, "html")),
    }
    return render(request, "dev/mail_detail.html", context)


@public
@at_home
@xframe_options_sameorigin
@csp_replace(  # type: ignore[arg-type]  # its types know no further arguments
    {
        "default-src": [NONE],
        "script-src": [NONE],
        "style-src": ["'unsafe-inline'"],
        "img-src": ["data:"],
        "font-src": [NONE],
        "connect-src": [NONE],
        "form-action": [NONE],
        "frame-ancestors": [SELF],
        "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
    }
)
def mail_html(request: Request, name: str) -> HttpResponse:
    """The HTML part alone, under a policy that lets nothing run and nothing load. Links open outside the frame."""
    html = _body(_read(_file(name)), "html")
    if not html:
        raise Http404
    return HttpResponse(html.replace("<head>", '<head><base target="_blank">', 1))
