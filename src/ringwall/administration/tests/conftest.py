"""The administrator with all rights of administration, and proof that a denied act left no trace."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from ringwall.access.models import ApiToken, Organisation, Person, RoleAssignment, Unit, User
from ringwall.access.policy import roles
from ringwall.administration.grants import GRANTS
from ringwall.ledger.models import Entry


@pytest.fixture(autouse=True)
def rights_of_administration(monkeypatch):
    role = roles["administrator"]
    monkeypatch.setitem(roles, "administrator", replace(role, grants=role.grants | GRANTS))


def state() -> list[Any]:
    models = (Organisation, Unit, Person, RoleAssignment, ApiToken, User)
    return [list(model.objects.order_by("pk").values()) for model in models] + [Entry.objects.count()]


@pytest.fixture
def unchanged() -> Callable[..., Any]:
    """`with unchanged(Denied):` the act is refused so, and nothing changed and nothing was written."""

    @contextmanager
    def watch(*errors: type[Exception], match: str | None = None) -> Iterator[None]:
        before = state()
        with pytest.raises(errors, match=match):
            yield
        assert state() == before

    return watch
