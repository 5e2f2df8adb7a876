"""Where the treatment plan appears outside its own pages; registers how it is frozen and printed."""

from django.utils.translation import gettext_lazy as _

from ringwall.kit import registry
from ringwall.kit.pages import Link
from ringwall.risk.plan import freezing, reports  # noqa: F401 - each registers what it has

registry.places.append((Link(_("Treatment plan"), "treatment-plan/", "clipboard-list"), "plan", 64, "rtp.view"))
