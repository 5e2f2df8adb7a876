"""From acts to webhooks: written with the act, called by the worker, tried again when nobody answers well."""

import json
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from ringwall.kit import registry
from ringwall.kit.acts import Act
from ringwall.ledger.rules import Change
from ringwall.notices.actions.webhooks import secrets_of, told
from ringwall.notices.calling import Reply, post
from ringwall.notices.models import Delivery, Webhook
from ringwall.notices.rules import webhooks as rules

AGENT = "Ringwall-Webhooks/1"
LEASE = timedelta(minutes=5)
ROUND = 45.0
"""Seconds after which a round leaves the rest to the next."""

AT_ONCE = 100
KEPT = timedelta(days=30)


@registry.listener
def tell_webhooks(act: Act) -> None:
    """Queue a call for each record that an act changed. What is restricted is not told."""
    rows = Webhook.objects.filter(organisation_id=act.actor.organisation_id, withdrawn_on=None, is_on=True)
    listening = [webhook for webhook in rows if rules.wants(webhook.events, act.verb)]
    if not listening:
        return
    organisation, now = act.actor.organisation.code, timezone.now()
    bodies = [
        json.dumps(told(act.verb, now, organisation, kind, ref, path)) for kind, ref, path in _subjects(act.changes)
    ]
    Delivery.objects.bulk_create(
        Delivery(organisation_id=webhook.organisation_id, webhook=webhook, verb=act.verb, body=body)
        for webhook in listening
        for body in bodies
    )


def _subjects(changes: list[Change]) -> Iterator[tuple[str, str, str]]:
    """(kind, reference, path) of what an act changed: each record once; of very many, and of what is no record, only
    the kind.
    """
    open_to_all = [change for change in changes if not change.restricted]
    found = {change.subject: change for change in open_to_all if change.kind in registry.registers}
    if found and len(found) <= rules.MOST_PER_ACT:
        for change in found.values():
            slug = registry.registers[change.kind].slug
            yield change.kind, change.ref, f"{slug}/{change.ref}/"
        return
    for kind in dict.fromkeys(change.kind for change in (found.values() or open_to_all)):
        slug = registry.registers[kind].slug + "/" if kind in registry.registers else ""
        yield kind, "", slug


def deliver_waiting(now: datetime) -> int:
    """Call what is due. A receiver that does not answer well keeps nobody else waiting: its other calls have their turn
    with the next round. Returns how many calls were taken.
    """
    taken, until = 0, time.monotonic() + ROUND
    due = Q(deliveries__state=Delivery.State.WAITING, deliveries__next_at__lte=now)
    for webhook in Webhook.objects.filter(due, withdrawn_on=None, is_on=True).distinct():
        rows = webhook.deliveries.filter(state=Delivery.State.WAITING, next_at__lte=now)
        for delivery in rows.order_by("next_at", "pk")[:AT_ONCE]:
            # Who moves its next turn has taken it: two workers never make the same call.
            if time.monotonic() > until or not rows.filter(pk=delivery.pk).update(next_at=now + LEASE):
                break
            if not deliver(delivery, webhook, now).is_good:
                break
            taken += 1
    return taken


def deliver(delivery: Delivery, webhook: Webhook, now: datetime) -> Reply:
    """One call, and what came of it in the log."""
    body, stamp = delivery.body.encode(), int(now.timestamp())
    signatures = [rules.signature(secret, delivery.message_id, stamp, body) for secret in secrets_of(webhook)]
    headers = {
        "Content-Type": "application/json",
        "User-Agent": AGENT,
        "webhook-id": delivery.message_id,
        "webhook-timestamp": str(stamp),
        "webhook-signature": " ".join(signatures),
    }
    reply = post(webhook.url, headers, body, inward=settings.RINGWALL_WEBHOOKS_INWARD)
    changes: dict[str, object] = {"code": reply.code, "reason": reply.reason[:500]}
    pause = rules.pause_after(delivery.failures + 1)
    if reply.is_good:
        changes |= {"state": Delivery.State.TAKEN, "ended_at": now}
    elif pause is None:
        changes |= {"state": Delivery.State.FAILED, "failures": delivery.failures + 1, "ended_at": now}
    else:
        changes |= {"failures": delivery.failures + 1, "next_at": now + pause}
    Delivery.objects.filter(pk=delivery.pk).update(**changes)
    return reply


def forget_old(now: datetime) -> int:
    return Delivery.objects.filter(made_at__lt=now - KEPT).delete()[0]
