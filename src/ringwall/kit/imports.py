"""One import for all kinds: a sheet becomes a plan (what is new, changed, unchanged, refused, and why), the plan one
act.

The plan is made outside any transaction; storing it is one short write. One refused row refuses all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from ringwall.access.policy import Actor
from ringwall.kit import registry
from ringwall.kit.actions import assign, check
from ringwall.kit.acts import acting, pending
from ringwall.kit.errors import ActError, Denied, Invalid
from ringwall.kit.fields import ReferenceField, ReferencesField, choices_of
from ringwall.kit.inputs import Inputs
from ringwall.kit.records import assign_refs
from ringwall.kit.register import Register
from ringwall.kit.statistics import MANY, refresh_statistics, room_for
from ringwall.kit.words import cell_words, value_words
from ringwall.lib.columns import guess
from ringwall.lib.sheets import read_sheet
from ringwall.lib.sheets_types import Sheet
from ringwall.lib.values import parse_bool, parse_date, parse_decimal, split_list

OUTCOMES = ("added", "changed", "unchanged", "refused")
BATCH = 500


@dataclass(frozen=True)
class Declared:
    """What the user says of the file: how it writes dates and numbers, and which column (by index) holds which
    field.
    """

    date_order: str = "dmy"
    has_decimal_comma: bool = False
    columns: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    severity: str
    row: int | None
    column: str
    message: str

    def told(self) -> dict[str, str]:
        """As the command line and the API report it."""
        where = _("row %(row)s") % {"row": self.row} if self.row else ""
        path = ", ".join(part for part in (where, self.column) if part)
        return {"severity": self.severity, "path": path, "message": self.message}


@dataclass
class PlannedRow:
    number: int
    ref: str
    raw: dict[str, Any]
    record: Any = None
    key: UUID | None = None
    """The id of the record if it is new; None: any."""

    outcome: str = ""
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def refuse(self, column: str, message: Any) -> None:
        self.outcome = "refused"
        self.findings.append(Finding("error", self.number, column, str(message)))


@dataclass
class Plan:
    register: Register
    rows: list[PlannedRow]
    findings: list[Finding]

    @property
    def counts(self) -> dict[str, int]:
        return {outcome: sum(row.outcome == outcome for row in self.rows) for outcome in OUTCOMES}

    @property
    def all_findings(self) -> list[Finding]:
        return [*self.findings, *(finding for row in self.rows for finding in row.findings)]

    @property
    def can_store(self) -> bool:
        counts = self.counts
        errors = any(finding.severity == "error" for finding in self.findings)
        return not errors and not counts["refused"] and bool(counts["added"] or counts["changed"])

    def report(self) -> dict[str, Any]:
        return self.counts | {"findings": [finding.told() for finding in self.all_findings]}


def sheet_of(register: Register, actor: Actor, data: bytes, name: str) -> Sheet:
    """The rows of a file: a spreadsheet, or what a provider of "sheet" knows as rows of this register. Raises
    SheetError.
    """
    answers = registry.answers("sheet", register.kind, data, name, actor)
    return answers[0] if answers else read_sheet(data, name)


def labels_of(register: Register) -> dict[str, list[str]]:
    """Field → the names its column may bear, in both languages."""
    found: dict[str, list[str]] = {}
    for name, f in register.inputs.fields.items():
        names = [name.replace("_", " "), *register.synonyms.get(name, ())]
        for language in ("en", "de"):
            with override(language):
                names.append(str(f.label))
        found[name] = names
    return found


def guess_columns(register: Register, header: Sequence[str]) -> dict[int, str]:
    return {index: key for index, key in guess(header, labels_of(register)).items() if key}


def make_plan(register: Register, actor: Actor, sheet: Sheet, declared: Declared) -> Plan:
    """Raises Denied where the actor may not import at all, Invalid where the columns make no sense."""
    require_import(register, actor)
    _check_columns(register, declared)
    rows, findings = _raw_rows(register, sheet, declared)
    return plan_of_rows(register, actor, rows, findings)


def require_import(register: Register, actor: Actor) -> None:
    if not actor.may(register.import_grant):
        raise Denied(_("Your role does not include importing here."))


def plan_of_rows(
    register: Register,
    actor: Actor,
    rows: list[PlannedRow],
    findings: Sequence[Finding] = (),
    coming: Sequence[Any] = (),
) -> Plan:
    """The plan of rows that name their fields themselves. `coming` are new records of other plans of the same act,
    which these rows may name by id. Raises Denied.
    """
    require_import(register, actor)
    plan = Plan(register, rows, list(findings))
    _find_records(register, actor, rows)
    _take_values(register, actor, rows, coming)
    _settle(register, rows)
    return plan


def _check_columns(register: Register, declared: Declared) -> None:
    chosen = list(declared.columns.values())
    errors = []
    if twice := sorted({key for key in chosen if chosen.count(key) > 1}):
        errors.append(_("Two columns are meant for the same field: %(field)s.") % {"field": ", ".join(twice)})
    if unknown := [key for key in chosen if key not in register.inputs.fields]:
        errors.append(_("There is no field %(field)s.") % {"field": unknown[0][:40]})
    required = [name for name, f in register.inputs.fields.items() if f.required and name not in {"unit"}]
    missing = [str(register.inputs.fields[name].label) for name in required if name not in chosen]
    if missing and "ref" not in chosen:
        errors.append(
            _("No column for: %(fields)s. New rows need it; to update, name the column with the reference.")
            % {"fields": ", ".join(missing)}
        )
    if errors:
        raise Invalid({"columns": errors})


def _raw_rows(register: Register, sheet: Sheet, declared: Declared) -> tuple[list[PlannedRow], list[Finding]]:
    readers = {index: _reader(register.inputs.fields[key], declared) for index, key in declared.columns.items()}
    header = sheet.header
    bad: dict[int, list[Finding]] = {}
    findings: list[Finding] = []
    for found in sheet.findings:
        column = header[found.column - 1] if 0 < found.column <= len(header) else found.place
        if found.is_warning or found.column - 1 not in declared.columns:
            findings.append(Finding("warning", found.row, column, cell_words(found)))
        else:
            bad.setdefault(found.row, []).append(Finding("error", found.row, column, cell_words(found)))
    rows = []
    for number, cells in sheet.numbered_rows():
        row = PlannedRow(number, "", {})
        for index, key in declared.columns.items():
            try:
                row.raw[key] = readers[index](cells[index]) if index < len(cells) else ""
            except (ValueError, ValidationError) as error:
                row.refuse(header[index], value_words(error))
        row.ref = str(row.raw.get("ref", "") or "").strip()
        for finding in bad.get(number, ()):
            row.outcome = "refused"
            row.findings.append(finding)
        rows.append(row)
    return rows, findings


def _reader(f: forms.Field, declared: Declared) -> Any:
    """A function cell → raw value for one field, by the declared number and date format."""
    if isinstance(f, ReferencesField):
        return split_list
    if isinstance(f, forms.BooleanField):
        return lambda value: parse_bool(value) if value is not None else False
    if isinstance(f, forms.DateField):
        return lambda value: parse_date(value, declared.date_order) if value is not None else None
    if isinstance(f, forms.DecimalField | forms.IntegerField) and not isinstance(f, forms.ChoiceField):
        return lambda value: parse_decimal(value, declared.has_decimal_comma) if value is not None else None
    if isinstance(f, forms.ChoiceField) and not isinstance(f, ReferenceField):
        words = choice_words(f)
        return lambda value: "" if value is None else words.get(_folded(value), _text(value))
    return lambda value: "" if value is None else _text(value)


def choice_words(f: forms.ChoiceField) -> dict[str, Any]:
    """Value and label in both languages → value."""
    words: dict[str, Any] = {}
    for language in ("en", "de"):
        with override(language):
            for value, label in choices_of(f):
                if value not in ("", None):
                    words[_folded(label)] = words[_folded(value)] = value
    return words


def _folded(value: Any) -> str:
    return " ".join(str(value).casefold().split())


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value)


def _find_records(register: Register, actor: Actor, rows: list[PlannedRow]) -> None:
    """Give each row its record: the one with its reference, or a new one."""
    model = register.model
    seen: dict[str, int] = {}
    existing: dict[str, Any] = {}
    refs = [row.ref for row in rows if row.ref]
    for at in range(0, len(refs), BATCH):
        part = (
            model._base_manager.filter(organisation_id=actor.organisation_id, ref__in=refs[at : at + BATCH])
            .select_related("unit", "owner")
            .order_by()
        )
        existing |= {record.ref: record for record in part}
    for row in rows:
        if row.ref and row.ref in seen:
            row.refuse(
                "ref",
                _("The reference %(ref)s stands in row %(row)d already.") % {"ref": row.ref, "row": seen[row.ref]},
            )
            continue
        if row.ref:
            seen[row.ref] = row.number
        record = existing.get(row.ref)
        if record is not None and not actor.may(register.view_grant, record):
            row.refuse("ref", _("The reference %(ref)s is taken. Choose another or leave it empty.") % {"ref": row.ref})
            continue
        row.record = record or model(organisation_id=actor.organisation_id, ref=row.ref)
        if record is None and row.key is not None:
            row.record.pk = row.key


def _take_values(register: Register, actor: Actor, rows: list[PlannedRow], coming: Sequence[Any] = ()) -> None:
    inputs, model = register.inputs, register.model
    open_rows = [row for row in rows if row.record is not None]
    found = inputs.find(actor, [row.raw for row in open_rows])
    for name, f in inputs.references().items():
        if f.target.model is model:
            found.setdefault(name, {}).update({row.ref: row.record for row in open_rows if row.ref})
            found[name].update({str(row.record.pk): row.record for row in open_rows if row.key})
        found.setdefault(name, {}).update({str(one.pk): one for one in coming if type(one) is f.target.model})
    chosen: dict[tuple[str, Any], Any] = {}
    for row in open_rows:
        if row.outcome == "refused":
            continue
        is_new = row.record.is_new
        try:
            raw = _full(register, row.raw) if is_new else row.raw
            values = inputs.clean(actor, raw, only_given=True, found=found, chosen=chosen)
            assign(row.record, values, actor)
            if row.record.unit_id is None:
                row.record.unit = actor.home_unit
            grant = register.acts.create.name if is_new else register.acts.update.name
            if not actor.may(grant, row.record):
                raise Denied(_("You hold no right in the unit %(unit)s.") % {"unit": row.record.unit})
        except ActError as error:
            _refuse(inputs, row, error)
    model.before_check([row.record for row in open_rows if row.outcome != "refused"])
    for row in open_rows:
        if row.outcome != "refused":
            try:
                check(row.record)
            except ActError as error:
                _refuse(inputs, row, error)


def _refuse(inputs: Inputs, row: PlannedRow, error: ActError) -> None:
    if not isinstance(error, Invalid):
        row.refuse("", error.message)
        return
    for name, texts in error.errors.items():
        label = str(inputs.fields[name].label) if name in inputs.fields else name
        for text in texts:
            row.refuse(label, text)


def _full(register: Register, raw: dict[str, Any]) -> dict[str, Any]:
    """A new row with every needed field, so that a lacking one is told."""
    return {name: "" for name, f in register.inputs.fields.items() if f.required and name != "unit"} | raw


def _settle(register: Register, rows: list[PlannedRow]) -> None:
    """Say of each row that is not refused what it does."""
    good = [row for row in rows if row.outcome != "refused" and row.record is not None]
    changes = pending([row.record for row in good if not row.record.is_new])
    for row in good:
        row.changes = changes.get(row.record.pk, {})
        row.outcome = "added" if row.record.is_new else "changed" if row.changes else "unchanged"


def store(plan: Plan, actor: Actor, *, reason: str = "") -> dict[str, int]:
    """Carry the plan out as one act. Raises Invalid where a row is refused, Conflict where a record changed
    meanwhile.
    """
    if plan.counts["refused"] or any(finding.severity == "error" for finding in plan.findings):
        raise Invalid({"": [str(gettext_lazy("Nothing was stored: some rows are refused. Mend them and try again."))]})
    records = [row.record for row in plan.rows if row.outcome in {"added", "changed"}]
    if records:
        with room_for(len(records)), acting(actor, plan.register.import_grant, reason) as act:
            assign_refs([record for record in records if record.is_new])
            act.save_many(records)
            if len(records) >= MANY:
                act.afterwards(refresh_statistics)
    return plan.counts


__all__ = ["Declared", "Plan", "guess_columns", "make_plan", "plan_of_rows", "store"]
