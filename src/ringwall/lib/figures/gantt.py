"""A plan over time: one row per activity with its span, what is done of it, and milestones."""

from dataclasses import dataclass
from datetime import date, timedelta

from ringwall.lib.figures.svg import Canvas, Mode, Row, fitted, text_width

_ROW = 26.0
_HEAD = 30.0


@dataclass(frozen=True, slots=True)
class Activity:
    """A span of days, both ends included; ``done`` is a share 0..1. Start and end on the same day make a milestone."""

    label: str
    starts_on: date
    ends_on: date
    done: float = 0.0
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Gantt:
    """Activities in the order given. ``today`` draws a line. Raises ValueError when one ends before it starts."""

    title: str
    description: str
    activities: tuple[Activity, ...]
    today: date | None = None
    width: float = 680.0
    key: str = "gantt"

    def __post_init__(self) -> None:
        for activity in self.activities:
            if activity.ends_on < activity.starts_on:
                raise ValueError(f"activity “{activity.label}” ends before it starts")

    def table(self) -> list[Row]:
        """One row per activity: name, first day, last day (ISO 8601), share done in per cent. No heading row."""
        return [
            (a.label, a.starts_on.isoformat(), a.ends_on.isoformat(), f"{round(100 * a.done)} %")
            for a in self.activities
        ]

    def svg(self, mode: Mode = "screen") -> str:
        """The drawing, with hairlines at the first of months (or quarters or years when there are many)."""
        canvas = Canvas(
            width=self.width,
            height=_HEAD + _ROW * len(self.activities) + 6,
            title=self.title,
            description=self.description,
            mode=mode,
            key=self.key,
        )
        longest = max((text_width(a.label, 13) + 12 * a.depth for a in self.activities), default=0.0)
        left = min(self.width * 0.38, longest + 14)
        first, last = self._span()
        per_day = (self.width - left - 8) / ((last - first).days + 1)
        for day in _marks(first, last, per_day):
            x = left + (day - first).days * per_day
            canvas.line(x, _HEAD - 6, x, canvas.height - 4, "fig-grid")
            if x + 56 <= self.width:
                canvas.text(x + 3, _HEAD - 12, f"{day.year}-{day.month:02}", "fig-small")
        for number, activity in enumerate(self.activities):
            self._activity(canvas, activity, _HEAD + _ROW * number, left, first, per_day)
        if self.today is not None and first <= self.today <= last:
            x = left + ((self.today - first).days + 0.5) * per_day
            canvas.line(x, _HEAD - 6, x, canvas.height - 4, "fig-now")
        return canvas.finish()

    def _span(self) -> tuple[date, date]:
        if not self.activities:
            day = self.today or date(2000, 1, 1)
            return day, day
        return min(a.starts_on for a in self.activities), max(a.ends_on for a in self.activities)

    def _activity(
        self, canvas: Canvas, activity: Activity, top: float, left: float, first: date, per_day: float
    ) -> None:
        indent = 12.0 * activity.depth
        label = fitted(activity.label, left - indent - 10, 13)
        canvas.text(4 + indent, top + 17, label, "fig-text")
        x = left + (activity.starts_on - first).days * per_day
        if activity.starts_on == activity.ends_on:
            x += per_day / 2
            diamond = [(x, top + 5), (x + 7, top + 12), (x, top + 19), (x - 7, top + 12)]
            canvas.path(diamond, "fig-milestone", closed=True)
            return
        width = ((activity.ends_on - activity.starts_on).days + 1) * per_day
        canvas.rect(x, top + 6, width, 13, "fig-planned", radius=2)
        done = width * min(1.0, max(0.0, activity.done))
        if done:
            canvas.rect(x, top + 6, done, 13, "fig-done", radius=2)


def _marks(first: date, last: date, per_day: float) -> list[date]:
    every = next((months for months in (1, 3, 6, 12) if months * 30 * per_day >= 58), 24)
    marks = []
    day = first.replace(day=1)
    while day <= last:
        if day >= first and (day.month - 1) % min(every, 12) == 0 and (every <= 12 or day.year % 2 == 0):
            marks.append(day)
        day = (day + timedelta(days=32)).replace(day=1)
    return marks
