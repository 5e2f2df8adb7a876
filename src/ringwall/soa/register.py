"""The rows of statements as a register: for in-place and bulk edit, sheets and the API. People work on the
statement's page.
"""

from django.utils.translation import gettext_lazy as _

from ringwall.kit.register import Register
from ringwall.soa.actions import acts, confirm
from ringwall.soa.models import SoaRow


class SoaRowRegister(Register):
    model = SoaRow
    acts = acts
    slug = "soa-rows"
    is_in_navigation = False
    icon = "list-checks"
    columns = ("ref", "scope", "requirement", "control", "applicability", "justification", "changed_at")
    filters = ("scope", "applicability")
    search = ("ref", "justification")
    editable = ("applicability", "justification")
    tones = {"applicability": {"undecided": "warn", "applicable": "good", "not_applicable": "quiet"}}
    actions = (confirm,)
    synonyms = {
        "ref": ("row",),
        "requirement": (
            "entry",
            "identifier",
            "annex a",
            "reference control",
            "eintrag",
            "referenzmaßnahme",
            "kennung",
        ),
        "applicability": ("applicable", "status", "anwendbar"),
        "justification": ("reason", "begründung", "rationale"),
    }
    about = _("What each scope decides about every reference control and every other necessary control.")
