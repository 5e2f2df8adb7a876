"""Commands that give something out: documents, and the ledger with its proof."""

import argparse
from pathlib import Path
from typing import Any

from ringwall.ledger.export import export
from ringwall.ledger.notes import NoteError
from ringwall.ledger.verify import verify_database
from ringwall.ledger.verify_file import verify_file
from ringwall.reports import registry as reports
from ringwall.reports.render import FORMATS, render
from ringwall.site.cli import FINDINGS, GOOD, Answer, UsageError, command
from ringwall.site.commands.who import actor, organisation
from ringwall.soa.queries import any_scope


def add_commands(commands: Any) -> None:
    group = commands.add_parser("report", help="documents").add_subparsers(dest="verb", required=True, metavar="REPORT")
    for kind in ("soa", "rtp"):
        text = {"soa": "statement of applicability", "rtp": "risk treatment plan"}[kind]
        made = command(group, kind, _reporter(kind), f"the {text} of a scope as a file")
        made.add_argument("--scope", metavar="REF", help="the ISMS scope; default: the only one")
        made.add_argument("--format", choices=sorted(FORMATS), default="pdf")
        made.add_argument("--language", choices=("en", "de"), default="en")
        made.add_argument("--recipient", help="a version for outsiders, printed with this name")
        made.add_argument("--columns", help="columns of a version for outsiders, parted by commas")
        made.add_argument("--out", required=True, metavar="FILE")
    group = commands.add_parser("ledger", help="the append-only record of every act").add_subparsers(
        dest="verb", required=True, metavar="VERB"
    )
    command(group, "verify", _verify, "recompute the ledger from the database")
    made = command(group, "export", _export, "write the ledger of an organisation to a file that proves itself")
    made.add_argument("--out", required=True, metavar="FILE")
    made = command(group, "verify-file", _verify_file, "verify an exported ledger; needs no database")
    made.add_argument("file", metavar="FILE")
    made.add_argument("--key", metavar="KEY", help="the public key you trust, or a file that holds it")
    made.add_argument("--checkpoint", metavar="FILE", help="a checkpoint kept from earlier")


def _reporter(kind: str) -> Any:
    def run(given: argparse.Namespace) -> Answer:
        who = actor(given)
        scope = any_scope(who, given.scope)
        options = {"language": given.language, "recipient": given.recipient or ""}
        if given.columns:
            options["columns"] = [part.strip() for part in given.columns.split(",")]
        body = render(reports.get(kind).build(scope, who, options), given.format)
        out = Path(given.out)
        out.write_bytes(body)
        return (
            GOOD,
            {"report": kind, "scope": scope.ref, "format": given.format, "file": str(out), "size": len(body)},
            f"{out} ({len(body)} bytes)",
        )

    return run


def _told(report: Any) -> Answer:
    body = {
        "ok": report.ok,
        "organisations": [
            {"organisation": s.organisation, "entries": s.entries, "root": s.root, "ok": s.ok}
            for s in report.organisations
        ],
        "findings": [{"severity": f.severity, "path": f.path, "message": f.message} for f in report.findings],
    }
    lines = [
        f"{s.organisation}: {s.entries} entries, root {s.root}: {'good' if s.ok else 'NOT GOOD'}"
        for s in report.organisations
    ]
    lines += [f"{f.severity}: {f.path}: {f.message}" for f in report.findings]
    return (GOOD if report.ok else FINDINGS), body, "\n".join(lines)


def _verify(given: argparse.Namespace) -> Answer:
    return _told(verify_database(organisation(given).pk if given.organisation else None))


def _export(given: argparse.Namespace) -> Answer:
    where = organisation(given)
    out = Path(given.out)
    with out.open("wb") as stream:
        made = export(where.pk, stream)
    body = {
        "organisation": str(made.organisation),
        "entries": made.entries,
        "file": str(out),
        "key": made.key,
        "checkpoint": made.checkpoint,
    }
    return GOOD, body, f"{out}: {made.entries} entries.\nKeep the key elsewhere, to verify with it later: {made.key}"


def _verify_file(given: argparse.Namespace) -> Answer:
    if not Path(given.file).is_file():
        raise UsageError(f"{given.file} is no file")
    try:
        return _told(verify_file(given.file, _text_or_file(given.key), _text_or_file(given.checkpoint)))
    except NoteError as error:
        raise UsageError(str(error)) from None


def _text_or_file(value: str | None) -> str | None:
    if value is None:
        return None
    try:
        return Path(value).read_text() if Path(value).is_file() else value
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{value} cannot be read: {error}") from None
