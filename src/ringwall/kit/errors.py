"""What can go wrong with an act, each with words for the person who tried it. All leave the database as it was."""

import errno
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import DatabaseError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class ActError(Exception):
    """An act that was refused whole. `status` is the HTTP status that tells it."""

    status = 422
    title: Text = _("This cannot be done")

    def __init__(self, message: Text, *, remedy: Text = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class Refused(ActError):
    """A rule of the field says no (too much authority needed, wrong state, one's own work)."""


class Denied(ActError):
    """The person sees the record but holds no right to this act."""

    status = 403
    title = _("You may not do this")


class NotFound(ActError):
    """Unknown, of another organisation, or not to be seen by this person: all answer alike."""

    status = 404
    title = _("There is nothing here")

    def __init__(self, message: Text = "", *, remedy: Text = "") -> None:
        super().__init__(message or _("It does not exist, or you have no access to it."), remedy=remedy)


class Invalid(ActError):
    """Input that is not valid: field → messages; the key "" holds what concerns several fields."""

    title = _("Some answers need another look")

    def __init__(self, errors: Mapping[str, Sequence[Text]]) -> None:
        super().__init__(
            "; ".join(f"{name}: {text}" if name else str(text) for name, texts in errors.items() for text in texts)
        )
        self.errors = {name: [str(text) for text in texts] for name, texts in errors.items()}


class Conflict(ActError):
    """Somebody else changed the record since it was read. `differences`: (field, theirs, yours)."""

    status = 409
    title = _("Somebody else changed this meanwhile")

    def __init__(self, record: Any, differences: Sequence[tuple[Text, str, str]] = (), by: str = "") -> None:
        super().__init__(
            _("%(record)s was changed since you opened it. Nothing of yours was stored.") % {"record": record},
            remedy=_("Compare the two versions and store again."),
        )
        self.record = record
        self.differences = differences
        self.by = by


class NoSpace(ActError):
    """The disk of the database or of the files is full (or a quota is used up)."""

    status = 507
    title = _("There is no space left")

    def __init__(self) -> None:
        super().__init__(
            _("The disk on which the data are kept is full. Nothing was stored."),
            remedy=_("Let your administrator free or add space, then do it again."),
        )

    @classmethod
    def of(cls, error: BaseException) -> "NoSpace | None":
        """The same fault as a person can read it; None for every other error."""
        if isinstance(error, DatabaseError):
            # SQLite says it in words alone, PostgreSQL by SQLSTATE 53100 (disk_full).
            is_full = "disk is full" in str(error) or getattr(error.__cause__, "sqlstate", "") == "53100"
        else:
            is_full = isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}
        return cls() if is_full else None


class RowsRefused(ActError):
    """An act on many records of which some were refused; one refused row refuses all. `rows`: (reference, reason)."""

    def __init__(self, rows: Sequence[tuple[str, str]]) -> None:
        first = "; ".join(f"{ref}: {reason}" for ref, reason in rows[:5])
        super().__init__(_("Nothing was changed. %(count)d refused: %(first)s") % {"count": len(rows), "first": first})
        self.rows = rows
