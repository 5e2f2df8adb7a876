"""What happened to a record: who, when, what, why; told from the ledger in the reader's words."""

from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext_lazy

from ringwall.access.policy import Actor
from ringwall.kit import registry
from ringwall.kit.cells import capitalised, format_value, labels_of_ids
from ringwall.kit.pages import HistoryEntry
from ringwall.kit.register import Register, column_kind
from ringwall.ledger import queries as ledger
from ringwall.ledger.queries import RecordedChange

NOTHING: tuple[Any, ...] = (None, "", [], {})
OTHER_ACTS = {
    "import": gettext_lazy("Import"),
    "submit": gettext_lazy("Submit for authorisation"),
    "answer": gettext_lazy("Answer"),
    "recall": gettext_lazy("Recall"),
    "prepare": gettext_lazy("Take in rows"),
    "hand_out": gettext_lazy("Hand out"),
    "repeat": gettext_lazy("Next of a series"),
    "escalate": gettext_lazy("Escalate"),
}
"""Acts that are no registered action of one record."""

POINTERS = {"subject_kind", "subject_id"}
"""What a row is about: its page names that to whoever may see it."""


def history_of(register: Register, record: Any, actor: Actor, *, limit: int = 100) -> list[HistoryEntry]:
    """Entries about this record, newest first; the record itself must already be visible to the actor."""
    found = ledger.history(record.organisation_id, record.pk, limit=limit)
    ids: dict[type[Any], set[str]] = {}
    for entry in found:
        if entry.change is None:
            continue
        for side in (entry.change.before or {}, entry.change.after):
            for name, value in side.items():
                if value and (target := _target(register, name)) is not None:
                    ids.setdefault(target, set()).update(value if isinstance(value, list) else [value])
    labels = {target: labels_of_ids(target, sorted(wanted), actor) for target, wanted in ids.items()}
    return [_told(register, entry, labels) for entry in found]


def _target(register: Register, name: str) -> type[Any] | None:
    try:
        f = register.model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    return f.related_model if f.is_relation else None


def _told(register: Register, entry: RecordedChange, labels: dict[type[Any], dict[str, str]]) -> HistoryEntry:
    act = registry.actions.get(entry.act.verb)
    verb = str(act.label) if act else str(OTHER_ACTS.get(entry.act.verb.partition(".")[2], entry.act.verb))
    changes = []
    if entry.change is not None:
        old, new = entry.change.before or {}, entry.change.after
        for name in sorted({*old, *new}):
            before, after = old.get(name), new.get(name)
            if name in POINTERS or (before in NOTHING and after in NOTHING):
                continue
            changes.append(
                (_label(register, name), _word(register, name, before, labels), _word(register, name, after, labels))
            )
    return HistoryEntry(entry.act.at, entry.act.actor_label, verb, entry.act.reason, changes, entry.act.position)


def _label(register: Register, name: str) -> str:
    try:
        return capitalised(register.model._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    except (FieldDoesNotExist, AttributeError):
        return name


def _word(register: Register, name: str, value: Any, labels: dict[type[Any], dict[str, str]]) -> str:
    if value in NOTHING:
        return ""
    target = _target(register, name)
    if target is not None:
        known = labels.get(target, {})
        return ", ".join(known.get(str(part), str(part)) for part in (value if isinstance(value, list) else [value]))
    try:
        f = register.model._meta.get_field(name)
    except FieldDoesNotExist:
        return str(value)
    if isinstance(value, dict | list):
        return str(register.words_of(name, value))
    choices = dict(getattr(f, "flatchoices", None) or [])
    if value in choices:
        return str(choices[value])
    kind = column_kind(name, f, register.model)
    return format_value(kind, value) if kind in {"bool", "number"} else str(value)
