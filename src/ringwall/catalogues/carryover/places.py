"""Where carrying over appears outside its own pages: at a catalogue, and below the list of catalogues."""

from collections.abc import Iterable
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from ringwall.access.policy import Actor
from ringwall.catalogues.carryover import panels, queries
from ringwall.catalogues.carryover.actions import start
from ringwall.catalogues.carryover.models import CarriedRow, CarryOver
from ringwall.catalogues.models import Catalogue, Profile
from ringwall.catalogues.tailoring_new import Proposed
from ringwall.kit import registry
from ringwall.kit.pages import Link, Panel


@registry.provider("catalogues")
def below_the_catalogues(actor: Actor) -> Iterable[Panel]:
    """Those that are open: somebody has to go on with them."""
    if actor.may_everywhere(queries.VIEW):
        rows = [one for one in queries.carry_overs_of(actor) if one.is_open]
        if rows:
            yield panels.carry_overs_panel(actor, rows)


@registry.provider("catalogue_links")
def links_of_catalogue(catalogue: Catalogue, actor: Actor) -> Iterable[Link]:
    if actor.may_everywhere(start.name):
        url = f"{panels.base_url(actor)}new/?{urlencode({'source': catalogue.code})}"
        hint = _("What hangs on this catalogue, to a new edition or another catalogue")
        yield Link(_("Carry over"), url, "arrow-right-left", hint=hint)


@registry.provider("proposed_for_profile")
def proposed_for_profile(profile: Profile, actor: Actor) -> Iterable[Proposed]:
    """What the profile shall take from a new edition, as a proposal that waits in an open carry-over."""
    rows = CarriedRow.objects.filter(
        carrier=Profile.kind,
        place=profile.pk,
        state=CarriedRow.State.PROPOSED,
        carry_over__state=CarryOver.State.OPEN,
        target__isnull=False,
    )
    base = panels.base_url(actor) if actor.may_everywhere(queries.VIEW) else ""
    for catalogue, name, key in rows.values_list("target__catalogue_id", "target__identifier", "carry_over_id"):
        yield catalogue, name, f"{base}{key}/?kind={Profile.kind}" if base else ""
