"""One-time links: by one a person sets the password of a new login. Signed, seven days, used once, nothing stored."""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from django.core import signing

from ringwall.access.models import User

SALT = "ringwall.administration.welcome"
DAYS = 7


@dataclass(frozen=True, slots=True)
class Welcome:
    """What a valid link says. `sets_password` False: the login was there before, the link only leads to the sign-in."""

    user: User
    organisation: UUID
    sets_password: bool


def link_token(user: User, organisation: UUID, *, sets_password: bool) -> str:
    """The token for `/welcome/<token>/`. It dies with the password it was made beside: when used or made anew."""
    said = {"user": str(user.pk), "organisation": str(organisation), "state": _state(user), "sets": sets_password}
    return signing.dumps(said, salt=SALT, compress=True)


def read_token(token: str) -> Welcome | None:
    """None for a token that is forged, older than seven days, used, or replaced by a newer one."""
    try:
        said = signing.loads(token, salt=SALT, max_age=DAYS * 86_400)
    except signing.BadSignature:
        return None
    user = User.objects.filter(pk=said["user"], is_active=True).first()
    if user is None or (said["sets"] and said["state"] != _state(user)):
        return None
    return Welcome(user, UUID(said["organisation"]), said["sets"])


def _state(user: User) -> str:
    """An unusable password is random too, so it tells one invitation from the next."""
    return hashlib.sha256(f"{user.pk}:{user.password}".encode()).hexdigest()[:32]
