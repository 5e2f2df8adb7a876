"""Words of findings: branches of the fishbone, what stands against a step."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ringwall.improvement.rules.findings import Bar, Part

BRANCHES = {
    "people": pgettext_lazy("branch of a fishbone", "People"),
    "procedure": pgettext_lazy("branch of a fishbone", "Procedures"),
    "technology": pgettext_lazy("branch of a fishbone", "Technology"),
    "information": pgettext_lazy("branch of a fishbone", "Information"),
    "surroundings": pgettext_lazy("branch of a fishbone", "Surroundings and suppliers"),
    "management": pgettext_lazy("branch of a fishbone", "Management and resources"),
}

BARS = {
    Bar.CLOSED: _("This finding is closed."),
    Bar.CORRECTED_BY_ANOTHER: _("Somebody else recorded the correction already; only they word it anew."),
    Bar.CAUSE_KNOWN: _("The cause is known already; the correction stays as it was recorded."),
    Bar.NO_CORRECTION: _("Say first what was done at once, or why nothing could be done."),
    Bar.ACTIONS_STARTED: _("An action was taken against this cause already. If it does not work, the check says so."),
    Bar.NO_CAUSE: _("The cause is not known yet. A nonconformity is neither acted on nor closed without it."),
    Bar.NO_ACTION: _("No action has been finished whose effect could be judged."),
    Bar.ACTIONS_OPEN: _("Some actions are still open. They are finished or dropped first."),
    Bar.TOO_EARLY: _("The effect can be judged from %(day)s on; the fault needs time to come again."),
    Bar.NO_EVIDENCE: _("Nothing shows the finding yet: describe it, or add a file as evidence."),
    Bar.NONCONFORMITY: _("A nonconformity is closed by a check of effectiveness alone."),
}

PARTS = {
    Part.OWNER: _("you own the finding or did"),
    Part.CORRECTED: _("you recorded the correction"),
    Part.ACTED: _("you carried out an action"),
}
