"""From the queue to the mail server. A receiver that fails waits for its next turn and holds up nobody."""

import logging
import secrets
import smtplib
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.header import Header
from email.headerregistry import Address, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from ringwall.notices.models import MailServer, OutgoingMail
from ringwall.notices.queries import secret_of
from ringwall.notices.rules.mail import is_lasting, one_line, pause_after

log = logging.getLogger(__name__)

PATIENCE = 15.0
"""Seconds for each answer of the server."""

LEASE = timedelta(minutes=10)
"""A mail that was taken for sending and not told as sent is taken again after so long."""

ROUND = 45.0
"""Seconds after which a round leaves the rest to the next."""

AT_ONCE = 200
KEPT = timedelta(days=30)

Failure = (OSError, smtplib.SMTPException, UnicodeError)


class _Whole(UnstructuredHeader):
    """Not folded by the library, which encodes an address that is too long for a line, so that no mail program finds it
    again, and doubles spaces between encoded words.
    """

    name: str

    def fold(self, *, policy: Policy) -> str:
        text = str(self)
        if not text.isascii():
            text = Header(text, "utf-8", header_name=self.name).encode(linesep=policy.linesep)
        return f"{self.name}: {text}{policy.linesep}"


_HEADERS = HeaderRegistry()
for _name in ("subject", "list-unsubscribe"):
    _HEADERS.map_to_type(_name, _Whole)  # type: ignore[arg-type]  # the registry itself adds BaseHeader
FORM = SMTP.clone(header_factory=_HEADERS)


class CannotSend(Exception):
    """The server cannot be used at all: the text says why, in its words."""


def message_of(mail: OutgoingMail, server: MailServer) -> EmailMessage:
    """The mail as it goes out. It says that a program wrote it (RFC 3834), so that no absence note comes back."""
    host = urlsplit(settings.RINGWALL_URL).hostname or "localhost"
    message = EmailMessage(FORM)
    message["Subject"] = one_line(mail.subject)
    message["From"] = Address(one_line(server.sender_name), addr_spec=server.sender)
    message["To"] = mail.address
    message["Date"] = format_datetime(timezone.localtime(mail.made_at))
    message["Message-ID"] = f"<{mail.pk}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    if mail.unsubscribe_url:
        message["List-Unsubscribe"] = f"<{mail.unsubscribe_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text)
    if mail.html:
        message.add_alternative(mail.html, subtype="html")
    return message


@contextmanager
def connected(server: MailServer) -> Iterator[smtplib.SMTP]:
    """Raises CannotSend where the server does not answer, is not who it says, or does not let us in."""
    try:
        context = ssl.create_default_context()
        if server.security == MailServer.Security.TLS:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=PATIENCE, context=context)
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=PATIENCE)
        try:
            if server.security == MailServer.Security.STARTTLS:
                smtp.starttls(context=context)
            if server.user:
                smtp.login(server.user, password_of(server))
        except BaseException:
            smtp.close()
            raise
    except Failure as error:
        raise CannotSend(words_of(error)) from error
    try:
        yield smtp
    finally:
        try:
            smtp.quit()
        except Failure:
            smtp.close()


def password_of(server: MailServer) -> str:
    return secret_of(server.pk)


def words_of(error: BaseException) -> str:
    """What the other side says, in one line."""
    told: tuple[int, bytes | str]
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        told = next(iter(error.recipients.values()))
    elif isinstance(error, smtplib.SMTPResponseException):
        told = (error.smtp_code, error.smtp_error)
    else:
        return one_line(str(error) or type(error).__name__, 400)
    code, said = told
    return one_line(f"{code} {said.decode('utf-8', 'replace') if isinstance(said, bytes) else said}", 400)


def _is_lasting(error: BaseException) -> bool:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(is_lasting(code) for code, _said in error.recipients.values())
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return False
    return isinstance(error, UnicodeError) or (
        isinstance(error, smtplib.SMTPResponseException) and is_lasting(error.smtp_code)
    )


def send_waiting(now: datetime) -> int:
    """Send what is due in every organisation that has a server, each in its share of the round; returns how many went
    out.
    """
    servers = list(MailServer.objects.exclude(host="").exclude(sender=""))
    sent = 0
    for server in servers:
        until = time.monotonic() + ROUND / len(servers)
        while batch := _send_batch(server, now):
            sent += batch
            if time.monotonic() > until:
                break
    return sent


def _send_batch(server: MailServer, now: datetime) -> int:
    waiting = OutgoingMail.objects.filter(
        organisation_id=server.organisation_id, state=OutgoingMail.State.WAITING, next_at__lte=now
    )
    keys = list(waiting.order_by("next_at").values_list("pk", flat=True)[:AT_ONCE])
    # Who moves their next turn has taken them, and knows them by a moment of its own: two workers never send the same.
    mark = now + LEASE + timedelta(microseconds=secrets.randbelow(60_000_000))
    waiting.filter(pk__in=keys).update(next_at=mark)
    sent, left = 0, list(OutgoingMail.objects.filter(pk__in=keys, next_at=mark).order_by("made_at"))
    while left:
        before = len(left)
        try:
            with connected(server) as smtp:
                while left:
                    mail = left.pop(0)
                    if not _send_one(smtp, server, mail, now):
                        continue
                    sent += 1
        except CannotSend as error:
            for mail in left:
                _postpone(mail, str(error), now)
            return sent
        except smtplib.SMTPServerDisconnected:
            # That mail waits; the others get a new connection.
            assert len(left) < before
    return sent


def _send_one(smtp: smtplib.SMTP, server: MailServer, mail: OutgoingMail, now: datetime) -> bool:
    try:
        smtp.send_message(message_of(mail, server), server.sender, [mail.address])
    except smtplib.SMTPServerDisconnected as error:
        _postpone(mail, words_of(error), now)
        raise
    except (*Failure, ValueError) as error:
        if _is_lasting(error) or isinstance(error, ValueError):
            _end(mail, OutgoingMail.State.FAILED, words_of(error), now)
        else:
            _postpone(mail, words_of(error), now)
        return False
    _end(mail, OutgoingMail.State.SENT, "", now)
    return True


def _postpone(mail: OutgoingMail, reason: str, now: datetime) -> None:
    pause = pause_after(mail.failures + 1)
    if pause is None:
        _end(mail, OutgoingMail.State.FAILED, reason, now)
        return
    OutgoingMail.objects.filter(pk=mail.pk).update(failures=mail.failures + 1, reason=reason, next_at=now + pause)


def _end(mail: OutgoingMail, state: OutgoingMail.State, reason: str, now: datetime) -> None:
    OutgoingMail.objects.filter(pk=mail.pk).update(state=state, reason=reason, ended_at=now, text="", html="")
    if state == OutgoingMail.State.FAILED:
        log.warning("mail %s to %s was given up: %s", mail.pk, mail.address, reason)


def forget_old(now: datetime) -> int:
    ended = OutgoingMail.objects.exclude(state=OutgoingMail.State.WAITING)
    return ended.filter(made_at__lt=now - KEPT).delete()[0]


def send_test(server: MailServer, address: str, subject: str, text: str) -> None:
    """Past the queue, so that whoever tries the settings sees at once what is wrong. Raises CannotSend."""
    mail = OutgoingMail(organisation_id=server.organisation_id, address=address, subject=subject, text=text)
    with connected(server) as smtp:
        try:
            smtp.send_message(message_of(mail, server), server.sender, [address])
        except (*Failure, ValueError) as error:
            raise CannotSend(words_of(error)) from error
