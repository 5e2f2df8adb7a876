"""A mail server that keeps what it is given, and refuses whom it is told to refuse."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from ringwall.notices.models import MailServer
from ringwall.site.trial import free_port


@dataclass
class Sink:
    port: int
    mails: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    """Address → the reply to it."""

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if reply := self.refused.get(address):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.raw.append(envelope.content)
        self.mails.append(BytesParser(policy=default).parsebytes(envelope.content))
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.mails if mail["To"] == address]


@pytest.fixture
def sink() -> Iterator[Sink]:
    made = Sink(free_port())
    controller = Controller(made, hostname="127.0.0.1", port=made.port)
    controller.start()
    try:
        yield made
    finally:
        controller.stop()


@pytest.fixture
def mail_server(world: Any, sink: Sink) -> MailServer:
    server = MailServer(
        organisation=world.organisation,
        host="127.0.0.1",
        port=sink.port,
        security="none",
        sender="isms@demo.example",
        sender_name="Demo ISMS",
    )
    server.save()
    return server
