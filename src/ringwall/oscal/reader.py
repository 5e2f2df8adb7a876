"""Read any OSCAL file: tolerant, with findings instead of exceptions.

`read` never raises for what stands in a file. A file that cannot be taken has `document` None and at least one
finding of severity "error" that says why and what to do.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from ringwall.oscal.catalogue import Catalogue, Document
from ringwall.oscal.collecting import without_collection
from ringwall.oscal.component_definition import ComponentDefinition
from ringwall.oscal.conform import Tree, conform
from ringwall.oscal.decoding import Refused, decode
from ringwall.oscal.findings import Finding, FindingLog
from ringwall.oscal.mapping_collection import MappingCollection
from ringwall.oscal.milestones import PlanOfActionAndMilestones
from ringwall.oscal.profile import Profile
from ringwall.oscal.shapes import MODELS, shapes
from ringwall.oscal.system_security_plan import SystemSecurityPlan
from ringwall.oscal.typed import build

MAX_BYTES = 64 * 1024 * 1024

# Models that are not named here are read into Document: everything is there, but untyped.
CLASSES: dict[str, type[Document]] = {
    "catalog": Catalogue,
    "profile": Profile,
    "component-definition": ComponentDefinition,
    "system-security-plan": SystemSecurityPlan,
    "plan-of-action-and-milestones": PlanOfActionAndMilestones,
    "mapping-collection": MappingCollection,
}


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of a file.

    `document` is the typed document or None; `tree` the same as plain JSON data ({} where there is none); `model` one
    of `shapes.MODELS` or ""; `format` "json", "yaml", "xml" or ""; `sha256` the hash of the bytes as given.
    """

    name: str
    sha256: str
    model: str
    format: str
    document: Document | None
    tree: Tree
    findings: list[Finding]

    @property
    def is_refused(self) -> bool:
        return self.document is None

    @property
    def errors(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.severity == "error"]


def read(data: bytes, name: str = "", *, max_bytes: int = MAX_BYTES) -> Reading:
    """Read an OSCAL document of any model in JSON, YAML or XML.

    `name` is the file's name, used to tell YAML from JSON and in messages only.
    """
    log = FindingLog()
    digest = hashlib.sha256(data).hexdigest()
    model = form = ""
    try:
        if len(data) > max_bytes:
            size, limit = len(data) / 1048576, max_bytes / 1048576
            raise Refused(f"the file has {size:.0f} MB; more than {limit:.0f} MB are not read")
        with without_collection():
            form, root = decode(data, name, log)
            model, tree = _document_in(root, log)
            conform(tree, shapes()[model], log, (None, model))
            document = build(CLASSES.get(model, Document), tree)
    except Refused as refusal:
        log.add("error", refusal.path, str(refusal))
        return Reading(name, digest, model, form, None, {}, log.close())
    except RecursionError:
        log.add("error", "", "the file is nested too deeply to be read")
        return Reading(name, digest, model, form, None, {}, log.close())
    _check_version(document, model, log)
    return Reading(name, digest, model, form, document, tree, log.close())


def _document_in(root: object, log: FindingLog) -> tuple[str, Tree]:
    """The model and its content: the one key of the root that is a model's name."""
    if not isinstance(root, dict):
        raise Refused("this is no OSCAL document: an object with one member such as 'catalog' is expected")
    found = [key for key in root if key in MODELS]
    if not found:
        keys = ", ".join(repr(str(key)[:40]) for key in list(root)[:5])
        raise Refused(f"this is no OSCAL document: none of {', '.join(MODELS)} at the top (found: {keys or 'nothing'})")
    if len(found) > 1:
        log.add("error", "", f"a file holds one document; only '{found[0]}' was read, not {', '.join(found[1:])}")
    for key in root:
        if key not in MODELS and key != "$schema":
            log.add("warning", str(key)[:80], f"'{str(key)[:80]}' is not known at the top of the file; it was not read")
    content = root[found[0]]
    if not isinstance(content, dict):
        raise Refused(f"'{found[0]}' should be an object", found[0])
    return found[0], content


def _check_version(document: Document, model: str, log: FindingLog) -> None:
    stated = document.metadata.oscal_version if document.metadata else ""
    path = f"{model}/metadata/oscal-version"
    if stated.startswith("v"):
        log.add("warning", path, f"{stated!r} should be {stated[1:]!r}: the version is written without v")
    if document.oscal_version and not document.oscal_version.startswith(("1.0", "1.1", "1.2")):
        log.add("warning", path, f"OSCAL {stated[:40]} is not known here; the file was read as 1.2")
