"""An address to try at every route of the URL map: what stands in its variable parts, and whose record that is."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.urls import reverse

from ringwall.catalogues.carryover.models import CarriedRow
from ringwall.catalogues.chapters import CHAPTERS
from ringwall.kit import registry
from ringwall.reports import registry as reports
from ringwall.site.doors import Route
from ringwall.site.tests.proof.building import PLACES, ProofWorld
from ringwall.site.tests.proof.secrets import Secret

NOTHING: Mapping[str, Any] = {}
UNKNOWN_REF = "CANARY99999"
UNKNOWN_ID = UUID("99999999-9999-7999-8999-999999999999")


@dataclass(frozen=True)
class Address:
    """`parts` fill the route. `secret` is that of the record named there; `twin` names one that does not exist, and
    `masks` says what in the two answers is only the name asked for. `by_post` is sent besides an empty form."""

    parts: Mapping[str, Any] = field(default_factory=dict)
    secret: Secret | None = None
    twin: Mapping[str, Any] | None = None
    masks: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    by_post: Mapping[str, Any] = field(default_factory=dict)
    grant: str = ""
    """The grant that this very address needs besides what the table says of its route."""

    hx_target: str = ""


Maker = Callable[[ProofWorld], Iterator[Address]]


def of_record(world: ProofWorld, kind: str, places: tuple[str, ...] = (), **more: Any) -> Iterator[Address]:
    """One address for the record of every place."""
    for place in places or tuple(world.records[kind]):
        record = world.record(kind, place)
        yield _named("ref", record.ref, UNKNOWN_REF, world.secret_of(record), ids=(record.pk,), **more)


def _named(
    part: str,
    key: Any,
    unknown: Any,
    secret: Secret,
    *,
    ids: tuple[Any, ...] = (),
    parts: Mapping[str, Any] = NOTHING,
    **more: Any,
) -> Address:
    masks = {str(key): "X", str(unknown): "X"} | {str(pk): "X" for pk in ids}
    return Address({**parts, part: key}, secret, {**parts, part: unknown}, masks, **more)


def of_attached(world: ProofWorld, what: str, **more: Any) -> Iterator[Address]:
    for row, secret in world.attached[what].values():
        yield _named("key", row.pk, UNKNOWN_ID, secret, **more)


SOME = ("in sales", "in production", "restricted", "elsewhere")


def register_addresses(world: ProofWorld, kind: str, page: str) -> Iterator[Address]:
    register = registry.registers[kind]
    match page:
        case "list":
            for query in ({"withdrawn": "all", "col": list(register.columns)}, {"q": "canary"}):
                yield Address(query=query)
            yield Address(hx_target="register")
            yield from (
                Address(query={"view": str(row.pk)}, secret=secret)
                for row, secret in world.attached[f"view-{kind}"].values()
            )
        case "export":
            yield from (
                Address({"form": form}, query={"col": list(register.columns)}) for form in ("csv", "json", "xlsx")
            )
        case "bulk":
            ids = [str(record.pk) for record in world.records[kind].values()]
            for act in register.all_actions:
                if act.is_bulk:
                    parts = {"name": act.name.partition(".")[2]}
                    yield Address(parts, query={"ids": ids}, by_post={"ids": ids}, grant=act.name)
        case "views":
            row, _secret = world.attached[f"view-{kind}"]["mine"]
            yield Address(by_post={"remove": str(row.pk)})
        case "import-step":
            yield from of_attached(world, f"upload-{kind}")
        case "record":
            yield from of_record(world, kind)
            yield from of_record(world, kind, places=SOME, query={"tab": "history"})
            for key, _label in registry.tabs.get(kind, ()):
                yield from of_record(world, kind, places=SOME, query={"tab": key})
        case "edit":
            yield from of_record(world, kind, places=SOME, by_post={"version": "1", "reason": "x"})
        case "cell":
            yield from (
                address
                for key in register.editable[:1]
                for address in of_record(world, kind, places=SOME, parts={"key": key})
            )
        case "act":
            for act in register.all_actions:
                if not act.is_update:
                    verb = act.name.partition(".")[2]
                    yield from of_record(
                        world, kind, places=SOME[:2], parts={"name": verb}, grant=act.name, by_post={"reason": "x"}
                    )
        case _:
            yield Address()


def _tabs_of_suggestions(world: ProofWorld) -> Iterator[Address]:
    for kind in ("person", *registry.registers):
        yield Address({"kind": kind}, query={"q": "canary"})
        yield Address({"kind": kind}, query={"q": ""})


def _reports(world: ProofWorld) -> Iterator[Address]:
    for name in sorted(kind.name for kind in reports.all("scope")):
        for form in ("json", "xlsx"):
            yield from of_record(
                world,
                "scope",
                places=tuple(p.key for p in PLACES),
                grant=f"{name}.view",
                query={"format": form},
                parts={"name": name},
            )


def _previews(world: ProofWorld) -> Iterator[Address]:
    """What somebody uploaded to a check, at the check it belongs to."""
    return _uploads(world, "check")


def _uploads(world: ProofWorld, kind: str) -> Iterator[Address]:
    for row, secret in world.attached[f"upload-to-{kind}"].values():
        place = "elsewhere" if secret.organisation == "other" else "at the top"
        yield _named("key", row.pk, UNKNOWN_ID, secret, parts={"ref": world.record(kind, place).ref})


def _notifications(world: ProofWorld) -> Iterator[Address]:
    """At the incident that they belong to."""
    for place, (row, secret) in world.attached["notification"].items():
        parts = {"ref": world.record("incident", place).ref}
        yield _named("key", row.pk, UNKNOWN_ID, secret, parts=parts, by_post={"spare": "1", "reason": "x"})


DOCUMENTS = (
    ("ssp", "json", "soa"),
    ("component-definition", "xml", "soa"),
    ("poam", "json", "rtp"),
    ("ssp", "zip", "soa"),
)


def _documents(world: ProofWorld) -> Iterator[Address]:
    places = tuple(place.key for place in PLACES)
    for document, ending, whole in DOCUMENTS:
        parts = {"document": document, "ending": ending}
        yield from of_record(world, "scope", places=places, grant=f"{whole}.view", parts=parts)


def _spoken_documents(world: ProofWorld) -> Iterator[Address]:
    for address in _keyed(_documents(world), "scope"):
        ending = address.parts["ending"]
        if ending != "zip":
            bare = {name: value for name, value in address.parts.items() if name != "ending"}
            twin = {name: value for name, value in (address.twin or {}).items() if name != "ending"}
            yield replace(address, parts=bare, twin=twin, query={"format": ending})


def _wholes(world: ProofWorld) -> Iterator[Address]:
    return of_record(world, "scope", places=tuple(place.key for place in PLACES))


def _subjects(world: ProofWorld) -> Iterator[Address]:
    for kind in ("control", "asset"):
        yield from of_record(world, kind, places=SOME, parts={"kind": kind})


def _own(found: Iterator[Address]) -> Iterator[Address]:
    """The same where no grant opens them, only being the person whose they are."""
    return (replace(address, secret=replace(address.secret, grants=())) for address in found if address.secret)


def _people(world: ProofWorld) -> Iterator[Address]:
    for house, organisation in ((world.demo, "demo"), (world.other, "other")):
        person = house.people["ana"]
        yield _named("key", person.pk, UNKNOWN_ID, Secret("a person", organisation, ("person.view",)))


def _person_acts(world: ProofWorld) -> Iterator[Address]:
    for address in _people(world):
        for verb in ("edit", "withdraw", "restore"):
            yield Address(
                {**address.parts, "name": verb}, address.secret, {**(address.twin or {}), "name": verb}, address.masks
            )


def _units(world: ProofWorld) -> Iterator[Address]:
    for house, organisation in ((world.demo, "demo"), (world.other, "other")):
        for verb in ("edit", "withdraw"):
            secret = Secret("a unit", organisation, ("unit.view",), "sales")
            yield _named("key", house.sales.pk, UNKNOWN_ID, secret, parts={"name": verb})


def _assignments(world: ProofWorld) -> Iterator[Address]:
    for house, organisation in ((world.demo, "demo"), (world.other, "other")):
        row = house.people["ana"].assignments.get()
        yield _named("key", row.pk, UNKNOWN_ID, Secret("an assignment", organisation, ("roleassignment.view",)))


def _catalogues(world: ProofWorld, **more: Any) -> Iterator[Address]:
    for row, secret in world.attached["catalogue"].values():
        yield _named("code", row.code, UNKNOWN_REF.lower(), secret, ids=(row.pk,), **more)


def _comparisons(world: ProofWorld) -> Iterator[Address]:
    """From each catalogue to itself: what stands in the query is looked up as what stands in the path."""
    for row, secret in world.attached["catalogue"].values():
        yield _named("code", row.code, UNKNOWN_REF.lower(), secret, ids=(row.pk,))
        yield _named("code", row.code, UNKNOWN_REF.lower(), secret, ids=(row.pk,), query={"with": row.code})


def _originals(world: ProofWorld) -> Iterator[Address]:
    for row, secret in world.attached["catalogue"].values():
        yield _named("code", row.code, UNKNOWN_REF.lower(), secret, parts={"sha256": row.files.get().sha256})


def _mappings(world: ProofWorld, **more: Any) -> Iterator[Address]:
    for row, secret in world.attached["mapping"].values():
        yield _named("code", row.code, UNKNOWN_REF.lower(), secret, ids=(row.pk,), **more)


def _coverages(world: ProofWorld, **more: Any) -> Iterator[Address]:
    """Of the catalogue to which each mapping leads, with and without the one that covers it."""
    for row, secret in world.attached["mapping"].values():
        yield _named("code", row.target.code, UNKNOWN_REF.lower(), secret, ids=(row.target_id,), **more)
        by = {"by": row.source.code}
        yield _named("code", row.target.code, UNKNOWN_REF.lower(), secret, ids=(row.target_id,), query=by, **more)


def _mapping_acts(world: ProofWorld) -> Iterator[Address]:
    for name in ("add", "withdraw", "restore"):
        yield from _mappings(world, parts={"name": name}, grant=f"mapping.{name}", by_post={"reason": "x"})


def _mapped_pairs(world: ProofWorld) -> Iterator[Address]:
    for row, secret in world.attached["mapped-pair"].values():
        for name in ("change", "judge", "withdraw", "restore"):
            parts = {"code": row.mapping.code, "name": name}
            act = f"mapped_pair.{name}"
            yield _named("key", row.pk, UNKNOWN_ID, secret, parts=parts, grant=act, by_post={"reason": "x"})


MAKERS: Mapping[str, Maker] = {
    "suggest": _tabs_of_suggestions,
    "search": lambda world: iter(
        [Address(query={"q": "canary"}), *(Address(query={"q": word}) for word in list(world.words.values())[::20])]
    ),
    "job": lambda world: of_attached(world, "job"),
    "job-cancel": lambda world: of_attached(world, "job"),
    "job-again": lambda world: of_attached(world, "job"),
    "job-file": lambda world: of_attached(world, "job"),
    "report": _reports,
    "check-interview": lambda world: of_record(world, "check"),
    "check-all": lambda world: of_record(world, "check"),
    "check-spreadsheet": lambda world: of_record(world, "check"),
    "check-report": lambda world: of_record(world, "check", query={"format": "json"}),
    "check-import": lambda world: of_record(world, "check"),
    "check-preview": lambda world: _previews(world),
    "incident-notify": lambda world: _notifications(world),
    "incident-report": lambda world: of_record(world, "incident", query={"format": "json"}),
    "version": lambda world: of_attached(world, "version"),
    "version-answer": lambda world: of_attached(world, "version", by_post={"answer": "yes"}),
    "version-recall": lambda world: of_attached(world, "version"),
    "soa-statement": _wholes,
    "soa-prepare": _wholes,
    "soa-submit": _wholes,
    "soa-import": _wholes,
    "oscal-document": _documents,
    "oscal-import": _wholes,
    "oscal-preview": lambda world: _uploads(world, "scope"),
    "treatment-plan": _wholes,
    "treatment-plan-submit": _wholes,
    "criteria-editor": lambda world: of_record(world, "criteria"),
    "task-new": _subjects,
    "task-done": lambda world: of_attached(world, "task"),
    "task-cancel": lambda world: of_attached(world, "task"),
    "finding-about-new": _subjects,
    "task": lambda world: of_attached(world, "task"),
    "task-step": lambda world: of_attached(world, "task", by_post={"number": "0"}),
    "task-comment": lambda world: of_attached(world, "task", by_post={"text": "x"}),
    "task-reassign": lambda world: of_attached(world, "task", by_post={"reason": "x"}),
    "task-letter": lambda world: iter([Address({"token": "unknown"})]),
    "evidence": lambda world: iter([Address(), Address(query={"show": "expired"})]),
    "evidence-of": _subjects,
    "evidence-file": lambda world: of_attached(world, "evidence"),
    "evidence-withdraw": lambda world: of_attached(world, "evidence"),
    "catalogue-template": lambda world: iter([Address({"ending": "csv"}), Address({"ending": "xlsx"})]),
    "catalogue": _catalogues,
    "catalogue-sheet": _catalogues,
    "catalogue-oscal": lambda world: _catalogues(world, parts={"ending": "json"}),
    "catalogue-compare": _comparisons,
    "catalogue-original": _originals,
    "requirement": lambda world: _catalogues(world, parts={"identifier": "X.1"}),
    "catalogue-coverage": _coverages,
    "carry-over": lambda world: of_attached(world, "carry-over"),
    "carry-over-rows": lambda world: of_attached(world, "carry-over", by_post={"do": "take"}),
    "carry-over-act": lambda world: (
        address
        for name in ("confirm", "undo", "renew")
        for address in of_attached(
            world, "carry-over", parts={"name": name}, grant=f"carry_over.{name}", by_post={"reason": "x"}
        )
    ),
    "catalogue-gaps": lambda world: _coverages(world, parts={"ending": "xlsx"}),
    "mapping": lambda world: iter([*_mappings(world), *_mappings(world, query={"view": "matrix"})]),
    "mapping-import-step": lambda world: of_attached(world, "upload-mapping"),
    "mapping-template": lambda world: iter([Address({"ending": "csv"}), Address({"ending": "xlsx"})]),
    "mapping-oscal": lambda world: _mappings(world, parts={"ending": "json"}),
    "mapping-sheet": _mappings,
    "mapping-original": _mappings,
    "mapping-judge": _mappings,
    "mapping-act": _mapping_acts,
    "mapping-row": _mapped_pairs,
    "profile-tailor": lambda world: of_record(world, "profile", parts={"code": "iso27001-2022-annex-a"}),
    "profile-decide": lambda world: of_record(world, "profile", parts={"code": "iso27001-2022-annex-a"}),
    "profile-tree": lambda world: of_record(world, "profile"),
    "profile-requirement": lambda world: of_record(world, "profile", parts={"identifier": "A.5.1"}),
    "profile-oscal": lambda world: of_record(world, "profile", parts={"ending": "json"}),
    "knowledge-chapter": lambda world: (Address({"chapter": key}) for key in CHAPTERS),
    "knowledge-step": lambda world: iter([Address({"number": 1}), Address({"number": 28})]),
    "person": _people,
    "person-act": _person_acts,
    "person-hand-over": _people,
    "unit-act": _units,
    "assignment-end": _assignments,
    "token-revoke": lambda world: of_attached(world, "token"),
    "account-token-revoke": lambda world: (
        replace(a, secret=replace(a.secret, grants=())) for a in of_attached(world, "token") if a.secret
    ),
    "account_confirm_email": lambda world: iter([Address({"key": "unknown"})]),
    "account_reset_password_from_key": lambda world: iter([Address({"uidb36": "1", "key": "set-password"})]),
    "mfa_remove_webauthn": lambda world: iter([Address({"pk": 1})]),
    "mfa_edit_webauthn": lambda world: iter([Address({"pk": 1})]),
    "calendar-feed": lambda world: iter([Address({"secret": "unknown"})]),
    "webhook": lambda world: of_attached(world, "webhook"),
    "webhook-call": lambda world: of_attached(world, "webhook call"),
    "webhook-test": lambda world: of_attached(world, "webhook"),
    "webhook-act": lambda world: of_attached(world, "webhook", parts={"name": "edit"}),
    "identity-begin": lambda world: iter([Address({"key": UNKNOWN_ID})]),
    "identity-callback": lambda world: iter([Address({"key": UNKNOWN_ID})]),
    "identity-logout": lambda world: iter([Address({"key": UNKNOWN_ID})]),
    "mail-habit": lambda world: iter([Address({"token": "unknown"})]),
    "mail-off": lambda world: iter([Address({"token": "unknown"})]),
    "welcome": lambda world: iter([Address({"token": "unknown"})]),
}


def addresses_of(world: ProofWorld, name: str) -> list[Address]:
    """What to try at the route of this name."""
    kind, _dash, page = name.partition("-")
    if kind in registry.registers and page and name not in MAKERS:
        return list(register_addresses(world, kind, page))
    return list(MAKERS[name](world)) if name in MAKERS else [Address()]


def page_path(route: Route, parts: Mapping[str, Any]) -> str:
    """The address of a route in the organisation of the proof. Raises NoReverseMatch where `parts` do not fill it."""
    if route.name == "api-nothing":
        return "/api/nothing-here/"
    organisation = {"organisation": "demo"} if "<slug:organisation>" in route.pattern else {}
    return reverse(route.name, kwargs=organisation | dict(parts))


def _lines(world: ProofWorld) -> Iterator[Address]:
    """Every line of a carry-over is named, those too behind which stands what the viewer does not see."""
    for row, secret in world.attached["carry-over"].values():
        lines = [str(pk) for pk in CarriedRow.objects.filter(carry_over=row).values_list("pk", flat=True)]
        yield _named("key", row.pk, UNKNOWN_ID, secret, by_post={"lines": lines})


OPERATION_MAKERS: Mapping[str, Maker] = {
    "tasks_of_record": lambda world: _keyed(_subjects(world)),
    "task_done": lambda world: of_attached(world, "task"),
    "task_cancel": lambda world: of_attached(world, "task", by_post={"reason": "x"}),
    "get_task": lambda world: of_attached(world, "task"),
    "task_reassign": lambda world: of_attached(world, "task", by_post={"reason": "x", "assignee": "x"}),
    "task_step": lambda world: of_attached(world, "task", by_post={"number": 0}),
    "task_comment": lambda world: of_attached(world, "task", by_post={"text": "x"}),
    "findings_about_record": lambda world: _keyed(_subjects(world), "subject_key"),
    "create_finding_about_record": lambda world: _keyed(_subjects(world), "subject_key"),
    "get_evidence": lambda world: of_attached(world, "evidence"),
    "fetch_evidence": lambda world: of_attached(world, "evidence"),
    "withdraw_evidence": lambda world: of_attached(world, "evidence", by_post={"reason": "x"}),
    "list_evidence": lambda world: (
        replace(a, query=a.parts, twin=None, parts={}) for a in _keyed(_subjects(world), "subject")
    ),
    "get_catalogue": _catalogues,
    "list_requirements": _catalogues,
    "list_mapping_rows": _mappings,
    "get_coverage": lambda world: (replace(a, query=a.query or {"by": "iso27001-2022"}) for a in _coverages(world)),
    "criteria_editions": lambda world: _keyed(of_record(world, "criteria")),
    "get_statement": lambda world: _keyed(_wholes(world), "scope"),
    "prepare_statement": lambda world: _keyed(_wholes(world), "scope"),
    "list_soa_versions": lambda world: _keyed(_wholes(world), "scope"),
    "submit_soa": lambda world: _keyed(_wholes(world), "scope"),
    "list_rtp_versions": lambda world: _keyed(_wholes(world), "scope"),
    "submit_rtp": lambda world: _keyed(_wholes(world), "scope"),
    "get_version": lambda world: of_attached(world, "version"),
    "answer_version": lambda world: of_attached(world, "version", by_post={"answer": "yes"}),
    "recall_version": lambda world: of_attached(world, "version"),
    "export_oscal": _spoken_documents,
    "import_oscal": lambda world: _keyed(_wholes(world), "scope"),
    "get_carry_over": lambda world: of_attached(world, "carry-over"),
    "list_carry_over_lines": lambda world: of_attached(world, "carry-over"),
    "take_carry_over_lines": _lines,
    "refuse_carry_over_lines": _lines,
    "renew_carry_over": lambda world: of_attached(world, "carry-over"),
    "confirm_carry_over": lambda world: of_attached(world, "carry-over"),
    "undo_carry_over": lambda world: of_attached(world, "carry-over", by_post={"reason": "x"}),
    "export_profile": lambda world: _keyed(of_record(world, "profile")),
    "fetch_report": lambda world: _keyed(_reports(world), "scope"),
}


def _keyed(found: Iterator[Address], name: str = "key") -> Iterator[Address]:
    """The same addresses as the API writes them, where the record's part bears another name."""
    for address in found:
        parts = {name if key == "ref" else key: value for key, value in address.parts.items()}
        twin = {name if key == "ref" else key: value for key, value in (address.twin or {}).items()}
        yield replace(address, parts=parts, twin=twin)


def operation_addresses(world: ProofWorld, operation: str, path: str) -> list[Address]:
    """What to try at an operation of the API: by reference and by id."""
    if operation in OPERATION_MAKERS:
        return list(OPERATION_MAKERS[operation](world))
    register = next((r for r in registry.registers.values() if path.split("/")[3] == r.slug), None)
    if register is None or "{key}" not in path:
        return [Address()]
    by_ref = list(_keyed(of_record(world, register.kind, by_post={"reason": "x"})))
    ids = [(record.pk, world.secret_of(record)) for record in world.records[register.kind].values()]
    return by_ref + [_named("key", pk, UNKNOWN_ID, secret, by_post={"reason": "x"}) for pk, secret in ids]
