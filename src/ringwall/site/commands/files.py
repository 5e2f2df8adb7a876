"""Commands on OSCAL files: check one, resolve a profile. They take paths and need neither Django nor any data."""

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any

from ringwall.oscal.catalogue import Catalogue
from ringwall.oscal.findings import Finding
from ringwall.oscal.reader import read
from ringwall.oscal.requirements import flatten
from ringwall.oscal.writer import to_json
from ringwall.site.cli import FINDINGS, GOOD, Answer, UsageError, command


def add_group(commands: Any) -> Any:
    """The commands under `oscal`, with `check` among them."""
    group = commands.add_parser("oscal", help="OSCAL files and documents").add_subparsers(
        dest="verb", required=True, metavar="VERB"
    )
    made = command(group, "check", _check, "say what is wrong in an OSCAL file of any model; needs no database")
    made.add_argument("file", metavar="FILE")
    return group


def add_resolve(group: Any) -> None:
    """`catalogue resolve`, among the other commands on catalogues."""
    text = "resolve an OSCAL profile with the files it imports, from beside it; needs no database"
    made = command(group, "resolve", _resolve, text)
    made.add_argument("profile", metavar="PROFILE")
    made.add_argument("--out", required=True, metavar="FILE", help="ending in .xml for OSCAL XML; else JSON is written")


def content(path: str) -> bytes:
    file = Path(path)
    if not file.is_file():
        raise UsageError(f"{path} is no file")
    return file.read_bytes()


def finding_lines(findings: Sequence[dict[str, str]]) -> list[str]:
    return [": ".join(filter(None, (one["severity"], one["path"], one["message"]))) for one in findings]


def _told(findings: Sequence[Finding]) -> tuple[list[dict[str, str]], int]:
    """The findings as data, and the exit code they come to."""
    is_bad = any(finding.severity == "error" for finding in findings)
    return [asdict(finding) for finding in findings], FINDINGS if is_bad else GOOD


def _check(given: argparse.Namespace) -> Answer:
    """A catalogue is flattened too: that finds what the schema cannot, such as references to nothing."""
    reading = read(content(given.file), Path(given.file).name)
    document = reading.document
    findings = reading.findings + (flatten(document).findings if isinstance(document, Catalogue) else [])
    told, code = _told(findings)
    version = document.oscal_version if document else ""
    body = {"file": given.file, "model": reading.model, "oscal_version": version, "findings": told}
    what = f"{reading.model} of OSCAL {version or '(no version)'}" if document else "not taken"
    counts = ", ".join(f"{sum(f.severity == name for f in findings)} {name}" for name in ("error", "warning", "info"))
    return code, body, "\n".join([f"{given.file}: {what}: {counts}", *finding_lines(told)])


def _resolve(given: argparse.Namespace) -> Answer:
    content(given.profile)
    profile, out = Path(given.profile), Path(given.out)
    if out.exists() and out.samefile(profile):
        raise UsageError(f"{out} is the profile itself; name another file with --out")
    # Loaded by name, as is writing XML: the other commands need neither.
    resolution = import_module("ringwall.oscal.resolver.resolve").resolve_file(profile)
    told, code = _told(resolution.findings)
    counts = {"controls": 0, "groups": 0}
    if resolution.catalogue is not None:
        _count(resolution.catalogue, counts)
        is_xml = out.suffix.casefold() == ".xml"
        written = import_module("ringwall.oscal.xml_writing").to_xml if is_xml else to_json
        out.write_bytes(written("catalog", resolution.catalogue))
    body = {
        "profile": given.profile,
        **counts,
        "out": None if resolution.catalogue is None else str(out),
        "findings": told,
    }
    done = "Nothing was written." if resolution.catalogue is None else f"{out}: {counts['controls']} controls"
    return code, body, "\n".join([done, *finding_lines(told)])


def _count(holder: dict[str, Any], counts: dict[str, int]) -> None:
    """Controls and groups below, at every depth."""
    for name in counts:
        for child in holder.get(name, []):
            counts[name] += 1
            _count(child, counts)
