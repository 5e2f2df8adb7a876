"""An act: one transaction, one ledger entry, the changes of all rows in it.

Rows are written only inside an act. The act compares each row with the state in which it was read, so that the ledger
holds what really changed, and refuses a row that somebody else changed meanwhile.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection, models, transaction

from ringwall.access.memory import note_rights
from ringwall.access.policy import Actor
from ringwall.access.tracked import Tracked
from ringwall.kit import registry
from ringwall.kit.bulk import insert_rows
from ringwall.kit.errors import Conflict
from ringwall.kit.texts import require_plain
from ringwall.ledger import actions as ledger
from ringwall.ledger.rules import Change

_current: ContextVar["Act | None"] = ContextVar("act", default=None)

UNRECORDED = {"id", "version", "organisation", "ref_key", "created_at", "changed_at", "search_text", "rights_changes"}
"""Left out of the recorded state: what the entry says anyway (who, when, which row) or what can be derived."""


@dataclass
class Act:
    """What one person does at one moment. `changes` become one ledger entry when the act ends well."""

    actor: Actor
    verb: str
    reason: str = ""
    changes: list[Change] = field(default_factory=list)
    saved: list[Tracked] = field(default_factory=list)
    memory: dict[Any, Any] = field(default_factory=dict)
    """What an action worked out for one subject and needs again for the next, by a key of its own."""
    _afterwards: list[Callable[[], None]] = field(default_factory=list)

    def save(self, record: Tracked) -> None:
        self.save_many([record])

    def save_many(self, records: Sequence[Tracked]) -> None:
        """Insert the new rows and update the changed ones. Raises Conflict when one was changed by somebody else."""
        for model, rows in _by_model(records).items():
            links_before = _linked_ids(model, [row for row in rows if row.__dict__.get("_links")])
            new = [row for row in rows if row.is_new]
            old = [row for row in rows if not row.is_new]
            touched = [row for row in old if _differences(row) or _changed_links(row, links_before)]
            self._insert(new)
            self._update(model, touched)
            for row in [*new, *touched]:
                self.changes.append(_change_of(row, links_before))
                self.saved.append(row)
            _write_links(model, [*new, *touched], links_before)
            for row in [*new, *touched]:
                row.remember()

    def note(self, change: Change) -> None:
        """Record what is no row of a register: a decision, a file, a freeze."""
        self.changes.append(change)

    def afterwards(self, function: Callable[[], None]) -> None:
        """Call the function once the act is committed."""
        self._afterwards.append(function)

    def _insert(self, rows: list[Tracked]) -> None:
        for row in rows:
            row.version = 1
        insert_rows(rows)

    def _update(self, model: type[Tracked], rows: list[Tracked]) -> None:
        """One statement for all rows that change the same columns, each bound to the version that was read."""
        groups: dict[tuple[str, ...], list[Tracked]] = {}
        for row in rows:
            touch = getattr(row, "touch", None)
            if touch is not None:
                touch()
            groups.setdefault(tuple(sorted(_differences(row, everything=True))), []).append(row)
        for names, group in groups.items():
            fields = [_field(model, name) for name in names]
            quote = connection.ops.quote_name
            columns = "".join(f"{quote(str(f.column))} = %s, " for f in fields)
            sql = (
                f"UPDATE {quote(model._meta.db_table)} SET {columns}{quote('version')} = %s "  # noqa: S608 - column names of the model
                f"WHERE {quote('id')} = %s AND {quote('version')} = %s"
            )
            key = model._meta.pk
            parameters = []
            for row in group:
                read = row.stored()["version"]
                values = [f.get_db_prep_save(getattr(row, f.attname), connection) for f in fields]
                parameters.append((*values, read + 1, key.get_db_prep_save(row.pk, connection), read))
            with connection.cursor() as cursor:
                cursor.executemany(sql, parameters)
                if cursor.rowcount != len(group):
                    raise Conflict(_first_lost(model, group))
            for row in group:
                row.version = row.stored()["version"] + 1


@contextmanager
def acting(actor: Actor, verb: str, reason: str = "") -> Iterator[Act]:
    """Open an act; inside another act the two are one, with the outer verb. Nothing is stored when it ends with an
    error.
    """
    if (outer := _current.get()) is not None:
        yield outer
        return
    require_plain(reason=reason)
    act = Act(actor, verb, reason)
    with transaction.atomic():
        token = _current.set(act)
        try:
            yield act
            if act.changes:
                for follow in registry.followers:
                    follow(act)
                _move_history(act)
                for listen in registry.listeners:
                    listen(act)
                note_rights(actor.organisation_id, act.saved)
        finally:
            _current.reset(token)
        if act.changes:
            ledger.append(
                organisation=actor.organisation_id,
                verb=verb,
                actor_id=actor.person_id,
                actor_label=actor.label,
                changes=act.changes,
                reason=reason,
            )
    for function in act._afterwards:
        function()


Sight = tuple[UUID | None, bool, UUID | None]


def moved(act: Act, kinds: Collection[str] | None = None) -> dict[Sight, list[UUID]]:
    """(unit, restricted, owner) → the records, of these kinds or any, to which the act newly gave them."""
    last = {
        change.subject: (change.unit, change.restricted, change.owner)
        for change in act.changes
        if change.before is not None
        and {"unit", "restricted", "owner"} & change.after.keys()
        and (kinds is None or change.kind in kinds)
    }
    found: dict[Sight, list[UUID]] = {}
    for subject, sight in last.items():
        found.setdefault(sight, []).append(subject)
    return found


def _move_history(act: Act) -> None:
    """What decides who sees a record decides who sees its history: the ledger's index moves along."""
    for (unit, restricted, owner), subjects in moved(act).items():
        ledger.move_subjects(act.actor.organisation_id, subjects, unit=unit, restricted=restricted, owner=owner)


def current_act() -> Act:
    """The act under way. A write outside any act is a fault of the program, not of the user."""
    act = _current.get()
    if act is None:
        raise RuntimeError("rows are written only inside an action (ringwall.kit.acts.acting)")
    return act


AS_IT_IS = frozenset({bool, int, str})


def plain(value: Any) -> Any:
    """A field's value as the ledger writes it: text, whole number, truth value, list or nothing; no floats."""
    if value is None or type(value) in AS_IT_IS:
        return value
    match value:
        case bool() | int() | str():
            return value
        case UUID():
            return str(value)
        case Decimal():
            return format(value.normalize(), "f")
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case list() | tuple():
            return [plain(part) for part in value]
        case dict():
            return {str(key): plain(part) for key, part in value.items()}
        case _:
            return str(value)


def state_of(record: Tracked) -> dict[str, Any]:
    """The whole recorded state of a row: field name → plain value (a foreign key as the id it holds)."""
    return {f.name: plain(getattr(record, f.attname)) for f in record._meta.concrete_fields if f.name not in UNRECORDED}


def kind_of(model: type[models.Model]) -> str:
    """The one word by which ledger, search and API call a kind of row."""
    return getattr(model, "kind", "") or str(model._meta.model_name)


def link_fields(model: type[models.Model]) -> list[Any]:
    return [f for f in model._meta.many_to_many]


def pending(records: Sequence[Tracked]) -> dict[Any, dict[str, tuple[Any, Any]]]:
    """Row id → field → (stored, new) plain values, for rows and links not yet saved: what a preview shows."""
    found: dict[Any, dict[str, tuple[Any, Any]]] = {}
    for model, rows in _by_model(records).items():
        links = _linked_ids(model, [row for row in rows if row.__dict__.get("_links")])
        for row in rows:
            change = _change_of(row, links)
            found[row.pk] = {name: ((change.before or {}).get(name), value) for name, value in change.after.items()}
    return found


def _by_model(records: Sequence[Tracked]) -> dict[type[Tracked], list[Tracked]]:
    grouped: dict[type[Tracked], list[Tracked]] = {}
    for record in records:
        grouped.setdefault(type(record), []).append(record)
    return grouped


def _field(model: type[Tracked], name: str) -> models.Field[Any, Any]:
    """A stored field; what only points here from another model is none."""
    found = model._meta.get_field(name)
    assert isinstance(found, models.Field)
    return found


def _differences(row: Tracked, *, everything: bool = False) -> list[str]:
    stored = row.stored()
    return [
        f.name
        for f in row._meta.concrete_fields
        if f.attname in stored
        and f.name not in {"id", "version"}
        and (everything or f.name not in UNRECORDED)
        and stored[f.attname] != getattr(row, f.attname)
    ]


def _linked_ids(model: type[Tracked], rows: Sequence[Tracked]) -> dict[tuple[str, UUID], list[str]]:
    """(field, row id) → ids linked in the database now, for the link fields that are about to be set."""
    found: dict[tuple[str, UUID], list[str]] = {}
    for f in link_fields(model) if rows else ():
        ids = [row.pk for row in rows if f.name in row.__dict__["_links"] and not row.is_new]
        source, target = f.m2m_field_name() + "_id", f.m2m_reverse_field_name() + "_id"
        through = f.remote_field.through._base_manager
        for at in range(0, len(ids), 500):
            pairs = through.filter(**{f"{source}__in": ids[at : at + 500]}).values_list(source, target)
            for source_id, target_id in pairs:
                found.setdefault((f.name, source_id), []).append(str(target_id))
    return found


def _changed_links(row: Tracked, before: dict[tuple[str, UUID], list[str]]) -> dict[str, tuple[list[str], list[str]]]:
    changed: dict[str, tuple[list[str], list[str]]] = {}
    for name, targets in row.__dict__.get("_links", {}).items():
        old = sorted(before.get((name, row.pk), []))
        new = sorted({str(target.pk) for target in targets})
        if old != new:
            changed[name] = (old, new)
    return changed


def _change_of(row: Tracked, links_before: dict[tuple[str, UUID], list[str]]) -> Change:
    links = _changed_links(row, links_before)
    if row.is_new:
        before, after, operation = None, state_of(row) | {name: new for name, (_, new) in links.items()}, "create"
    else:
        stored = row.stored()
        names = _differences(row)
        columns = {n: _field(type(row), n).attname for n in names}
        before = {n: plain(stored[column]) for n, column in columns.items()} | {n: old for n, (old, _) in links.items()}
        after = {n: plain(getattr(row, column)) for n, column in columns.items()} | {
            n: new for n, (_, new) in links.items()
        }
        operation = "update"
        if "withdrawn_on" in names:
            operation = "withdraw" if after["withdrawn_on"] else "restore"
    return Change(
        kind=kind_of(type(row)),
        subject=row.pk,
        ref=str(getattr(row, "ref", "") or ""),
        operation=operation,
        version=row.version,
        before=before,
        after=after,
        unit=getattr(row, "unit_id", None),
        restricted=bool(getattr(row, "restricted", False)),
        owner=getattr(row, "owner_id", None),
    )


def _write_links(model: type[Tracked], rows: Sequence[Tracked], before: dict[tuple[str, UUID], list[str]]) -> None:
    for f in link_fields(model):
        through = f.remote_field.through
        source, target = f.m2m_field_name() + "_id", f.m2m_reverse_field_name() + "_id"
        added = []
        for row in rows:
            if (change := _changed_links(row, before).get(f.name)) is None:
                continue
            old, new = map(set, change)
            if gone := old - new:
                through._base_manager.filter(**{source: row.pk, f"{target}__in": gone}).delete()
            added += [
                through(**{source: row.pk, target: UUID(key), "organisation_id": row.organisation_id})  # type: ignore[attr-defined]
                for key in sorted(new - old)
            ]
        insert_rows(added)
    for row in rows:
        row.__dict__.pop("_links", None)


def _first_lost(model: type[Tracked], group: Sequence[Tracked]) -> Tracked:
    now = dict(model._base_manager.filter(pk__in=[row.pk for row in group]).values_list("pk", "version"))
    return next((row for row in group if now.get(row.pk) != row.stored()["version"] + 1), group[0])
