"""Files that cannot be taken, with all that was found in them."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from ringwall.kit.errors import Refused, Text
from ringwall.oscal.findings import Finding


class Unreadable(Exception):
    """A file cannot be taken; `findings` says why, with at least one error."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(findings[0].message)
        self.findings = list(findings)


class ImportRefused(Refused):
    """The whole file was refused and nothing stored. `findings` as the reader told them."""

    title: Text = _("The catalogue was not imported")

    def __init__(self, findings: Sequence[Finding]) -> None:
        errors = [finding for finding in findings if finding.severity == "error"]
        first = errors[0]
        place = f"{first.path}: " if first.path else ""
        super().__init__(
            f"{place}{first.message}", remedy=_("Nothing was stored. Correct the file and import it again.")
        )
        self.findings = list(findings)
        self.errors: dict[str, list[str]] = {}
        for finding in errors:
            self.errors.setdefault(finding.path or "file", []).append(finding.message)
