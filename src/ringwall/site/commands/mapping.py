"""Commands on mappings between catalogues: import them, list them, say what one catalogue covers of another."""

import argparse
from importlib import import_module
from pathlib import Path
from typing import Any

from ringwall.catalogues.mapping import actions, queries
from ringwall.catalogues.refusals import ImportRefused
from ringwall.site.cli import FINDINGS, GOOD, Answer, UsageError, command
from ringwall.site.commands.files import content, finding_lines
from ringwall.site.commands.who import actor, catalogue_named

OUTCOMES = ("added", "changed", "unchanged", "withdrawn", "left_out")


def add_commands(commands: Any) -> None:
    group = commands.add_parser("mapping", help="mappings between catalogues").add_subparsers(
        dest="verb", required=True, metavar="VERB"
    )
    text = "import mappings: OSCAL mapping collection, CISO Assistant library, spreadsheet"
    made = command(group, "import", _import, text)
    made.add_argument("file", metavar="FILE")
    made.add_argument(
        "--from", dest="source", metavar="ID", help="catalogue the mapping leads from; default: what the file says"
    )
    made.add_argument(
        "--to", dest="target", metavar="ID", help="catalogue the mapping leads to; default: what the file says"
    )
    made.add_argument("--dry-run", action="store_true", help="only say what would happen")
    command(group, "list", _list, "list the mappings")
    text = "say how far catalogue B is covered by catalogue A: which requirements of B are met by meeting those of A"
    made = command(group, "coverage", _coverage, text)
    made.add_argument("a", metavar="A", help="the catalogue that covers (whose requirements are met)")
    made.add_argument("b", metavar="B", help="the catalogue that is to be covered")


def _import(given: argparse.Namespace) -> Answer:
    who = actor(given)
    source, target = (catalogue_named(who, code) if code else None for code in (given.source, given.target))
    try:
        report = actions.import_mapping(
            content(given.file), Path(given.file).name, actor=who, source=source, target=target, is_trial=given.dry_run
        )
    except ImportRefused as error:
        told = [{"severity": f.severity, "path": f.path, "message": f.message} for f in error.findings]
        nothing = {**dict.fromkeys(OUTCOMES, 0), "mappings": [], "findings": told}
        return FINDINGS, nothing, "\n".join(["Nothing was stored.", *finding_lines(told)])
    body = report.told()
    lines = [
        f"{one['title']} ({one['mapping']}): {one['source']} → {one['target']}: "
        + ", ".join(f"{one[name]} {name.replace('_', ' ')}" for name in OUTCOMES)
        + f"; {one['defaulted']} set by a tool and judged by nobody"
        for one in body["mappings"]
    ]
    is_bad = any(finding["severity"] == "error" for finding in body["findings"])
    return (FINDINGS if is_bad else GOOD), body, "\n".join([*lines, *finding_lines(body["findings"])])


def _list(given: argparse.Namespace) -> Answer:
    rows = [queries.summary(found) for found in queries.mappings_of(actor(given))]
    lines = [
        f"{row['id']:<48} {row['rows']:>6}  {row['source']} → {row['target']}  {row['title']}"
        + (f" ({row['defaulted']} not judged)" if row["defaulted"] else "")
        + (" (withdrawn)" if row["withdrawn"] else "")
        for row in rows
    ]
    return GOOD, {"mappings": rows}, "\n".join(lines) or "No mappings."


def _coverage(given: argparse.Namespace) -> Answer:
    who = actor(given)
    by, target = catalogue_named(who, given.a), catalogue_named(who, given.b)
    if by == target:
        raise UsageError("A and B are the same catalogue; name two")
    covering = import_module("ringwall.catalogues.mapping.covering")
    body = covering.told(covering.coverage_of(who, target, by))
    if not body["mappings"]:
        raise UsageError(f"there is no mapping between {by.code} and {target.code}; `ringwall mapping list` names them")
    counts = ", ".join(f"{body[name]} {name}" for name in ("covered", "partly", "not"))
    lines = [
        f"{target.code} by {by.code}: of {body['requirements']} requirements {counts}",
        f"{body['unjudged']} of those not covered have rows that nobody judged; these count for nothing.",
    ]
    lines += [
        f"{group['title'] or '–'}: {group['covered']} covered, {group['partly']} partly, {group['not']} not"
        for group in body["groups"]
    ]
    return GOOD, body, "\n".join(lines)
