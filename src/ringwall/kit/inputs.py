"""The typed input of an action: the only validator, with four faces (form, API, command line, sheet)."""

import datetime
import decimal
import inspect
import types
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ringwall.access.models import Unit
from ringwall.access.policy import Actor
from ringwall.kit.errors import ActError, Invalid
from ringwall.kit.fields import ReferenceField, ReferencesField, UnitField
from ringwall.kit.texts import forbid_control_characters

Text = str | Promise
Raw = Mapping[str, Any]


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


def text_area(
    label: Any, *, required: bool = True, help_text: Any = "", rows: int = 3, longest: int = 20_000
) -> forms.CharField:
    """Several lines of plain text, at most `longest` characters."""
    return forms.CharField(
        label=label,
        required=required,
        help_text=help_text,
        max_length=longest,
        widget=forms.Textarea(attrs={"rows": rows}),
        validators=[forbid_control_characters],
    )


@dataclass(frozen=True)
class Inputs:
    """Named form fields, in order. `clean` turns raw values (text, JSON, cells) into Python values or raises
    Invalid.
    """

    fields: Mapping[str, forms.Field] = field(default_factory=dict)

    @classmethod
    def from_model(
        cls, model: type[models.Model], names: Iterable[str], special: Mapping[str, forms.Field] | None = None
    ) -> "Inputs":
        special = special or {}
        return cls({name: special.get(name) or _field_of(model._meta.get_field(name)) for name in names})

    @classmethod
    def from_signature(
        cls, function: Callable[..., Any], overrides: Mapping[str, forms.Field] | None = None
    ) -> "Inputs":
        """The keyword-only parameters of an action; `actor` and `reason` are the act's own."""
        hints = typing.get_type_hints(function, include_extras=True)
        fields = {}
        for name, parameter in inspect.signature(function).parameters.items():
            if parameter.kind is not inspect.Parameter.KEYWORD_ONLY or name in {"actor", "reason"}:
                continue
            if overrides and name in overrides:
                fields[name] = overrides[name]
            else:
                fields[name] = _field_for(name, hints[name], parameter.default)
        return cls(fields)

    def references(self) -> dict[str, ReferenceField]:
        return {name: f for name, f in self.fields.items() if isinstance(f, ReferenceField)}

    def find(self, actor: Actor, rows: Iterable[Raw]) -> dict[str, dict[str, Any]]:
        """Field → text → row, for all references in many rows of input: one query a field, none for units."""
        rows = list(rows)
        found: dict[str, dict[str, Any]] = {}
        for name, f in self.references().items():
            if isinstance(f, UnitField):
                found[name] = _units_by_text(actor)
                continue
            named = {text for row in rows if name in row for text in f.texts(row[name])}
            texts = {text for text in named if "\x00" not in text}  # names nothing, and PostgreSQL refuses it
            found[name] = f.target.find(actor, texts) if texts else {}
        return found

    def clean(
        self,
        actor: Actor,
        raw: Raw,
        *,
        only_given: bool = False,
        found: dict[str, dict[str, Any]] | None = None,
        chosen: dict[tuple[str, Any], Any] | None = None,
    ) -> dict[str, Any]:
        """Valid values by name. `only_given` leaves out what the raw input does not name (an update). `chosen` is a
        memory for many rows: their choices are few, and looking one up in its list takes longest. Raises Invalid.
        """
        unknown = [name for name in raw if name not in self.fields]
        errors: dict[str, list[str]] = {name: [str(_("unknown field"))] for name in unknown}
        found = self.find(actor, [raw]) if found is None else found
        values: dict[str, Any] = {}
        for name, f in self.fields.items():
            if name not in raw and only_given:
                continue
            try:
                value = raw.get(name)
                if chosen is None or type(value) is not str or not isinstance(f, forms.ChoiceField):
                    values[name] = self._clean_one(actor, name, f, value, found)
                elif (key := (name, value)) in chosen:
                    values[name] = chosen[key]
                else:
                    values[name] = chosen[key] = self._clean_one(actor, name, f, value, found)
            except ValidationError as error:
                errors[name] = [str(message) for message in error.messages]
        if errors:
            raise Invalid(errors)
        return values

    def _clean_one(self, actor: Actor, name: str, f: forms.Field, value: Any, found: dict[str, dict[str, Any]]) -> Any:
        if isinstance(f, UnitField):
            if value in (None, ""):
                return actor.home_unit if f.required else None
            return f.resolve(value, found.get(name, {}))
        if isinstance(f, ReferenceField):
            return f.resolve(value, found.get(name, {}))
        if value in (None, "") and (fallback := getattr(f, "fallback", None)):
            return fallback()
        if value is None and isinstance(f, forms.CharField):
            value = ""
        if isinstance(value, list | dict) and not isinstance(f, forms.MultipleChoiceField | forms.JSONField):
            raise ValidationError(_("must be a single value"))
        return f.clean(value)

    def form(
        self,
        actor: Actor,
        grant: str,
        *,
        data: Any = None,
        files: Any = None,
        initial: Raw | None = None,
        hide: Sequence[str] = (),
    ) -> "InputForm":
        """A Django form with these fields, for drawing a page; `InputForm.values` is what `clean` takes."""
        form = InputForm(data=data, files=files, initial=dict(initial or {}))
        for name, f in self.fields.items():
            if name in hide:
                continue
            own = deepcopy(f)
            if offer := getattr(own, "offer", None):
                offer(actor, grant)
            form.fields[name] = own
        return form


def _units_by_text(actor: Actor) -> dict[str, Any]:
    """Id or name → unit; a name that two units bear finds nothing."""
    names: dict[str, Any] = {}
    for unit in actor.units.units.values():
        names[unit.name] = None if unit.name in names else unit
    by_name = {text: unit for text, unit in names.items() if unit is not None}
    return {str(unit.id): unit for unit in actor.units.units.values()} | by_name


class InputForm(forms.Form):
    """Draws the fields and carries the raw values; validation is the work of `Inputs.clean`."""

    template_name_label = "kit/field.html"

    def raw(self) -> dict[str, Any]:
        return {
            name: f.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
            for name, f in self.fields.items()
        }

    def take_errors(self, error: ActError) -> None:
        """Show the findings of `Inputs.clean` at their fields, and what a rule refused above them."""
        self._errors = forms.utils.ErrorDict()
        self.cleaned_data = {}
        for name, texts in (error.errors if isinstance(error, Invalid) else {"": [str(error)]}).items():
            key = name if name in self.fields else NON_FIELD_ERRORS
            self._errors[key] = self.error_class(
                texts if key == name else [f"{name}: {t}" if name else t for t in texts]
            )


def _field_of(model_field: Any) -> forms.Field:
    """The input field of a model field: same label, choices, length and obligation."""
    label = model_field.verbose_name
    if isinstance(model_field, models.ManyToManyField):
        return ReferencesField(
            model_field.related_model,
            required=not model_field.blank,
            label=label,
            help_text=model_field.help_text,
        )
    if isinstance(model_field, models.ForeignKey):
        common = {"required": not model_field.blank, "label": label, "help_text": model_field.help_text}
        return (
            UnitField(**common)
            if model_field.related_model is Unit
            else ReferenceField(model_field.related_model, **common)
        )
    if isinstance(model_field, models.DateField) and not isinstance(model_field, models.DateTimeField):
        made = model_field.formfield(widget=DateInput())
    elif isinstance(model_field, models.BooleanField):
        made = model_field.formfield(required=False)
    else:
        made = model_field.formfield()
    assert isinstance(made, forms.Field)
    if not isinstance(made, forms.ChoiceField):  # a choice is held against its list alone
        made.validators.extend(rule for rule in model_field.validators if rule not in made.validators)
    if isinstance(made, forms.CharField):
        made.validators.append(forbid_control_characters)
    made.localize = False
    if model_field.has_default():
        made.required, made.fallback = False, model_field.get_default  # type: ignore[attr-defined]
    return made


def _field_for(name: str, hint: Any, default: Any) -> forms.Field:
    """The input field of an action's parameter. `Annotated[type, "label"]` or a form field in the annotation names
    it.
    """
    label: Text = name.replace("_", " ").capitalize()
    if typing.get_origin(hint) is typing.Annotated:
        hint, *notes = typing.get_args(hint)
        for note in notes:
            if isinstance(note, forms.Field):
                return note
            label = note
    required = default is inspect.Parameter.empty
    if typing.get_origin(hint) in {types.UnionType, typing.Union}:
        hint, required = next(part for part in typing.get_args(hint) if part is not type(None)), False
    common: dict[str, Any] = {"label": label, "required": required}
    if typing.get_origin(hint) is list:
        return ReferencesField(typing.get_args(hint)[0], **common)
    if isinstance(hint, type) and issubclass(hint, models.Model):
        return UnitField(**common) if hint is Unit else ReferenceField(hint, **common)
    if isinstance(hint, type) and issubclass(hint, models.Choices):
        return forms.TypedChoiceField(choices=hint.choices, coerce=hint, empty_value=None, **common)
    if hint is bool:
        return forms.BooleanField(**common | {"required": False})
    simple: dict[Any, Callable[..., forms.Field]] = {
        int: forms.IntegerField,
        decimal.Decimal: lambda **k: forms.DecimalField(max_digits=14, decimal_places=2, **k),
        datetime.date: lambda **k: forms.DateField(widget=DateInput(), **k),
        UUID: forms.UUIDField,
        str: lambda **k: forms.CharField(
            widget=forms.Textarea(attrs={"rows": 3}), max_length=20_000, validators=[forbid_control_characters], **k
        ),
    }
    return simple[hint](**common)
