"""Commands that write a whole scope as OSCAL documents and take one in. Those on OSCAL files stand in `files`."""

import argparse
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from ringwall.context.queries import covered_scope
from ringwall.exchange.queries import GRANTS, IMPORT, scope_for
from ringwall.site.cli import FINDINGS, GOOD, Answer, UsageError, command
from ringwall.site.commands.files import content, finding_lines
from ringwall.site.commands.who import actor
from ringwall.soa.queries import any_scope


def add_commands(group: Any) -> None:
    """`oscal export` and `oscal import`, among the commands on OSCAL files."""
    made = command(group, "export", _export, "write a whole ISMS scope as an OSCAL document")
    made.add_argument("document", choices=tuple(GRANTS), metavar="DOCUMENT", help=", ".join(GRANTS))
    made.add_argument("--scope", metavar="REF", help="the ISMS scope; default: the only one")
    made.add_argument("--format", choices=("json", "xml"), help="default: as FILE ends, else json")
    made.add_argument("--out", required=True, metavar="FILE")
    made.add_argument(
        "--with-sources",
        action="store_true",
        help="ssp: write the profile and the catalogues that it names beside it, so that others can resolve it",
    )
    text = "import a security plan or a plan of action into an ISMS scope; what is refused refuses all"
    made = command(group, "import", _import, text)
    made.add_argument("file", metavar="FILE")
    made.add_argument("--scope", metavar="REF", help="the ISMS scope; default: the only one")
    made.add_argument("--dry-run", action="store_true", help="only say what would happen")


def _export(given: argparse.Namespace) -> Answer:
    who, out = actor(given), Path(given.out)
    if given.with_sources and given.document != "ssp":
        raise UsageError("--with-sources belongs to ssp: the other documents need no profile")
    scope = scope_for(who, any_scope(who, given.scope).ref, given.document)
    form = given.format or ("xml" if out.suffix.casefold() == ".xml" else "json")
    exporting = import_module("ringwall.exchange.exporting")
    written = {out: exporting.document_of(who, scope, given.document, form)}
    if given.with_sources:
        written |= {out.parent / name: data for name, data in exporting.sources_of_plan(who, scope).items()}
    for path, data in written.items():
        path.write_bytes(data)
    body = {
        "document": given.document,
        "scope": scope.ref,
        "format": form,
        "file": str(out),
        "size": len(written[out]),
        "sources": [str(path) for path in written if path != out],
    }
    return GOOD, body, "\n".join(f"{path} ({len(data)} bytes)" for path, data in written.items())


def _import(given: argparse.Namespace) -> Answer:
    who = actor(given)
    scope = covered_scope(who, any_scope(who, given.scope).ref, IMPORT)
    importing = import_module("ringwall.exchange.importing")
    plan = importing.plan_document(who, scope, content(given.file), Path(given.file).name)
    report = plan.report()
    if plan.is_refused:
        report |= {"added": 0, "changed": 0}
    elif not given.dry_run:
        importing.store_document(plan, who)
    lines = [_counted(report), *(f"  {slug}: {_counted(counts)}" for slug, counts in report["registers"].items())]
    if plan.is_refused:
        lines.append("Nothing was stored.")
    lines += finding_lines(report["findings"])
    return (FINDINGS if plan.is_refused else GOOD), report, "\n".join(lines)


def _counted(counts: Mapping[str, Any]) -> str:
    return ", ".join(f"{counts[name]} {name}" for name in ("added", "changed", "unchanged", "refused"))
