"""Pages of profiles: choosing from a catalogue, the result as a tree, one requirement with its parameters, the file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ringwall.access.policy import Actor
from ringwall.catalogues import queries, tailoring_actions
from ringwall.catalogues.models import Catalogue, Profile
from ringwall.catalogues.queries import TreeRow, quoted
from ringwall.catalogues.rules import VERBS
from ringwall.catalogues.tree import Query, drawn_tree
from ringwall.kit import pages
from ringwall.kit.errors import Conflict, Invalid, NotFound
from ringwall.kit.exports import attachment
from ringwall.kit.requests import ActorRequest


def _profile(actor: Actor, ref: str) -> Profile:
    queries.require_view(actor)
    if not actor.may("profile.view"):
        raise NotFound
    found: Profile = Profile.objects.select_related("organisation").get_visible(actor, ref.replace("\x00", ""))
    return found


def _base(actor: Actor, profile: Profile) -> str:
    return f"/{actor.organisation.code}/profiles/{profile.ref}/"


def _trail(actor: Actor, profile: Profile) -> list[pages.Link]:
    return [
        pages.Link(_("Catalogues"), f"/{actor.organisation.code}/catalogues/"),
        pages.Link(str(profile), _base(actor, profile)),
    ]


@dataclass(frozen=True, slots=True)
class Family:
    """A part of a catalogue that is chosen on one page: a group at the top with all below it."""

    key: str
    title: str
    rows: list[TreeRow]

    @property
    def possible(self) -> list[str]:
        return [row.identifier for row in self.rows if is_choosable(row)]


def is_choosable(row: TreeRow) -> bool:
    return not row.is_withdrawn and row.category not in tailoring_actions.UNCHOOSABLE


def families_of(catalogue: Catalogue) -> list[Family]:
    """Where the catalogue has no groups at the top, all of it is one; what is not to be chosen from is left out."""
    found: list[Family] = []
    loose: list[TreeRow] = []
    for row in queries.tree_rows(catalogue):
        if row.depth == 0 and row.category == "group":
            found.append(Family(row.identifier, _title(row), []))
        elif found:
            found[-1].rows.append(row)
        else:
            loose.append(row)
    if loose:
        found.insert(0, Family("", str(catalogue), loose))
    return [family for family in found if family.possible]


def _title(row: TreeRow) -> str:
    told = row.translations.get(get_language() or "en") or {}
    title = str(told.get("title") or row.title)
    ref = row.label or row.identifier
    return title if ref == title else f"{ref} {title}"


def tailor_page(request: ActorRequest, ref: str, code: str) -> HttpResponse:
    """Choose from one catalogue, a group at a time; `group` names it."""
    actor: Actor = request.actor
    profile = _profile(actor, ref)
    tailoring_actions.choose.require(actor, profile)
    catalogue = queries.catalogue_named(actor, code)
    if catalogue not in profile.catalogues.all():
        raise NotFound
    families = families_of(catalogue)
    asked = request.GET.get("group")
    family = next((one for one in families if one.key == asked), None)
    if family is None and len(families) == 1:
        family = families[0]
    status, errors = 200, []
    if request.method == "POST":
        try:
            return _store(request, actor, profile, catalogue, family, families)
        except (Invalid, Conflict) as error:
            status, errors = error.status, [str(error)]
    possible = [name for one in families for name in one.possible]
    chosen = set(profile.chosen_of(catalogue, possible))
    url = f"{_base(actor, profile)}tailor/{catalogue.code}/"
    context = {
        "title": _("Tailor %(catalogue)s") % {"catalogue": catalogue},
        "profile": profile,
        "catalogue": catalogue,
        "breadcrumb": _trail(actor, profile),
        "count": _("%(chosen)d of %(all)d chosen") % {"chosen": len(chosen), "all": len(possible)},
        "families": [_family_line(one, chosen, url, is_current=one is family) for one in families],
        "family": family,
        "lines": _lines(family, chosen, profile.reasons_of(catalogue)) if family else [],
        "profile_url": _base(actor, profile),
        "errors": errors,
        "url": url,
    }
    return render(request, "catalogues/tailor.html", context, status=status)


def _family_line(family: Family, chosen: set[str], url: str, *, is_current: bool) -> dict[str, Any]:
    possible = family.possible
    taken = sum(name in chosen for name in possible)
    return {
        "key": family.key,
        "title": family.title,
        "url": f"{url}?group={quoted(family.key)}",
        "is_current": is_current,
        "taken": taken,
        "count": len(possible),
        "words": _("%(chosen)d of %(all)d") % {"chosen": taken, "all": len(possible)},
    }


def _lines(family: Family, chosen: set[str], reasons: Mapping[str, str]) -> list[dict[str, Any]]:
    least = min((row.depth for row in family.rows), default=0)
    return [
        {
            "identifier": row.identifier,
            "title": _title(row),
            "depth": min(row.depth - least, 6),
            "is_choosable": is_choosable(row),
            "is_chosen": row.identifier in chosen,
            "reason": reasons.get(row.identifier, ""),
        }
        for row in family.rows
        if is_choosable(row) or row.category == "group"
    ]


def _store(
    request: ActorRequest,
    actor: Actor,
    profile: Profile,
    catalogue: Catalogue,
    family: Family | None,
    families: Sequence[Family],
) -> HttpResponse:
    """`take` or `leave` a whole group (its key), or store the ticks of the one that is shown."""
    given = request.POST
    whole = given.get("take", given.get("leave"))
    if whole is not None:
        family = next((one for one in families if one.key == whole), None)
    if family is None:
        raise NotFound
    possible = family.possible
    if whole is None:
        chosen = [name for name in possible if name in set(given.getlist("chosen"))]
        reasons = {name: given.get(f"reason:{name}", "") for name in possible}
    else:
        chosen = possible if "take" in given else []
        stored = profile.reasons_of(catalogue)
        reasons = {name: stored[name] for name in possible if name in stored}
    raw = {"catalogue": str(catalogue.pk), "within": possible, "chosen": chosen, "reasons": reasons}
    tailoring_actions.choose.run(actor, raw, subject=profile, version=_version(given))
    count = len(chosen)
    told = ngettext("%(title)s: %(count)d requirement chosen.", "%(title)s: %(count)d requirements chosen.", count) % {
        "title": family.title,
        "count": count,
    }
    messages.success(request, told)
    return redirect(request.get_full_path())


def _version(given: QueryDict) -> int | None:
    read = given.get("version", "")
    return int(read) if read.isdigit() else None


@require_GET
def tree_page(request: ActorRequest, ref: str) -> HttpResponse:
    """What the profile comes down to, as a catalogue is shown."""
    actor: Actor = request.actor
    profile = _profile(actor, ref)
    found = import_module("ringwall.catalogues.tailoring").tailored(profile)
    query = Query.read(request.GET)
    rows, verbs = _tree_rows(found.rows)
    page = drawn_tree(rows, verbs, found.counts, query, _answering(found.rows, query.text))
    base = _base(actor, profile)
    count = found.counts.get("requirements", 0)
    whole = ngettext("%(count)d requirement", "%(count)d requirements", count) % {"count": count}
    some = _("{n} of %(whole)s") % {"whole": whole}
    context = {
        "title": profile.title,
        "page": page,
        "facts": [
            pages.Fact(_("Profile"), profile.ref),
            pages.Fact(_("Requirements"), str(count)),
            pages.Fact(_("Own requirements"), str(len(profile.additions) or "–")),
            pages.Fact(_("Values of your own"), str(len(profile.values) or "–")),
        ],
        "imports": [],
        "actions": [],
        "exports": [pages.Link(f"OSCAL {form.upper()}", f"{base}oscal.{form}", "download") for form in ("json", "xml")],
        "breadcrumb": _trail(actor, profile),
        "notes": found.findings,
        "count_words": {
            "whole": whole,
            "some": some,
            "now": whole if page.shown == count else some.replace("{n}", str(page.shown)),
        },
    }
    return render(request, "catalogues/tailored.html", context)


def _tree_rows(rows: Sequence[Any]) -> tuple[list[TreeRow], dict[Any, list[str]]]:
    depths: dict[str | None, int] = {None: -1}
    lines, verbs = [], {}
    for one in rows:
        row = one.row
        depths[row.identifier] = depth = depths.get(row.parent_identifier, -1) + 1
        if found := dict.fromkeys(str(s.verb) for s in row.statements if s.verb):
            verbs[row.identifier] = [verb for verb in VERBS if verb in found]
        lines.append(
            TreeRow(
                row.identifier,
                row.identifier,
                row.label,
                one.category,
                depth,
                row.title,
                one.translations,
                str(row.level or ""),
                row.attributes,
                row.withdrawn,
            )
        )
    return lines, verbs


def _answering(rows: Sequence[Any], text: str) -> set[Any] | None:
    if not text:
        return None
    words = text.casefold().split()[:8]
    found = set()
    for one in rows:
        row = one.row
        said = f"{row.identifier} {row.label} {row.title} {row.text} {row.guidance} {one.translations}".casefold()
        if all(word in said for word in words):
            found.add(row.identifier)
    return found


def requirement_page(request: ActorRequest, ref: str, identifier: str) -> HttpResponse:
    """One requirement as it stands in the profile, with the values of its parameters to set."""
    actor: Actor = request.actor
    profile = _profile(actor, ref)
    tailoring = import_module("ringwall.catalogues.tailoring")
    found = tailoring.tailored(profile)
    one = found.row(identifier)
    if one is None:
        raise NotFound
    shown = found.parameters.get(identifier, ())
    may_set = not profile.is_withdrawn and actor.may(tailoring_actions.set_values.name, profile)
    status, errors = 200, []
    if request.method == "POST":
        tailoring_actions.set_values.require(actor, profile)
        raw = {"values": {parameter.id: _given(request.POST, parameter) for parameter in shown}}
        try:
            tailoring_actions.set_values.run(actor, raw, subject=profile, version=_version(request.POST))
        except (Invalid, Conflict) as error:
            status, errors = error.status, [str(error)]
        else:
            messages.success(request, _("Stored: %(record)s") % {"record": profile})
            return redirect(request.path)
    prose = import_module("ringwall.catalogues.prose")
    texts = one.translations.get(request.user.language, {})
    order = [line.row.identifier for line in found.rows if line.category != "group"]
    at = order.index(identifier) if identifier in order else -1
    base = f"{_base(actor, profile)}tree/"
    context = {
        "title": f"{one.row.label or identifier} {texts.get('title') or one.row.title}",
        "ref": one.row.label or identifier,
        "name": texts.get("title") or one.row.title,
        "profile": profile,
        "language": found.language,
        "breadcrumb": [*_trail(actor, profile), pages.Link(_("As a catalogue"), base)],
        "text": prose.as_html(texts.get("text") or one.row.text),
        "guidance": prose.as_html(texts.get("guidance") or one.row.guidance),
        "parameters": [_parameter(parameter) for parameter in shown],
        "may_set": may_set,
        "errors": errors,
        "before": f"{base}{quoted(order[at - 1])}/" if at > 0 else "",
        "after": f"{base}{quoted(order[at + 1])}/" if 0 <= at < len(order) - 1 else "",
    }
    return render(request, "catalogues/tailored_requirement.html", context, status=status)


def _given(given: QueryDict, parameter: Any) -> list[str]:
    """Ticked choices, then what was written beside them."""
    raw = [choice for choice, _words in parameter.choices]
    ticked = given.getlist(f"choice:{parameter.id}")
    texts = [raw[int(number)] for number in ticked if number.isdigit() and int(number) < len(raw)]
    return [*texts, *filter(None, [given.get(f"value:{parameter.id}", "").strip()])]


def _parameter(parameter: Any) -> dict[str, Any]:
    raw = [choice for choice, _words in parameter.choices]
    known = {" ".join(choice.split()): number for number, choice in enumerate(raw)}
    ticked = {known[value] for value in parameter.values if value in known}
    others = [value for value in parameter.values if value not in known]
    return {
        "id": parameter.id,
        "label": parameter.label,
        "note": parameter.note,
        "takes_many": parameter.takes_many,
        "choices": [(number, words, number in ticked) for number, (_raw, words) in enumerate(parameter.choices)],
        "value": ", ".join(others),
        "given": ", ".join(parameter.given),
    }


@require_GET
def oscal_file(request: ActorRequest, ref: str, ending: str) -> HttpResponse:
    profile = _profile(request.actor, ref)
    if ending not in ("json", "xml"):
        raise NotFound
    content = import_module("ringwall.catalogues.tailoring").profile_file(profile, ending)
    return attachment(content, f"application/{ending}", f"{profile.ref}-profile.{ending}")
