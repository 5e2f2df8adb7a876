"""What is asked of tasks: those of a record, those of a person, and the records they are about."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F, Q
from django.utils import timezone

from ringwall.access.models import Person, RoleAssignment
from ringwall.access.policy import Actor, roles, units_of
from ringwall.kit import registry
from ringwall.kit.attached import kinds_by_sight, seen
from ringwall.kit.errors import NotFound
from ringwall.tasks import rules
from ringwall.tasks.models import Task, TaskComment

PRESSING = (F("due_on").asc(nulls_last=True), "made_at")


def subject(actor: Actor, kind: str, key: Any) -> Any:
    """The record of a kind by reference or id; NotFound for unknown kinds and unseen records alike."""
    register = registry.registers.get(kind)
    if register is None or "\x00" in str(key):
        raise NotFound
    return register.model.objects.get_visible(actor, str(key))


def sees(actor: Actor, task: Task) -> bool:
    """One's own tasks, those one gave or stands in for, and those of records that one sees."""
    if task.organisation_id != actor.organisation_id:
        return False
    return is_party(actor, task) or actor.may(f"{task.subject_kind}.view", task)


def is_party(actor: Actor, task: Task) -> bool:
    return actor.person_id is not None and actor.person_id in {task.assignee_id, task.deputy_id, task.made_by_id}


def get_task(actor: Actor, key: UUID, *, lock: bool = False) -> Task:
    rows = Task.objects.select_for_update() if lock else Task.objects.select_related("assignee", "deputy", "made_by")
    task = rows.filter(pk=key, organisation_id=actor.organisation_id).first()
    if task is None or not sees(actor, task):
        raise NotFound
    return task


def may_close(actor: Actor, task: Task) -> bool:
    """The assignee, their deputy, and whoever may give tasks about the record; they close it and pass it on."""
    if not task.is_open or actor.is_read_only:
        return False
    mine = actor.person_id is not None and actor.person_id in {task.assignee_id, task.deputy_id}
    return mine or actor.may("task.create", task)


def tasks_of(record: Any) -> list[Task]:
    """Open tasks about a record that the asker sees already."""
    rows = Task.objects.filter(organisation_id=record.organisation_id, subject_id=record.pk, state=Task.State.OPEN)
    return list(rows.select_related("assignee").order_by(*PRESSING)[:50])


def tasks_about(organisation_id: UUID, records: Iterable[UUID]) -> list[Task]:
    """Open tasks about these records, all of which the asker sees already; the most pressing first."""
    rows = Task.objects.filter(organisation_id=organisation_id, subject_id__in=list(records), state=Task.State.OPEN)
    return list(rows.select_related("assignee").order_by(*PRESSING)[:50])


def tasks_for(actor: Actor, limit: int = 200) -> list[Task]:
    """The open tasks of the person and of those they stand in for, the most pressing first."""
    if actor.person_id is None:
        return []
    tasks = tasks_of_people(actor.organisation_id, [actor.person_id])
    return sorted(tasks, key=lambda task: (task.due_on or date.max, task.made_at))[:limit]


def tasks_of_people(organisation_id: UUID, people: Iterable[UUID]) -> list[Task]:
    """The open tasks of these people of one organisation, and those they stand in for. Two queries, each by its own
    index: asked together they would go through all open tasks.
    """
    keys = list(people)
    rows = Task.objects.filter(organisation_id=organisation_id, state=Task.State.OPEN).select_related("assignee")
    found = {task.pk: task for task in rows.filter(assignee_id__in=keys)}
    return list((found | {task.pk: task for task in rows.filter(deputy_id__in=keys)}).values())


def refs_of(tasks: Sequence[Task]) -> dict[UUID, str]:
    """Subject → its reference, whoever asks: rights are for the caller. One query a kind."""
    found: dict[UUID, str] = {}
    for kind in {task.subject_kind for task in tasks}:
        if register := registry.registers.get(kind):
            ids = {task.subject_id for task in tasks if task.subject_kind == kind}
            found |= dict(register.model._base_manager.filter(pk__in=ids).values_list("pk", "ref"))
    return found


def delegated_by(actor: Actor, limit: int = 200) -> list[Task]:
    """Open tasks that the person gave to others."""
    if actor.person_id is None:
        return []
    return _open(actor, Q(made_by_id=actor.person_id) & ~Q(assignee_id=actor.person_id), limit)


def tasks_of_my_people(actor: Actor, limit: int = 200) -> list[Task]:
    """Open tasks of the people in whose units the actor gives tasks, about records that the actor sees."""
    theirs = Q(assignee__unit_id__in=actor.reach.get("task.create", frozenset())) & ~Q(assignee_id=actor.person_id)
    alike = kinds_by_sight(actor, registry.registers)
    return _open(actor, theirs & seen(actor, alike, "subject_kind"), limit)


def _open(actor: Actor, condition: Q, limit: int) -> list[Task]:
    rows = Task.objects.filter(condition, organisation_id=actor.organisation_id, state=Task.State.OPEN)
    return list(rows.select_related("assignee").order_by(*PRESSING)[:limit])


def comments_of(task: Task) -> list[TaskComment]:
    return list(task.comments.select_related("by").order_by("at")[:500])


def has_evidence(task: Task) -> bool:
    """Whether evidence was added to the record since the task was given; the floor of evidence answers."""
    return bool(registry.answers("evidence_since", task.organisation_id, task.subject_id, task.made_at))


def mentioned(organisation_id: UUID, text: str) -> list[Person]:
    """The people whom a text names after an @, by their whole name or address. A name that two bear means nobody."""
    wanted = list(rules.mentions(text))[: rules.MOST_MENTIONS]
    names = {name for candidates in wanted for name in candidates}
    if not names:
        return []
    present = Person.objects.filter(organisation_id=organisation_id, withdrawn_on=None)
    found = present.filter(Q(name__in=names) | Q(email__in={name.lower() for name in names}))
    by_name: dict[str, list[Person]] = {}
    for person in found.select_related("organisation"):
        for name in {person.name, person.email} - {""}:
            by_name.setdefault(name.lower(), []).append(person)
    meant: dict[UUID, Person] = {}
    for candidates in wanted:
        people = next((by_name[name.lower()] for name in candidates if name.lower() in by_name), [])
        if len(people) == 1:
            meant[people[0].pk] = people[0]
    return list(meant.values())


def keepers(organisation_id: UUID, unit_ids: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """Unit → the people who keep its records: who gives tasks there by a role, not by owning. Two queries."""
    today, tree = timezone.localdate(), units_of(organisation_id)
    giving = [role.key for role in roles.values() if "task.create" in role.grants]
    assigned = RoleAssignment.objects.filter(
        Q(from_on=None) | Q(from_on__lte=today),
        Q(until_on=None) | Q(until_on__gte=today),
        organisation_id=organisation_id,
        role__in=giving,
        person__withdrawn_on=None,
    )
    reach = [(person, tree.below(unit)) for person, unit in assigned.values_list("person_id", "unit_id")]
    return {unit: list(dict.fromkeys(p for p, below in reach if unit in below)) for unit in set(unit_ids)}


def subjects_of(actor: Actor, tasks: Sequence[Task]) -> dict[UUID, Any]:
    """Subject id → record, for those that the actor sees; one query a kind."""
    found: dict[UUID, Any] = {}
    for kind in {task.subject_kind for task in tasks}:
        if register := registry.registers.get(kind):
            ids = [task.subject_id for task in tasks if task.subject_kind == kind]
            found |= {row.pk: row for row in register.model.objects.visible_to(actor).filter(pk__in=ids)}
    return found
