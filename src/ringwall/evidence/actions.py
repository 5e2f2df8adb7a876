"""What may be done with evidence: add it to a record, withdraw it."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ringwall.access.models import Organisation
from ringwall.access.policy import Actor
from ringwall.evidence import rules, storing
from ringwall.evidence.models import Evidence, StoredFile
from ringwall.evidence.queries import used_bytes
from ringwall.evidence.storing import CheckedFile
from ringwall.kit.actions import action
from ringwall.kit.acts import current_act
from ringwall.kit.errors import NotFound, Refused
from ringwall.kit.records import Record
from ringwall.kit.texts import forbid_control_characters

FAULTS = {
    "name": _("The file has no name. Give it one with an ending."),
    "empty": _("The file is empty."),
    "too_large": _("The file takes %(size)s; a piece of evidence may take %(limit)s. Split it or save it smaller."),
    "ending": _("Files with the ending “%(ending)s” are not taken as evidence. Taken are: %(known)s."),
    "mismatch": _(
        "The content is not what the ending “%(ending)s” says. Save the file in that format, or correct its name."
    ),
    "markup": _("The content is a web page or drawing that could run scripts. Save it as PDF."),
    "damaged": _("The file is damaged: it cannot be read to its end. Save it again."),
    "encrypted": _("The file is locked with a password. Save it without one; who sees it is decided here."),
    "bomb": _("The file would unpack to %(unpacked)s; that is not taken."),
    "macros": _("The file carries macros or programs. Save it without them."),
}


def fault_words(fault: rules.FileFault) -> str:
    told = {
        name: filesizeformat(value) if name in {"size", "limit", "unpacked"} else str(value)[:200]
        for name, value in fault.parameters.items()
    }
    return str(FAULTS[fault.code]) % told


class EvidenceFile(forms.FileField):
    """An upload becomes a CheckedFile: measured, its type told by content, hashed. All before any transaction."""

    def clean(self, data: Any, initial: Any = None) -> CheckedFile:
        upload = super().clean(data, initial)
        try:
            name = rules.clean_name(upload.name or "")
            media_type = rules.media_type_of(name, upload.file, upload.size)
        except rules.FileFault as fault:
            raise ValidationError(fault_words(fault), code=fault.code) from None
        return CheckedFile(name, media_type, upload.size, storing.sha256_of(upload.file), upload.file)


@action(
    "evidence.add",
    label=_("Add evidence"),
    icon="paperclip",
    fields={
        "file": EvidenceFile(label=_("File"), help_text=_("PDF, picture, text, mail or office file, up to 25 MB.")),
        "note": forms.CharField(
            label=_("What it shows"), max_length=500, required=False, validators=[forbid_control_characters]
        ),
    },
)
def add(
    record: Record,
    *,
    actor: Actor,
    file: CheckedFile,
    note: str = "",
    valid_until: Annotated[date | None, _("Valid until")] = None,
) -> Evidence:
    """Keeps the bytes once per organisation. Refused: withdrawn record, no room, the same content there already."""
    if record.is_withdrawn:
        raise Refused(_("%(record)s is withdrawn and takes no further evidence.") % {"record": record})
    stored = _stored(record.organisation_id, file)
    twin = Evidence.objects.filter(subject_id=record.pk, file_id=stored.pk, withdrawn_on=None).first()
    if twin is not None:
        raise Refused(_("The same content is evidence here already: %(name)s.") % {"name": twin.name})
    added = Evidence.about(
        record,
        file=stored,
        name=file.name,
        media_type=file.media_type,
        note=note,
        valid_until=valid_until,
        added_by_id=actor.person_id,
    )
    act = current_act()
    act.save_many([stored, added] if stored.is_new else [added])
    act.note(record.noted("evidence"))
    return added


@action("evidence.withdraw", label=_("Withdraw evidence"), icon="archive", is_danger=True, needs_reason=True)
def withdraw(record: Record, *, actor: Actor, evidence: Annotated[UUID, _("Evidence")]) -> Evidence:
    """The file stays readable; it no longer counts."""
    rows = Evidence.objects.select_for_update().filter(pk=evidence, subject_id=record.pk)
    if (row := rows.first()) is None:
        raise NotFound
    if row.withdrawn_on is not None:
        raise Refused(_("This evidence was withdrawn already."))
    act = current_act()
    row.withdrawn_on, row.withdrawn_reason = timezone.localdate(), act.reason.strip()[:500]
    act.save(row)
    act.note(record.noted("evidence"))
    return row


def _stored(organisation_id: UUID, file: CheckedFile) -> StoredFile:
    """The organisation's row for these bytes, known or new; for new ones there must be room, and the bytes are written.

    The organisation is locked (not its key, which every insert needs), so that two uploads neither share the last room
    nor store the same content twice.
    """
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)
    known = StoredFile.objects.filter(organisation_id=organisation_id, sha256=file.sha256).first()
    if known is None:
        storing.require_room(used_bytes(organisation_id), file.size)
        known = StoredFile(organisation_id=organisation_id, sha256=file.sha256, size=file.size)
    storing.keep(known, file.content)
    return known
