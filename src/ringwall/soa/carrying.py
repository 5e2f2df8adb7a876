"""Decisions of a statement of applicability move along when a catalogue has a successor: always proposed to a person,
never silently, and never over a decision that stands there already. That an entry is not applicable is not carried."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ringwall.access.policy import Actor
from ringwall.catalogues.models import Requirement
from ringwall.context.models import IsmsScope
from ringwall.kit import registry
from ringwall.kit.acts import current_act
from ringwall.kit.errors import Denied, Refused
from ringwall.kit.records import ref_key
from ringwall.kit.registry import Attached, Carriage
from ringwall.soa.actions import acts, row_ref
from ringwall.soa.models import SoaRow

ANSWERS = {
    SoaRow.Applicability.APPLICABLE: "yes",
    SoaRow.Applicability.NOT_APPLICABLE: "not_needed",
    SoaRow.Applicability.UNDECIDED: "",
}


SHOWN = ("applicability", "requirement__identifier", "scope__ref", "scope__title")


class SoaRowCarrier:
    """All decisions of one scope answer together: whatever of the new entry is needed makes it applicable."""

    label = gettext_lazy("Decisions of statements of applicability")
    is_decision = True

    def told(self, answer: str) -> Any:
        return SoaRow.Applicability.APPLICABLE.label

    def attached(self, actor: Actor, requirements: Iterable[UUID]) -> Sequence[Attached]:
        rows = SoaRow.objects.visible_to(actor).present().filter(requirement_id__in=list(requirements))
        base = f"/{actor.organisation.code}/soa/"
        return [
            Attached(
                row.pk,
                row.requirement_id,
                row.scope_id,
                row.scope.ref,
                row.scope.title,
                f"{base}{row.scope.ref}/?q={row.requirement.identifier}",
                ANSWERS[SoaRow.Applicability(row.applicability)],
                row.get_applicability_display(),
            )
            for row in rows.select_related("scope", "requirement").only(*SHOWN).order_by("scope__ref_key", "position")
        ]

    def carry(self, carriages: Sequence[Carriage], *, actor: Actor) -> list[dict[str, Any]]:
        """{"row": id, "is_made": whether it was taken in for this, "justification": what was written}."""
        scopes = self._scopes({one.place for one in carriages}, actor)
        stored = self._stored(carriages)
        justifications = self._justifications(carriages)
        done, saved = [], []
        for one in carriages:
            row = stored.get((one.place, one.target.pk))
            is_made = row is None
            if row is None:
                row = self._new(scopes[one.place], one.target)
            elif row.applicability != SoaRow.Applicability.UNDECIDED:
                raise Refused(_("%(row)s is decided already; that decision stays.") % {"row": row.ref})
            texts = [text for key in one.sources if (text := justifications.get(key.key, "").strip())]
            row.applicability = SoaRow.Applicability.APPLICABLE
            row.justification = row.justification or "\n".join(dict.fromkeys(texts))[:20_000]
            saved.append(row)
            done.append({"row": str(row.pk), "is_made": is_made, "justification": row.justification})
        current_act().save_many(saved)
        return done

    def undo(self, carriages: Sequence[tuple[Carriage, dict[str, Any]]], *, actor: Actor) -> list[bool]:
        """Undecided again; a row taken in for it stays as an undecided one, as nothing is deleted."""
        self._scopes({one.place for one, _done in carriages}, actor)
        keys = [done["row"] for _one, done in carriages if "row" in done]
        rows = {str(row.pk): row for row in SoaRow.objects.select_for_update().filter(pk__in=keys)}
        undone, saved = [], []
        for _one, done in carriages:
            row = rows.get(done.get("row", ""))
            is_as_carried = row is not None and (row.applicability, row.justification) == (
                SoaRow.Applicability.APPLICABLE,
                done["justification"],
            )
            if row is not None and is_as_carried:
                row.applicability, row.justification, row.drivers = SoaRow.Applicability.UNDECIDED, "", []
                saved.append(row)
            undone.append(is_as_carried)
        current_act().save_many(saved)
        return undone

    def _scopes(self, keys: set[UUID], actor: Actor) -> dict[UUID, IsmsScope]:
        """The scopes, over each of which the actor must be able to decide the whole. Raises Denied."""
        scopes = {row.pk: row for row in IsmsScope.objects.filter(pk__in=keys).prefetch_related("units")}
        for scope in scopes.values():
            if not all(scope.is_covered_by(actor, act.name) for act in (acts.create, acts.update)):
                raise Denied(_("You hold no right to decide the whole statement of %(scope)s.") % {"scope": scope})
        return scopes

    def _stored(self, carriages: Sequence[Carriage]) -> dict[tuple[UUID, UUID | None], SoaRow]:
        rows = SoaRow.objects.select_for_update().filter(
            scope_id__in={one.place for one in carriages},
            requirement_id__in={one.target.pk for one in carriages},
            withdrawn_on=None,
        )
        return {(row.scope_id, row.requirement_id): row for row in rows}

    def _justifications(self, carriages: Sequence[Carriage]) -> dict[UUID, str]:
        keys = {source.key for one in carriages for source in one.sources}
        return dict(SoaRow.objects.filter(pk__in=keys).values_list("pk", "justification"))

    def _new(self, scope: IsmsScope, target: Requirement) -> SoaRow:
        """With the reference of an entry of this scope; where another has it already, the id tells them apart."""
        is_reference = scope.reference_id == target.catalogue_id
        ref = row_ref(scope, target.identifier if is_reference else f"{target.catalogue.code}:{target.identifier}")
        if SoaRow.objects.filter(organisation_id=scope.organisation_id, ref=ref).exists():
            ref = f"{row_ref(scope, target.identifier)[:31]}~{target.pk.hex[-8:]}"
        return SoaRow(
            organisation_id=scope.organisation_id,
            unit_id=scope.unit_id,
            restricted=scope.restricted,
            scope=scope,
            requirement=target,
            ref=ref,
            ref_key=ref_key(ref),
            position=target.position,
        )


registry.carriers[SoaRow.kind] = SoaRowCarrier()
