"""Commands that carry over what hangs on a catalogue to a new edition or another catalogue (`catalogue carry`)."""

import argparse
from importlib import import_module
from typing import Any
from uuid import UUID

from ringwall.access.policy import Actor
from ringwall.catalogues.carryover import actions, queries
from ringwall.catalogues.carryover.models import CarriedRow, CarryOver
from ringwall.kit.actions import Action
from ringwall.kit.errors import NotFound
from ringwall.kit.records import is_uuid
from ringwall.site.cli import GOOD, Answer, UsageError, command
from ringwall.site.commands.who import actor, catalogue_named

STATES = tuple(str(state) for state in CarriedRow.State)


def add_commands(catalogue: Any) -> None:
    """`carry`, among the commands on catalogues."""
    text = (
        "carry over what hangs on a catalogue to a new edition or another catalogue (all but list and show: with --as)"
    )
    group = catalogue.add_parser("carry", help=text, description=text).add_subparsers(
        dest="act", required=True, metavar="ACT"
    )
    made = command(group, "begin", _begin, "work out what follows; what is certain is carried at once")
    made.add_argument("source", metavar="OLD", help="the catalogue on which it hangs")
    made.add_argument("target", metavar="NEW", help="the catalogue to which it shall be carried")
    made.add_argument(
        "--basis",
        choices=tuple(str(one) for one in CarryOver.Basis),
        help="by comparing two editions or along the mappings; default: the only one that is possible",
    )
    made.add_argument("--dry-run", action="store_true", help="only say what would come of it")
    command(group, "list", _list, "list the carry-overs, the newest first")
    made = _on_one(group, "show", _show, "one carry-over with its worklist")
    made.add_argument("--state", choices=STATES, help="only the lines in this state")
    made.add_argument("--kind", metavar="KIND", help="only this kind of record, such as control")
    for name, text in (
        ("take", "carry lines as proposed; one that cannot be refuses all"),
        ("refuse", "do not carry lines; what was taken of them is taken back, what needed a person is settled"),
    ):
        made = _on_one(group, name, _decider(name), text)
        made.add_argument("lines", metavar="LINE", nargs="*", help="identifiers that `show` prints")
        made.add_argument("--all", action="store_true", help="all that is proposed")
        made.add_argument("--kind", metavar="KIND", help="with --all: only this kind of record")
    _on_one(group, "renew", _acting(actions.renew), "work out anew what is not decided")
    _on_one(group, "confirm", _acting(actions.confirm), "confirm it, once no proposal waits")
    made = _on_one(group, "undo", _acting(actions.undo), "take back all that was carried, while it is open")
    made.add_argument("--reason", required=True, metavar="TEXT")


def _on_one(group: Any, name: str, call: Any, text: str) -> argparse.ArgumentParser:
    made = command(group, name, call, text)
    made.add_argument("id", metavar="ID", help="identifier that `catalogue carry list` prints")
    return made


def _one(who: Actor, key: str) -> CarryOver:
    try:
        if not is_uuid(key):
            raise NotFound
        return queries.carry_over_by(who, UUID(key))
    except NotFound:
        raise UsageError(f"there is no carry-over {key!r}; `ringwall catalogue carry list` names them") from None


def _line(body: dict[str, Any]) -> str:
    counts = f"{body['lines']} lines, {body['proposed']} proposed, {body['need_person']} need a person"
    return f"{body['id']}  {body['source']} → {body['target']} by {body['basis']}, {body['state']}: {counts}"


def _told(who: Actor, key: UUID) -> Answer:
    body = queries.summary(queries.carry_over_by(who, key))
    return GOOD, body, _line(body)


def _begin(given: argparse.Namespace) -> Answer:
    who = actor(given)
    source, target = catalogue_named(who, given.source), catalogue_named(who, given.target)
    if source == target:
        raise UsageError("OLD and NEW are the same catalogue; name two")
    queries.require_view(who)
    proposing = import_module("ringwall.catalogues.carryover.proposing")
    possible = [str(one) for one in proposing.bases(who, source, target)]
    if given.basis is None and len(possible) > 1:
        raise UsageError(f"say with --basis by what to carry over: {' or '.join(possible)}")
    if not possible or (given.basis or possible[0]) not in possible:
        raise UsageError(
            f"{source.code} cannot be carried to {target.code} by {given.basis or 'anything'}: no mapping in use "
            "connects them, or they are no editions of one catalogue; `ringwall mapping list` names the mappings"
        )
    basis = given.basis or possible[0]
    if given.dry_run:
        offer = proposing.offer(who, source, target, CarryOver.Basis(basis))
        body = {"source": source.code, "target": target.code, **offer}
        return GOOD, body, ", ".join(f"{body[name]} {name.replace('_', ' ')}" for name in proposing.OUTCOMES)
    made = actions.start.run(who, {"source": source.code, "target": target.code, "basis": basis})
    return _told(who, made.pk)


def _list(given: argparse.Namespace) -> Answer:
    rows = [queries.summary(one) for one in queries.carry_overs_of(actor(given))]
    return GOOD, {"carry_overs": rows}, "\n".join(map(_line, rows)) or "Nothing was carried over yet."


def _show(given: argparse.Namespace) -> Answer:
    who = actor(given)
    found = _one(who, given.id)
    short = queries.seen_short(who, queries.short_rows(found, state=given.state, kind=given.kind))
    wanted = {one.pk for one in short}
    seen = [one for one in queries.seen_rows(who, queries.rows_of(found)) if one.row.pk in wanted]
    body = queries.summary(found) | {"worklist": [queries.told(one) for one in seen]}
    lines = [
        f"{one['id']}  {one['state']:<12} {one['kind']}: {one['source']} → {one['target'] or '–'} ({one['reason']}"
        + (f", {one['answer']}" if one["answer"] else "")
        + f")  {', '.join(record['ref'] for record in one['records'])}"
        for one in body["worklist"]
    ]
    return GOOD, body, "\n".join([_line(body), *lines])


def _decider(name: str) -> Any:
    act = actions.DECISIONS[name]

    def decide(given: argparse.Namespace) -> Answer:
        who = actor(given)
        found = _one(who, given.id)
        if bool(given.lines) is given.all:
            raise UsageError("name lines, or all that is proposed with --all")
        if given.all:
            waiting = queries.short_rows(found, state=str(CarriedRow.State.PROPOSED), kind=given.kind)
            rows = [one.pk for one in queries.seen_short(who, waiting)]
            if not rows:
                return GOOD, {"decided": 0, **queries.summary(found)}, "Nothing is proposed."
        elif unknown := [text for text in given.lines if not is_uuid(text)]:
            raise UsageError(f"{unknown[0]!r} is no line; `ringwall catalogue carry show` prints their identifiers")
        else:
            rows = [UUID(text) for text in given.lines]
        done = act(found, actor=who, rows=rows)
        body = queries.summary(queries.carry_over_by(who, found.pk))
        return GOOD, {"decided": len(done), **body}, f"{len(done)} lines decided.\n{_line(body)}"

    return decide


def _acting(act: Action) -> Any:
    def run(given: argparse.Namespace) -> Answer:
        who = actor(given)
        found = _one(who, given.id)
        act.run(who, {}, subject=found, reason=getattr(given, "reason", ""))
        return _told(who, found.pk)

    return run
