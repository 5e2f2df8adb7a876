"""The words of the statement's findings and states."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ringwall.soa.rules import Finding, Progress

FINDINGS = {
    Finding.UNDECIDED: _("Not decided yet."),
    Finding.NO_CONTROL: _("Applicable, but no control implements it."),
    Finding.NO_OWNER: _("A control that implements it has no owner."),
    Finding.NO_JUSTIFICATION: _("The justification is missing."),
    Finding.EXCLUDED_WITH_DRIVER: _("Excluded, although something calls for it."),
    Finding.UNTREATED_RISK: _("A risk above acceptance has no treatment."),
}
PROGRESS = {
    Progress.NONE: _("no control"),
    Progress.PLANNED: pgettext_lazy("control", "planned"),
    Progress.PARTLY: _("partly implemented"),
    Progress.IMPLEMENTED: pgettext_lazy("control", "implemented"),
}
PROGRESS_TONES = {Progress.NONE: "bad", Progress.PLANNED: "info", Progress.PARTLY: "warn", Progress.IMPLEMENTED: "good"}
APPLICABILITY_TONES = {"undecided": "warn", "applicable": "good", "not_applicable": "quiet"}
