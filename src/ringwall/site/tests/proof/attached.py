"""What hangs on records and people, each with a canary: tasks, evidence, versions laid before somebody, jobs,
uploads, saved
views, tokens, reasons in the history."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from ringwall.access.models import ApiToken
from ringwall.approvals.freezers import freezer_of
from ringwall.approvals.models import Approval, Signature
from ringwall.catalogues.carryover.models import CarriedRow, CarryOver
from ringwall.catalogues.mapping.models import MappedPair, Mapping, MappingFile
from ringwall.catalogues.models import Catalogue, Requirement, SourceFile
from ringwall.controls.models import ControlRequirement
from ringwall.evidence.models import Evidence, StoredFile
from ringwall.incidents.models import Notification
from ringwall.kit import registry
from ringwall.kit.acts import acting
from ringwall.kit.drafts import ImportDraft
from ringwall.kit.jobs import Job
from ringwall.kit.records import SavedView
from ringwall.notices.models import Delivery, Notice, Webhook
from ringwall.site.tests.proof.building import PLACES, ProofWorld
from ringwall.site.tests.proof.secrets import Secret
from ringwall.tasks.models import Task

KEEPER = "isms-manager"
"""The person whose jobs, uploads, views and tokens nobody else may see."""


def attach(world: ProofWorld) -> None:
    for make in (_reasons, _tasks, _evidence, _notifications, _personal, _catalogues, _versions):
        make(world)


def _add(world: ProofWorld, name: str, place: str, row: Any, secret: Secret) -> None:
    world.attached.setdefault(name, {})[place] = (row, secret)
    world.secrets.add_id(row.pk, secret)


def _reasons(world: ProofWorld) -> None:
    """Every record is changed once, with a canary as reason: it stands in history and ledger."""
    for kind, records in world.records.items():
        update = registry.registers[kind].acts.update
        for place in PLACES:
            record = records[place.key]
            secret = world.secret_of(record)
            word = world.secrets.word(
                Secret(
                    f"reason of a change of {secret.what}",
                    secret.organisation,
                    secret.grants,
                    secret.unit,
                    secret.restricted,
                    secret.owner,
                )
            )
            values = {
                name: world.words[record.pk] + " changed"
                for name in ("title", "justification")
                if name in update.inputs.fields
            }
            update.run(world.actor(place.organisation), values, subject=record, reason=word)
            record.refresh_from_db()


def _on_records(world: ProofWorld, what: str, make: Callable[[Any, str], Any]) -> None:
    for place in PLACES:
        record = world.record("control", place.key)
        secret = world.secret_of(record)
        own = Secret(
            f"{what} of {secret.what}",
            secret.organisation,
            secret.grants,
            secret.unit,
            secret.restricted,
            secret.owner,
            frozenset({secret.owner}),
        )
        row = make(record, world.secrets.word(own))
        with acting(world.actor(place.organisation), f"{what}.create") as act:
            act.save_many([row.file, row] if isinstance(row, Evidence) else [row])
        _add(world, what, place.key, row, own)


def _tasks(world: ProofWorld) -> None:
    """For the owner of the record, who sees the own task without the record."""
    _on_records(
        world, "task", lambda record, word: Task.about(record, assignee_id=record.owner_id, title=word, note=word)
    )


def _evidence(world: ProofWorld) -> None:
    def make(record: Any, word: str) -> Evidence:
        file = StoredFile(
            organisation_id=record.organisation_id, sha256=hashlib.sha256(word.encode()).hexdigest(), size=len(word)
        )
        default_storage.delete(file.path)
        default_storage.save(file.path, ContentFile(word.encode()))
        return Evidence.about(record, file=file, name=f"{word}.txt", media_type="text/plain", note=word)

    _on_records(world, "evidence", make)


def _notifications(world: ProofWorld) -> None:
    """What is to be told of an incident: seen by who sees the incident."""
    for place in PLACES:
        incident = world.record("incident", place.key)
        secret = replace(world.secret_of(incident), what=f"notification of {incident.ref}")
        row = Notification(
            organisation_id=incident.organisation_id,
            incident=incident,
            regime=Notification.Regime.GDPR,
            due_at=timezone.now() + timedelta(days=1),
            recipient=world.secrets.word(secret),
        )
        with acting(world.actor(place.organisation), "incident.classify") as act:
            act.save(row)
        _add(world, "notification", place.key, row, secret)


def _personal(world: ProofWorld) -> None:
    for organisation, house, name in (("demo", world.demo, KEEPER), ("other", world.other, "ana")):
        person, place = house.people[name], "mine" if organisation == "demo" else "elsewhere"
        common = {"organisation": house.organisation, "person": person}

        def secret(what: str, organisation: str = organisation, name: str = name, *grants: str) -> Secret:
            return Secret(f"{what} of {name}", organisation, grants, people=frozenset({name}))

        own = secret("job")
        word = world.secrets.word(own)
        path = default_storage.save(f"jobs/{word}", ContentFile(word.encode()))
        job = Job.objects.create(
            **common, name="export", state=Job.State.DONE, message=word, file=path, file_name=f"{word}.csv"
        )
        _add(world, "job", place, job, own)
        for kind in registry.registers:
            own = secret(f"upload to {kind}")
            word = world.secrets.word(own)
            content = f"Reference\n{word}\n".encode()
            draft = ImportDraft.objects.create(
                **common, kind=kind, name=f"{word}.csv", content=content, columns={"0": "ref"}
            )
            _add(world, f"upload-{kind}", place, draft, own)
            own = secret(f"saved view of {kind}")
            view = SavedView.objects.create(**common, kind=kind, name=world.secrets.word(own), query="sort=ref")
            _add(world, f"view-{kind}", place, view, own)
        own = secret("upload to a check")
        asked = world.record("check", "elsewhere" if organisation == "other" else "at the top")
        draft = ImportDraft.objects.create(
            **common,
            kind="answer",
            name=f"{world.secrets.word(own)}.csv",
            content=b"Identifier;Answer\n4.1;yes\n",
            columns={"check": str(asked.pk)},
        )
        _add(world, "upload-to-check", place, draft, own)
        own = secret("upload to a scope")
        scope = world.record("scope", "elsewhere" if organisation == "other" else "at the top")
        draft = ImportDraft.objects.create(
            **common,
            kind="oscal",
            name=f"{world.secrets.word(own)}.json",
            content=b"{}",
            columns={"scope": str(scope.pk)},
        )
        _add(world, "upload-to-scope", place, draft, own)
        own = secret("token", organisation, name, "apitoken.view")
        token = ApiToken(
            **common,
            name=world.secrets.word(own),
            digest=ApiToken.digest_of(f"{organisation} token"),
            expires_at=timezone.now() + timedelta(days=1),
        )
        token.save()
        _add(world, "token", place, token, own)
        own = secret("webhook", organisation, name, "webhook.view")
        word = world.secrets.word(own)
        hook = Webhook(organisation=house.organisation, name=word, url=f"https://{word}.example", is_on=False)
        hook.save()
        said = {"data": {"ref": word, "kind": ""}}
        call = Delivery(organisation=house.organisation, webhook=hook, verb="x.y", body=json.dumps(said))
        call.save()
        _add(world, "webhook", place, hook, own)
        _add(world, "webhook call", place, call, own)
        own = secret("notice")
        Notice(**common, kind="mention", title=world.secrets.word(own), path="notices/").save()


def _catalogues(world: ProofWorld) -> None:
    """A catalogue of each organisation: seen in the whole organisation by who may see catalogues, in the other by
    nobody.
    """
    for organisation, house, place in (("demo", world.demo, "at the top"), ("other", world.other, "elsewhere")):
        secret = Secret(f"catalogue of {organisation}", organisation, ("catalogue.view",), unit="")
        word = world.secrets.word(secret)
        catalogue = Catalogue(organisation=house.organisation, code=word, title=word)
        requirement = Requirement(
            organisation=house.organisation,
            catalogue=catalogue,
            identifier="X.1",
            title=word,
            position=1,
            category="requirement",
        )
        with acting(world.actor(organisation), "catalogue.import") as act:
            act.save_many([catalogue])
        Requirement.objects.bulk_create([requirement])
        content = word.encode()
        SourceFile.objects.create(
            organisation=house.organisation,
            catalogue=catalogue,
            name=f"{word}.json",
            sha256=hashlib.sha256(content).hexdigest(),
            content=content,
        )
        _add(world, "catalogue", place, catalogue, secret)
        world.secrets.add_id(requirement.pk, secret)
        _mapping(world, organisation, house, place, requirement)


def _mapping(world: ProofWorld, organisation: str, house: Any, place: str, source: Requirement) -> None:
    """From the catalogue to a second one, seen by who may see mappings; and an upload of one by the keeper."""
    secret = Secret(f"mapping of {organisation}", organisation, ("mapping.view",), unit="")
    word = world.secrets.word(secret)
    other = Catalogue(organisation=house.organisation, code=f"other-{word}", title=word)
    target = Requirement(
        organisation=house.organisation, catalogue=other, identifier="Y.1", title=word, category="requirement"
    )
    file = MappingFile.objects.create(
        organisation=house.organisation, name=f"{word}.json", sha256=word, content=word.encode()
    )
    mapping = Mapping(
        organisation=house.organisation,
        code=word,
        title=word,
        source=source.catalogue,
        target=other,
        file=file,
        sha256=word,
    )
    pair = MappedPair(
        organisation=house.organisation,
        mapping=mapping,
        source=source,
        target=target,
        relation="equal",
        rationale=word,
        is_defaulted=True,
    )
    with acting(world.actor(organisation), "mapping.import") as act:
        act.save(other)
        Requirement.objects.bulk_create([target])
        act.save_many([mapping])
        act.save_many([pair])
    _add(world, "mapping", place, mapping, secret)
    _add(world, "mapped-pair", place, pair, secret)
    _carry_over(world, organisation, house, place, source, other)
    person, mine = (KEEPER, "mine") if organisation == "demo" else ("ana", "elsewhere")
    own = Secret(f"upload of a mapping by {person}", organisation, people=frozenset({person}))
    content = f"Source,Relation,Target,Rationale\nX.1,equal,Y.1,{(word := world.secrets.word(own))}\n"
    draft = ImportDraft.objects.create(
        organisation=house.organisation,
        person=house.people[person],
        kind="mapping",
        name=f"{word}.csv",
        content=content.encode(),
        columns={"source": source.catalogue.code, "target": other.code},
    )
    _add(world, "upload-mapping", mine, draft, own)


def _carry_over(
    world: ProofWorld, organisation: str, house: Any, place: str, source: Requirement, target: Catalogue
) -> None:
    """A worklist on which every control of the organisation stands: each is shown to those who see it."""
    controls = [row for row in world.records["control"].values() if row.organisation_id == house.organisation.pk]
    ControlRequirement.objects.bulk_create(
        [ControlRequirement(organisation=house.organisation, control=one, requirement=source) for one in controls]
    )
    secret = Secret(f"carry-over of {organisation}", organisation, ("carry_over.view",))
    made = CarryOver(organisation=house.organisation, source=source.catalogue, target=target, basis="mapping")
    rows = [
        CarriedRow(
            organisation=house.organisation,
            carry_over=made,
            carrier="control",
            place=one.pk,
            source=source,
            sources=[[str(one.pk), str(source.pk)]],
            reason="no_way",
            state="needs_person",
        )
        for one in controls
    ]
    with acting(world.actor(organisation), "carry_over.start") as act:
        act.save(made)
        act.save_many(rows)
    _add(world, "carry-over", place, made, secret)


def _versions(world: ProofWorld) -> None:
    """The statement of every scope, frozen and laid before one person."""
    for place in PLACES:
        scope = world.record("scope", place.key)
        seen = world.secret_of(scope)
        secret = Secret(
            f"version of {seen.what}",
            seen.organisation,
            ("soa.view",),
            seen.unit,
            seen.restricted,
            people=frozenset({place.owner}),
        )
        frozen = freezer_of("soa").freeze(scope)
        approval = Approval(
            organisation_id=scope.organisation_id,
            unit_id=scope.unit_id,
            restricted=scope.restricted,
            owner_id=scope.owner_id,
            subject_kind="soa",
            subject_id=scope.pk,
            number=1,
            title=str(scope),
            frozen=frozen.text,
            sha256=frozen.sha256,
            submitted_at=timezone.now(),
            note=world.secrets.word(secret),
        )
        house = world.demo if place.organisation == "demo" else world.other
        signature = Signature(
            organisation_id=scope.organisation_id,
            approval=approval,
            person=house.people[place.owner],
            part=Signature.Part.DECIDES,
        )
        with acting(world.actor(place.organisation), "soa.submit") as act:
            act.save_many([approval])
            act.save_many([signature])
        _add(world, "version", place.key, approval, secret)
