"""A register: the declaration from which list, record page, forms, API, sheets, search and tests of one kind come."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django.db import models
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from ringwall.access.models import Person, Unit
from ringwall.access.policy import Actor
from ringwall.kit import registry
from ringwall.kit.actions import Action, RecordActions
from ringwall.kit.inputs import Inputs
from ringwall.kit.records import Record

Text = str | Promise


@dataclass(frozen=True)
class Computed:
    """A column that is no stored field: `value(record)` gives its text or (text, tone); `sort` a stored field, if any.

    `needs` names relations to fetch along (select_related paths, or prefetch paths with a leading "*").
    """

    key: str
    label: Text
    value: Callable[[Any], Any]
    kind: str = "text"
    sort: str = ""
    needs: Sequence[str] = ()


@dataclass(frozen=True)
class Condition:
    """A filter by what is no stored field: `choices` (value → words), `where(value)` the rows that the value leaves."""

    key: str
    label: Text
    choices: Mapping[str, Text]
    where: Callable[[str], models.Q]


@dataclass(frozen=True)
class ColumnSpec:
    """A column as the kit works with it; `field` is None for a computed one."""

    key: str
    label: Text
    kind: str
    field: Any = None
    computed: Computed | None = None
    sort: str = ""
    is_editable: bool = False


class Register:
    """Subclass with `model`, `acts`, `slug`; naming a subclass registers it. All else has a fitting default."""

    model: ClassVar[type[Record]]
    acts: ClassVar[RecordActions]
    slug: ClassVar[str]
    group: ClassVar[str] = "plan"
    icon: ClassVar[str] = "table"
    is_in_navigation: ClassVar[bool] = True
    order: ClassVar[int] = 50
    about: ClassVar[Text] = ""
    columns: ClassVar[Sequence[str]] = ("ref", "title", "unit", "owner")
    computed: ClassVar[Sequence[Computed]] = ()
    shown: ClassVar[Sequence[str]] = ()
    filters: ClassVar[Sequence[str]] = ("unit", "owner")
    conditions: ClassVar[Sequence[Condition]] = ()
    sorts: ClassVar[Sequence[str]] = ("ref",)
    default_sort: ClassVar[str] = "ref"
    search: ClassVar[Sequence[str]] = ("ref", "title")
    editable: ClassVar[Sequence[str]] = ()
    facts: ClassVar[Sequence[str]] = ()
    tones: ClassVar[Mapping[str, Mapping[Any, str]]] = {}
    synonyms: ClassVar[Mapping[str, Sequence[str]]] = {}
    actions: ClassVar[Sequence[Action]] = ()
    spoken: ClassVar[Sequence[str]] = ()
    """Stored fields that the API tells besides the input: what acts have set, such as a state or a decision."""

    sections: ClassVar[Sequence[tuple[Text, Sequence[str]]]] = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        registry.registers[cls.model.kind] = cls()

    @property
    def kind(self) -> str:
        return self.model.kind

    @property
    def title(self) -> Text:
        return capfirst(str(self.model._meta.verbose_name_plural))

    @property
    def title_one(self) -> Text:
        return str(self.model._meta.verbose_name)

    @property
    def view_grant(self) -> str:
        return f"{self.kind}.view"

    @property
    def import_grant(self) -> str:
        return f"{self.kind}.import"

    @property
    def inputs(self) -> Inputs:
        return self.acts.create.inputs

    @cached_property
    def all_actions(self) -> list[Action]:
        """The feature's own acts first, then the common ones; what a record page offers in this order."""
        return [*self.actions, self.acts.update, self.acts.withdraw, self.acts.restore]

    @cached_property
    def specs(self) -> dict[str, ColumnSpec]:
        computed = {made.key: made for made in self.computed}
        return {key: self._spec(key, computed.get(key)) for key in self.columns}

    def _spec(self, key: str, computed: Computed | None) -> ColumnSpec:
        if computed:
            return ColumnSpec(key, computed.label, computed.kind, None, computed, computed.sort)
        f = self.model._meta.get_field(key)
        assert isinstance(f, models.Field)
        sort = ""
        if key in self.sorts:
            sort = "ref_key" if key == "ref" else key
        return ColumnSpec(
            key,
            f.verbose_name,
            column_kind(key, f, self.model),
            f,
            None,
            sort,
            key in self.editable,
        )

    def spec_of(self, key: str) -> ColumnSpec:
        """The column of any field, shown in the list or not (record page, history)."""
        if spec := self.specs.get(key):
            return spec
        computed = next((made for made in self.computed if made.key == key), None)
        return self._spec(key, computed)

    def condition_of(self, key: str) -> Condition | None:
        return next((made for made in self.conditions if made.key == key), None)

    def select_related(self, keys: Sequence[str]) -> list[str]:
        found = ["unit", "owner"]
        for key in keys:
            spec = self.spec_of(key)
            if spec.computed:
                found += [path for path in spec.computed.needs if not path.startswith("*")]
            elif isinstance(spec.field, models.ForeignKey):
                found.append(key)
                found += [f"{key}__{path}" for path in getattr(spec.field.related_model, "named_with", ())]
        return list(dict.fromkeys(found))

    def prefetch_related(self, keys: Sequence[str]) -> list[str]:
        found: list[str] = []
        for key in keys:
            spec = self.spec_of(key)
            if spec.computed:
                found += [path[1:] for path in spec.computed.needs if path.startswith("*")]
            elif isinstance(spec.field, models.ManyToManyField):
                found.append(key)
                found += [f"{key}__{path}" for path in getattr(spec.field.related_model, "named_with", ())]
        return list(dict.fromkeys(found))

    def own_words(self, actor: Actor) -> Mapping[str, Sequence[tuple[str, str]]]:
        """Column of choices → (value, words), where the words are the organisation's own and not the model's."""
        return {}

    def searched_text(self, record: Any) -> str:
        """What full text finds the record by, besides its reference and title."""
        return "\n".join(
            str(getattr(record, name)) for name in self.search if name not in {"ref", self.model.title_field}
        )

    @cached_property
    def fact_keys(self) -> Sequence[str]:
        """What stands on the record page: all input fields but the title, in the form's order."""
        left_out = {"ref", self.model.title_field, "restricted"}
        return self.facts or [name for name in self.inputs.fields if name not in left_out]

    def words_of(self, name: str, value: Any) -> Text:
        """What the history tells of a field that holds a structure of the feature's own."""
        return _("changed")

    @cached_property
    def told_keys(self) -> list[str]:
        """The fields of a record as the API speaks it."""
        return [*self.inputs.fields, *self.spoken]

    def next_step(self, record: Any, actor: Actor) -> Text:
        """One sentence: what this record needs next. Empty where nothing is due."""
        return ""

    def initial(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """First values of a new record, from the address that led to the form."""
        return {name: given[name] for name in self.inputs.fields if name in given}

    def initial_for(self, act: Action, record: Any, actor: Actor) -> dict[str, Any]:
        """First values of an act's form; by default the record's own fields of the same names."""
        return {name: getattr(record, name) for name in act.inputs.fields if hasattr(record, name)}


def column_kind(key: str, f: Any, model: type[Record]) -> str:
    if key == "ref":
        return "ref"
    if key == model.title_field:
        return "title"
    if isinstance(f, models.ManyToManyField):
        return "links"
    if isinstance(f, models.ForeignKey):
        return "text" if f.related_model in (Unit, Person) else "link"
    if f.choices:
        return "choice"
    if isinstance(f, models.BooleanField):
        return "bool"
    if isinstance(f, models.DateTimeField):
        return "instant"
    if isinstance(f, models.DateField):
        return "date"
    if isinstance(f, models.DecimalField):
        return "money"
    if isinstance(f, models.IntegerField):
        return "number"
    return "text"
