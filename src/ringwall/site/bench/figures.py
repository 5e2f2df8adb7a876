"""A measured figure, what it should be, and the table of all."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the result. `value` is the median (of a rate or a size: the figure itself) in `unit`, None where
    not measured.

    `cpu` is the web worker's own computing time for one request, in `unit`: on a busy machine the truer figure.
    `target` is the most it may be, or, where `is_rate`, the least; None where nothing is asked for. `note` says why
    a part
    could not run, or what else was seen.
    """

    part: str
    what: str
    unit: str
    target: float | None = None
    value: float | None = None
    least: float | None = None
    p95: float | None = None
    cpu: float | None = None
    count: int = 0
    is_rate: bool = False
    note: str = ""

    @property
    def verdict(self) -> str:
        if self.value is None:
            return "NOT RUN"
        if self.target is None:
            return ""
        is_reached = self.value >= self.target if self.is_rate else self.value <= self.target
        return "ok" if is_reached else "MISSED"

    def told(self) -> dict[str, Any]:
        return asdict(self) | {"verdict": self.verdict}


SCALES = {"ms": 1000.0, "s": 1.0}


@dataclass(frozen=True, slots=True)
class Sample:
    """Durations of calls, and the computing time that one of them took on the other side, in seconds."""

    seconds: Sequence[float]
    cpu: float | None = None


def timed(
    part: str, what: str, unit: str, target: float | None, taken: Sample | Sequence[float], note: str = ""
) -> Figure:
    """A figure from durations in seconds."""
    sample = taken if isinstance(taken, Sample) else Sample(taken)
    scale = SCALES[unit]
    values = sorted(one * scale for one in sample.seconds)
    p95 = values[min(len(values) - 1, int(len(values) * 0.95))]
    cpu = sample.cpu * scale if sample.cpu is not None else None
    return Figure(part, what, unit, target, statistics.median(values), values[0], p95, cpu, len(values), note=note)


def not_run(part: str, what: str, unit: str, target: float | None, reason: str) -> Figure:
    return Figure(part, what, unit, target, note=reason)


def durations(call: Callable[[], Any], *, warm: int = 3, at_most: int = 60, seconds: float = 4.0) -> list[float]:
    """Durations of repeated calls in seconds, bounded in number and in time; `warm` calls before are not counted."""
    for _ in range(warm):
        call()
    taken: list[float] = []
    deadline = time.perf_counter() + seconds
    while len(taken) < at_most and (len(taken) < 3 or time.perf_counter() < deadline):
        began = time.perf_counter()
        call()
        taken.append(time.perf_counter() - began)
    return taken


def table(results: dict[str, list[Figure]]) -> str:
    """Backend → figures, as text for a person."""
    lines = []
    for backend, figures in results.items():
        lines += [
            f"\n{backend}",
            f"{'':10}{'what':58}{'reach':>8}{'median':>9}{'min':>8}{'p95':>9}{'cpu':>8}  {'':3} {'':7}",
        ]
        part = ""
        for figure in figures:
            shown = "" if figure.part == part else figure.part
            part = figure.part
            numbers = "".join(
                f"{_number(number):>{width}}"
                for number, width in (
                    (figure.target, 8),
                    (figure.value, 9),
                    (figure.least, 8),
                    (figure.p95, 9),
                    (figure.cpu, 8),
                )
            )
            lines.append(
                f"{shown:10}{figure.what:58.58}{numbers}  {figure.unit:3} {figure.verdict:7} {figure.note}".rstrip()
            )
    missed = sum(figure.verdict == "MISSED" for figures in results.values() for figure in figures)
    silent = sum(figure.verdict == "NOT RUN" for figures in results.values() for figure in figures)
    lines.append(f"\n{missed} missed, {silent} not run")
    return "\n".join(lines)


def _number(number: float | None) -> str:
    if number is None:
        return "-"
    return (
        f"{number:.0f}"
        if number >= 100
        else f"{number:.1f}"
        if number >= 10
        else f"{number:.2f}".rstrip("0").rstrip(".")
    )
