"""Rounds of checks: a catalogue of its own, and a scope in which every requirement of it is answered again and again.

Answers have neither entries in the ledger nor rows in the search index, for which two hundred thousand would take
minutes: their number is what is measured.
"""

from collections.abc import Callable, Sequence
from uuid import UUID

from django.db import connection

from ringwall.access.models import Organisation
from ringwall.access.policy import system_actor
from ringwall.catalogues.actions import store_contents
from ringwall.catalogues.models import Catalogue, Requirement
from ringwall.catalogues.rules import CatalogueRow, Contents
from ringwall.compliance import rules
from ringwall.compliance.models import Answer, Check, answer_ref
from ringwall.context.models import IsmsScope
from ringwall.kit.records import ref_key
from ringwall.ledger.insert import insert, uuid_writer
from ringwall.lib.ids import uuid7
from ringwall.oscal.content import ModalVerb, RequirementRow, StatementRow
from ringwall.site.bench.rows import RecordMaker
from ringwall.site.bench.sizes import Sizes

CODE = "bench-house-rules"
GROUPS = 20
ROLES = ("IT operations", "Building services", "Human resources", "Purchasing")
VALUES = (rules.Value.YES, rules.Value.OPEN, rules.Value.NO, rules.Value.PARTIALLY, rules.Value.NOT_NEEDED)
WEIGHTS = (60, 25, 3, 5, 7)


def make_catalogue(size: int) -> Catalogue:
    """House rules in chapters, each with a role and a text of two sentences; shared, as those are that come built
    in."""
    installation = Organisation.objects.get(is_installation=True)
    actor = system_actor(installation, "bench", {"catalogue.view", "catalogue.import"})
    rows: list[CatalogueRow] = []
    for number in range(size):
        chapter = f"B{1 + number * GROUPS // size:02d}"
        if not rows or rows[-1].row.parent_identifier != chapter:
            named = {"role": [ROLES[len(rows) % len(ROLES)]]}
            row = RequirementRow(chapter, None, "group", f"Chapter {chapter}", len(rows), attributes=named)
            rows.append(CatalogueRow(row, "group"))
        rows.append(CatalogueRow(_rule(f"{chapter}.{number:04d}", chapter, len(rows)), "requirement"))
    contents = Contents("House rules of the bench", "1", "en", "Bench AG", "", "builtin", False, rows)
    catalogue = Catalogue(organisation=installation, code=CODE, title=contents.title)
    store_contents(catalogue, contents, actor=actor, sha256="")
    return catalogue


def _rule(identifier: str, chapter: str, position: int) -> RequirementRow:
    told = ("The service is run as its plan says.", ModalVerb.MUST), ("The plan is looked at yearly.", ModalVerb.SHOULD)
    statements = tuple(
        StatementRow(str(n), text, verb, f"{identifier}-{n}") for n, (text, verb) in enumerate(told, start=1)
    )
    text = " ".join(text for text, _verb in told)
    title = f"Rule {identifier} of the server room"
    return RequirementRow(identifier, chapter, "requirement", title, position, text=text, statements=statements)


def make_rounds(
    sizes: Sizes,
    maker: RecordMaker,
    scope: IsmsScope,
    catalogue: Catalogue,
    store: Callable[[list[Check]], None],
) -> list[Check]:
    """Checks of the scope, all open, with an answer to every requirement; kept by `store`."""
    asked = list(
        Requirement.objects.filter(catalogue=catalogue, category="requirement")
        .order_by("position")
        .values_list("pk", "identifier")
    )
    checks = [_check(maker, number, scope, catalogue) for number in range(1, sizes.rounds + 1)]
    store(checks)
    for one in checks:
        chosen = maker.chance.choices(VALUES, WEIGHTS, k=len(asked))
        _answer(one, [(*pair, value) for pair, value in zip(asked, chosen, strict=True)])
    return checks


def _check(maker: RecordMaker, number: int, scope: IsmsScope, catalogue: Catalogue) -> Check:
    one: Check = maker.record(Check, number)
    one.withdrawn_on, one.title = None, f"House rules, round {number}"
    one.scope, one.catalogue, one.on, one.due_on = scope, catalogue, one.created_at.date(), maker.day()
    return one


def _answer(one: Check, given: Sequence[tuple[UUID, str, rules.Value]]) -> None:
    """`given`: (requirement, its identifier, answer). The prototype is converted once, not each of its thousand
    likenesses."""
    write = uuid_writer()
    at = connection.ops.adapt_datetimefield_value(one.created_at)
    same = {
        "version": 1,
        "organisation_id": write(one.organisation_id),
        "unit_id": write(one.unit_id),
        "owner_id": write(one.owner_id),
        "restricted": one.restricted,
        "withdrawn_reason": "",
        "created_at": at,
        "changed_at": at,
        "round_id": write(one.pk),
        "statements": "{}",
        "justification": "",
        "remark": "",
        "asked": "",
        "is_carried": False,
        "provenance": "",
    }
    own = ("id", "requirement_id", "ref", "ref_key", "value", "unmet", "lacks_reason")
    rows = []
    for requirement, identifier, value in given:
        ref = answer_ref(one.ref, identifier)
        is_unjustified = value is rules.Value.NOT_NEEDED and identifier.endswith("7")
        unmet = {rules.Value.NO: "must", rules.Value.PARTIALLY: "should"}.get(value, "")
        mine = (write(uuid7()), write(requirement), ref, ref_key(ref), str(value), unmet, is_unjustified)
        rows.append((*mine, *same.values()))
    insert(Answer, (*own, *same), rows)
