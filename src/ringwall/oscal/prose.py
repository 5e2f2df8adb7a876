"""Prose of OSCAL with its insertions of parameters."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ringwall.oscal.catalogue import Catalogue, Control, Group, Parameter

# {{ insert: param, ac-1_prm_1 }}; before 1.0 it was {{ ac-1_prm_1 }}, and some files write it so still.
INSERTION = re.compile(r"\{\{\s*(insert\s*:\s*param\s*,)?\s*([^{}]+?)\s*\}\}")


class Parameters:
    """All parameters of a catalogue, as text.

    A parameter shows its values, else its choices, else its label in square brackets; choices and labels may insert
    other parameters. Identifiers are looked up as written, then without regard to case: publishers mix both.
    """

    def __init__(self, catalogue: Catalogue, values: dict[str, str] | None = None) -> None:
        self._parameters: dict[str, Parameter] = {}
        self._folded: dict[str, str] = {}
        self._shown: dict[str, str] = dict(values or {})
        self.unknown: dict[str, None] = {}
        self._collect(catalogue.params)
        self._visit(catalogue)

    def _visit(self, holder: Catalogue | Group | Control) -> None:
        for group in getattr(holder, "groups", ()):
            self._collect(group.params)
            self._visit(group)
        for control in holder.controls:
            self._collect(control.params)
            self._visit(control)

    def _collect(self, parameters: Iterable[Parameter]) -> None:
        for parameter in parameters:
            self._parameters.setdefault(parameter.id, parameter)
            self._folded.setdefault(parameter.id.casefold(), parameter.id)

    def fill(self, text: str, under_way: frozenset[str] = frozenset()) -> str:
        """`text` with every insertion replaced; unknown parameters are shown by their identifier and remembered."""
        if "{{" not in text:
            return text
        return INSERTION.sub(lambda found: self._replacement(found, under_way), text)

    def _replacement(self, found: re.Match[str], under_way: frozenset[str]) -> str:
        name = found[2]
        key = name if name in self._parameters else self._folded.get(name.casefold(), name)
        if key in self._shown and not under_way:
            return self._shown[key]
        parameter = self._parameters.get(key)
        if parameter is None or key in under_way:
            if found[1] and key not in under_way:
                self.unknown[name] = None
            return f"[{name}]"
        shown = self._text_of(parameter, under_way | {key})
        if not under_way:
            self._shown[key] = shown
        return shown

    def _text_of(self, parameter: Parameter, under_way: frozenset[str]) -> str:
        if parameter.values:
            return ", ".join(self.fill(value, under_way) for value in parameter.values)
        if parameter.select and parameter.select.choice:
            return f"[{' | '.join(self.fill(choice, under_way) for choice in parameter.select.choice)}]"
        return f"[{self.fill(parameter.label or parameter.id, under_way)}]"
