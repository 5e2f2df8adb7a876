"""What several acts of administration ask before they write."""

from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ringwall.access.models import Unit
from ringwall.access.policy import Actor
from ringwall.administration import queries, rules
from ringwall.kit.errors import Denied, Invalid, Refused


def require_right_in(actor: Actor, grant: str, unit: Unit) -> None:
    if not actor.may_in(grant, unit.pk):
        raise Denied(_("You hold no right in the unit %(unit)s.") % {"unit": unit})


def require_present(unit: Unit) -> None:
    if unit.withdrawn_on:
        raise Invalid({"unit": [str(_("%(unit)s is withdrawn. Choose another unit.") % {"unit": unit})]})


def require_administrator_left(organisation: UUID, *, without: list[UUID]) -> None:
    """That somebody administers the organisation when these assignments are gone. Inside a transaction."""
    left = queries.administrators(organisation, without=without)
    if not rules.has_lasting_administrator(left, timezone.localdate()):
        raise Refused(
            _("Then nobody would administer the organisation any more."),
            remedy=_(
                "First give the role administrator, for the whole organisation and without an end, to somebody else."
            ),
        )
