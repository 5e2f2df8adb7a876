"""Words of Django that have no German in Django itself, or none that a German would say; listed to be gathered here."""

from django.utils.translation import gettext_noop as _
from django.utils.translation import npgettext_lazy

WORDS = (
    _("- Select an option -"),
    _("%(model)s instance with %(field)s %(value)r is not a valid choice."),
    # "vor 1 Tag" and "vor 3 Tagen", where Django has "1 Tage her".
    _("%(delta)s ago"),
    npgettext_lazy("naturaltime-past", "%(num)d year", "%(num)d years", "num"),
    npgettext_lazy("naturaltime-past", "%(num)d month", "%(num)d months", "num"),
    npgettext_lazy("naturaltime-past", "%(num)d week", "%(num)d weeks", "num"),
    npgettext_lazy("naturaltime-past", "%(num)d day", "%(num)d days", "num"),
    npgettext_lazy("naturaltime-past", "%(num)d hour", "%(num)d hours", "num"),
    npgettext_lazy("naturaltime-past", "%(num)d minute", "%(num)d minutes", "num"),
)
