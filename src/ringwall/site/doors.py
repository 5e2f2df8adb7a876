"""What each address and API operation needs: declared here once, read by the permission proof and by `who_may_what`.

Whatever is derived from a register gets its entry from the register. An address without an entry fails the tests, so
that nobody adds a door without saying who may go through it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from ringwall.kit import registry
from ringwall.kit.register import Register

OPEN = "open"
"""Everybody, without signing in."""

SIGNED_IN = "signed in"
"""Every login, in no organisation in particular."""

MEMBER = "member"
"""Every person of the organisation; each sees there only what is theirs or what their grants show."""

OWN = "own"
"""Only the person whose it is: nobody else, whatever their role."""

VISIBLE = "visible"
"""Whoever sees the record in the address, by the grant to view its kind or because it was laid before them."""


@dataclass(frozen=True, slots=True)
class Door:
    """`name` is that of a route or the id of an operation, `*` standing for any part. `needs` is one of the words
    above, or
    a grant. Where the address names a record, one that is not seen answers as one that does not exist."""

    name: str
    needs: str
    is_everywhere: bool = False
    """The grant must hold in the whole organisation."""

    is_whole: bool = False
    """What it shows is a whole (statement, plan): shown whole, with the records it is made of, or not at all."""


PAGES: Sequence[Door] = (
    Door("start", SIGNED_IN),
    Door("api-nothing", OPEN),
    Door("language", OPEN),
    Door("appearance", OPEN),
    Door("welcome", OPEN),
    Door("account_*", OPEN),
    Door("identity-begin", OPEN),
    Door("identity-callback", OPEN),
    Door("identity-logout", OPEN),
    Door("mfa_*", OPEN),
    Door("home", MEMBER),
    Door("suggest", MEMBER),
    Door("search", MEMBER),
    Door("job", OWN),
    Door("job-*", OWN),
    Door("changes", MEMBER),
    Door("changes-seen", MEMBER),
    Door("ledger", "ledger.view"),
    Door("ledger-export", "ledger.export"),
    Door("ledger-*", "ledger.view"),
    Door("word-template", "organisation.update", is_everywhere=True),
    Door("word-template-download", "organisation.update", is_everywhere=True),
    Door("report", VISIBLE, is_whole=True),
    Door("version", VISIBLE, is_whole=True),
    Door("version-answer", VISIBLE, is_whole=True),
    Door("version-recall", "soa.submit", is_whole=True),
    Door("soa", "soa.view"),
    Door("soa-statement", "soa.view", is_whole=True),
    Door("soa-prepare", "soa_row.create", is_whole=True),
    Door("soa-submit", "soa.submit", is_whole=True),
    Door("soa-import", "soa_row.update", is_whole=True),
    Door("event-report", MEMBER),
    Door("event-thanks", MEMBER),
    Door("incident-notify", "incident.view"),
    Door("incident-report", "incident.view"),
    Door("check-interview", "check.view"),
    Door("check-all", "check.view"),
    Door("check-spreadsheet", "check.view"),
    Door("check-report", "check.view"),
    Door("check-import", "answer.give"),
    Door("check-preview", "answer.give"),
    Door("oscal-document", VISIBLE, is_whole=True),
    Door("oscal-import", "soa_row.import", is_whole=True),
    Door("oscal-preview", OWN),
    Door("treatment-plans", "rtp.view"),
    Door("treatment-plan", "rtp.view", is_whole=True),
    Door("treatment-plan-submit", "rtp.submit", is_whole=True),
    Door("risk-matrix", "risk.view"),
    Door("criteria-editor", "criteria.draft"),
    Door("my-tasks", MEMBER),
    Door("tasks-people", VISIBLE),
    Door("task-letter", OPEN),
    Door("task-new", "task.create"),
    Door("task", VISIBLE),
    Door("task-done", "task.done"),
    Door("task-step", "task.step"),
    Door("task-comment", VISIBLE),
    Door("task-reassign", VISIBLE),
    Door("task-cancel", VISIBLE),
    Door("notices", MEMBER),
    Door("notices-read", MEMBER),
    Door("calendar-feed", OPEN),
    Door("mail-habit", OPEN),
    Door("mail-off", OPEN),
    Door("identity", "identity_provider.update", is_everywhere=True),
    Door("identity-edit", "identity_provider.update", is_everywhere=True),
    Door("identity-test", "identity_provider.update", is_everywhere=True),
    Door("identity-seal", "identity_provider.seal", is_everywhere=True),
    Door("identity-give", "identity_provider.give", is_everywhere=True),
    Door("identity-take", "identity_provider.take", is_everywhere=True),
    Door("mail", "mail.update", is_everywhere=True),
    Door("mail-*", "mail.update", is_everywhere=True),
    Door("evidence", "evidence.view"),
    Door("evidence-of", VISIBLE),
    Door("evidence-file", VISIBLE),
    Door("evidence-withdraw", "evidence.withdraw"),
    Door("catalogues", "catalogue.view"),
    Door("catalogue-import", "catalogue.import", is_everywhere=True),
    Door("catalogue-template", "catalogue.import", is_everywhere=True),
    Door("catalogue", "catalogue.view"),
    Door("catalogue-sheet", "catalogue.view"),
    Door("catalogue-oscal", "catalogue.view"),
    Door("catalogue-compare", "catalogue.view"),
    Door("catalogue-original", "catalogue.view"),
    Door("catalogue-coverage", "mapping.view"),
    Door("catalogue-gaps", "mapping.view"),
    Door("requirement", "catalogue.view"),
    Door("carry-overs", "carry_over.view", is_everywhere=True),
    Door("carry-over-new", "carry_over.start", is_everywhere=True),
    Door("carry-over", "carry_over.view", is_everywhere=True),
    Door("carry-over-rows", "carry_over.take", is_everywhere=True),
    Door("carry-over-act", "carry_over.confirm", is_everywhere=True),
    Door("mappings", "mapping.view"),
    Door("mapping-import", "mapping.import", is_everywhere=True),
    Door("mapping-import-step", OWN),
    Door("mapping-template", "mapping.import", is_everywhere=True),
    Door("mapping", "mapping.view"),
    Door("mapping-oscal", "mapping.view"),
    Door("mapping-sheet", "mapping.view"),
    Door("mapping-original", "mapping.view"),
    Door("mapping-judge", "mapped_pair.judge", is_everywhere=True),
    Door("mapping-act", "mapping.add", is_everywhere=True),
    Door("mapping-row", "mapped_pair.change", is_everywhere=True),
    Door("profile-tailor", "profile.choose"),
    Door("profile-decide", "profile.choose"),
    Door("profile-tree", VISIBLE),
    Door("profile-requirement", VISIBLE),
    Door("profile-oscal", VISIBLE),
    Door("knowledge", MEMBER),
    Door("knowledge-*", MEMBER),
    Door("finding-about-new", "finding.create"),
    Door("exception-ask", "exception.ask"),
    Door("improvement-suggest", "improvement.suggest"),
    Door("people", "person.view"),
    Door("person-new", "person.create"),
    Door("person", "person.view"),
    Door("person-hand-over", "person.hand_over", is_everywhere=True),
    Door("person-act", "person.update"),
    Door("units", "unit.view"),
    Door("unit-new", "unit.create"),
    Door("unit-act", "unit.update"),
    Door("assignments", "roleassignment.view"),
    Door("assignment-new", "assignment.create"),
    Door("assignment-end", "assignment.end"),
    Door("who-may-what", "roleassignment.view"),
    Door("tokens", "apitoken.view"),
    Door("token-new", "token.create"),
    Door("token-revoke", "token.revoke"),
    Door("organisation", "organisation.update"),
    Door("account", MEMBER),
    Door("account-edit", MEMBER),
    Door("account-mail", MEMBER),
    Door("webhooks", "webhook.view", is_everywhere=True),
    Door("webhook-new", "webhook.create"),
    Door("webhook", "webhook.view", is_everywhere=True),
    Door("webhook-call", "webhook.view", is_everywhere=True),
    Door("webhook-test", "webhook.update", is_everywhere=True),
    Door("webhook-act", "webhook.update", is_everywhere=True),
    Door("account-calendar", MEMBER),
    Door("account-calendar-revoke", MEMBER),
    Door("account-token-new", MEMBER),
    Door("account-token-revoke", OWN),
)

OPERATIONS: Sequence[Door] = (
    Door("openapi-json", OPEN),
    Door("api-root", OPEN),
    Door("my_tasks", MEMBER),
    Door("create_task", "task.create"),
    Door("tasks_of_record", VISIBLE),
    Door("task_done", "task.done"),
    Door("task_cancel", "task.cancel"),
    Door("get_task", VISIBLE),
    Door("task_reassign", "task.reassign"),
    Door("task_step", "task.step"),
    Door("task_comment", VISIBLE),
    Door("list_evidence", "evidence.view"),
    Door("add_evidence", "evidence.add"),
    Door("get_evidence", VISIBLE),
    Door("fetch_evidence", VISIBLE),
    Door("withdraw_evidence", "evidence.withdraw"),
    Door("list_catalogues", "catalogue.view"),
    Door("get_catalogue", "catalogue.view"),
    Door("list_requirements", "catalogue.view"),
    Door("import_catalogue", "catalogue.import", is_everywhere=True),
    Door("list_mappings", "mapping.view"),
    Door("list_mapping_rows", "mapping.view"),
    Door("import_mapping", "mapping.import", is_everywhere=True),
    Door("get_coverage", "mapping.view"),
    Door("list_carry_overs", "carry_over.view", is_everywhere=True),
    Door("begin_carry_over", "carry_over.start", is_everywhere=True),
    Door("get_carry_over", "carry_over.view", is_everywhere=True),
    Door("list_carry_over_lines", "carry_over.view", is_everywhere=True),
    Door("take_carry_over_lines", "carry_over.take", is_everywhere=True),
    Door("refuse_carry_over_lines", "carry_over.refuse", is_everywhere=True),
    Door("renew_carry_over", "carry_over.renew", is_everywhere=True),
    Door("confirm_carry_over", "carry_over.confirm", is_everywhere=True),
    Door("undo_carry_over", "carry_over.undo", is_everywhere=True),
    Door("export_profile", VISIBLE),
    Door("import_oscal_profile", "profile.create"),
    Door("findings_about_record", "finding.view"),
    Door("create_finding_about_record", "finding.create"),
    Door("risk_matrix", "risk.view"),
    Door("criteria_editions", "criteria.view"),
    Door("list_statements", MEMBER),
    Door("get_statement", "soa.view", is_whole=True),
    Door("prepare_statement", "soa_row.create", is_whole=True),
    Door("list_soa_versions", "soa.view", is_whole=True),
    Door("submit_soa", "soa.submit", is_whole=True),
    Door("list_rtp_versions", "rtp.view", is_whole=True),
    Door("submit_rtp", "rtp.submit", is_whole=True),
    Door("get_version", VISIBLE, is_whole=True),
    Door("answer_version", VISIBLE, is_whole=True),
    Door("recall_version", "soa.submit", is_whole=True),
    Door("fetch_report", VISIBLE, is_whole=True),
    Door("export_oscal", VISIBLE, is_whole=True),
    Door("import_oscal", "soa_row.import", is_whole=True),
)


def page_doors(register: Register) -> Iterator[Door]:
    """The addresses of one register, as `ringwall.kit.urls` makes them."""
    kind, view = register.kind, register.view_grant
    for name in ("list", "views", "export"):
        yield Door(f"{kind}-{name}", view)
    yield Door(f"{kind}-new", register.acts.create.name)
    for name in ("import", "template", "paste"):
        yield Door(f"{kind}-{name}", register.import_grant)
    yield Door(f"{kind}-import-step", OWN)
    yield Door(f"{kind}-bulk", view)
    yield Door(f"{kind}-record", VISIBLE)
    yield Door(f"{kind}-edit", register.acts.update.name)
    yield Door(f"{kind}-cell", register.acts.update.name)
    yield Door(f"{kind}-act", VISIBLE)


def operation_doors(register: Register) -> Iterator[Door]:
    """The operations of one register, as `ringwall.kit.api` makes them."""
    kind, view = register.kind, register.view_grant
    yield Door(f"list_{kind}", view)
    yield Door(f"get_{kind}", VISIBLE)
    yield Door(f"history_of_{kind}", VISIBLE)
    yield Door(f"create_{kind}", register.acts.create.name)
    yield Door(f"update_{kind}", register.acts.update.name)
    yield Door(f"import_{kind}", register.import_grant)
    for act in register.all_actions:
        if not act.is_update:
            yield Door(act.name.replace(".", "_"), act.name)


def all_doors() -> tuple[Sequence[Door], Sequence[Door]]:
    """(addresses, operations): those of the registers, which match exactly, before those declared here."""
    registers = list(registry.registers.values())
    pages = [door for register in registers for door in page_doors(register)]
    operations = [door for register in registers for door in operation_doors(register)]
    return [*pages, *PAGES], [*operations, *OPERATIONS]


def door_of(name: str, doors: Sequence[Door]) -> Door | None:
    return next((door for door in doors if fnmatchcase(name, door.name)), None)


@dataclass(frozen=True, slots=True)
class Route:
    """One address of the running URL map: its pattern from the root on, and its name."""

    pattern: str
    name: str
    is_api: bool
    callback: Any


def routes() -> list[Route]:
    """Every address that the product answers, from the URL map itself."""
    return list(_routes(get_resolver().url_patterns, "", False))


def _routes(patterns: Sequence[Any], before: str, is_api: bool) -> Iterator[Route]:
    for found in patterns:
        pattern = before + str(found.pattern)
        if isinstance(found, URLResolver):
            yield from _routes(found.url_patterns, pattern, is_api or found.namespace == "api")
        elif isinstance(found, URLPattern):
            yield Route(pattern, str(found.name or ""), is_api, found.callback)
