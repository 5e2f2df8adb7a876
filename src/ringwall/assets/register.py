"""The asset register."""

from django.utils.translation import gettext_lazy as _

from ringwall.assets.actions import acts
from ringwall.assets.models import Asset
from ringwall.kit.register import Register


class AssetRegister(Register):
    model = Asset
    acts = acts
    slug = "assets"
    group = "plan"
    icon = "boxes"
    columns = (
        "ref",
        "title",
        "category",
        "unit",
        "owner",
        "confidentiality",
        "integrity",
        "availability",
        "classification",
        "quantity",
        "depends_on",
        "changed_at",
    )
    shown = ("ref", "title", "category", "unit", "owner", "confidentiality", "integrity", "availability")
    filters = ("category", "unit", "owner", "confidentiality", "integrity", "availability", "classification")
    sorts = ("ref", "title", "category", "confidentiality", "integrity", "availability", "changed_at")
    search = ("ref", "title", "description", "activities")
    editable = (
        "title",
        "category",
        "owner",
        "confidentiality",
        "integrity",
        "availability",
        "classification",
        "quantity",
    )
    tones = {
        "confidentiality": {3: "bad", 2: "warn"},
        "integrity": {3: "bad", 2: "warn"},
        "availability": {3: "bad", 2: "warn"},
    }
    synonyms = {
        "ref": ("id", "no", "number", "nr", "kennung", "asset id", "inventory number", "inventarnummer"),
        "title": ("name", "asset", "bezeichnung", "asset name"),
        "category": ("type", "category", "typ", "art", "kategorie", "asset type"),
        "owner": ("responsible", "asset owner", "verantwortlich", "verantwortlicher", "eigentümer"),
        "unit": ("department", "abteilung", "bereich", "organisational unit"),
        "quantity": ("count", "anzahl", "menge"),
        "depends_on": ("dependencies", "needs", "abhängigkeiten", "benötigt"),
    }
    about = _(
        "Everything of value that information security protects: processes and information first, "
        "then what carries them."
    )
