"""Mails as bytes. A template is rendered, and its styles inlined, once a language; each mail only fills in links."""

from __future__ import annotations

import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import cache
from html import escape

import css_inline
from django.conf import settings
from django.core.mail.message import sanitize_address
from django.template.loader import render_to_string
from django.utils import translation

from patients.channels import links
from patients.channels.base import ChannelError, Parcel
from patients.enums import MessageKind

_CONTROL = re.compile(r"[\x00-\x20\x7f]")
# Stand-ins that survive escaping, style inlining and link rewriting, and that no text contains.
_LINK, _STOP = "http://rachis-fill.invalid/link", "http://rachis-fill.invalid/stop"
_ONE_CLICK = "List-Unsubscribe=One-Click"


def _reminder_link(parcel: Parcel) -> str:
    return links.home()


def _invitation_link(parcel: Parcel) -> str:
    if parcel.invitation_id is None:
        raise ChannelError("The invitation is gone.", permanent=True)
    return links.invitation(parcel.invitation_id)


LINKS: dict[str, Callable[[Parcel], str]] = {
    MessageKind.REMINDER: _reminder_link,
    MessageKind.INVITATION: _invitation_link,
    MessageKind.STAFF_INVITATION: _invitation_link,
}


@dataclass(frozen=True, slots=True)
class Stencil:
    """One kind in one language: the headers that never change, and both bodies with stand-ins for links."""

    head: bytes
    text: str
    html: str


@cache
def stencil(kind: str, language: str, sender: str) -> Stencil:
    """Rendered once a process. `sender` is part of the key, so that a changed setting is obeyed."""
    context = {"link": _LINK, "stop_link": _STOP}
    with translation.override(language):
        subject = render_to_string(f"messages/{kind}/subject.txt", context).strip()
        text = render_to_string(f"messages/{kind}/body.txt", context).strip() + "\n"
        html = render_to_string(f"messages/{kind}/body.html", context)
    if "\n" in subject or "\r" in subject:
        raise ChannelError("The subject has more than one line.", permanent=True)
    inlined = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=True).inline(html)
    head = SMTP.header_factory("Subject", subject).fold(policy=SMTP)
    head += SMTP.header_factory("From", sender).fold(policy=SMTP)
    head += f"Content-Language: {language}\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
    return Stencil(head.encode("ascii", "surrogateescape"), text, inlined)


@cache
def sender_address(sender: str) -> str:
    """The bare address of a sender written with its name."""
    return parseaddr(sender)[1]


def message_id(parcel: Parcel) -> str:
    """The same at every attempt, so that a mailbox can drop a second copy."""
    host = sender_address(settings.DEFAULT_FROM_EMAIL).rpartition("@")[2]
    return f"<{parcel.delivery_id}.{parcel.clinic_id}@{host}>"


def plain_address(address: str) -> str:
    """`address` in ASCII (the domain in its IDN form). Refuses whatever could end the header line."""
    if _CONTROL.search(address) or address.count("@") != 1 or any(sign in address for sign in '<>,;:"'):
        raise ChannelError("The address cannot be used.", permanent=True)
    if address.isascii():
        return address
    local, _, domain = address.partition("@")
    if not local.isascii():
        raise ChannelError("The address has letters before the @ that mail servers do not take.", permanent=True)
    try:
        return str(sanitize_address(f"{local}@{domain}", "utf-8"))
    except ValueError as error:
        raise ChannelError("The address cannot be used.", permanent=True) from error


def _part(kind: str, boundary: bytes, body: str) -> bytes:
    encoded = binascii.b2a_qp(body.encode(), istext=True).replace(b"\n", b"\r\n")
    head = f'Content-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    return b"--" + boundary + b"\r\n" + head.encode() + encoded + b"\r\n"


def write(parcel: Parcel, now: datetime) -> bytes:
    """The whole mail with CRLF line ends."""
    if parcel.kind not in LINKS:
        raise ChannelError("Nobody wrote words for this kind of message.", permanent=True)
    form = stencil(parcel.kind, parcel.language, settings.DEFAULT_FROM_EMAIL)
    link = LINKS[parcel.kind](parcel)
    stop = links.unsubscribe(parcel.patient_id) if parcel.patient_id and parcel.kind == MessageKind.REMINDER else ""
    head = [
        f"To: {plain_address(parcel.address)}",
        f"Date: {format_datetime(now)}",
        f"Message-ID: {message_id(parcel)}",
    ]
    if stop:
        head += [f"List-Unsubscribe: <{stop}>", f"List-Unsubscribe-Post: {_ONE_CLICK}"]
    # "=_" cannot occur in quoted-printable text, so no body can end the part.
    boundary = f"=_{parcel.delivery_id.hex}"
    head.append(f'Content-Type: multipart/alternative; boundary="{boundary}"')
    text = form.text.replace(_LINK, link).replace(_STOP, stop)
    html = form.html.replace(_LINK, escape(link)).replace(_STOP, escape(stop))
    edge = boundary.encode()
    return b"".join(
        [
            form.head,
            "\r\n".join(head).encode("ascii"),
            b"\r\n\r\n",
            _part("plain", edge, text),
            _part("html", edge, html),
            b"--" + edge + b"--\r\n",
        ]
    )
