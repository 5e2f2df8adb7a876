"""How large the data set is. The default is what the figures of a release are measured on."""

from dataclasses import dataclass
from typing import Self

WAIVERS = 10


@dataclass(frozen=True, slots=True)
class Sizes:
    """Rows by kind. Every record has its entry of creation; the remaining ledger entries are updates of assets."""

    assets: int = 100_000
    dependencies: int = 250_000
    risks: int = 20_000
    controls: int = 10_000
    findings: int = 2_000
    """And in proportion to them events, incidents, corrective actions, exceptions, obligations."""
    tasks: int = 8_000
    asked: int = 1_200
    """Requirements of the catalogue that checks ask."""
    answers: int = 200_000
    """Of open checks of one scope."""
    entries: int = 200_000
    divisions: int = 7
    departments: int = 6
    people: int = 200
    scopes: int = 20

    @classmethod
    def scaled(cls, scale: float) -> Self:
        """The default with all rows, but not the organisation chart, multiplied; never below what the measurements
        need.
        """
        if not 0 < scale <= 10:
            raise ValueError("the scale lies above 0 and is at most 10")
        full = cls()
        return cls(
            assets=max(200, round(full.assets * scale)),
            dependencies=round(full.dependencies * scale),
            risks=max(100, round(full.risks * scale)),
            controls=max(100, round(full.controls * scale)),
            findings=max(40, round(full.findings * scale)),
            tasks=max(100, round(full.tasks * scale)),
            answers=max(2 * full.asked, round(full.answers * scale)),
            entries=round(full.entries * scale),
        )

    @property
    def records(self) -> int:
        return self.assets + self.risks + self.controls + self.rounds + self.upkeep

    @property
    def rounds(self) -> int:
        return self.answers // self.asked

    @property
    def upkeep(self) -> int:
        """Records that `upkeep.py` makes."""
        found = self.findings
        return found * 3 + found // 4 + found // 10 + found // 20 + WAIVERS

    @property
    def updates(self) -> int:
        """Assets that were changed once after they were made."""
        return min(self.assets, max(0, self.entries - self.records))

    @property
    def units(self) -> int:
        return 1 + self.divisions * (1 + self.departments)
