"""Commands that bring records in: catalogues, assets, risks, controls, findings, decisions of a statement."""

import argparse
from importlib import import_module
from pathlib import Path
from typing import Any

from ringwall.access.policy import Actor
from ringwall.approvals.actions import submit
from ringwall.approvals.queries import people_named
from ringwall.catalogues import actions as catalogues
from ringwall.catalogues import queries as catalogue_queries
from ringwall.catalogues.refusals import ImportRefused
from ringwall.kit import registry
from ringwall.kit.errors import Invalid
from ringwall.kit.imports import Declared, Plan, guess_columns, make_plan, sheet_of, store
from ringwall.kit.words import file_words
from ringwall.lib.sheets import read_sheet
from ringwall.lib.sheets_types import Sheet, SheetError
from ringwall.site.cli import FINDINGS, GOOD, Answer, command
from ringwall.site.commands import carrying, files, mapping, oscal
from ringwall.site.commands.files import content
from ringwall.site.commands.who import actor, catalogue_named
from ringwall.soa.actions import prepare
from ringwall.soa.queries import any_scope
from ringwall.soa.sheets import plan_decisions

KINDS = {"assets": "asset", "risks": "risk", "controls": "control", "findings": "finding"}
ORDERS = ("ymd", "dmy", "mdy")


def add_commands(commands: Any) -> None:
    _add_catalogue(commands)
    mapping.add_commands(commands)
    oscal.add_commands(files.add_group(commands))
    for name, kind in KINDS.items():
        group = commands.add_parser(
            name, help=f"bring in {name}", description=f"Bring in {name} from a spreadsheet."
        ).add_subparsers(dest="verb", required=True, metavar="VERB")
        made = command(
            group, "import", _importer(kind), f"import {name} from XLSX, ODS or CSV; one refused row refuses all"
        )
        _sheet_options(made)
    group = commands.add_parser("soa", help="the statement of applicability").add_subparsers(
        dest="verb", required=True, metavar="VERB"
    )
    made = command(group, "import", _import_soa, "import decisions (entry, applicability, justification)")
    _sheet_options(made)
    made.add_argument("--scope", metavar="REF", help="the ISMS scope; default: the only one")
    made = command(group, "submit", _submit_soa, "freeze the statement and ask for its authorisation (with --as)")
    made.add_argument("--scope", metavar="REF", help="the ISMS scope; default: the only one")
    made.add_argument("--decider", action="append", required=True, metavar="EMAIL", help="who shall decide")
    made.add_argument("--note", default="", help="what the deciders should know")


def _sheet_options(made: argparse.ArgumentParser) -> None:
    made.add_argument("file", metavar="FILE")
    made.add_argument("--dates", choices=ORDERS, default="ymd", help="order of day, month and year in the file")
    made.add_argument("--decimal-comma", action="store_true", help="numbers are written 1.234,50")
    made.add_argument("--dry-run", action="store_true", help="only say what would happen")


def _importer(kind: str) -> Any:
    def run(given: argparse.Namespace) -> Answer:
        who = actor(given)
        register = registry.registers[kind]

        def plan(sheet: Sheet) -> Plan:
            columns = guess_columns(register, sheet.header)
            return make_plan(register, who, sheet, Declared(given.dates, given.decimal_comma, columns))

        def read(data: bytes, name: str) -> Sheet:
            return sheet_of(register, who, data, name)

        return _imported(given, who, plan, read)

    return run


def _import_soa(given: argparse.Namespace) -> Answer:
    who = actor(given)
    scope = any_scope(who, given.scope)
    return _imported(
        given, who, lambda sheet: plan_decisions(who, scope, sheet, Declared(given.dates, given.decimal_comma))
    )


def _submit_soa(given: argparse.Namespace) -> Answer:
    """Asking is done here, deciding is not: a shell cannot show who sits at it."""
    who = actor(given)
    scope = any_scope(who, given.scope)
    prepare(scope, actor=who)
    deciders = people_named(who, "decider", given.decider)
    made = submit("soa", scope, actor=who, deciders=deciders, note=given.note)
    body = {"id": str(made.pk), "number": made.number, "sha256": made.sha256, "state": str(made.state)}
    return GOOD, body, f"Version {made.number} of {made.title} waits for {', '.join(p.name for p in deciders)}."


def _imported(given: argparse.Namespace, who: Actor, make: Any, read: Any = read_sheet) -> Answer:
    """Plan, store unless something is refused, and say what came of it."""
    data = content(given.file)
    try:
        plan = make(read(data, Path(given.file).name))
    except SheetError as error:
        return _refused(Path(given.file).name, " ".join(file_words(error)))
    except Invalid as error:
        return _refused(Path(given.file).name, "; ".join(text for texts in error.errors.values() for text in texts))
    report = plan.report()
    is_refused = bool(report["refused"]) or any(finding["severity"] == "error" for finding in report["findings"])
    if not is_refused and not given.dry_run:
        store(plan, who)
    if is_refused:
        report |= {"added": 0, "changed": 0}
    lines = [", ".join(f"{report[name]} {name}" for name in ("added", "changed", "unchanged", "refused"))]
    if is_refused:
        lines.append("Nothing was stored.")
    lines += [f"{f['severity']}: {f['path']}: {f['message']}" for f in report["findings"]]
    return (FINDINGS if is_refused else GOOD), report, "\n".join(lines)


def _refused(path: str, message: str) -> Answer:
    body = {
        "added": 0,
        "changed": 0,
        "unchanged": 0,
        "refused": 0,
        "findings": [{"severity": "error", "path": path, "message": message}],
    }
    return FINDINGS, body, f"Nothing was stored. {path}: {message}"


def _add_catalogue(commands: Any) -> None:
    group = commands.add_parser("catalogue", help="catalogues of requirements").add_subparsers(
        dest="verb", required=True, metavar="VERB"
    )
    made = command(group, "import", _import_catalogue, "import a catalogue: OSCAL, Kompendium, library, spreadsheet")
    made.add_argument("file", metavar="FILE")
    made.add_argument("--id", metavar="ID", help="identifier of the catalogue; default: from its title")
    command(group, "list", _list_catalogues, "list the catalogues")
    made = command(group, "show", _show_catalogue, "counts of one catalogue")
    made.add_argument("id", metavar="ID")
    made = command(group, "export", _export_catalogue, "write a catalogue to a file")
    made.add_argument("id", metavar="ID")
    made.add_argument("--format", choices=("oscal-json", "oscal-xml", "xlsx"), default="oscal-json")
    made.add_argument("--out", required=True, metavar="FILE")
    made = command(group, "diff", _diff_catalogues, "what changed from catalogue A to catalogue B")
    made.add_argument("a", metavar="A")
    made.add_argument("b", metavar="B")
    files.add_resolve(group)
    carrying.add_commands(group)


def _import_catalogue(given: argparse.Namespace) -> Answer:
    try:
        report = catalogues.import_catalogue(
            content(given.file), Path(given.file).name, actor=actor(given), code=given.id
        )
    except ImportRefused as error:
        if any(f.path == "profile" for f in error.findings):
            return _import_profile(given)
        told = [{"severity": f.severity, "path": f.path, "message": f.message} for f in error.findings]
        text = "\n".join(f"{f['severity']}: {f['path']}: {f['message']}" for f in told)
        return FINDINGS, {"findings": told, "added": 0, "changed": 0, "unchanged": 0, "withdrawn": 0}, text
    body = report.told()
    counts = ", ".join(f"{body[name]} {name}" for name in ("added", "changed", "unchanged", "withdrawn"))
    lines = [f"{body['title']} {body['version']} ({body['catalogue']}): {counts}"]
    lines += [f"{f['severity']}: {f['path']}: {f['message']}" for f in body["findings"]]
    is_bad = any(finding["severity"] == "error" for finding in body["findings"])
    return (FINDINGS if is_bad else GOOD), body, "\n".join(lines)


def _import_profile(given: argparse.Namespace) -> Answer:
    """A file that is no catalogue but a profile of catalogues that are here."""
    importing = import_module("ringwall.catalogues.tailoring_import")
    try:
        made, notes = importing.import_profile(content(given.file), Path(given.file).name, actor=actor(given))
    except ImportRefused as error:
        told = [{"severity": f.severity, "path": f.path, "message": f.message} for f in error.findings]
        return FINDINGS, {"findings": told}, "\n".join(f"{f['severity']}: {f['path']}: {f['message']}" for f in told)
    lines = [f"{made}: made", *(f"{f['severity']}: {f['path']}: {f['message']}" for f in notes)]
    return GOOD, {"profile": made.ref, "title": made.title, "findings": notes}, "\n".join(lines)


def _list_catalogues(given: argparse.Namespace) -> Answer:
    rows = [catalogue_queries.summary(found) for found in catalogue_queries.catalogues_of(actor(given))]
    text = "\n".join(f"{row['id']:<40} {row['requirements']:>6}  {row['title']} {row['version']}" for row in rows)
    return GOOD, {"catalogues": rows}, text or "No catalogues."


def _export_catalogue(given: argparse.Namespace) -> Answer:
    found = catalogue_named(actor(given), given.id)
    if given.format == "xlsx":
        data = import_module("ringwall.catalogues.writing").workbook_of(found)
    else:
        data = import_module("ringwall.catalogues.exporting").document_of(found, given.format.removeprefix("oscal-"))
    out = Path(given.out)
    out.write_bytes(data)
    body = {"catalogue": found.code, "format": given.format, "file": str(out), "size": len(data)}
    return GOOD, body, f"{out} ({len(data)} bytes)"


def _diff_catalogues(given: argparse.Namespace) -> Answer:
    old, new = catalogue_named(actor(given), given.a), catalogue_named(actor(given), given.b)
    body = import_module("ringwall.catalogues.comparing").told(old, new)
    lines = [", ".join(f"{count} {kind}" for kind, count in body["counts"].items())]
    for kind in body["counts"]:
        for one in body[kind] if kind != "same" else []:
            is_renamed = one["old_identifier"] not in (None, one["identifier"])
            names = f"{one['old_identifier']} → {one['identifier']}" if is_renamed else one["identifier"]
            fields = f" ({', '.join(one['fields'])})" if one["fields"] else ""
            lines.append(f"{kind}: {names} {one['title']}{fields}")
    return GOOD, body, "\n".join(lines)


def _show_catalogue(given: argparse.Namespace) -> Answer:
    body = catalogue_queries.summary(catalogue_named(actor(given), given.id))
    return GOOD, body, "\n".join(f"{name}: {value}" for name, value in body.items())
