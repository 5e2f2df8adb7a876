"""The link in every mail by which a person changes or ends the mails without signing in."""

from uuid import UUID

from django.conf import settings
from django.core import signing

from ringwall.access.models import Person

SALT = "ringwall.notices.mail"
DAYS = 180


def settings_url(person_id: UUID) -> str:
    return f"{settings.RINGWALL_URL}/mail/{signing.dumps(person_id.hex, salt=SALT)}/"


def unsubscribe_url(person_id: UUID) -> str:
    return f"{settings_url(person_id)}off/"


def read(token: str) -> Person | None:
    """None for a link that is forged or older than half a year, and for who has left."""
    try:
        key = signing.loads(token, salt=SALT, max_age=DAYS * 86_400)
    except signing.BadSignature:
        return None
    return Person.objects.filter(pk=UUID(key), withdrawn_on=None).select_related("organisation", "user").first()
