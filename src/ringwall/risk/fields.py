"""Input fields of risk: a step of a scale, by number or name; and the criteria as a whole."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from ringwall.access.policy import Actor
from ringwall.kit.fields import ReferenceField
from ringwall.risk.models import CriteriaEdition
from ringwall.risk.rules.criteria import LANGUAGES, CriteriaInvalid, Step, read
from ringwall.risk.words import findings_words, language


class Scale:
    """The steps of one scale in the edition in force, as they are named in input."""

    model = CriteriaEdition

    def __init__(self, axis: str) -> None:
        self.axis = axis

    def find(self, actor: Actor, texts: Iterable[str]) -> dict[str, int]:
        """Text → step, for numbers, names in either language, and both together (“4 Likely”); not for a name of two."""
        if (edition := CriteriaEdition.current(actor.organisation_id)) is None:
            # Without criteria no number means anything; the rule of the risk itself tells what to do first.
            return {text: int(text) for text in texts if text in set("1234567")}
        known: dict[str, int | None] = {}
        for number, step in enumerate(edition.read().steps(self.axis), start=1):
            names = {_folded(step.name(code)) for code in LANGUAGES}
            for text in {
                str(number),
                f"{number}.0",
                *names,
                *(f"{number}{sign}{n}" for n in names for sign in (" ", " – ")),
            }:
                known[text] = None if known.get(text, number) != number else number
        return {text: found for text in texts if (found := known.get(_folded(text))) is not None}


class LevelField(ReferenceField):
    """A step of the likelihood or consequence scale in force. API and sheets take its number or its name."""

    spoken_type = int | str | None

    def __init__(self, axis: str, **kwargs: Any) -> None:
        forms.CharField.__init__(self, widget=forms.Select(), max_length=80, **kwargs)
        self.target: Any = Scale(axis)

    def offer(self, actor: Actor, grant: str) -> None:
        """The steps to choose from, each with its name."""
        choices = [("", "—")]
        if edition := CriteriaEdition.current(actor.organisation_id):
            steps = edition.read().steps(self.target.axis)
            choices += [(str(number), _choice(number, step)) for number, step in enumerate(steps, start=1)]
        self.widget.choices = choices

    def prepare_value(self, value: Any) -> Any:
        return "" if value is None else str(value)

    def resolve(self, value: Any, found: dict[str, Any]) -> Any:
        texts = self.texts(value)
        if texts and texts[0] not in found:
            raise ValidationError(
                _("“%(value)s” is no step of the scale in the risk criteria. Give the number or the name of one."),
                params={"value": texts[0][:80]},
                code="unknown",
            )
        return super().resolve(value, found)


class CriteriaField(forms.JSONField):
    """Whole criteria in the shape of `rules.criteria`; every fault is told with its place."""

    spoken_type = dict[str, Any]

    def clean(self, value: Any) -> Any:
        content = super().clean(value)
        try:
            return read(content).content()
        except CriteriaInvalid as error:
            raise ValidationError(findings_words(error.findings)) from None


def _choice(number: int, step: Step) -> str:
    """Number, name and meaning, as long as a list to choose from has room for it."""
    text, meaning = f"{number} – {step.name(language())}", step.description(language())
    return Truncator(f"{text}: {meaning}").chars(100) if meaning else text


def _folded(text: str) -> str:
    return " ".join(str(text).casefold().split())
