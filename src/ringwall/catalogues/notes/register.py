"""The register of notes, where they show at their requirement, and how they move along to a new edition."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ringwall.access.policy import Actor
from ringwall.catalogues.models import Requirement
from ringwall.catalogues.notes.models import RequirementNote
from ringwall.kit import registry
from ringwall.kit.actions import record_actions
from ringwall.kit.acts import current_act
from ringwall.kit.errors import Denied
from ringwall.kit.pages import Cell, Column, Link, Panel, Row
from ringwall.kit.records import assign_refs
from ringwall.kit.register import Register
from ringwall.kit.registry import Attached, Carriage

acts = record_actions(
    RequirementNote, ("ref", "title", "requirement", "category", "text", "source", "unit", "owner", "restricted")
)
SHOWN = 30


class RequirementNoteRegister(Register):
    model = RequirementNote
    acts = acts
    slug = "requirement-notes"
    is_in_navigation = False
    icon = "sticky-note"
    columns = (
        "ref",
        "title",
        "requirement",
        "category",
        "text",
        "source",
        "unit",
        "owner",
        "restricted",
        "changed_at",
    )
    shown = ("ref", "title", "requirement", "category", "source", "owner")
    filters = ("category", "unit", "owner")
    sorts = ("ref", "title", "changed_at")
    search = ("ref", "title", "text", "source")
    editable = ("title", "category", "source", "owner")
    facts = ("category", "requirement", "source", "owner")
    sections = ((gettext_lazy("Text"), ("text",)),)
    synonyms = {
        "requirement": ("identifier", "entry", "kennung", "anforderung"),
        "text": ("note", "notiz", "description", "beschreibung"),
        "source": ("reference", "quelle", "fundstelle"),
    }
    about = gettext_lazy(
        "What you write beside the requirements of catalogues: notes, requirements you identified yourselves, related"
        " regulations, each with its source."
    )


@registry.provider("requirement_used")
def notes_on(requirement: Requirement, actor: Actor) -> Iterable[Panel]:
    """All that the actor may see, regulations and identified requirements first; and a way to write one."""
    if not actor.may("requirement_note.view"):
        return
    rows = RequirementNote.objects.visible_to(actor).present().filter(requirement=requirement)
    base, made = f"/{actor.organisation.code}/requirement-notes/", []
    for note in rows.order_by("-category", "ref_key")[:SHOWN]:
        url = f"{base}{note.ref}/"
        cells = [
            Cell("title", note.title, "link", url, hint=note.text[:300]),
            Cell("kind", note.get_category_display()),
            Cell("source", note.source),
        ]
        made.append(Row(str(note.pk), note.ref, url, note.version, cells))
    may_add = actor.may(acts.create.name)
    if not made and not may_add:
        return
    columns = [Column("title", _("Title"), "link"), Column("kind", _("Kind")), Column("source", _("Source"))]
    new = f"{base}new/?requirement={requirement.catalogue.code}:{requirement.identifier}"
    yield Panel(
        "notes",
        _("Own notes and related regulations"),
        columns=columns,
        rows=made,
        actions=[Link(_("Add note"), new, "plus")] if may_add else (),
        empty=_("Nothing yet."),
    )


class NoteCarrier:
    """A note is copied to the new requirement; the old one keeps its own."""

    label = gettext_lazy("Notes")
    is_decision = False

    def told(self, answer: str) -> Any:
        return _("stands beside it")

    def attached(self, actor: Actor, requirements: Iterable[UUID]) -> Sequence[Attached]:
        rows = RequirementNote.objects.visible_to(actor).present().filter(requirement_id__in=list(requirements))
        base = f"/{actor.organisation.code}/requirement-notes/"
        return [
            Attached(
                row.pk,
                row.requirement_id,
                row.pk,
                row.ref,
                row.title,
                f"{base}{row.ref}/",
                words=row.get_category_display(),
            )
            for row in rows.order_by("ref_key")
        ]

    def carry(self, carriages: Sequence[Carriage], *, actor: Actor) -> list[dict[str, Any]]:
        """{"note": id of the copy}. Raises Denied where the actor may not write notes."""
        rows = RequirementNote.objects.in_bulk({one.place for one in carriages})
        copies = []
        for one in carriages:
            row = rows[one.place]
            copy = RequirementNote(
                organisation_id=row.organisation_id,
                unit_id=row.unit_id,
                owner_id=row.owner_id,
                restricted=row.restricted,
                title=row.title,
                requirement=one.target,
                category=row.category,
                text=row.text,
                source=row.source,
            )
            if not actor.may(acts.create.name, copy):
                raise Denied(_("You hold no right to write notes on requirements."))
            copies.append(copy)
        assign_refs(copies)
        current_act().save_many(copies)
        return [{"note": str(copy.pk)} for copy in copies]

    def undo(self, carriages: Sequence[tuple[Carriage, dict[str, Any]]], *, actor: Actor) -> list[bool]:
        """The copies are withdrawn, unless somebody has changed them since."""
        keys = [done["note"] for _one, done in carriages if "note" in done]
        rows = {str(row.pk): row for row in RequirementNote.objects.select_for_update().filter(pk__in=keys)}
        undone, saved = [], []
        for _one, done in carriages:
            row = rows.get(done.get("note", ""))
            is_as_carried = row is not None and row.version == 1
            if row is not None and is_as_carried:
                row.withdraw(timezone.localdate(), _("Taken back with its carry-over."))
                saved.append(row)
            undone.append(is_as_carried)
        current_act().save_many(saved)
        return undone


registry.carriers[RequirementNote.kind] = NoteCarrier()
