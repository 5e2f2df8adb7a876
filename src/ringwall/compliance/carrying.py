"""Answers move along when a catalogue has a successor: into an open check of it for the same scope or asset, one being
begun where there is none. What is carried waits there to be confirmed, and never goes over an answer given already.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ringwall.access.policy import Actor
from ringwall.compliance.actions import acts, give, take_in
from ringwall.compliance.models import Answer, Check, State, Value
from ringwall.kit import registry
from ringwall.kit.acts import current_act
from ringwall.kit.errors import Denied, Refused
from ringwall.kit.records import assign_refs
from ringwall.kit.registry import Attached, Carriage

SAID = {Value.YES: "yes", Value.PARTIALLY: "partially", Value.NO: "no", Value.NOT_NEEDED: "not_needed"}


class AnswerCarrier:
    """The answers of the latest round for one scope or asset are considered together."""

    label = gettext_lazy("Answers of checks")
    is_decision = False

    def told(self, answer: str) -> Any:
        return Value(answer).label

    def attached(self, actor: Actor, requirements: Iterable[UUID]) -> Sequence[Attached]:
        rows = Answer.objects.visible_to(actor).present().filter(requirement_id__in=list(requirements))
        rows = rows.filter(round__following=None, round__withdrawn_on=None, is_carried=False).exclude(value=Value.OPEN)
        base = f"/{actor.organisation.code}/checks/"
        found = rows.select_related("round", "requirement").order_by("round__on", "round__ref_key")
        latest = {(row.round.place_id, row.requirement_id): row for row in found}
        return [
            Attached(
                row.pk,
                row.requirement_id,
                row.round.place_id,
                row.round.ref,
                row.round.title,
                f"{base}{row.round.ref}/interview/?state=all&at={row.pk}",
                SAID.get(Value(row.value), ""),
                row.get_value_display(),
            )
            for row in latest.values()
        ]

    def carry(self, carriages: Sequence[Carriage], *, actor: Actor) -> list[dict[str, Any]]:
        """{"answer": id, "value": what was written}."""
        checks = self._checks(carriages, actor)
        wanted = {(checks[one.place].pk, one.target.pk) for one in carriages}
        rows = Answer.objects.select_for_update().filter(
            round_id__in={key for key, _target in wanted}, requirement_id__in={key for _round, key in wanted}
        )
        stored = {(row.round_id, row.requirement_id): row for row in rows}
        sources = Answer.objects.in_bulk({source.key for one in carriages for source in one.sources})
        saved, done = [], []
        for one in carriages:
            row = stored.get((checks[one.place].pk, one.target.pk))
            if row is None or row.withdrawn_on is not None:
                raise Refused(_("%(requirement)s is not asked by the check.") % {"requirement": one.target.ref})
            if row.value != Value.OPEN:
                raise Refused(_("%(answer)s is given already; it stays.") % {"answer": row.ref})
            known = [sources[source.key] for source in one.sources if source.key in sources]
            row.round, row.value, row.is_carried = checks[one.place], one.answer, True
            row.justification = "\n".join(dict.fromkeys(a.justification for a in known if a.justification))[:20_000]
            row.remark = "\n".join(dict.fromkeys(a.remark for a in known if a.remark))[:20_000]
            row.provenance = ", ".join(dict.fromkeys(source.ref for source in one.sources))[:200]
            saved.append(row)
            done.append({"answer": str(row.pk), "value": one.answer})
        Answer.before_check(saved)
        for row in saved:
            row.clean()
        current_act().save_many(saved)
        return done

    def undo(self, carriages: Sequence[tuple[Carriage, dict[str, Any]]], *, actor: Actor) -> list[bool]:
        """Open again, unless somebody has confirmed or changed it since."""
        keys = [done["answer"] for _one, done in carriages if "answer" in done]
        rows = {str(row.pk): row for row in Answer.objects.select_for_update().filter(pk__in=keys)}
        undone, saved = [], []
        for _one, done in carriages:
            row = rows.get(done.get("answer", ""))
            is_as_carried = row is not None and row.is_carried and row.value == done["value"]
            if row is not None and is_as_carried:
                row.value, row.is_carried, row.unmet, row.lacks_reason = Value.OPEN, False, "", False
                row.justification = row.remark = row.provenance = ""
                saved.append(row)
            undone.append(is_as_carried)
        current_act().save_many(saved)
        return undone

    def _checks(self, carriages: Sequence[Carriage], actor: Actor) -> dict[UUID, Check]:
        """The open check of the new catalogue for each place, begun where there is none. Raises Denied."""
        catalogue = carriages[0].target.catalogue
        places = {one.place for one in carriages}
        about = Q(scope_id__in=places) | Q(asset_id__in=places)
        rows = Check.objects.filter(about, catalogue=catalogue, state=State.OPEN, withdrawn_on=None)
        found = {row.place_id: row for row in rows.order_by("on", "ref_key")}
        before = self._before(carriages)
        for place in places - found.keys():
            found[place] = self._begun(before[place], catalogue, actor)
        for row in found.values():
            if not actor.may(give.name, row):
                raise Denied(_("You hold no right to answer %(check)s.") % {"check": row})
        return found

    def _before(self, carriages: Sequence[Carriage]) -> dict[UUID, Check]:
        """Place → a check whose answers are carried."""
        keys = {source.key for one in carriages for source in one.sources}
        rows = Check.objects.filter(answers__in=keys).distinct()
        return {row.place_id: row for row in rows}

    def _begun(self, before: Check, catalogue: Any, actor: Actor) -> Check:
        made = Check(
            organisation_id=before.organisation_id,
            unit_id=before.unit_id,
            owner_id=before.owner_id,
            restricted=before.restricted,
            title=f"{before.title} → {catalogue.title_text}"[:200],
            catalogue=catalogue,
            scope_id=before.scope_id,
            asset_id=before.asset_id,
            has_maturity=before.has_maturity,
            on=timezone.localdate(),
        )
        if not actor.may(acts.create.name, made):
            raise Denied(_("You hold no right to begin a check of %(catalogue)s.") % {"catalogue": catalogue})
        assign_refs([made])
        act = current_act()
        act.save(made)
        take_in(made, act)
        return made


registry.carriers[Answer.kind] = AnswerCarrier()
