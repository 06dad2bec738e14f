"""Mail by SMTP: one kept connection a sender, and a clear answer to "was it accepted?" at every step."""

from __future__ import annotations

import smtplib
import socket
import ssl
from contextlib import suppress

from django.conf import settings
from django.utils import timezone

from patients.channels import letters
from patients.channels.base import ChannelAwayError, ChannelError, OutcomeUnknownError, Parcel

# RFC 5321, 4.5.3.2.6: a server may take ten minutes to answer the final dot. The lease of 11 minutes covers it.
ANSWER_TO_DOT = 600
# These refuse our sign-in, not the message.
_SIGN_IN_CODES = {530, 534, 535, 538}


def _said(code: int, answer: bytes) -> str:
    return f"{code} {answer.decode('utf-8', 'replace')}".replace("\n", " ")[:200]


def _connect() -> smtplib.SMTP:
    where = (settings.EMAIL_HOST, settings.EMAIL_PORT)
    if settings.EMAIL_USE_SSL:
        return smtplib.SMTP_SSL(*where, timeout=settings.EMAIL_TIMEOUT, context=ssl.create_default_context())
    return smtplib.SMTP(*where, timeout=settings.EMAIL_TIMEOUT)


class EmailChannel:
    """`ready` connects, `send` hands over one mail. After a break the next `ready` makes a new connection."""

    def __init__(self) -> None:
        self.wire: smtplib.SMTP | None = None
        self.is_fresh = False

    def ready(self) -> None:
        if self.wire is not None:
            return
        wire = None
        try:
            wire = _connect()
            if settings.EMAIL_USE_TLS:
                # Raises where the server does not offer it: never a mail in the clear that was meant to be sealed.
                wire.starttls(context=ssl.create_default_context())
            wire.ehlo_or_helo_if_needed()
            if settings.EMAIL_HOST_USER:
                wire.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
        except (OSError, smtplib.SMTPException) as error:
            if wire is not None:
                wire.close()
            raise ChannelAwayError(f"{type(error).__name__}: {error}"[:200]) from error
        self.wire, self.is_fresh = wire, True

    def write(self, parcel: Parcel) -> bytes:
        return letters.write(parcel, timezone.now())

    def send(self, parcel: Parcel, content: bytes) -> None:
        self.ready()
        try:
            self._envelope(parcel)
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            # A kept connection that the server closed meanwhile: nothing was said yet, so say it on a new one.
            was_fresh = self.is_fresh
            self.drop()
            if was_fresh:
                raise ChannelError(f"The connection broke: {error}"[:200]) from error
            self._again(parcel)
        self.is_fresh = False
        self._content(content)

    def _again(self, parcel: Parcel) -> None:
        try:
            self.ready()
            self._envelope(parcel)
        except (ChannelAwayError, smtplib.SMTPServerDisconnected, OSError) as error:
            self.drop()
            raise ChannelError(f"The connection broke: {error}"[:200]) from error

    def _envelope(self, parcel: Parcel) -> None:
        """Everything up to the moment at which the content may follow."""
        wire = self._wire()
        # Said in plain commands: smtplib's own would parse both addresses anew for every mail.
        self._expect(2, *wire.docmd(f"MAIL FROM:<{letters.sender_address(settings.DEFAULT_FROM_EMAIL)}>"))
        self._expect(2, *wire.docmd(f"RCPT TO:<{letters.plain_address(parcel.address)}>"))
        self._expect(3, *wire.docmd("DATA"))

    def _content(self, content: bytes) -> None:
        wire = self._wire()
        try:
            wire.send(_dotted(content))
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            # The end of the mail never left: not accepted.
            self.drop()
            raise ChannelError(f"The connection broke in the mail: {error}"[:200]) from error
        try:
            if isinstance(wire.sock, socket.socket):
                wire.sock.settimeout(ANSWER_TO_DOT)
            code, answer = wire.getreply()
            if wire.sock is not None:
                wire.sock.settimeout(settings.EMAIL_TIMEOUT)
        except (smtplib.SMTPException, OSError) as error:
            self.drop()
            raise OutcomeUnknownError(f"No answer after the mail: {error}"[:200]) from error
        self._expect(2, code, answer)

    def _expect(self, family: int, code: int, answer: bytes) -> None:
        if code // 100 == family:
            return
        if code == 421 or code not in range(400, 600):
            self.drop()
        else:
            self._reset()
        permanent = 500 <= code < 600 and code not in _SIGN_IN_CODES
        raise ChannelError(_said(code, answer), permanent=permanent)

    def _reset(self) -> None:
        try:
            self._wire().rset()
        except (smtplib.SMTPException, OSError):
            self.drop()

    def _wire(self) -> smtplib.SMTP:
        if self.wire is None:
            raise ChannelError("The connection is closed.")
        return self.wire

    def drop(self) -> None:
        if self.wire is not None:
            self.wire.close()
        self.wire = None

    def close(self) -> None:
        if self.wire is not None:
            with suppress(smtplib.SMTPException, OSError):
                self.wire.quit()
        self.drop()


def _dotted(content: bytes) -> bytes:
    """`content` (CRLF) with leading dots doubled, and the final dot."""
    body = content.replace(b"\r\n.", b"\r\n..")
    return (b"." + body if body.startswith(b".") else body) + b".\r\n"
