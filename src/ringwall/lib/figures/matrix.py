"""Risk matrix and heat map: k × n cells, each with its level, a count and a way to the records behind it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ringwall.lib.figures.palette import LEVEL_COUNTS
from ringwall.lib.figures.styles import level_class
from ringwall.lib.figures.svg import Canvas, Mode, Row, fitted, legend, legend_height, text_width, wrapped

_CELL_HEIGHT = 48.0
_ROW_LABELS = (104.0, 176.0)
_TURNED_TITLE = 24.0
_CELL_WIDTHS = (76.0, 112.0)
_LABEL_SIZE = 12.0
_NAME_SIZE = 11.0

Position = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Axis:
    """Title of an axis and the names of its steps, lowest first."""

    title: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """What stands in one cell: how many records, which references (shown when they fit) and where a click leads."""

    count: int = 0
    references: tuple[str, ...] = ()
    href: str = ""


@dataclass(frozen=True, slots=True)
class Matrix:
    """A matrix of ``rows`` × ``columns`` (row 0 is drawn at the bottom).

    ``bands`` are the names of the levels, lowest first (3 to 7); ``levels[row][column]`` is the level of a cell, 1 the
    lowest. ``cells`` holds what is in a cell by (row, column). ``accepted_up_to`` draws the acceptance line between
    levels up to it and those above. Raises ValueError when the shapes do not agree.
    """

    title: str
    description: str
    rows: Axis
    columns: Axis
    bands: tuple[str, ...]
    levels: tuple[tuple[int, ...], ...]
    cells: Mapping[Position, MatrixCell] = field(default_factory=dict)
    accepted_up_to: int | None = None
    key: str = "matrix"

    def __post_init__(self) -> None:
        if len(self.bands) not in LEVEL_COUNTS:
            raise ValueError(f"a matrix has 3 to 7 levels, not {len(self.bands)}")
        if len(self.levels) != len(self.rows.labels) or any(
            len(row) != len(self.columns.labels) for row in self.levels
        ):
            raise ValueError("the levels of a matrix need one value for each row and column")
        if any(not 1 <= level <= len(self.bands) for row in self.levels for level in row):
            raise ValueError("a level of the matrix lies outside its bands")
        for row, column in self.cells:
            if not (0 <= row < len(self.rows.labels) and 0 <= column < len(self.columns.labels)):
                raise ValueError(f"cell ({row}, {column}) lies outside the matrix")

    @property
    def cell_width(self) -> float:
        """Width in pixels that the longest word of a column's name or a band's name needs, within bounds."""
        words = [word for label in self.columns.labels for word in label.split()]
        needed = max((text_width(word, _LABEL_SIZE) + 6 for word in words), default=0)
        narrowest, widest = _CELL_WIDTHS
        return max(narrowest, min(widest, needed))

    @property
    def label_width(self) -> float:
        """Width in pixels that the longest word of a row's name needs, within bounds."""
        needed = max((text_width(word, 13) + 14 for label in self.rows.labels for word in label.split()), default=0)
        narrowest, widest = _ROW_LABELS
        return max(narrowest, min(widest, needed))

    def table(self) -> list[Row]:
        """The same as a table: first row the column names, then one row per step of the row axis, highest first."""
        head = (f"{self.rows.title} / {self.columns.title}", *self.columns.labels)
        return [head, *(self._table_row(row) for row in reversed(range(len(self.rows.labels))))]

    def _table_row(self, row: int) -> Row:
        texts = []
        for column, level in enumerate(self.levels[row]):
            cell = self.cells.get((row, column), MatrixCell())
            references = f" ({', '.join(cell.references)})" if cell.references else ""
            texts.append(f"{self.bands[level - 1]}: {cell.count}{references}")
        return (self.rows.labels[row], *texts)

    def svg(self, mode: Mode = "screen") -> str:
        """The drawing; see :mod:`ringwall.lib.figures.styles` for the two modes."""
        return _Drawing(self, mode).draw()


class _Drawing:
    def __init__(self, matrix: Matrix, mode: Mode) -> None:
        self.matrix = matrix
        self.left = _TURNED_TITLE + matrix.label_width
        self.grid_width = matrix.cell_width * len(matrix.columns.labels)
        self.grid_height = _CELL_HEIGHT * len(matrix.rows.labels)
        self.names = [f"{number} {band}" for number, band in enumerate(matrix.bands, start=1)]
        self.column_lines = [wrapped(label, matrix.cell_width - 2, _LABEL_SIZE) for label in matrix.columns.labels]
        self.column_room = 10.0 + 16 * max(len(lines) for lines in self.column_lines)
        legend_top = self.grid_height + self.column_room + 22
        width = self.left + self.grid_width + 4
        self.legend_y = legend_top + 24
        self.canvas = Canvas(
            width=width,
            height=legend_top + 14 + legend_height(width - 8, self.names),
            title=matrix.title,
            description=matrix.description,
            mode=mode,
            key=matrix.key,
            has_links=mode == "screen" and any(cell.href for cell in matrix.cells.values()),
        )
        self.names_fit = all(text_width(band, _NAME_SIZE) <= matrix.cell_width - 6 for band in matrix.bands)

    def draw(self) -> str:
        for row in reversed(range(len(self.matrix.rows.labels))):
            self._row_label(row)
            for column in range(len(self.matrix.columns.labels)):
                self._cell(row, column)
        self._boundary()
        self._titles()
        count = len(self.matrix.bands)
        entries = [(level_class(level, count), name) for level, name in enumerate(self.names, start=1)]
        legend(self.canvas, 4, self.legend_y, self.canvas.width - 8, entries)
        return self.canvas.finish()

    def _corner(self, row: int, column: int) -> tuple[float, float]:
        top = self.grid_height - (row + 1) * _CELL_HEIGHT + 2
        return self.left + column * self.matrix.cell_width, top

    def _row_label(self, row: int) -> None:
        lines = wrapped(self.matrix.rows.labels[row], self.matrix.label_width - 12, 13)
        middle = self._corner(row, 0)[1] + _CELL_HEIGHT / 2 + 4.5 - 8 * (len(lines) - 1)
        for number, line in enumerate(lines):
            self.canvas.text(self.left - 10, middle + 16 * number, line, "fig-text", anchor="end")

    def _cell(self, row: int, column: int) -> None:
        matrix, canvas = self.matrix, self.canvas
        cell = matrix.cells.get((row, column), MatrixCell())
        level = matrix.levels[row][column]
        band = matrix.bands[level - 1]
        name = level_class(level, len(matrix.bands))
        x, y = self._corner(row, column)
        has_link = canvas.mode == "screen" and bool(cell.href)
        if has_link:
            place = f"{matrix.rows.labels[row]} × {matrix.columns.labels[column]}"
            canvas.open_link(cell.href, f"{place}: {band}, {cell.count}")
        canvas.rect(x, y, matrix.cell_width, _CELL_HEIGHT, f"{name} fig-gap", radius=3)
        middle = x + matrix.cell_width / 2
        if cell.count:
            canvas.text(middle, y + 21, str(cell.count), f"fig-count {name}-ink", anchor="middle")
        below = self._references(cell) or (band if self.names_fit else str(level))
        canvas.text(middle, y + (37 if cell.count else 28), below, f"fig-cell-name {name}-ink", anchor="middle")
        if has_link:
            canvas.close_link()

    def _references(self, cell: MatrixCell) -> str:
        """References instead of the band's name, in print only: on screen the click shows them."""
        text = " ".join(cell.references)
        fits = self.canvas.mode == "print" and text_width(text, _NAME_SIZE) <= self.matrix.cell_width - 4
        return text if fits else ""

    def _boundary(self) -> None:
        limit = self.matrix.accepted_up_to
        if limit is None:
            return
        for first, second in self._accepted_edges(limit):
            self.canvas.line(*first, *second, "fig-boundary")

    def _accepted_edges(self, limit: int) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
        levels, width = self.matrix.levels, self.matrix.cell_width
        for row, steps in enumerate(levels):
            for column, level in enumerate(steps):
                x, y = self._corner(row, column)
                if column + 1 < len(steps) and (level <= limit) != (steps[column + 1] <= limit):
                    yield (x + width, y), (x + width, y + _CELL_HEIGHT)
                if row + 1 < len(levels) and (level <= limit) != (levels[row + 1][column] <= limit):
                    yield (x, y), (x + width, y)

    def _titles(self) -> None:
        matrix, canvas = self.matrix, self.canvas
        for column, lines in enumerate(self.column_lines):
            middle = self._corner(0, column)[0] + matrix.cell_width / 2
            for number, line in enumerate(lines):
                canvas.text(middle, self.grid_height + 19 + 16 * number, line, "fig-step", anchor="middle")
        bottom = self.grid_height + self.column_room + 18
        title = fitted(matrix.columns.title, self.grid_width, 13)
        canvas.text(self.left + self.grid_width / 2, bottom, title, "fig-strong", anchor="middle")
        upward = fitted(matrix.rows.title, self.grid_height, 13)
        canvas.text(15, self.grid_height / 2, upward, "fig-strong", anchor="middle", turned=True)
