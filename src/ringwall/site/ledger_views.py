"""The page of the ledger: who did what, when and why; its checkpoints, its export, and its verification as a job.

An act is shown to whoever may see at least one record that it changed, and names only those records.
"""

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import FileResponse, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from ringwall.access.models import Person
from ringwall.access.policy import SEE_RESTRICTED, Actor
from ringwall.kit import jobs, registry
from ringwall.kit.acts import acting
from ringwall.kit.attached import kinds_by_sight, seen
from ringwall.kit.errors import Denied, Invalid
from ringwall.kit.pages import Choice, Empty, Filter, Link
from ringwall.kit.records import is_uuid
from ringwall.kit.requests import ActorRequest
from ringwall.ledger import queries
from ringwall.ledger.export import export as export_ledger
from ringwall.ledger.models import Checkpoint, EntrySubject
from ringwall.ledger.rules import Change
from ringwall.ledger.verify import verify_database
from ringwall.site.recorded import kinds, links_to, subject_words, verb_words

VIEW, EXPORT = "ledger.view", "ledger.export"
NAMED = 5
"""So many of the records that an act changed are named; an import may have changed thousands."""

SHOWN_CHECKPOINTS = 5

registry.places.append((Link(gettext_lazy("Ledger"), "ledger/", "scroll-text"), "settings", 90, VIEW))
jobs.paths["ledger-verify"] = "ringwall.site.ledger_views.verify"


@dataclass(frozen=True, slots=True)
class Line:
    """One act as the page shows it; `records` are the first that it changed, `more` counts the others that may be
    seen.
    """

    act: queries.RecordedAct
    verb: str
    records: Sequence[Link]
    more: int


@require_GET
def ledger_page(request: ActorRequest) -> HttpResponse:
    """`before` is the position below which the page starts; `person` and `verb` narrow it."""
    actor = _actor(request, VIEW)
    before, person, verb = _asked(request.GET)
    visible = visible_subjects(actor)
    if person:
        visible &= Q(entry__actor_id=person)
    if verb:
        visible &= Q(entry__verb=verb)
    found = queries.acts(actor.organisation_id, visible=visible, before=before, limit=queries.PAGE + 1)
    acts, older = found[: queries.PAGE], found[queries.PAGE :]
    left = request.GET.copy()
    left.pop("before", None)
    newest = f"?{left.urlencode()}"
    if older:
        left["before"] = str(acts[-1].position)
    is_whole = _sees_everything(actor)
    checkpoints = (
        Checkpoint.objects.filter(organisation_id=actor.organisation_id).select_related("key").order_by("-size")
    )
    context = {
        "title": _("Ledger"),
        "lines": _lines(actor, acts, visible),
        "filters": _filters(actor, person, verb),
        "is_filtered": bool(person or verb),
        "older_url": f"?{left.urlencode()}" if older else "",
        "newest_url": newest if before is not None else "",
        "is_whole": is_whole,
        "size": queries.act_count(actor.organisation_id) if is_whole else 0,
        "checkpoints": checkpoints[:SHOWN_CHECKPOINTS] if is_whole else [],
        "may_export": _may_export(actor),
        "empty": Empty(_("Nothing to show"), _("Every act on a record that you may see stands here.")),
    }
    return render(request, "site/ledger.html", context)


@require_POST
def ledger_export(request: ActorRequest) -> FileResponse:
    """The whole ledger as a file that proves itself; recorded, since something leaves the house."""
    actor = _actor(request, EXPORT)
    if not _may_export(actor):
        raise Denied(
            _("The ledger goes out whole, so that it can be proven: your right must hold in the whole organisation.")
        )
    organisation = actor.organisation
    with acting(actor, EXPORT) as act:
        size = queries.act_count(organisation.pk)
        act.note(
            Change(
                "ledger", organisation.pk, organisation.code, "export", 1, None, {"entries": size}, actor.units.root.pk
            )
        )
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the response
    export_ledger(organisation.pk, file)
    file.seek(0)
    name = f"ledger-{organisation.code}-{timezone.localdate().isoformat()}.txt"
    return FileResponse(file, as_attachment=True, filename=name, content_type="text/plain; charset=utf-8")


@require_POST
def ledger_verify(request: ActorRequest) -> HttpResponse:
    actor = _actor(request, VIEW)
    job = jobs.start("ledger-verify", actor, {"language": getattr(request.user, "language", "en")})
    return redirect(f"/{actor.organisation.code}/jobs/{job.pk}/")


def verify(actor: Actor, arguments: dict[str, Any], progress: jobs.Progress) -> jobs.Result:
    """The job: recompute the actor's ledger; the findings in words, and as a file."""
    if not actor.may(VIEW):
        raise Denied(_("Your role does not include the ledger."))
    progress.tell(0, 1)
    found = verify_database(actor.organisation_id)
    state = found.organisations[0]
    verdict = (
        _("The ledger verifies: nothing was changed, cut off or left out.")
        if found.ok
        else _("The ledger does NOT verify.")
    )
    lines = [verdict, _("%(entries)d entries, root %(root)s") % {"entries": state.entries, "root": state.root}]
    lines += [f"{finding.severity}: {finding.path}: {finding.message}" for finding in found.findings[:20]]
    body = json.dumps(found.as_json(), ensure_ascii=False, indent=1).encode()
    return jobs.Result(body, f"ledger-{actor.organisation.code}-verification.json", "\n".join(lines))


def visible_subjects(actor: Actor) -> Q:
    """The condition on the ledger's index: records that the actor may see, where the right to the ledger holds too."""
    if _sees_everything(actor):
        return Q(organisation_id=actor.organisation_id)
    return seen(actor, kinds_by_sight(actor, kinds()), "kind") & actor.visible(VIEW)


def _sees_everything(actor: Actor) -> bool:
    grants = (VIEW, SEE_RESTRICTED, *(register.view_grant for register in registry.registers.values()))
    return all(actor.may_everywhere(grant) for grant in grants)


def _may_export(actor: Actor) -> bool:
    return actor.may_everywhere(EXPORT) and _sees_everything(actor)


def _actor(request: ActorRequest, grant: str) -> Actor:
    actor: Actor = request.actor
    if not actor.may(grant):
        raise Denied(_("Your role does not include the ledger."))
    return actor


def _asked(given: QueryDict) -> tuple[int | None, UUID | None, str]:
    """Raises Invalid for a position that is no number and a person or act that is none."""
    before, person, verb = given.get("before", ""), given.get("person", ""), given.get("verb", "")
    if before and not (before.isascii() and before.isdigit() and len(before) < 16):
        raise Invalid({"before": [_("A position is a number from 0 on.")]})
    if person and not is_uuid(person):
        raise Invalid({"person": [_("Choose a person from the list.")]})
    if verb and verb not in registry.actions:
        raise Invalid({"verb": [_("Choose an act from the list.")]})
    return int(before) if before else None, UUID(person) if person else None, verb


def _filters(actor: Actor, person: UUID | None, verb: str) -> list[Filter]:
    people = Person.objects.filter(organisation_id=actor.organisation_id).order_by("name").values_list("pk", "name")
    verbs = sorted((subject_words(act.name), str(act.label), act.name) for act in registry.actions.values())
    return [
        Filter(
            "person",
            _("Person"),
            "single",
            [Choice("", _("all"), person is None), *(Choice(str(pk), name, pk == person) for pk, name in people)],
        ),
        Filter(
            "verb",
            _("Act"),
            "single",
            [
                Choice("", _("all"), not verb),
                *(Choice(name, f"{words}: {label}", name == verb) for words, label, name in verbs),
            ],
        ),
    ]


def _lines(actor: Actor, acts: Sequence[queries.RecordedAct], visible: Q) -> list[Line]:
    rows = EntrySubject.objects.filter(visible, entry_id__in=[act.id for act in acts], part__lte=4 * NAMED).order_by(
        "part"
    )
    changed: dict[UUID, list[tuple[str, UUID]]] = {}
    for entry, kind, subject in rows.values_list("entry_id", "kind", "subject_id"):
        named = changed.setdefault(entry, [])
        if len(named) < NAMED and (kind, subject) not in named:
            named.append((kind, subject))
    links = links_to(actor, [pair for pairs in changed.values() for pair in pairs])
    made = []
    for act in acts:
        pairs = changed.get(act.id, [])
        told = [
            Link(label, f"{url}?tab=history#entry-{act.position}" if url else "")
            for label, url in (links[pair] for pair in pairs)
        ]
        made.append(Line(act, verb_words(act.verb), told, max(0, act.changes - len(pairs))))
    return made
