"""What a verification found, as `ledger verify` and `ledger verify-file` print it. Pure."""

from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["error", "warning", "info"]
MAX_FINDINGS = 200


@dataclass(frozen=True, slots=True)
class Finding:
    """`error`: something was changed, cut off or is missing. `warning`: something is not proven. `info`: to know."""

    severity: Severity
    path: str
    message: str

    def as_json(self) -> dict[str, str]:
        return {"severity": self.severity, "path": self.path, "message": self.message}


@dataclass(frozen=True, slots=True)
class LedgerState:
    """One organisation's ledger as recomputed: number of entries and root (64 hexadecimal digits)."""

    organisation: str
    entries: int
    root: str
    ok: bool

    def as_json(self) -> dict[str, Any]:
        return {"organisation": self.organisation, "entries": self.entries, "root": self.root, "ok": self.ok}


@dataclass(slots=True)
class Report:
    organisations: list[LedgerState] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not any(finding.severity == "error" for finding in self.findings)

    def add(self, severity: Severity, path: str, message: str) -> None:
        self.findings.append(Finding(severity, path, message))

    def as_json(self) -> dict[str, Any]:
        return {
            "ok": self.ok,
            "organisations": [state.as_json() for state in self.organisations],
            "findings": [finding.as_json() for finding in self.findings],
        }


@dataclass(slots=True)
class Findings:
    """Collects findings and stops counting at a number that nobody would read to the end."""

    found: list[Finding] = field(default_factory=list)
    errors: int = 0

    def add(self, severity: Severity, path: str, message: str) -> None:
        self.errors += severity == "error"
        if len(self.found) < MAX_FINDINGS or (severity == "error" and self.errors == 1):
            self.found.append(Finding(severity, path, message))
        elif len(self.found) == MAX_FINDINGS:
            self.found.append(Finding("warning", "", f"more than {MAX_FINDINGS} findings; the others are not listed"))
