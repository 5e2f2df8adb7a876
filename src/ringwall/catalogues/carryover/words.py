"""Words for carrying over: why a line stands as it does, and how."""

from typing import Any

from django.utils.translation import gettext_lazy as _

REASONS: dict[str, Any] = {
    "same": _("unchanged"),
    "moved": _("unchanged, under another number or in another place"),
    "reworded": _("reworded: does it still hold?"),
    "equal": _("the two are equal"),
    "equivalent": _("the two are equivalent"),
    "superset": _("the old one contains the new one"),
    "subset": _("the old one is part of the new one"),
    "intersects": _("the two overlap"),
    "uncertain": _("nothing certain follows from the relation"),
    "contradictory": _("what stands behind it contradicts itself"),
    "defaulted": _("the relation was set by a tool and judged by nobody"),
    "not_needed": _("was not needed there; decide it anew"),
    "withdrawn": _("withdrawn in the new edition"),
    "no_way": _("nothing leads from it to the new catalogue"),
}
TONES = {"proposed": "info", "taken": "good", "refused": "quiet", "needs_person": "warn"}
STATE_TONES = {"open": "info", "confirmed": "good", "undone": "quiet"}
