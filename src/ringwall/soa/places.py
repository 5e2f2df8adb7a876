"""Where the statement appears outside its own pages: the navigation, and the home of those who have to decide."""

from django.utils.translation import pgettext_lazy

from ringwall.kit import registry
from ringwall.kit.pages import Link

LABEL = pgettext_lazy("navigation", "Statement of applicability")
registry.places.append((Link(LABEL, "soa/", "list-checks"), "plan", 60, "soa.view"))
