"""Named actions: the only way by which anything is written.

An action has a typed input, one permission (the grant bears its name), one transaction and one ledger entry. Form, API,
command line and sheet are faces of the same call.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ringwall.access.policy import SEE_RESTRICTED, Actor
from ringwall.kit import registry
from ringwall.kit.acts import Act, acting, current_act, kind_of, plain
from ringwall.kit.errors import ActError, Conflict, Denied, Invalid, NotFound, RowsRefused
from ringwall.kit.inputs import Inputs
from ringwall.kit.records import Record, assign_refs

Text = str | Promise


def _always(record: Any) -> bool:
    return True


@dataclass(frozen=True)
class Action:
    """A registered act. Call it from Python with `actor=`; the faces use `run` and `run_many` with raw input.

    `model` is the kind of subject, None for an act without one; `creates` marks the making of a record.
    `applies` says for which records it makes sense (what a page offers); the function itself enforces its rules.
    """

    name: str
    label: Text
    function: Callable[..., Any]
    model: type[Any] | None = None
    inputs: Inputs = field(default_factory=Inputs)
    creates: bool = False
    is_bulk: bool = False
    is_danger: bool = False
    needs_reason: bool = False
    icon: str = ""
    help_text: Text = ""
    applies: Callable[[Any], bool] = _always

    do_not_call_in_templates: ClassVar[bool] = True
    """A template that names an action means the action, not the act."""

    def __call__(
        self, subject: Any = None, /, *, actor: Actor, reason: str = "", version: int | None = None, **values: Any
    ) -> Any:
        with acting(actor, self.name, reason):
            if self.model is None or self.creates:
                if not actor.may(self.name):
                    raise Denied(_("You hold no right to do this: %(action)s.") % {"action": self.label})
                return self.function(actor=actor, **values)
            return self.function(self._locked(subject, actor, version), actor=actor, **values)

    def run(
        self,
        actor: Actor,
        raw: Mapping[str, Any],
        *,
        subject: Any = None,
        version: int | None = None,
        reason: str = "",
        **fixed: Any,
    ) -> Any:
        """Validate raw input and act. Raises Invalid, Denied, NotFound, Conflict or Refused; stores nothing then.

        `fixed` are values that are no input of people, such as the id that a form was given so that it makes one
        record only.
        """
        self.require(actor, subject)
        if self.needs_reason and not reason.strip():
            raise Invalid({"reason": [str(_("Say why."))]})
        values = self.inputs.clean(actor, raw, only_given=self.is_update)
        return self(subject, actor=actor, reason=reason, version=version, **values, **fixed)

    def run_many(
        self, actor: Actor, subjects: Sequence[tuple[Any, int | None]], raw: Mapping[str, Any], *, reason: str = ""
    ) -> list[Any]:
        """One act on many records, each with its right and version checked. One refused row refuses all
        (RowsRefused).
        """
        if not subjects:
            raise Invalid({"": [str(_("Choose at least one row."))]})
        if self.needs_reason and not reason.strip():
            raise Invalid({"reason": [str(_("Say why."))]})
        values = self.inputs.clean(actor, raw, only_given=self.is_update)
        refused: list[tuple[str, str]] = []
        done = []
        with acting(actor, self.name, reason):
            for subject, version in subjects:
                try:
                    done.append(self.function(self._locked(subject, actor, version), actor=actor, **values))
                except ActError as error:
                    refused.append((str(getattr(subject, "ref", subject)), str(error)))
            if refused:
                raise RowsRefused(refused)
        return done

    @property
    def is_update(self) -> bool:
        return self.name.endswith(".update")

    def require(self, actor: Actor, subject: Any = None) -> None:
        """Denied where the actor sees the subject but may not do this to it; NotFound where it cannot be seen."""
        if subject is not None and not actor.may(f"{kind_of(type(subject))}.view", subject):
            raise NotFound
        if not actor.may(self.name, subject):
            raise Denied(_("You hold no right to do this: %(action)s.") % {"action": self.label})

    def is_offered(self, actor: Actor, subject: Any) -> bool:
        return actor.may(self.name, subject) and self.applies(subject)

    def _locked(self, subject: Any, actor: Actor, version: int | None) -> Any:
        """The subject as it stands now, locked until the act ends; Conflict where it is not the version that was
        read.
        """
        self.require(actor, subject)
        manager = type(subject)._base_manager
        current = manager.select_for_update().filter(pk=subject.pk, organisation_id=actor.organisation_id).first()
        if current is None:
            raise NotFound
        self.require(actor, current)
        if version is not None and current.version != version:
            raise Conflict(current)
        return current


class SettingAction(Action):
    """For a row of which an organisation has one at most: the right holds for the whole organisation or not at all."""

    def require(self, actor: Actor, subject: Any = None) -> None:
        if not actor.may_everywhere(self.name):
            raise Denied(_("You hold no right to do this: %(action)s.") % {"action": self.label})

    def _locked(self, subject: Any, actor: Actor, version: int | None) -> Any:
        self.require(actor)
        assert self.model is not None
        current = self.model.objects.select_for_update().filter(organisation_id=actor.organisation_id).first()
        if version is not None and version != (current.version if current else 0):
            raise Conflict(current or subject)
        return current or self.model(organisation_id=actor.organisation_id)


def action(
    name: str,
    *,
    label: Text,
    fields: Mapping[str, forms.Field] | None = None,
    model: type[Any] | None = None,
    creates: bool = False,
    **options: Any,
) -> Callable[[Callable[..., Any]], Action]:
    """Declare a function an action. Its first positional parameter is the subject, its keyword-only ones the input."""

    def declare(function: Callable[..., Any]) -> Action:
        subject_model = model or _subject_of(function)
        made = Action(name, label, function, subject_model, Inputs.from_signature(function, fields), creates, **options)
        return register_action(made)

    return declare


def register_action(made: Action) -> Action:
    if made.name in registry.actions:
        raise ValueError(f"action {made.name} is declared twice")
    registry.actions[made.name] = made
    return made


def _subject_of(function: Callable[..., Any]) -> type[Any] | None:
    code = function.__code__
    if not code.co_argcount:
        return None
    hint = function.__annotations__.get(code.co_varnames[0])
    return hint if isinstance(hint, type) else None


@dataclass(frozen=True)
class RecordActions:
    """The four acts that every kind of record has."""

    create: Action
    update: Action
    withdraw: Action
    restore: Action


def record_actions(
    model: type[Record], fields: Sequence[str], special: Mapping[str, forms.Field] | None = None
) -> RecordActions:
    """Declare create, update, withdraw and restore for a kind of record with these input fields.

    `special` names those that are not read as their model field would be. Rules between fields stand in the model's
    `clean()` (ValidationError by field); they hold in every face.
    """
    kind, names = model.kind, model._meta
    inputs = Inputs.from_model(model, fields, special)

    def create(*, actor: Actor, **values: Any) -> Record:
        made: Record = create_many(model, [values], actor=actor)[0]
        return made

    def update(record: Record, *, actor: Actor, **values: Any) -> Record:
        assign(record, values, actor)
        model.before_check([record])
        check(record)
        check_refs([record])
        if not actor.may(f"{kind}.update", record) and record.unit_id != record.stored().get("unit_id"):
            raise Denied(_("You hold no right in the unit %(unit)s.") % {"unit": record.unit})
        record.save()
        return record

    def withdraw(record: Record, *, actor: Actor) -> Record:
        record.withdraw(timezone.localdate(), current_act().reason[:500])
        record.save()
        return record

    def restore(record: Record, *, actor: Actor) -> Record:
        record.withdrawn_on, record.withdrawn_reason = None, ""
        record.save()
        return record

    one = names.verbose_name
    return RecordActions(
        register_action(
            Action(f"{kind}.create", _("Create"), create, model, inputs, creates=True, icon="plus", help_text=one or "")
        ),
        register_action(Action(f"{kind}.update", _("Edit"), update, model, inputs, is_bulk=True, icon="pencil")),
        register_action(
            Action(
                f"{kind}.withdraw",
                _("Withdraw"),
                withdraw,
                model,
                is_bulk=True,
                is_danger=True,
                needs_reason=True,
                icon="archive",
                applies=lambda record: not record.is_withdrawn,
            )
        ),
        register_action(
            Action(
                f"{kind}.restore",
                _("Restore"),
                restore,
                model,
                is_bulk=True,
                icon="archive-restore",
                applies=lambda record: record.is_withdrawn,
            )
        ),
    )


def create_many(model: type[Any], rows: Iterable[Mapping[str, Any]], *, actor: Actor) -> list[Any]:
    """New records of one kind from valid values, in few statements; the act is the caller's."""
    records = []
    for values in rows:
        record = model(organisation_id=actor.organisation_id)
        assign(record, values, actor)
        if record.unit_id is None:
            record.unit = actor.home_unit
        if not actor.may(f"{model.kind}.create", record):
            raise Denied(_("You hold no right in the unit %(unit)s.") % {"unit": record.unit})
        records.append(record)
    model.before_check(records)
    for record in records:
        check(record)
    check_refs(records)
    assign_refs(records)
    with acting(actor, f"{model.kind}.create") as act:
        act.save_many(records)
    return records


def assign(record: Any, values: Mapping[str, Any], actor: Actor) -> None:
    """Set the values. Of a link field, what the actor cannot see stays as it is: nobody removes what they cannot
    see.
    """
    for name, value in values.items():
        if name != "id" and record._meta.get_field(name).many_to_many:
            record.set_links(name, [*value, *_unseen_links(record, name, actor)])
        elif name == "ref":
            record.ref = (value or "").strip() or record.ref
            record.touch()
        else:
            setattr(record, name, value)


def _unseen_links(record: Any, name: str, actor: Actor) -> list[Any]:
    target = record._meta.get_field(name).related_model
    grant = f"{kind_of(target)}.view"
    if (
        record.is_new
        or not issubclass(target, Record)
        or (actor.may_everywhere(grant) and actor.may_everywhere(SEE_RESTRICTED))
    ):
        return []
    return [row for row in getattr(record, name).all() if not actor.may(grant, row)]


def check(record: Any) -> None:
    """The model's own rules. Raises Invalid."""
    try:
        record.clean()
    except ValidationError as error:
        if hasattr(error, "error_dict"):
            raise Invalid(error.message_dict) from None
        raise Invalid({"": error.messages}) from None


def check_refs(records: Sequence[Any]) -> None:
    """That every reference which is new is free and stands only once. One query for all. Raises Invalid."""
    wanted = [r for r in records if r.ref and (r.is_new or r.ref != r.stored()["ref"])]
    if not wanted:
        return
    model, refs = type(wanted[0]), [record.ref for record in wanted]
    twins = {ref for ref in refs if refs.count(ref) > 1} if len(set(refs)) < len(refs) else set()
    for at in range(0, len(refs), 500):
        taken = model._base_manager.filter(organisation_id=wanted[0].organisation_id, ref__in=refs[at : at + 500])
        twins |= set(taken.values_list("ref", flat=True))
    if twins:
        raise Invalid(
            {
                "ref": [
                    str(_("The reference %(ref)s is taken. Choose another or leave it empty.") % {"ref": ref})
                    for ref in sorted(twins)[:20]
                ]
            }
        )


def differences(record: Any, values: Mapping[str, Any], actor: Actor) -> list[tuple[Text, str, str]]:
    """(field, stored now, wanted) for each value that differs: what is shown after a lost race. Links that the actor
    may
    not see are left out."""
    found = []
    for name, value in values.items():
        f = record._meta.get_field(name)
        if f.many_to_many:
            unseen = {row.pk for row in _unseen_links(record, name, actor)}
            theirs = ", ".join(str(row) for row in getattr(record, name).all() if row.pk not in unseen)
            yours = ", ".join(map(str, value))
        elif f.is_relation:
            theirs, yours = str(getattr(record, name) or ""), str(value or "")
        else:
            theirs, yours = str(plain(getattr(record, name)) or ""), str(plain(value) or "")
        if theirs != yours:
            found.append((f.verbose_name, theirs, yours))
    return found


__all__ = [
    "Act",
    "Action",
    "RecordActions",
    "SettingAction",
    "action",
    "create_many",
    "record_actions",
    "register_action",
]
