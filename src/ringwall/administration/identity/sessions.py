"""What a browser's session remembers of a provider: sign-ins under way, and that it was begun there.

Everything stands in the session on the server; the browser holds its key alone.
"""

import time
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.contrib.sessions.models import Session
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from ringwall.access.models import User
from ringwall.administration.actions import emergency
from ringwall.administration.identity.provider import new_secret
from ringwall.administration.models import ProviderSession

PENDING, BEGUN = "identity_pending", "identity"
MOST_PENDING = 5
PATIENCE = 900
"""Seconds to sign in at the provider."""

LASTS = 12 * 3600
"""Seconds after which the provider is asked again who somebody is and what groups they are in."""


@dataclass(frozen=True, slots=True)
class Pending:
    """One way to a provider and back: what must come back with its answer."""

    organisation: str
    nonce: str
    verifier: str
    next: str
    at: float


def begin(request: HttpRequest, organisation: UUID, target: str) -> tuple[str, Pending]:
    """(state, what is remembered beside it)."""
    made = Pending(str(organisation), new_secret(), new_secret(), target, time.time())
    state = new_secret()
    under_way = [*_under_way(request).items(), (state, asdict(made))]
    request.session[PENDING] = dict(under_way[-MOST_PENDING:])
    return state, made


def take(request: HttpRequest, state: str, organisation: UUID) -> Pending | None:
    """What was remembered beside this state, once; None for an answer that nobody here asked for, or too late."""
    under_way = _under_way(request)
    if (said := under_way.pop(state, None)) is None:
        return None
    request.session[PENDING] = under_way
    found = Pending(**said)
    return found if found.organisation == str(organisation) and time.time() - found.at < PATIENCE else None


def _under_way(request: HttpRequest) -> dict[str, dict[str, Any]]:
    found = request.session.get(PENDING)
    return dict(found) if isinstance(found, dict) else {}


@dataclass(frozen=True, slots=True)
class Begun:
    """That this session was begun at the provider of an organisation. It opens that organisation and no other."""

    organisation: str
    user: str
    issuer: str
    subject: str
    sid: str
    id_token: str
    has_second_factor: bool
    """The provider asked for one, as its settings say."""


def mark(request: HttpRequest, begun: Begun) -> None:
    request.session[BEGUN] = asdict(begun)


def begun(request: HttpRequest) -> Begun | None:
    """None where the session's present user did not come from a provider."""
    said = request.session.get(BEGUN)
    if not isinstance(said, dict) or not request.user.is_authenticated or said.get("user") != str(request.user.pk):
        return None
    return Begun(**said)


def end_sessions(organisation: UUID, issuer: str, subject: str, sid: str) -> int:
    """End what was begun at this provider: the session it names, or all of the subject. Returns how many."""
    rows = ProviderSession.objects.filter(organisation_id=organisation, issuer=issuer)
    if subject:
        rows = rows.filter(subject=subject)
    if sid:
        rows = rows.filter(sid=sid)
    keys = list(rows.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    rows.delete()
    return len(keys)


@receiver(user_logged_in, dispatch_uid="ringwall.identity")
def signed_in(sender: Any, request: HttpRequest | None, user: User, **_more: Any) -> None:
    """After all steps of the sign-in, also of the second factor."""
    said = request.session.get(BEGUN) if request is not None else None
    if request is not None and isinstance(said, dict) and said.get("user") == str(user.pk):
        request.session.set_expiry(LASTS)
        forgotten = timezone.now() - timedelta(seconds=LASTS)
        ProviderSession.objects.filter(user=user, at__lt=forgotten).delete()
        ProviderSession.objects.update_or_create(
            session_key=request.session.session_key,
            defaults={
                "organisation_id": said["organisation"],
                "user": user,
                "issuer": said["issuer"],
                "subject": said["subject"],
                "sid": said["sid"],
            },
        )
        return
    if request is not None:
        request.session.pop(BEGUN, None)
    emergency.note_use(user)


@receiver(user_logged_out, dispatch_uid="ringwall.identity")
def signed_out(sender: Any, request: HttpRequest, **_more: Any) -> None:
    ProviderSession.objects.filter(session_key=request.session.session_key or "").delete()
