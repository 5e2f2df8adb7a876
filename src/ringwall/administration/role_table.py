"""Roles and grants in words: who may do what, as a table for people who never saw a grant."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from ringwall.access.policy import Role, roles
from ringwall.kit import registry

SUBJECTS = {
    "administration": gettext_lazy("Administration"),
    "apitoken": gettext_lazy("API tokens"),
    "assignment": gettext_lazy("Role assignments"),
    "identity": gettext_lazy("Accounts of the provider"),
    "identity_provider": gettext_lazy("Identity provider"),
    "job": gettext_lazy("Background tasks"),
    "ledger": gettext_lazy("Ledger"),
    "mail": gettext_lazy("Mail"),
    "organisation": gettext_lazy("Organisation"),
    "person": gettext_lazy("People"),
    "restricted": gettext_lazy("Restricted records"),
    "roleassignment": gettext_lazy("Role assignments"),
    "token": gettext_lazy("API tokens"),
    "unit": gettext_lazy("Units"),
    "user": gettext_lazy("Logins"),
    "webhook": gettext_lazy("Webhooks"),
}
SAME = {"roleassignment": "assignment", "apitoken": "token"}
"""Kinds whose rows bear another name in their acts."""

VERBS = {"view": gettext_lazy("see"), "import": gettext_lazy("import"), "export": gettext_lazy("export")}
KEEPING = ("create", "update", "withdraw", "restore", "import")


@dataclass(frozen=True, slots=True)
class SubjectRow:
    """One line: for every role, in the order of `roles`, what it may do; empty where it may do nothing."""

    subject: str
    cells: list[str]


def role_table() -> list[SubjectRow]:
    """Subjects by name, registers first."""
    kinds = {_kind(grant) for role in roles.values() for grant in role.grants | role.own}
    ordered = sorted(kinds, key=lambda kind: (kind not in registry.registers, _subject(kind)))
    return [SubjectRow(_subject(kind), [_cell(role, kind) for role in roles.values()]) for kind in ordered]


def _kind(grant: str) -> str:
    kind = grant.partition(".")[0]
    return SAME.get(kind, kind)


def _subject(kind: str) -> str:
    if register := registry.registers.get(kind):
        return str(register.title)
    return str(SUBJECTS.get(kind) or capfirst(kind))


def _cell(role: Role, kind: str) -> str:
    everything = _words(grant for grant in role.grants if _kind(grant) == kind)
    own = _words(grant for grant in role.own - role.grants if _kind(grant) == kind)
    return "; ".join(filter(None, [everything, _("one's own: %(verbs)s") % {"verbs": own} if own else ""]))


def _words(grants: Iterable[str]) -> str:
    """The acts by the words on their buttons; the five by which a register is kept are one word."""
    verbs = {grant.partition(".")[2]: grant for grant in grants}
    words: list[Any] = []
    if set(KEEPING) <= set(verbs):
        words.append(_("keep"))
        for verb in (*KEEPING, "view"):
            verbs.pop(verb, None)
    if "view" in verbs:
        words.append(VERBS["view"])
        del verbs["view"]
    for verb, grant in sorted(verbs.items()):
        act = registry.actions.get(grant)
        words.append(act.label if act else VERBS.get(verb, verb))
    return ", ".join(dict.fromkeys(_within_a_line(str(word)) for word in words))


def _within_a_line(label: str) -> str:
    """Without the capital of a button; but a German label of several words begins with its noun and keeps it."""
    if " " in label and (get_language() or "").startswith("de"):
        return label
    return label[:1].lower() + label[1:]
