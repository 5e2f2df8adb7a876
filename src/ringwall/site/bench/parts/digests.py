"""The digests of 5,000 people as the worker writes them, each with tasks that are due."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone

from ringwall.site.bench.apart import Failed, apart
from ringwall.site.bench.figures import Figure, not_run, timed
from ringwall.site.bench.run import Bench

PEOPLE, TASKS = 5000, 3
WHAT, REACH = f"{PEOPLE} digests, as a job", 30.0


def measure(bench: Bench) -> Iterator[Figure]:
    try:
        run = apart(f"{__name__}:work")
    except Failed as error:
        yield not_run("digests", WHAT, "s", REACH, str(error))
        return
    yield timed("digests", WHAT, "s", REACH, [run["seconds"]], f"{run['mails']} mails written")


def work() -> dict[str, Any]:
    from ringwall.access.models import Person
    from ringwall.controls.models import Control
    from ringwall.kit.bulk import insert_rows
    from ringwall.notices.models import MailServer
    from ringwall.notices.posting import post_digests
    from ringwall.site.bench.organisation import ALL
    from ringwall.site.bench.signing_in import sign_in
    from ringwall.tasks.models import Task

    actor = sign_in(ALL).actor
    organisation = actor.organisation
    subjects = list(Control.objects.visible_to(actor).present()[:500])
    known = Person.objects.filter(organisation=organisation).count()
    people = [
        Person(organisation=organisation, version=1, unit=actor.home_unit, name=f"P {n}", email=f"d{n}@bench.example")
        for n in range(max(0, PEOPLE - known))
    ]
    insert_rows(people)
    monday = _next_monday()
    tasks = []
    for number, person in enumerate(people * TASKS):
        subject = subjects[number % len(subjects)]
        tasks.append(
            Task(
                organisation=organisation,
                version=1,
                subject_kind=Control.kind,
                subject_id=subject.pk,
                unit_id=subject.unit_id,
                restricted=subject.restricted,
                owner_id=subject.owner_id,
                title=f"Look at rack {number}",
                assignee=person,
                due_on=monday.date() + timedelta(days=number % 14 - 7),
            )
        )
    insert_rows(tasks)
    MailServer._base_manager.bulk_create(
        [MailServer(organisation=organisation, version=1, host="mail.invalid", sender="isms@bench.example")]
    )
    began = time.perf_counter()
    mails = post_digests(monday)
    return {"seconds": time.perf_counter() - began, "mails": mails}


def _next_monday() -> datetime:
    """Late enough in the morning everywhere in Europe."""
    today = timezone.now().astimezone(UTC).replace(hour=9, minute=0, second=0, microsecond=0)
    return today + timedelta(days=7 - today.weekday())
