"""What others changed since a person was here last: in short on the home page, and in full on a page of its own.

Both ask the ledger's index for the newest changes of others to records that the person sees; own acts are not told.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from ringwall.access.memory import remembered
from ringwall.access.models import Person
from ringwall.access.policy import Actor
from ringwall.kit import registry
from ringwall.kit.attached import kinds_by_sight
from ringwall.kit.attached import seen as seen_kinds
from ringwall.kit.errors import Invalid
from ringwall.kit.pages import Choice, Empty, Filter, Link, Panel
from ringwall.kit.requests import ActorRequest
from ringwall.ledger.models import EntrySubject
from ringwall.notices import visits
from ringwall.site.recorded import act_words, records_seen

MOST = 1000
"""So many changes are read at once, the newest; an import alone may have made thousands."""

SHOWN_AT_HOME = 5
PLACE = re.compile(r"([0-9]{1,15})\.([0-9]{1,9})")
NAMED_ACTS = 3
COLUMNS = ("kind", "subject_id", "owner_id", "position", "entry__verb", "entry__actor_id", "entry__at", "part")


type Place = tuple[int, int]
"""Of one change in the ledger: position of its entry, number of its part."""


@dataclass(slots=True)
class Changed:
    """One record, by its newest change; `verbs` and `people` are those of all its changes, the newest first."""

    kind: str
    label: str
    url: str
    is_own: bool
    position: int
    at: datetime
    verbs: list[str] = field(default_factory=list)
    people: list[UUID | None] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Found:
    """Records with their changes, the newest first. `older_than` is the change before which more may stand, or None
    where all was read.
    """

    records: Sequence[Changed]
    older_than: Place | None


@dataclass(frozen=True, slots=True)
class Line:
    """One record as it is told: what was done to it and by whom, in words; `people` is empty for what rules did."""

    label: str
    url: str
    acts: str
    people: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Short:
    """What home tells: one's own changed records, how many others of each kind, and whether more was left unread."""

    newest: Sequence[Changed]
    own: int
    others: Mapping[str, int]
    is_cut: bool


def changed_by_others(
    actor: Actor, since: int, *, before: Place | None = None, kind: str = "", is_own: bool = False
) -> Found:
    """What happened from entry number `since` on (the first is 0). One query, and one a kind of record found."""
    alike = kinds_by_sight(actor, [kind] if kind else registry.registers)
    rows = EntrySubject.objects.filter(
        seen_kinds(actor, alike, "kind"), position__gte=since, organisation_id=actor.organisation_id
    ).exclude(entry__actor_id=actor.person_key)
    if before is not None:
        position, part = before
        rows = rows.filter(Q(position__lt=position) | Q(position=position, part__lt=part), position__lte=position)
    if is_own:
        rows = rows.filter(owner_id=actor.person_key)
    read = list(rows.order_by("-position", "-part").values_list(*COLUMNS)[: MOST + 1])
    seen = records_seen(actor, {(row[0], row[1]) for row in read[:MOST]})
    found: dict[tuple[str, UUID], Changed] = {}
    for row_kind, subject, owner, position, verb, person, at, _part in read[:MOST]:
        if (pair := (row_kind, subject)) not in seen:
            continue
        if pair not in found:
            label, url = seen[pair]
            found[pair] = Changed(row_kind, label, url, owner == actor.person_key, position, at)
        known = found[pair]
        known.verbs += [verb] if verb not in known.verbs else []
        known.people += [person] if person not in known.people else []
    last = read[MOST - 1] if len(read) > MOST else None
    return Found(list(found.values()), (last[3], last[7]) if last else None)


def since_panel(actor: Actor) -> Panel | None:
    """For the home page; notes that the person is here. None where nobody else changed anything."""
    stay = visits.arrive(actor)
    key = ("changes", actor.person_key, stay.since, timezone.localdate())
    found = remembered(actor.organisation_id, key, lambda: _in_short(changed_by_others(actor, stay.since)))
    if not found.own and not found.others:
        return None
    base = f"/{actor.organisation.code}/changes/"
    context = {
        "since": stay.since_at,
        "lines": _lines(found.newest),
        "more": Link(_("All of yours"), f"{base}?own=1", count=found.own) if found.own > SHOWN_AT_HOME else None,
        "kinds": _kind_links(found.others, base),
        "is_cut": found.is_cut,
    }
    actions = [
        Link(_("I have seen it"), f"{base}seen/", "check", method="post"),
        Link(_("All changes"), base, "arrow-right"),
    ]
    return Panel("since", _("Since you were here"), template="site/since.html", context=context, actions=actions)


@require_GET
def changes(request: ActorRequest) -> HttpResponse:
    """`kind` and `own` narrow it, `all` also tells what the person has seen, `before` is where the page starts."""
    actor: Actor = request.actor
    stay, (kind, before) = visits.last_stay(actor), _asked(actor, request.GET)
    is_own, is_all = "own" in request.GET, "all" in request.GET
    found = changed_by_others(actor, 0 if is_all else stay.since, before=before, kind=kind, is_own=is_own)
    asked = {name: value for name, value in (("kind", kind), ("own", is_own and "1"), ("all", is_all and "1")) if value}
    context = {
        "title": _("What others changed"),
        "since": None if is_all else stay.since_at,
        "lines": _lines(found.records),
        "filter": _kinds(actor, kind),
        "is_own": is_own,
        "is_all": is_all,
        "older_url": f"?{urlencode(asked | {'before': '.'.join(map(str, found.older_than))})}"
        if found.older_than
        else "",
        "newest_url": f"?{urlencode(asked)}" if before is not None else "",
        "empty": Empty(
            _("Nothing changed"),
            _("What others do to records that you may see stands here until your next visit."),
            [] if is_all else [Link(_("Show earlier changes"), f"?{urlencode(asked | {'all': '1'})}", "history")],
        ),
    }
    return render(request, "site/changes.html", context)


@require_POST
def seen(request: ActorRequest) -> HttpResponse:
    visits.catch_up(request.actor)
    return redirect(f"/{request.actor.organisation.code}/")


def _in_short(found: Found) -> Short:
    own = [record for record in found.records if record.is_own]
    others = Counter(record.kind for record in found.records if not record.is_own)
    return Short(own[:SHOWN_AT_HOME], len(own), others, found.older_than is not None)


def _kind_links(numbers: Mapping[str, int], base: str) -> list[Link]:
    links = []
    for kind, number in numbers.items():
        register = registry.registers[kind]
        links.append(Link(register.title, f"{base}?{urlencode({'kind': kind})}", register.icon, count=number))
    return sorted(links, key=lambda link: str(link.label))


def _asked(actor: Actor, given: QueryDict) -> tuple[str, Place | None]:
    """(kind, before). Raises Invalid for a kind that one may not see, and for a place that is none."""
    kind, before = given.get("kind", ""), given.get("before", "")
    if kind and not (kind in registry.registers and actor.may(registry.registers[kind].view_grant)):
        raise Invalid({"kind": [_("Choose a kind from the list.")]})
    if not before:
        return kind, None
    if (found := PLACE.fullmatch(before)) is None:
        raise Invalid({"before": [_("Begin with the newest changes again: this page is none.")]})
    return kind, (int(found[1]), int(found[2]))


def _written(place: Place | None) -> str:
    return "{}.{}".format(*place) if place else ""


def _kinds(actor: Actor, chosen: str) -> Filter:
    names = [(str(r.title), kind) for kind, r in registry.registers.items() if actor.may(r.view_grant)]
    choices = [Choice(kind, title, kind == chosen) for title, kind in sorted(names)]
    return Filter("kind", _("Kind"), "single", [Choice("", _("all"), not chosen), *choices])


def _lines(records: Sequence[Changed]) -> list[Line]:
    wanted = {person for record in records for person in record.people if person}
    names = dict(Person.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}
    lines = []
    for record in records:
        words = list(dict.fromkeys(filter(None, map(act_words, record.verbs))))
        acts = ", ".join(words[:NAMED_ACTS]) + (" …" if len(words) > NAMED_ACTS else "")
        people = ", ".join(dict.fromkeys(names[person] for person in record.people if person in names))
        url = f"{record.url}?tab=history#entry-{record.position}"
        lines.append(Line(record.label, url, acts, people, record.at))
    return lines
