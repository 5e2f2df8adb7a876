"""What a control implements moves along when a catalogue has a successor: the link to the new requirement is added, and
that to the old one stays."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ringwall.access.policy import Actor
from ringwall.controls.models import Control, ControlRequirement
from ringwall.kit import registry
from ringwall.kit.acts import current_act
from ringwall.kit.errors import Denied
from ringwall.kit.registry import Attached, Carriage

SHOWN = ("requirement_id", "control__ref", "control__title", "control__state")


class ControlCarrier:
    """A control answers yes to what it implements; how far a new requirement is then met, the relation says."""

    label = gettext_lazy("Controls")
    is_decision = False

    def told(self, answer: str) -> Any:
        return _("implements it") if answer == "yes" else _("implements a part of it")

    def attached(self, actor: Actor, requirements: Iterable[UUID]) -> Sequence[Attached]:
        seen = Control.objects.visible_to(actor).present()
        links = ControlRequirement.objects.filter(control__in=seen, requirement_id__in=list(requirements))
        base = f"/{actor.organisation.code}/controls/"
        return [
            Attached(
                link.control_id,
                link.requirement_id,
                link.control_id,
                link.control.ref,
                link.control.title,
                f"{base}{link.control.ref}/",
                words=link.control.get_state_display(),
            )
            for link in links.select_related("control").only(*SHOWN).order_by("control__ref_key")
        ]

    def carry(self, carriages: Sequence[Carriage], *, actor: Actor) -> list[dict[str, Any]]:
        """{"added": whether the link was not there before}."""
        targets = [(one.place, one.target.pk) for one in carriages]
        added = self._changed(targets, actor, is_added=True)
        return [{"added": target in added} for target in targets]

    def undo(self, carriages: Sequence[tuple[Carriage, dict[str, Any]]], *, actor: Actor) -> list[bool]:
        mine = [(one.place, one.target.pk) for one, done in carriages if done.get("added")]
        removed = self._changed(mine, actor, is_added=False)
        return [not done.get("added") or (one.place, one.target.pk) in removed for one, done in carriages]

    def _changed(self, pairs: Sequence[tuple[UUID, UUID]], actor: Actor, *, is_added: bool) -> set[tuple[UUID, UUID]]:
        """(control, requirement) links added or removed; what was so already is left out. Each control is saved once.
        Raises Denied for a control the actor may not edit."""
        keys = {control for control, _requirement in pairs}
        controls = {row.pk: row for row in Control.objects.select_for_update().filter(pk__in=keys)}
        links: dict[UUID, set[UUID]] = {key: set() for key in keys}
        for link in ControlRequirement.objects.filter(control_id__in=keys):
            links[link.control_id].add(link.requirement_id)
        changed = {
            (control, requirement) for control, requirement in pairs if (requirement in links[control]) is not is_added
        }
        touched = {control for control, _requirement in changed}
        for key in touched:
            control = controls[key]
            if not actor.may("control.update", control):
                raise Denied(_("You hold no right to edit %(control)s.") % {"control": control})
            own = {requirement for at, requirement in changed if at == key}
            wanted = links[key] | own if is_added else links[key] - own
            control.set_links("requirements", [_Target(pk) for pk in sorted(wanted)])
        current_act().save_many([controls[key] for key in touched])
        return changed


class _Target:
    """A requirement known by its id alone, which is all a link needs."""

    def __init__(self, pk: UUID) -> None:
        self.pk = pk


registry.carriers[Control.kind] = ControlCarrier()
