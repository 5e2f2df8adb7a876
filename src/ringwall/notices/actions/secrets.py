"""Secrets of tracked rows: sealed beside the row, told of in the ledger without what they are."""

from ringwall.access.tracked import Tracked
from ringwall.kit.acts import current_act, kind_of
from ringwall.ledger.rules import Change
from ringwall.notices.models import Sealed
from ringwall.notices.sealing import seal


def keep(row: Tracked, name: str, secret: str) -> None:
    """Seal the secret of a row, or forget it where it is empty; inside the act that does so."""
    if secret:
        kept = {"organisation_id": current_act().actor.organisation_id, "box": seal(secret)}
        Sealed.objects.update_or_create(row=row.pk, defaults=kept)
    elif not Sealed.objects.filter(row=row.pk).delete()[0]:
        return
    said = {name: "changed" if secret else "removed"}
    current_act().note(Change(kind_of(type(row)), row.pk, "", "update", row.version, {}, said))
