"""A check of 1,200 requirements: interview, save, whole page, record page; the progress of a scope with 200,000
answers."""

from collections.abc import Iterator
from functools import partial
from itertools import count
from typing import Any

from ringwall.compliance.models import Answer, Check
from ringwall.compliance.queries import progress_of_open
from ringwall.site.bench.figures import Figure, durations, timed
from ringwall.site.bench.organisation import CODE
from ringwall.site.bench.run import Bench


def measure(bench: Bench) -> Iterator[Figure]:
    person = next(iter(bench.people.values()))
    browser, actor = person.browser(bench.port), person.actor
    check = Check.objects.visible_to(actor).present().order_by("ref_key")[0]
    answers = Answer.objects.filter(round=check).order_by("requirement__position")
    size, base = answers.count(), f"/{CODE}/checks/{check.ref}/"
    middle = answers[size // 2]
    question = f"{base}interview/?state=all&at={middle.pk}"
    turn, version = count(1), [middle.version]

    def save() -> str:
        """Where the answer stored leads to."""
        value = "yes" if next(turn) % 2 else "no"
        given = {"value": value, "remark": f"Turn {turn}", "version": str(version[0]), "go": "next"}
        found = browser.post(question, given, expected=302)
        version[0] += 1
        return found.headers["location"]

    def save_and_next() -> None:
        browser.get(save())

    for what, reach, call in (
        (f"question of {size}", 30, partial(browser.get, question)),
        ("save an answer", 15, save),
        ("save an answer, and the next question", 45, save_and_next),
        (f"all {size} answers on one page", 120, partial(browser.get, f"{base}all/")),
        (f"page of a check of {size}", 35, partial(browser.get, base)),
    ):
        yield timed("checks", what, "ms", reach, bench.sample(call))
    yield from _progress(actor, browser, bench)


def _progress(actor: Any, browser: Any, bench: Bench) -> Iterator[Figure]:
    scope = Check.objects.visible_to(actor).present().order_by("ref_key")[0].scope
    assert scope is not None
    checks = Check.objects.visible_to(actor).present().filter(scope=scope)
    told = progress_of_open(checks)
    what = f"progress of a scope, {told.total} answers"
    yield timed("checks", what, "ms", 50, durations(lambda: progress_of_open(checks)), f"{told.done} answered")
    page = partial(browser.get, f"/{CODE}/scopes/{scope.ref}/")
    yield timed("checks", "page of this scope", "ms", 50, bench.sample(page))
