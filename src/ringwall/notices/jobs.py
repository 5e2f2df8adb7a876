"""What notices do by the clock, and hear of acts (`delivering`)."""

from datetime import datetime

from ringwall.kit.routines import every
from ringwall.notices import delivering, posting, sending

every("minute", "mail", "ringwall.notices.jobs.send")
every("minute", "webhooks", "ringwall.notices.jobs.deliver")
every("hour", "digests", "ringwall.notices.jobs.digests")
every("day", "old mails", "ringwall.notices.jobs.forget")


def send(now: datetime) -> None:
    sending.send_waiting(now)


def deliver(now: datetime) -> None:
    delivering.deliver_waiting(now)


def digests(now: datetime) -> None:
    posting.post_digests(now)


def forget(now: datetime) -> None:
    sending.forget_old(now)
    delivering.forget_old(now)
