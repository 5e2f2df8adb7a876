"""The register of profiles, and what stands on the page of one."""

from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from ringwall.access.policy import Actor
from ringwall.catalogues import tailoring_actions as actions
from ringwall.catalogues.models import Catalogue, Profile
from ringwall.catalogues.tailoring_actions import choosable
from ringwall.kit import registry
from ringwall.kit.actions import Action
from ringwall.kit.pages import Cell, Column, Link, Panel, Row
from ringwall.kit.register import Register

FORMS = ("json", "xml")


class ProfileRegister(Register):
    model = Profile
    acts = actions.acts
    slug = "profiles"
    group = "plan"
    icon = "list-filter"
    order = 41
    is_in_navigation = False
    actions = (actions.choose, actions.set_values, actions.add, actions.drop)
    columns = ("ref", "title", "description", "catalogues", "unit", "owner", "restricted", "changed_at")
    shown = ("ref", "title", "catalogues", "unit", "owner", "changed_at")
    filters = ("unit", "owner")
    sorts = ("ref", "title", "changed_at")
    search = ("ref", "title", "description")
    editable = ("title", "owner")
    facts = ("description", "catalogues", "unit", "owner")
    synonyms = {"title": ("name", "profil", "titel"), "catalogues": ("catalogue", "katalog", "kataloge")}
    about = _(
        "A profile says which requirements of which catalogues hold for something: all employees, a kind of system, "
        "a supplier."
    )

    def words_of(self, name: str, value: Any) -> str:
        if name == "additions":
            return ", ".join(f"{one['identifier']} {one['title']}" for one in value)
        if name == "values":
            return "; ".join(f"{parameter}: {', '.join(texts)}" for parameter, texts in value.items())
        told = [gettext("%(count)d chosen") % {"count": sum(len(choice["chosen"]) for choice in value.values())}]
        told += [f"{key} ({why})" for choice in value.values() for key, why in choice["reasons"].items()]
        return "; ".join(told)

    def initial_for(self, act: Action, record: Any, actor: Actor) -> dict[str, Any]:
        """A requirement that is added bears no title yet."""
        return {} if act is actions.add else super().initial_for(act, record, actor)

    def next_step(self, record: Profile, actor: Actor) -> str:
        if record.is_withdrawn or record.additions:
            return ""
        if not record.catalogues.exists():
            return gettext("Name a catalogue that it takes from.")
        if over := superseded(record):
            told = gettext("All of %(catalogue)s was carried over to a new edition. Edit the profile and take it off.")
            return told % {"catalogue": over[0]}
        return "" if record.choices else gettext("It takes its catalogues whole. Choose from them what holds.")


def superseded(profile: Profile) -> list[Catalogue]:
    """Catalogues of which it takes nothing any more, since all that it took of them was carried over."""
    choices = {row: profile.choices.get(str(row.pk), {}) for row in profile.catalogues.all()}
    return [row for row, choice in choices.items() if choice.get("moved") and not choice["chosen"]]


def base_of(actor: Actor, profile: Profile) -> str:
    return f"/{actor.organisation.code}/profiles/{profile.ref}/"


@registry.panel("profile")
def catalogues_panel(profile: Profile, actor: Actor) -> Panel:
    base = base_of(actor, profile)
    may_choose = not profile.is_withdrawn and actor.may(actions.choose.name, profile)
    rows = []
    for catalogue in profile.catalogues.all():
        possible = choosable(catalogue)
        rows.append(_catalogue_row(profile, catalogue, possible, base, may_choose=may_choose))
    columns = [
        Column("title", _("Catalogue"), "wrap"),
        Column("chosen", _("Chosen"), "text"),
        Column("reasons", _("Left out with reason"), "number"),
        Column("tailor", _("Choice"), "link"),
    ]
    links = []
    if rows or profile.additions:
        links.append(Link(_("Open as a catalogue"), f"{base}tree/", "library"))
    return Panel(
        "profile-catalogues",
        _("What it takes"),
        columns=columns,
        rows=rows,
        actions=links,
        empty=_("It takes from no catalogue yet. Edit it and name one."),
    )


def _catalogue_row(profile: Profile, catalogue: Catalogue, possible: list[str], base: str, *, may_choose: bool) -> Row:
    chosen, reasons = profile.chosen_of(catalogue, possible), profile.reasons_of(catalogue)
    told = gettext("%(chosen)d of %(all)d") % {"chosen": len(chosen), "all": len(possible)}
    choice = profile.choices.get(str(catalogue.pk), {})
    if moved := len(choice.get("moved", ())):
        told += " · " + gettext("%(count)d carried over") % {"count": moved}
    if new := len(choice.get("new", ())):
        told += " · " + gettext("%(count)d not decided") % {"count": new}
    url = f"{base}tailor/{catalogue.code}/" if may_choose else f"{base}tree/"
    cells = [
        Cell("title", catalogue.title_text, "wrap", url),
        Cell("chosen", told),
        Cell("reasons", str(len(reasons) or ""), "number"),
        Cell("tailor", gettext("Tailor") if may_choose else "", "link", url),
    ]
    return Row(str(catalogue.pk), catalogue.code, url, profile.version, cells)


@registry.panel("profile")
def additions_panel(profile: Profile, actor: Actor) -> Panel | None:
    may_add = not profile.is_withdrawn and actor.may(actions.add.name, profile)
    if not profile.additions and not may_add:
        return None
    base = base_of(actor, profile)
    rows = [
        Row(
            one["identifier"],
            one["identifier"],
            f"{base}tree/{one['identifier']}/",
            profile.version,
            [
                Cell("identifier", one["identifier"], "ref", f"{base}tree/{one['identifier']}/"),
                Cell("title", one["title"], "title"),
            ],
        )
        for one in profile.additions
    ]
    links = [Link(_("Add requirement"), f"{base}act/add/", "plus")] if may_add else []
    if rows and may_add:
        links.append(Link(_("Remove requirement"), f"{base}act/drop/", "x"))
    return Panel(
        "profile-additions",
        _("Own requirements"),
        columns=[Column("identifier", _("Identifier"), "ref"), Column("title", _("Title"), "title")],
        rows=rows,
        actions=links,
        empty=_("None. What no catalogue demands and you do, you add here."),
    )


@registry.panel("profile", "side")
def files_panel(profile: Profile, actor: Actor) -> Panel | None:
    if not profile.additions and not profile.catalogues.exists():
        return None
    base = base_of(actor, profile)
    links = [Link(form.upper(), f"{base}oscal.{form}", "download") for form in FORMS]
    count = len(profile.values)
    told = ngettext(
        "%(count)d parameter has a value of your own.", "%(count)d parameters have values of your own.", count
    )
    return Panel("profile-oscal", "OSCAL", actions=links, empty=told % {"count": count} if count else "")
