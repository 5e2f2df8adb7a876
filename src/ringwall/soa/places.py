"""Where the statement appears outside its own pages: the navigation, and the home of those who have to decide."""

from django.utils.translation import gettext_lazy as _

from ringwall.kit import registry
from ringwall.kit.pages import Link

registry.places.append((Link(_("Statement of applicability"), "soa/", "list-checks"), "plan", 60, "soa.view"))
