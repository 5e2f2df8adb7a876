"""An OSCAL component definition as rows of the register of controls, for the import that all registers have.

Loaded by name: reading brings parsers with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from ringwall.access.policy import Actor
from ringwall.catalogues.citing import Shelf
from ringwall.catalogues.exporting import control_ids
from ringwall.catalogues.models import Catalogue, Requirement
from ringwall.controls.actions import FIELDS
from ringwall.controls.models import Control
from ringwall.exchange.rules.component_definition import rows_of
from ringwall.lib.sheets_types import Cell, CellFinding, Sheet, SheetError
from ringwall.oscal.citing import Cited
from ringwall.oscal.component_definition import ComponentDefinition
from ringwall.oscal.reader import read

NAMED = tuple(name for name in FIELDS if name != "requirements")


def sheet_of(data: bytes, name: str, actor: Actor) -> Sheet:
    """The components of a definition as rows. Raises SheetError where the file is no component definition."""
    reading = read(data, name)
    if not isinstance(reading.document, ComponentDefinition):
        what = f"OSCAL {reading.model}" if reading.model else "; ".join(f.message for f in reading.errors)[:200]
        raise SheetError("no_component_definition", found=what)
    rows = rows_of(reading.document, NAMED)
    if not rows:
        raise SheetError("no_rows")
    shown = [name for name in NAMED if any(row.fields.get(name) for row in rows)]
    known = Known(actor, [row.cited for row in rows])
    findings = [_note(0, 0, f"{f.path}: {f.message}" if f.path else f.message) for f in reading.findings]
    cells: list[list[Cell]] = []
    for number, row in enumerate(rows, 1):
        cited, lost = known.texts(row.cited)
        findings += [_note(number, len(shown) + 1, text) for text in lost]
        cells.append([*(_cell(name, row.fields.get(name, "")) for name in shown), ", ".join(cited) or None])
    header = [name.replace("_", " ") for name in (*shown, "requirements")]
    return Sheet(name, (name,), header, cells, 1, findings)


def _note(row: int, column: int, text: str) -> CellFinding:
    return CellFinding("note", row, column, {"text": text})


def _cell(name: str, text: str) -> Cell:
    """A value as a cell of its kind; what is none stays text, for the import to refuse with a word."""
    kind = Control._meta.get_field(name).get_internal_type()
    try:
        if kind == "DateField":
            return date.fromisoformat(text) if text else None
        if kind == "DecimalField":
            return Decimal(text) if text else None
    except (ValueError, InvalidOperation):
        return text
    return text or None


@dataclass(frozen=True, slots=True)
class _Place:
    catalogue: Catalogue
    names: Mapping[str, str]


class Known:
    """The catalogues at hand, and under which text the register names a requirement of them. `likely` is the catalogue
    that is meant where a document does not say which."""

    def __init__(
        self, actor: Actor, rows: Sequence[Sequence[tuple[Cited, str]]], likely: Catalogue | None = None
    ) -> None:
        cited = dict.fromkeys(source for row in rows for source, _control in row)
        shelf = Shelf(actor)
        self._places: dict[Cited, _Place | None] = {}
        wanted = {control_id for row in rows for _source, control_id in row}
        found: dict[Any, _Place] = {}
        for source in cited:
            catalogue = shelf.meant(source)
            if catalogue is not None and catalogue.pk not in found:
                found[catalogue.pk] = _Place(catalogue, _texts(catalogue, wanted))
            self._places[source] = found[catalogue.pk] if catalogue else None
        self._likely = _texts(likely, wanted) if likely is not None and None in self._places.values() else {}
        self._anywhere = _anywhere(actor, wanted) if None in self._places.values() else {}

    def texts(self, cited: Sequence[tuple[Cited, str]]) -> tuple[list[str], list[str]]:
        """The requirements as the register names them, and a note on each that is not here."""
        texts: list[str] = []
        lost: list[str] = []
        for source, control_id in cited:
            place = self._places[source]
            if place is None and control_id in self._likely:
                texts.append(self._likely[control_id])
            elif place is None:
                told = {"name": source.name[:120], "id": control_id[:80]}
                if (text := self._anywhere.get(control_id)) is None:
                    lost.append(_("the catalogue “%(name)s” is not here; import it first") % told)
                    continue
                told["found"] = text
                lost.append(_("the catalogue “%(name)s” is not here; “%(id)s” was taken as %(found)s") % told)
                texts.append(text)
            elif (text := place.names.get(control_id)) is None:
                told = {"id": control_id[:80], "catalogue": str(place.catalogue)}
                lost.append(_("“%(id)s” is not in %(catalogue)s; it was left out") % told)
            else:
                texts.append(text)
        return list(dict.fromkeys(texts)), list(dict.fromkeys(lost))


def _anywhere(actor: Actor, wanted: set[str]) -> dict[str, str]:
    """The same over all catalogues, for those ids that one of them alone has."""
    stable = {name[1:] for name in wanted if name.startswith("_")}
    rows = Requirement.open_to(actor).filter(Q(identifier__in=wanted) | Q(stable_id__in=stable))
    texts: dict[str, set[str]] = {}
    for row in rows.select_related("catalogue").only("identifier", "stable_id", "catalogue"):
        for name in {row.identifier, f"_{row.stable_id}"} & wanted:
            texts.setdefault(name, set()).add(row.input_text)
    return {name: found.pop() for name, found in texts.items() if len(found) == 1}


def _texts(catalogue: Catalogue, wanted: set[str]) -> dict[str, str]:
    """Control id (or `_` and the stable id of Grundschutz++) → how the register names the requirement."""
    named = control_ids(catalogue)
    texts: dict[str, str] = {}
    for row in Requirement.objects.filter(catalogue=catalogue).only("identifier", "stable_id"):
        text = row.identifier if catalogue.is_builtin else f"{catalogue.code}:{row.identifier}"
        for name in (named.get(row.identifier, row.identifier), f"_{row.stable_id}" if row.stable_id else ""):
            if name in wanted:
                texts.setdefault(name, text)
    return texts
