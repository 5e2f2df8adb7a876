"""The matrix of risk criteria as a figure, with what stands in its cells."""

from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ringwall.access.policy import Actor
from ringwall.lib.figures.matrix import Axis, Matrix, MatrixCell
from ringwall.risk.queries import OF, HeatMap
from ringwall.risk.rules.criteria import Criteria
from ringwall.risk.words import JUDGEMENTS, axis_word, language, method_of


def plain_matrix(criteria: Criteria, key: str = "matrix", method: str = "iso", title: str = "") -> Matrix:
    """The matrix without counts: likelihood upwards, consequence to the right."""
    return _matrix(criteria, {}, key, method, title or _("Risk matrix"))


def counted_matrix(found: HeatMap, actor: Actor, key: str = "heat-map") -> Matrix:
    """The matrix with a count in each cell, which leads to the risks behind it."""
    cells = {
        (likelihood - 1, consequence - 1): MatrixCell(
            count, href=f"/{actor.organisation.code}/risks/{cell_query(found, likelihood, consequence)}"
        )
        for (likelihood, consequence), count in found.cells.items()
    }
    method = method_of(found.scope)
    return _matrix(found.criteria, cells, key, method, str(JUDGEMENTS[OF[found.of]]), found.count)


def board_of(found: HeatMap, actor: Actor, key: str = "heat-map") -> dict[str, Any]:
    """The figure, the same as a table, and the counts by level, each leading to the risks behind it."""
    code, method = language(), method_of(found.scope)
    criteria = found.criteria
    base = f"/{actor.organisation.code}/risks/"
    rows = []
    for likelihood in reversed(range(1, len(criteria.likelihood) + 1)):
        cells = []
        for consequence in range(1, len(criteria.consequence) + 1):
            count = found.cells.get((likelihood, consequence), 0)
            name = criteria.band(criteria.level(likelihood, consequence)).name(code)
            cells.append((name, count, f"{base}{cell_query(found, likelihood, consequence)}" if count else ""))
        rows.append((criteria.likelihood[likelihood - 1].name(code), cells))
    levels = [
        (number, criteria.band(number).name(code), criteria.tone(number), count)
        for number, count in reversed(list(enumerate(found.by_level, start=1)))
    ]
    return {
        "figure": counted_matrix(found, actor, key).svg(),
        "columns": [step.name(code) for step in criteria.consequence],
        "rows": rows,
        "levels": levels,
        "axes": (axis_word("likelihood", method), axis_word("consequence", method)),
    }


def cell_query(found: HeatMap, likelihood: int, consequence: int) -> str:
    """The address of the register's rows behind one cell."""
    prefix = OF[found.of]
    pairs = [(f"{prefix}likelihood", str(likelihood)), (f"{prefix}consequence", str(consequence))]
    if found.scope is not None:
        pairs.append(("scope", found.scope.ref))
    if found.others:
        pairs += [("edition", str(edition)) for edition in found.editions]
    return "?" + urlencode(pairs)


def _matrix(
    criteria: Criteria,
    cells: dict[tuple[int, int], MatrixCell],
    key: str,
    method: str,
    title: str,
    count: int | None = None,
) -> Matrix:
    code = language()
    line = criteria.accepted_up_to
    description = (
        _("Risks up to the level “%(band)s” need no further treatment.") % {"band": criteria.band(line).name(code)}
        if line
        else _("No level of risk is accepted without treatment.")
    )
    if count is not None:
        counted = ngettext("%(count)d risk.", "%(count)d risks.", count) % {"count": count}
        description = f"{counted} {description}"
    return Matrix(
        title=title,
        description=description,
        rows=Axis(axis_word("likelihood", method), tuple(step.name(code) for step in criteria.likelihood)),
        columns=Axis(axis_word("consequence", method), tuple(step.name(code) for step in criteria.consequence)),
        bands=tuple(band.name(code) for band in criteria.bands),
        levels=criteria.matrix,
        cells=cells,
        accepted_up_to=line or None,
        key=key,
    )
