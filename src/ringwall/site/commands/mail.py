"""Commands about mail: try the server, see the queue, send what waits."""

import argparse
from typing import Any

from django.utils import timezone

from ringwall.notices import queries, sending
from ringwall.notices.sending import CannotSend, send_test
from ringwall.site.cli import FINDINGS, GOOD, Answer, UsageError, command
from ringwall.site.commands.who import organisation


def add_commands(commands: Any) -> None:
    group = commands.add_parser("mail", help="outgoing mail").add_subparsers(dest="verb", required=True, metavar="VERB")
    made = command(group, "test", _test, "send one mail now by the organisation's mail server")
    made.add_argument("--to", required=True, metavar="EMAIL")
    command(group, "queue", _queue, "how many mails wait, were sent or failed, and why")
    command(group, "send", _send, "send what waits, as the worker does every minute")


def _test(given: argparse.Namespace) -> Answer:
    house = organisation(given)
    server = queries.server_of(house.pk)
    if server is None or not server.is_ready:
        raise UsageError(f"{house.code} has no mail server; enter it under Settings, Mail")
    try:
        send_test(server, given.to, f"Test mail of {house.name}", "Ringwall can send mails by this server.")
    except CannotSend as error:
        return FINDINGS, {"to": given.to, "is_sent": False, "reason": str(error)}, f"the mail server says: {error}"
    return GOOD, {"to": given.to, "is_sent": True, "reason": ""}, f"{server.host} took a test mail to {given.to}."


def _queue(given: argparse.Namespace) -> Answer:
    house = organisation(given)
    counts, troubled = queries.queue_counts(house.pk), queries.troubled(house.pk)
    rows = [{"to": m.address, "subject": m.subject, "state": m.state, "reason": m.reason} for m in troubled]
    lines = [f"{state}: {count}" for state, count in sorted(counts.items())] or ["The queue is empty."]
    lines += [f"{row['to']}  {row['state']}  {row['reason']}" for row in rows]
    return GOOD, {"counts": counts, "troubled": rows}, "\n".join(lines)


def _send(given: argparse.Namespace) -> Answer:
    sent = sending.send_waiting(timezone.now())
    return GOOD, {"sent": sent}, f"{sent} sent."
