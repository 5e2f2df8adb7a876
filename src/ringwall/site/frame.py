"""What stands round every page: navigation, organisation, person."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from ringwall.access.models import Organisation
from ringwall.access.policy import Actor
from ringwall.kit import registry
from ringwall.kit.pages import Link, NavGroup

GROUPS = (
    ("plan", pgettext_lazy("cycle", "Plan")),
    ("do", pgettext_lazy("cycle", "Do")),
    ("check", pgettext_lazy("cycle", "Check")),
    ("act", pgettext_lazy("cycle", "Act")),
    ("settings", gettext_lazy("Settings")),
)


def frame(request: HttpRequest) -> dict[str, Any]:
    actor: Actor | None = getattr(request, "actor", None)
    user = getattr(request, "user", None)
    context: dict[str, Any] = {
        "language_url": "/settings/language/",
        "theme_url": "/settings/appearance/",
        "signout_url": "/accounts/logout/",
        "theme": getattr(user, "theme", "auto") if user and user.is_authenticated else "auto",
        "actor": actor,
        "nav": [],
        "organisations": [],
    }
    if actor is None:
        return context
    base = f"/{actor.organisation.code}/"
    others = Organisation.objects.filter(people__user=user, people__withdrawn_on=None).order_by("name") if user else []
    return context | {
        "organisation": actor.organisation,
        "organisations": [Link(o.name, f"/{o.code}/", is_current=o.pk == actor.organisation_id) for o in others],
        "nav": navigation(actor, request.path),
        "search_url": f"{base}search/",
        "notifications": {"url": f"{base}notices/", "label": _("Notices")},
        "person_links": [
            Link(_("Your account"), f"{base}account/", "user"),
            Link(_("Password"), "/accounts/password/change/", "key-round"),
            Link(_("Second factor"), "/accounts/2fa/", "shield-check"),
        ],
    }


def navigation(actor: Actor, path: str) -> list[NavGroup]:
    """Only what is there and may be seen."""
    base = f"/{actor.organisation.code}/"
    found: dict[str, list[tuple[int, Link]]] = {key: [] for key, _label in GROUPS}
    for register in registry.registers.values():
        if register.is_in_navigation and actor.may(register.view_grant):
            url = f"{base}{register.slug}/"
            found[register.group].append(
                (register.order, Link(register.title, url, register.icon, is_current=path.startswith(url)))
            )
    for link, group, order, grant in registry.places:
        if not grant or actor.may(grant):
            url = f"{base}{link.url}"
            found[group].append((order, Link(link.label, url, link.icon, is_current=path.startswith(url))))
    return [
        NavGroup(key, label, [link for _order, link in sorted(found[key], key=lambda pair: pair[0])])
        for key, label in GROUPS
        if found[key]
    ]
