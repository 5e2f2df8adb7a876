"""Words of Django that have no German in Django itself, listed so that they are gathered for translation."""

from django.utils.translation import gettext_noop as _

WORDS: tuple[str, ...] = (
    _("- Select an option -"),
    _("%(model)s instance with %(field)s %(value)r is not a valid choice."),
)
