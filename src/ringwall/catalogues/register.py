"""What start-up has to know of catalogues: where they stand in the navigation, and what the API speaks."""

from django.utils.translation import gettext_lazy as _

from ringwall.catalogues import api
from ringwall.catalogues.actions import VIEW
from ringwall.kit import registry
from ringwall.kit.pages import Link

registry.places.append((Link(_("Catalogues"), "catalogues/", "library"), "plan", 40, VIEW))
registry.spoken.append(api.speak)
