"""From a record's value to what a person reads in a cell, a fact or the history."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ringwall.access.policy import Actor
from ringwall.kit import registry
from ringwall.kit.fetching import linked
from ringwall.kit.pages import Cell, Fact, Link
from ringwall.kit.records import Record
from ringwall.kit.register import ColumnSpec, Register


def record_url(organisation: str, record: Any) -> str:
    """Address of a record's page; empty for what has neither a register nor an `address` of its own."""
    if address := getattr(record, "address", None):
        return str(address(organisation))
    register = registry.registers.get(getattr(record, "kind", ""))
    return f"/{organisation}/{register.slug}/{record.ref}/" if register else ""


def sees(actor: Actor, target: Any) -> bool:
    """Whether a linked row may be named to this person: records by their own right, people and units to all."""
    return target is not None and (not isinstance(target, Record) or actor.may(f"{target.kind}.view", target))


def text_of(spec: ColumnSpec, record: Any, actor: Actor) -> tuple[Any, str]:
    """(text, tone) of one value; linked records that the actor may not see are left out."""
    if spec.computed:
        made = spec.computed.value(record)
        return made if isinstance(made, tuple) else (made, "")
    f = spec.field
    if spec.kind == "links":
        return ", ".join(target.ref for target in linked(record, spec.key) if sees(actor, target)), ""
    value = getattr(record, spec.key)
    if value is None or value == "":
        return "", ""
    if spec.kind == "link" and not sees(actor, value):
        return _("not visible to you"), "quiet"
    if spec.kind == "choice":
        label = _labels(f).get(value, value)
        return label, ""
    return format_value(spec.kind, value), ""


_label_cache: dict[tuple[Any, str], dict[Any, str]] = {}


def _labels(f: Any) -> dict[Any, str]:
    """The choices of a field in the language in use: looked up in the catalogue of translations once, not in every
    cell.
    """
    key = f, get_language() or ""
    if (labels := _label_cache.get(key)) is None:
        labels = _label_cache[key] = {value: str(label) for value, label in f.flatchoices}
    return labels


def format_value(kind: str, value: Any) -> Any:
    match kind:
        case "bool":
            return _("yes") if value else _("no")
        case "date":
            return formats.date_format(value, "SHORT_DATE_FORMAT")
        case "instant":
            return formats.date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")
        case "money":
            return formats.number_format(Decimal(value), decimal_pos=2, use_l10n=True, force_grouping=True)
        case "number":
            return formats.number_format(value, use_l10n=True, force_grouping=True)
    return str(value)


def cell_maker(
    register: Register, actor: Actor, spec: ColumnSpec, may_edit: Callable[[Any], bool]
) -> Callable[[Any], Cell]:
    """A function record → Cell for one column, with all that does not depend on the record worked out once."""
    tones = register.tones.get(spec.key, {})
    organisation = actor.organisation.code
    base = f"/{organisation}/{register.slug}/"
    is_head = spec.kind in {"ref", "title"}

    def make(record: Any) -> Cell:
        text, tone = text_of(spec, record, actor)
        if tones and not tone:
            tone = tones.get(getattr(record, spec.key, None), "")
        url = ""
        if is_head:
            url = f"{base}{record.ref}/"
        elif spec.kind == "link" and (target := getattr(record, spec.key)) and sees(actor, target):
            url = record_url(organisation, target)
        kind = "state" if tone or spec.kind == "state" else spec.kind
        hint = ""
        if spec.kind == "instant":
            hint = timezone.localtime(getattr(record, spec.key)).isoformat(" ", "seconds")
        return Cell(spec.key, text, kind, url, tone, hint, spec.is_editable and may_edit(record))

    return make


def facts_of(register: Register, record: Any, actor: Actor, keys: list[str] | None = None) -> list[Fact]:
    """Every filled fact of the record, in the form's order."""
    facts = []
    for key in keys or register.fact_keys:
        spec = register.spec_of(key)
        text, tone = text_of(spec, record, actor)
        if text in ("", None):
            continue
        tone = tone or register.tones.get(key, {}).get(getattr(record, key, None), "")
        target = getattr(record, key) if spec.kind == "link" else None
        url = record_url(actor.organisation.code, target) if sees(actor, target) else ""
        links = []
        if spec.kind == "links":
            seen = [other for other in linked(record, key) if sees(actor, other)]
            links = [Link(str(other), record_url(actor.organisation.code, other)) for other in seen]
        facts.append(Fact(capitalised(spec.label), text, url, tone, links=links))
    return facts


def capitalised(label: Any) -> str:
    text = str(label)
    return text[:1].upper() + text[1:]


def labels_of_ids(model: type[Any], ids: list[str], actor: Actor) -> dict[str, str]:
    """id → label for the history, which keeps ids alone; rows that the actor may not see bear no name."""
    if not ids:
        return {}
    rows = model._base_manager.filter(pk__in=ids)
    return {str(row.pk): str(row) if sees(actor, row) else _("not visible to you") for row in rows}
