"""Where Django's own mails go, such as those of the sign-in pages: into the queue of the receiver's organisation."""

import logging
from collections.abc import Sequence
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from ringwall.access.models import Person
from ringwall.lib.ids import uuid7
from ringwall.notices.models import MailServer, OutgoingMail

log = logging.getLogger(__name__)


class QueueBackend(BaseEmailBackend):
    """What cannot be sent by any organisation's server is dropped: nothing is told to addresses that are nobody's."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        return sum(self._queue(message) for message in email_messages)

    def _queue(self, message: EmailMessage) -> int:
        queued = 0
        for address in message.recipients():
            person = Person.objects.filter(
                email=address.lower(), withdrawn_on=None, organisation__in=_senders()
            ).first()
            if person is None:
                log.warning("a mail was not sent: no organisation of its receiver has a mail server")
                continue
            OutgoingMail.objects.create(
                organisation_id=person.organisation_id,
                person=person,
                key=f"account:{uuid7()}",
                kind=OutgoingMail.Kind.ACCOUNT,
                address=person.email,
                subject=" ".join(str(message.subject).split())[:200],
                text=str(message.body),
            )
            queued += 1
        return queued


def _senders() -> Any:
    return MailServer.objects.exclude(host="").exclude(sender="").values("organisation_id")
