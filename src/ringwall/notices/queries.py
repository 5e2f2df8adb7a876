"""What is asked of notices."""

from ringwall.access.policy import Actor
from ringwall.notices.models import Notice

SHOWN = 100


def notices_of(actor: Actor, *, unread: bool = False, limit: int = SHOWN) -> list[Notice]:
    """The person's own notices, the newest first."""
    if actor.person_id is None:
        return []
    rows = Notice.objects.filter(person_id=actor.person_id)
    return list((rows.filter(read_at=None) if unread else rows).order_by("-at")[:limit])
