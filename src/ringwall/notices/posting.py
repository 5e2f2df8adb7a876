"""From notices to the queue: what cannot wait at once, everything else in the digests of the hour."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from ringwall.access.models import Person
from ringwall.access.policy import actors_for_people
from ringwall.notices.composing import digest, urgent
from ringwall.notices.items import items_for
from ringwall.notices.models import MailHabit, MailServer, Notice, OutgoingMail
from ringwall.notices.rules import mail as rules
from ringwall.notices.rules.kinds import IMMEDIATE

BATCH = 250


def writes_mail(server: MailServer | None) -> bool:
    """Without a server mails are written only where the organisation asked to keep them."""
    return server is not None and (server.is_ready or server.keeps_unsent)


def post_urgent(notices: Iterable[Notice]) -> None:
    """Queue the notices that cannot wait; inside the act that is told of."""
    pressing = [notice for notice in notices if notice.kind in IMMEDIATE]
    if not pressing or not writes_mail(MailServer.objects.filter(organisation=pressing[0].organisation_id).first()):
        return
    people = {person.pk: person for person in _addressed(Person.objects.filter(pk__in=[n.person_id for n in pressing]))}
    habits = _habits(people)
    mails, told = [], []
    for notice in pressing:
        person = people.get(notice.person_id)
        if person is not None and habits[person.pk].is_urgent_mailed:
            mails.append(urgent(person, habits[person.pk], notice))
            told.append(notice.pk)
    OutgoingMail.objects.bulk_create(mails)
    Notice.objects.filter(pk__in=told).update(mailed_at=timezone.now())


def post_digests(now: datetime) -> int:
    """Queue the digests that are due; each once a day, however often it is called. Returns how many were written."""
    return sum(_digests_of(server, now) for server in MailServer.objects.all() if writes_mail(server))


def _digests_of(server: MailServer, now: datetime) -> int:
    here = now.astimezone(ZoneInfo(server.time_zone))
    people = _addressed(Person.objects.filter(organisation_id=server.organisation_id, withdrawn_on=None)).order_by("pk")
    return sum(_write(batch, here) for batch in _batches(people.iterator(chunk_size=BATCH)))


def _addressed(people: Any) -> Any:
    return people.exclude(email="").select_related("organisation", "user")


def _batches(people: Iterator[Person]) -> Iterator[list[Person]]:
    batch: list[Person] = []
    for person in people:
        batch.append(person)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


@dataclass(frozen=True, slots=True)
class _Prepared:
    mail: OutgoingMail
    notices: list[UUID]


def _write(people: list[Person], here: datetime) -> int:
    """The digests of some people: read first, then stored in one transaction."""
    today, keys = here.date(), {person.pk: person for person in people}
    habits = _habits(keys)
    written = OutgoingMail.objects.filter(key__in=[f"digest:{key}:{today.isoformat()}" for key in keys])
    done = set(written.values_list("person_id", flat=True))
    news: dict[UUID, list[Notice]] = {}
    for notice in Notice.objects.filter(person_id__in=keys, mailed_at=None, read_at=None).order_by("at"):
        news.setdefault(notice.person_id, []).append(notice)
    due = [
        person
        for key, person in keys.items()
        if rules.is_digest_due(habits[key].days, habits[key].hour, here, today if key in done else None)
    ]
    items = items_for(actors_for_people(due)) if due else {}
    prepared = []
    for person in due:
        found = news.get(person.pk, [])
        mail = digest(person, habits[person.pk], items.get(person.pk, ()), found, today)
        if mail is not None:
            prepared.append(_Prepared(mail, [notice.pk for notice in found]))
    with transaction.atomic():
        OutgoingMail.objects.bulk_create([each.mail for each in prepared], ignore_conflicts=True)
        told = [key for each in prepared for key in each.notices]
        Notice.objects.filter(pk__in=told).update(mailed_at=timezone.now())
    return len(prepared)


def _habits(people: Iterable[UUID]) -> dict[UUID, MailHabit]:
    """Of everybody; whoever chose nothing has the usual one."""
    keys = list(people)
    chosen = {habit.person_id: habit for habit in MailHabit.objects.filter(person_id__in=keys)}
    return {key: chosen.get(key) or MailHabit(person_id=key) for key in keys}
