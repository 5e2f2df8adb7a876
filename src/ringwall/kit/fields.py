"""Input fields that name records: by reference, id or name, resolved through what the actor may see."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ringwall.access.models import Person, Unit
from ringwall.access.policy import Actor
from ringwall.kit.records import Record, is_uuid

LOST = _("“%(value)s” is unknown or not visible to you. Give the reference of an existing one.")


def choices_of(f: forms.ChoiceField) -> Iterable[tuple[Any, Any]]:
    """Value and label of each choice, as the field's getter gives them whatever it was set to."""
    return cast("Iterable[tuple[Any, Any]]", f.choices)


class Target:
    """How one model is named in input and shown in output.

    Records are named by reference, people by email or name. A model of another kind brings `named(actor, texts)` and
    `open_to(actor)` of its own.
    """

    def __init__(self, model: type[Any]) -> None:
        self.model = model

    def rows(self, actor: Actor) -> Any:
        if issubclass(self.model, Record):
            return self.model.objects.visible_to(actor)
        if open_to := getattr(self.model, "open_to", None):
            return open_to(actor)
        rows = self.model.objects.filter(organisation_id=actor.organisation_id)
        return rows.filter(withdrawn_on=None) if hasattr(self.model, "withdrawn_on") else rows

    def find(self, actor: Actor, texts: Iterable[str]) -> dict[str, Any]:
        """Text → row, for those that are known; one query for all. An ambiguous name finds nothing."""
        texts = {str(text).strip() for text in texts}
        if named := getattr(self.model, "named", None):
            return dict(named(actor, texts))
        ids = {text for text in texts if is_uuid(text)}
        names = texts - ids
        rows = self.rows(actor)
        found: dict[str, Any] = {}
        if issubclass(self.model, Record):
            refs = {text: text.split(" ", 1)[0] for text in names} | {text: text for text in names}
            wanted = {*refs.values(), *(text.split(" ", 1)[0] for text in names)}
            by_ref = {row.ref: row for row in rows.filter(Q(pk__in=ids) | Q(ref__in=wanted)).order_by()}
            for text in names:
                if row := by_ref.get(text) or by_ref.get(text.split(" ", 1)[0]):
                    found[text] = row
            by_id = {str(row.pk): row for row in by_ref.values()}
        else:
            key = "email" if self.model is Person else None
            condition = Q(pk__in=ids) | Q(name__in=names)
            if key:
                condition |= Q(email__in=[text.lower() for text in names])
            matches = list(rows.filter(condition))
            by_id = {str(row.pk): row for row in matches}
            for row in matches:
                for text in {row.name, getattr(row, "email", "")} & names:
                    if text in found and found[text].pk != row.pk:
                        found[text] = None
                    else:
                        found[text] = row
            found = {text: row for text, row in found.items() if row is not None}
        for text in ids:
            if row := by_id.get(text.lower()):
                found[text] = row
        return found

    @staticmethod
    def text(row: Any) -> str:
        """What stands in a form or sheet for the row, and finds it again."""
        if row is None:
            return ""
        for name in ("input_text", "ref", "email"):
            if text := getattr(row, name, ""):
                return str(text)
        return str(row.name)

    @staticmethod
    def label(row: Any) -> str:
        return "" if row is None else str(row)


class ReferenceInput(forms.TextInput):
    """A text box whose suggestions come from the server as one types (`data-suggest`); without a script it takes the
    reference.
    """

    def __init__(self, kind: str, *, many: bool = False) -> None:
        super().__init__(attrs={"autocomplete": "off", "data-kind": kind} | ({"data-multiple": ""} if many else {}))


class ReferenceField(forms.CharField):
    """One row of another register (or a person), given by reference, id, email or name."""

    many = False

    def __init__(self, model: type[Any], **kwargs: Any) -> None:
        self.target = Target(model)
        kwargs.setdefault(
            "widget", ReferenceInput(getattr(model, "kind", "") or str(model._meta.model_name), many=self.many)
        )
        kwargs.setdefault("max_length", 20_000 if self.many else 300)
        super().__init__(**kwargs)

    def texts(self, value: Any) -> list[str]:
        if value in (None, "", []):
            return []
        if hasattr(value, "pk"):
            return [str(value.pk)]
        return [str(value).strip()]

    def prepare_value(self, value: Any) -> Any:
        return Target.text(value) if hasattr(value, "pk") else value

    def resolve(self, value: Any, found: dict[str, Any]) -> Any:
        texts = self.texts(value)
        if not texts:
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        if (row := found.get(texts[0])) is None:
            raise ValidationError(LOST, params={"value": texts[0][:80]}, code="unknown")
        return row


class ReferencesField(ReferenceField):
    """Several rows of another register: a list, or references parted by comma, semicolon or line."""

    many = True

    def texts(self, value: Any) -> list[str]:
        if value in (None, "", []):
            return []
        if isinstance(value, str):
            value = [part for line in value.replace(";", ",").splitlines() for part in line.split(",")]
        return [str(getattr(part, "pk", part)).strip() for part in value if str(part).strip()]

    def prepare_value(self, value: Any) -> Any:
        if value is None or isinstance(value, str):
            return value
        return ", ".join(Target.text(row) if hasattr(row, "pk") else str(row) for row in value)

    def resolve(self, value: Any, found: dict[str, Any]) -> list[Any]:
        texts = list(dict.fromkeys(self.texts(value)))
        if not texts and self.required:
            raise ValidationError(self.error_messages["required"], code="required")
        lost = [text for text in texts if text not in found]
        if lost:
            raise ValidationError(
                [ValidationError(LOST, params={"value": text[:80]}, code="unknown") for text in lost[:10]]
            )
        return list({row.pk: row for row in (found[text] for text in texts)}.values())


class UnitField(ReferenceField):
    """A unit of the organisation chart: few enough for a list to choose from."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Unit, widget=forms.Select(), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return str(getattr(value, "pk", value) or "")

    def offer(self, actor: Actor, grant: str) -> None:
        within = actor.reach.get(grant, frozenset()) or frozenset(actor.units.units)
        choices = [("", "—")] if not self.required else []
        choices += [
            (str(unit.id), "\u2003" * depth + unit.name)
            for depth, unit in actor.units.in_order()
            if unit.id in within and not unit.withdrawn_on
        ]
        self.widget.choices = choices
