"""What start-up has to know of catalogues: where they stand in the navigation."""

from django.utils.translation import gettext_lazy as _

from ringwall.catalogues.rules import VIEW
from ringwall.kit import registry
from ringwall.kit.pages import Link

registry.places.append((Link(_("Catalogues"), "catalogues/", "library"), "plan", 40, VIEW))
registry.places.append((Link(_("Knowledge"), "knowledge/", "graduation-cap"), "plan", 42, ""))
