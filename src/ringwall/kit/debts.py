"""Debts: what is not in order among what a person sees, by named rules of the features.

A rule has one identifier in both languages and all versions, a severity and a sentence that says what is wrong; its
debt leads to the list where it is mended. Providers of "debts" answer with `debt(...)` for each rule that is broken.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise

from ringwall.access.policy import Actor
from ringwall.kit import registry
from ringwall.kit.pages import Link

Severity = Literal["bad", "warn"]
ORDER: dict[Severity, int] = {"bad": 0, "warn": 1}


@dataclass(frozen=True, slots=True)
class Rule:
    """`key`: kind and fault, parted by a dot. `label` names the records that break it, `sentence` says what is wrong
    with each of them. `severity` bad: harm or a broken promise; warn: it will become so.
    """

    key: str
    severity: Severity
    label: str | Promise
    sentence: str | Promise
    icon: str


rules: dict[str, Rule] = {}
"""All rules there are, by their key."""


def declare(given: Iterable[Rule]) -> None:
    for rule in given:
        if rule.key in rules:
            raise ValueError(f"the rule {rule.key} is declared twice")
        rules[rule.key] = rule


def debt(actor: Actor, key: str, count: int, path: str) -> Link:
    """The debt of a rule: how many records break it, and the list that shows them (relative to the organisation)."""
    rule = rules[key]
    return Link(rule.label, f"/{actor.organisation.code}/{path}", rule.icon, count=count, hint=rule.sentence, key=key)


@dataclass(frozen=True, slots=True)
class Debt:
    rule: Rule
    link: Link


def debts_of(actor: Actor) -> list[Debt]:
    """All debts that the person sees, the worst first."""
    found = [Debt(rules[link.key], link) for link in registry.answers("debts", actor)]
    return sorted(found, key=lambda one: ORDER[one.rule.severity])
