"""The private address of one's calendar: made, replaced by a new one, revoked."""

import hashlib
import secrets

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ringwall.access.policy import Actor
from ringwall.kit.acts import acting
from ringwall.kit.errors import Denied, Refused
from ringwall.notices.models import CalendarAddress


def digest_of(secret: str) -> str:
    """The secret has 256 random bits, so a slow hash would add nothing."""
    return hashlib.sha256(secret.encode()).hexdigest()


def renew(actor: Actor) -> str:
    """A new address, known here and now only; the one before no longer answers."""
    secret = secrets.token_urlsafe(32)
    _store(actor, digest_of(secret))
    return f"{settings.RINGWALL_URL}/calendar/{secret}.ics"


def revoke(actor: Actor) -> None:
    if not CalendarAddress.objects.filter(person_id=actor.person_key).exclude(digest=None).exists():
        raise Refused(_("There is no address to revoke."))
    _store(actor, None)


def _store(actor: Actor, digest: str | None) -> None:
    if actor.is_read_only:
        raise Denied(_("This token may only read."))
    with acting(actor, "account.calendar") as act:
        found = CalendarAddress.objects.select_for_update().filter(person_id=actor.person_key).first()
        address = found or CalendarAddress(organisation_id=actor.organisation_id, person_id=actor.person_key)
        address.digest, address.made_at = digest, timezone.now()
        act.save(address)
