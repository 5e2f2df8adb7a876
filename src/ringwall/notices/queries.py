"""What is asked of notices and mails."""

from datetime import datetime
from uuid import UUID

from django.db.models import Count

from ringwall.access.policy import Actor
from ringwall.kit.errors import NotFound
from ringwall.notices.models import (
    CalendarAddress,
    Delivery,
    MailHabit,
    MailServer,
    Notice,
    OutgoingMail,
    Sealed,
    Webhook,
)
from ringwall.notices.sealing import unseal

SHOWN = 100


def notices_of(actor: Actor, *, unread: bool = False, limit: int = SHOWN) -> list[Notice]:
    """The person's own notices, the newest first."""
    if actor.person_id is None:
        return []
    rows = Notice.objects.filter(person_id=actor.person_id)
    return list((rows.filter(read_at=None) if unread else rows).order_by("-at")[:limit])


def server_of(organisation_id: UUID) -> MailServer | None:
    return MailServer.objects.filter(organisation_id=organisation_id).first()


def secret_of(row: UUID) -> str:
    """What was sealed beside a row; empty where nothing was, or with another key of the installation."""
    box = Sealed.objects.filter(row=row).values_list("box", flat=True).first()
    return unseal(box or "") or ""


def habit_of(person_id: UUID) -> MailHabit:
    """What the person chose, or the usual."""
    return MailHabit.objects.filter(person_id=person_id).first() or MailHabit(person_id=person_id)


def calendar_since(person_id: UUID) -> datetime | None:
    """Since when the person's private calendar address is in force; None where there is none."""
    rows = CalendarAddress.objects.filter(person_id=person_id).exclude(digest=None)
    return rows.values_list("made_at", flat=True).first()


def queue_counts(organisation_id: UUID) -> dict[str, int]:
    """State → how many mails of the last month."""
    rows = OutgoingMail.objects.filter(organisation_id=organisation_id).order_by()
    return dict(rows.values_list("state").annotate(Count("pk")))


def troubled(organisation_id: UUID) -> list[OutgoingMail]:
    """Mails that failed, or wait for another try, the newest first."""
    rows = OutgoingMail.objects.filter(organisation_id=organisation_id).exclude(reason="")
    return list(rows.order_by("-made_at")[:50])


def webhooks_of(actor: Actor) -> list[Webhook]:
    """All of the organisation, those in use first; none for who may not see them."""
    if not actor.may_everywhere("webhook.view"):
        return []
    return list(Webhook.objects.filter(organisation_id=actor.organisation_id).order_by("withdrawn_on", "name"))


def get_webhook(actor: Actor, key: UUID) -> Webhook:
    found = Webhook.objects.filter(pk=key, organisation_id=actor.organisation_id).first()
    if found is None or not actor.may_everywhere("webhook.view"):
        raise NotFound
    return found


def log_of(webhook: Webhook) -> list[Delivery]:
    return list(webhook.deliveries.order_by("-made_at")[:100])


def get_delivery(actor: Actor, key: UUID) -> Delivery:
    found = Delivery.objects.filter(pk=key, organisation_id=actor.organisation_id).select_related("webhook").first()
    if found is None or not actor.may_everywhere("webhook.view"):
        raise NotFound
    return found
