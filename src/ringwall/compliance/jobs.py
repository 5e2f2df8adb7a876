"""The report of a large check, made by the worker."""

from typing import Any

from django.utils.translation import gettext as _

from ringwall.access.policy import Actor
from ringwall.compliance.queries import find_check
from ringwall.compliance.reports import build
from ringwall.kit import jobs
from ringwall.reports.render import FORMATS, render


def make(actor: Actor, arguments: dict[str, Any], progress: jobs.Progress) -> jobs.Result:
    """With the rights of the person who asked."""
    progress.tell(0, 2)
    found = build(find_check(actor, arguments["ref"]), actor, arguments["language"])
    progress.tell(1, 2)
    form = arguments["format"]
    return jobs.Result(render(found, form), file_name(arguments["ref"], form), _("The document is ready."))


def file_name(ref: str, form: str) -> str:
    return f"check-{ref}{FORMATS[form].ending}"
