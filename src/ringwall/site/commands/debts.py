"""What is not in order, for scripts and monitoring."""

import argparse
from typing import Any

from django.conf import settings
from django.utils import translation

from ringwall.kit.debts import debts_of
from ringwall.site.cli import FINDINGS, GOOD, Answer, command
from ringwall.site.commands.who import actor


def add_commands(commands: Any) -> None:
    made = command(
        commands, "debts", _debts, "what is not in order, by named rules; exit code 1 where something is not"
    )
    made.add_argument("--language", choices=("en", "de"), default="en")
    made.add_argument("--severity", choices=("bad", "warn"), help="only rules of this severity")


def _debts(given: argparse.Namespace) -> Answer:
    """Each as {rule, severity, subject, count, message, link}; the link begins at the root of the site."""
    who = actor(given)
    with translation.override(given.language):
        rows = [
            {
                "rule": one.rule.key,
                "severity": one.rule.severity,
                "subject": str(one.rule.label),
                "count": one.link.count,
                "message": str(one.rule.sentence),
                "link": f"{getattr(settings, 'BASE_URL', '')}{one.link.url}",
            }
            for one in debts_of(who)
            if given.severity in (None, one.rule.severity)
        ]
    text = "\n".join(f"{row['severity']:<4}  {row['count']:>5}  {row['subject']}  {row['link']}" for row in rows)
    return (FINDINGS if rows else GOOD), {"debts": rows}, text or "All is in order."
