"""Checks as spreadsheets: out to be worked on, and back."""

import argparse
from importlib import import_module
from pathlib import Path
from typing import Any

from django.utils import translation

from ringwall.compliance.queries import find_check
from ringwall.compliance.sheets import plan_answers, store
from ringwall.kit.errors import Invalid, NotFound
from ringwall.kit.words import file_words
from ringwall.lib.sheets import read_sheet
from ringwall.lib.sheets_types import SheetError
from ringwall.site.cli import FINDINGS, GOOD, Answer, UsageError, command
from ringwall.site.commands.files import content
from ringwall.site.commands.who import actor

NOTHING = {"changed": 0, "unchanged": 0, "kept": 0, "conflict": 0, "refused": 0}


def add_commands(commands: Any) -> None:
    group = commands.add_parser("check", help="checks of requirements").add_subparsers(
        dest="verb", required=True, metavar="VERB"
    )
    made = command(group, "export", _export, "write the answers of a check to a spreadsheet to be worked on")
    made.add_argument("check", metavar="REF", help="the check, such as CH-0001")
    made.add_argument("--out", required=True, metavar="FILE")
    made.add_argument("--language", choices=("en", "de"), default="en")
    made = command(group, "import", _import, "bring such a spreadsheet back; one refused row refuses all")
    made.add_argument("check", metavar="REF")
    made.add_argument("file", metavar="FILE")
    made.add_argument("--dry-run", action="store_true", help="only say what would happen")
    made.add_argument(
        "--conflicts",
        choices=("refuse", "file", "stored"),
        default="refuse",
        help="which answer holds where somebody else answered meanwhile; default: refuse the file",
    )


def _check(given: argparse.Namespace) -> Any:
    try:
        return find_check(actor(given), given.check)
    except NotFound:
        raise UsageError(f"there is no check {given.check!r}") from None


def _export(given: argparse.Namespace) -> Answer:
    with translation.override(given.language):
        data = import_module("ringwall.compliance.writing").workbook_of(_check(given))
    out = Path(given.out)
    out.write_bytes(data)
    return GOOD, {"check": given.check, "file": str(out), "size": len(data)}, f"{out} ({len(data)} bytes)"


def _import(given: argparse.Namespace) -> Answer:
    who, name = actor(given), Path(given.file).name
    try:
        plan = plan_answers(who, _check(given), read_sheet(content(given.file), name))
    except SheetError as error:
        return _refused(name, " ".join(file_words(error)))
    except Invalid as error:
        return _refused(name, "; ".join(text for texts in error.errors.values() for text in texts))
    findings = [finding.told() for finding in plan.all_findings]
    if given.conflicts == "refuse":
        words = "somebody else answered meanwhile; choose with --conflicts file or stored"
        findings += [{"severity": "error", "path": row.ref, "message": words} for row in plan.conflicts]
    is_refused = any(finding["severity"] == "error" for finding in findings)
    if not is_refused and not given.dry_run:
        store(plan, who, take=[row.ref for row in plan.conflicts] if given.conflicts == "file" else ())
    body = plan.counts | ({"changed": 0} if is_refused else {}) | {"findings": findings}
    lines = [", ".join(f"{body[key]} {key}" for key in NOTHING)]
    lines += ["Nothing was stored."] if is_refused else []
    lines += [f"{f['severity']}: {f['path']}: {f['message']}" for f in findings]
    return (FINDINGS if is_refused else GOOD), body, "\n".join(lines)


def _refused(path: str, message: str) -> Answer:
    body = NOTHING | {"findings": [{"severity": "error", "path": path, "message": message}]}
    return FINDINGS, body, f"Nothing was stored. {path}: {message}"
