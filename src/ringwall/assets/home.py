"""What assets show on the home page of whoever owns some."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from ringwall.access.policy import Actor
from ringwall.assets.models import Asset
from ringwall.kit import registry
from ringwall.kit.pages import Cell, Column, Link, Panel, Row

SHOWN, READ = 6, 500
NEEDS = ("confidentiality", "integrity", "availability")


@registry.provider("home")
def my_assets(actor: Actor) -> Iterable[Panel]:
    """The person's own, those first whose protection need nobody has determined."""
    if actor.person_id is None or not actor.may("asset.view"):
        return
    rows = Asset.objects.visible_to(actor).present().filter(owner_id=actor.person_id)
    # Sorted here: asked for that order, the database would read the whole register instead of the index of owners.
    own = list(rows.order_by("ref_key").values_list("pk", "confidentiality")[:READ])
    first = [pk for pk, need in sorted(own, key=lambda one: one[1] is not None)][:SHOWN]
    by_id = Asset.objects.in_bulk(first)
    found = [by_id[pk] for pk in first]
    if not found:
        return
    base = f"/{actor.organisation.code}/assets/"
    columns = [
        Column("ref", _("Reference"), "ref"),
        Column("title", _("Title"), "title"),
        Column("category", _("Kind")),
        Column("need", _("Protection need"), "state"),
    ]
    lines = [_line(asset, f"{base}{asset.ref}/") for asset in found]
    every = Link(_("All my assets"), f"{base}?owner=me", "arrow-right")
    yield Panel("my-assets", _("My assets"), columns=columns, rows=lines, actions=[every])


def _line(asset: Asset, url: str) -> Row:
    given = [name for name in NEEDS if getattr(asset, name) is not None]
    if len(given) < len(NEEDS):
        need = Cell("need", _("not determined"), "state", state="warn")
    else:
        highest = max(NEEDS, key=lambda name: getattr(asset, name))
        need = Cell("need", getattr(asset, f"get_{highest}_display")(), "state", state="quiet")
    cells = [
        Cell("ref", asset.ref, "ref", url),
        Cell("title", asset.title, "title", url),
        Cell("category", asset.get_category_display()),
        need,
    ]
    return Row(str(asset.pk), asset.ref, url, asset.version, cells)
