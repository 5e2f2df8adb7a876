"""What a reader has to say about a file, and where in the file it stands."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["error", "warning", "info"]

# A path while it is being walked: (path of the parent, key or index). Spelt out only when there is something to say.
Trail = tuple["Trail | None", str | int]

SHOWN_OF_A_KIND = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to say about a file.

    error: (a part of) the file could not be taken; warning: it breaks the schema or refers to nothing, and was taken
    as well as could be; info: worth knowing. `path` is like ``catalog/groups[0]/controls[2]/id``; `message` says what
    is wrong and what to do.
    """

    severity: Severity
    path: str
    message: str


def spell(trail: Trail | None) -> str:
    """The readable form of a trail."""
    parts: list[str] = []
    while trail is not None:
        trail, step = trail
        parts.append(f"[{step}]" if isinstance(step, int) else f"/{step}")
    return "".join(reversed(parts)).lstrip("/")


@dataclass(slots=True)
class FindingLog:
    """Collects findings; of one kind only the first are kept, the others counted, so that a file in which every
    identifier is odd gives a list that can be read."""

    findings: list[Finding] = field(default_factory=list)
    # Words that were found to be good tokens: a large file has the same few thousands of times.
    seen_tokens: set[str] = field(default_factory=set)
    _seen: Counter[str] = field(default_factory=Counter)
    _severity: dict[str, Severity] = field(default_factory=dict)

    def add(self, severity: Severity, trail: Trail | str | None, message: str, kind: str = "") -> None:
        """Note a finding. `kind` names findings that are alike (default: the message)."""
        kind = kind or message
        self._seen[kind] += 1
        self._severity[kind] = severity
        if self._seen[kind] <= SHOWN_OF_A_KIND:
            path = trail if isinstance(trail, str) else spell(trail)
            self.findings.append(Finding(severity, path, message))

    def add_once(self, severity: Severity, path: str, message: str) -> None:
        """Note a finding that may come up again and again in the same words."""
        if not self._seen[f"{path} {message}"]:
            self.add(severity, path, message, f"{path} {message}")

    def close(self) -> list[Finding]:
        """All findings, with one line for each kind of which there were too many to show."""
        more = [
            Finding(self._severity[kind], "", f"{count - SHOWN_OF_A_KIND} more of this kind: {kind}")
            for kind, count in self._seen.items()
            if count > SHOWN_OF_A_KIND
        ]
        return self.findings + more
