"""Importing a catalogue: read and compare first, then one short act. The same file again changes nothing."""

import hashlib
import re
from dataclasses import asdict, dataclass, field
from importlib import import_module
from typing import Any

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ringwall.access.policy import Actor
from ringwall.catalogues.models import Catalogue, Requirement, SourceFile
from ringwall.catalogues.refusals import ImportRefused, Unreadable
from ringwall.catalogues.rules import IMPORT, Contents, catalogue_code, free_code, is_code, is_new_edition
from ringwall.catalogues.storing import Plan, planned, source_file, write
from ringwall.kit.actions import Action, register_action
from ringwall.kit.acts import current_act
from ringwall.kit.errors import Denied, Invalid, Refused
from ringwall.oscal.findings import Finding

LARGEST = 30 * 1024 * 1024
"""Bytes of a file that are accepted at most."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, counted in requirements; groups are not counted. `catalogue` is its identifier."""

    catalogue: str
    title: str
    version: str
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    findings: list[dict[str, str]] = field(default_factory=list)

    @property
    def is_unchanged(self) -> bool:
        return not (self.added or self.changed or self.withdrawn)

    def told(self) -> dict[str, Any]:
        """As command line and API give it."""
        return asdict(self)


def import_catalogue(
    data: bytes,
    name: str,
    *,
    actor: Actor,
    code: str | None = None,
    title: str | None = None,
    edition: str | None = None,
) -> ImportReport:
    """Import a catalogue in any format that `reading` knows into the actor's organisation.

    `code` names the catalogue that the file is a new edition of, or is to become; without it the file's own identifier,
    then a name made from file name and title decide. `title` and `edition` go before what the file says. Raises
    Denied, Invalid (code) and ImportRefused (the file, with all findings); nothing is stored then.
    """
    require_import(actor)
    code, title, edition = (code or "").strip(), _plain(title, 300, "title"), _plain(edition, 80, "version")
    if code and not is_code(code):
        words = _("Use small letters, digits, hyphens and dots, such as nist-800-53.")
        raise Invalid({"code": [words]})
    if len(data) > LARGEST:
        raise too_large(len(data))
    sha256 = hashlib.sha256(data).hexdigest()
    if same := _same_again(actor, sha256, code, title, edition):
        return same
    tables = import_module("ringwall.catalogues.tables") if data.startswith(b"PK") else None
    if tables is not None and tables.looks_like_tables(data):
        found: ImportReport = tables.import_tables(data, name, actor=actor, code=code)
        return found
    try:
        contents: Contents = import_module("ringwall.catalogues.reading").read_contents(data, name)
    except Unreadable as error:
        raise ImportRefused(error.findings) from None
    catalogue = _catalogue_for(actor, contents, name, code)
    if contents.source == Catalogue.Source.KOMPENDIUM and not catalogue.is_new:
        contents = import_module("ringwall.catalogues.tables").joined_again(catalogue, contents)
    catalogue.title = title or contents.title or catalogue.title or name[:300]
    catalogue.edition = edition or contents.edition
    return store_contents(catalogue, contents, actor=actor, sha256=sha256, original=(data, name))


def store_contents(
    catalogue: Catalogue, contents: Contents, *, actor: Actor, sha256: str, original: tuple[bytes, str] | None = None
) -> ImportReport:
    """Compare, then write in one act. `original` (bytes, name) is kept where the catalogue came as a file."""
    came_as = (catalogue.source, catalogue.sha256, catalogue.imported_at, catalogue.counts)
    catalogue.titles = dict(contents.titles)
    catalogue.publisher, catalogue.language = contents.publisher, contents.language
    catalogue.document_id, catalogue.source = contents.document_id, contents.source
    catalogue.is_reference, catalogue.sha256 = contents.is_reference, sha256
    catalogue.imported_at = timezone.now()
    plan = planned(catalogue, contents)
    findings = [asdict(finding) for finding in contents.findings]
    if contents.source == Catalogue.Source.SHEET and _is_as_stored(catalogue, plan):
        # What it came as stays: a document of OSCAL holds more than the spreadsheet made of it.
        catalogue.source, catalogue.sha256, catalogue.imported_at, catalogue.counts = came_as
        message = _("All of this spreadsheet is in the catalogue already; nothing changed.")
        return report_of(catalogue, plan, [*findings, asdict(Finding("info", "", message))])
    if contents.source == Catalogue.Source.SHEET and came_as[0] == Catalogue.Source.OSCAL and not catalogue.is_new:
        message = _("The catalogue came as OSCAL. With this change it goes out as OSCAL without its parameters.")
        findings.append(asdict(Finding("warning", "", message)))
    source = None
    if original:
        source = source_file(catalogue, *original, sha256, catalogue.edition, actor.label)
        source.findings, source.outcome = findings, {name: plan.outcome[name] for name in OUTCOMES}
    try:
        store(actor=actor, plan=plan, source=source)
    except IntegrityError:
        raise Refused(
            _("Somebody else imported a catalogue with the identifier %(code)s at this moment.")
            % {"code": catalogue.code},
            remedy=_("Import the file again."),
        ) from None
    return report_of(catalogue, plan, findings)


def _is_as_stored(catalogue: Catalogue, plan: Any) -> bool:
    """Whether neither a row nor anything told of the catalogue would change."""
    told = ("title", "titles", "edition", "publisher", "language", "document_id", "is_reference")
    before = catalogue.stored()
    return plan.is_empty and bool(before) and all(before[name] == getattr(catalogue, name) for name in told)


OUTCOMES = ("added", "changed", "unchanged", "withdrawn")


def _store(*, actor: Actor, plan: Plan, source: SourceFile | None) -> Catalogue:
    write(plan, current_act(), source)
    return plan.catalogue


store = register_action(
    Action(IMPORT, gettext_lazy("Import catalogue"), _store, model=Catalogue, creates=True, icon="upload")
)


def require_import(actor: Actor) -> None:
    """A catalogue is for the whole organisation, and so must the right be. Raises Denied."""
    if not actor.may_everywhere(IMPORT):
        raise Denied(_("Your role does not include importing catalogues."))


def too_large(size: int) -> ImportRefused:
    message = _("The file has %(size)d MB; at most %(limit)d MB are accepted.")
    return ImportRefused([Finding("error", "", message % {"size": size // 1048576, "limit": LARGEST // 1048576})])


def _plain(text: str | None, limit: int, name: str) -> str:
    text = " ".join((text or "").split())
    if len(text) > limit:
        raise Invalid({name: [_("Use at most %(limit)d characters.") % {"limit": limit}]})
    if re.search("[\x00-\x1f\x7f\ud800-\udfff]", text):
        raise Invalid({name: [_("Remove the control characters.")]})
    return text


def _same_again(actor: Actor, sha256: str, code: str, title: str, edition: str) -> ImportReport | None:
    """The report of a file whose very bytes are the catalogue's present state already; None where they are not."""
    rows = Catalogue.objects.filter(organisation_id=actor.organisation_id, sha256=sha256, withdrawn_on=None)
    found = rows.filter(code=code).first() if code else rows.order_by("imported_at").first()
    if found is None or (title and title != found.title) or (edition and edition != found.edition):
        return None
    return same_file(found)


def same_file(found: Catalogue) -> ImportReport:
    """The report of a file that is in the catalogue already."""
    message = _("This very file was imported before; nothing changed.")
    unchanged = Requirement.objects.filter(catalogue=found).exclude(category__in=("group", "threat")).count()
    return ImportReport(
        found.code, found.title, found.edition, unchanged=unchanged, findings=[asdict(Finding("info", "", message))]
    )


def _catalogue_for(actor: Actor, contents: Contents, name: str, code: str) -> Catalogue:
    """The catalogue that the file carries on, else a new one with a free code."""
    own = list(Catalogue.objects.filter(organisation_id=actor.organisation_id))
    if code:
        found = next((one for one in own if one.code == code), None)
        if found is None and Catalogue.objects.filter(organisation__is_installation=True, code=code).exists():
            raise Invalid({"code": [_("A shared catalogue has this identifier. Choose another.")]})
        if found is not None and found.is_builtin:
            raise Invalid(
                {"code": [_("This catalogue is built in and cannot be replaced. Choose another identifier.")]}
            )
        return found or Catalogue(organisation_id=actor.organisation_id, code=code)
    derived = catalogue_code(contents.title, name)
    candidates = [one for one in own if not one.is_builtin and one.withdrawn_on is None]
    identifiers = [one.row.identifier for one in contents.rows if one.category != "group"]
    for one in candidates:
        is_named = (contents.document_id and one.document_id == contents.document_id) or one.code == derived
        if is_named and is_new_edition(_identifiers(one), identifiers):
            return one
    shared = Catalogue.objects.filter(organisation__is_installation=True).values_list("code", flat=True)
    taken = {one.code for one in own} | set(shared)
    return Catalogue(organisation_id=actor.organisation_id, code=free_code(derived, taken))


def _identifiers(catalogue: Catalogue) -> list[str]:
    rows = Requirement.objects.filter(catalogue=catalogue).exclude(category=Requirement.Kind.GROUP)
    return list(rows.values_list("identifier", flat=True))


def report_of(catalogue: Catalogue, plan: Plan, findings: list[dict[str, str]]) -> ImportReport:
    counts = {name: plan.outcome[name] for name in OUTCOMES}
    return ImportReport(catalogue.code, catalogue.title, catalogue.edition, **counts, findings=findings)
