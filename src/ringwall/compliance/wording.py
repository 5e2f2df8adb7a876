"""The words and tones of answers."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from ringwall.compliance.models import Unmet, Value
from ringwall.compliance.rules import Progress

TONES: Mapping[str, str] = {"open": "quiet", "yes": "good", "partially": "warn", "no": "bad", "not_needed": "info"}
UNMET_TONES: Mapping[str, str] = {"must": "bad", "should": "warn", "may": "quiet"}
VALUES: Mapping[str, object] = {str(value): label for value, label in Value.choices}
UNMET: Mapping[str, object] = {str(value): label for value, label in Unmet.choices}
MATURITY = (
    _("0 – nothing there"),
    _("1 – done somehow"),
    _("2 – planned and followed"),
    _("3 – defined for all"),
    _("4 – measured"),
    _("5 – improving itself"),
)


def done_words(found: Progress) -> str:
    """“34 of 93 answered”."""
    return str(_("%(done)d of %(all)d answered")) % {"done": found.done, "all": found.total}
