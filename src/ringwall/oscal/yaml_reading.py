"""Read YAML as plain JSON data: no types but text, numbers, yes/no, lists and mappings, and no bombs of aliases."""

from __future__ import annotations

from typing import Any

import yaml

from ringwall.oscal.decoding import Refused

_FAST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _PlainLoader(_FAST):  # type: ignore[misc, valid-type]
    """Dates and versions stay text: 2026-01-31 and 1.10 are not to become something else."""


_PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag in ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:null")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def load(text: str) -> Any:
    """The data of a YAML document; numbers stay text. Raises Refused."""
    try:
        if "&" in text and "*" in text and any(isinstance(e, yaml.AliasEvent) for e in yaml.parse(text, Loader=_FAST)):
            raise Refused("the YAML file uses aliases (*name); such files are not read")
        return yaml.load(text, Loader=_PlainLoader)  # noqa: S506  (a safe loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f": line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise Refused(f"the file is neither JSON nor valid YAML{where}: {error.problem or error.context}") from None
    except (yaml.YAMLError, ValueError, TypeError) as error:
        raise Refused(f"the file is neither JSON nor valid YAML: {str(error)[:200]}") from None
