"""What the ends of a mapping mean in the catalogues at hand, and which catalogues a file speaks of."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from ringwall.access.policy import Actor
from ringwall.catalogues.mapping.contents import GivenMapping, Side
from ringwall.catalogues.models import Catalogue, Requirement, Statement
from ringwall.oscal.content import CatalogueContent, RequirementRow, StatementRow
from ringwall.oscal.lookup import Lookup

LEAST_FOUND = 0.5
"""A catalogue that a file does not name is taken for the one meant if it holds at least this share of the ends."""


class End(NamedTuple):
    requirement: UUID
    statement: UUID | None


class Ends:
    """Requirements and statements of one catalogue by what files call them. Two queries."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._ends: dict[str, End] = {}
        self._labels: dict[str, str] = {}
        rows = Requirement.objects.filter(catalogue=catalogue).order_by("position")
        statements: dict[UUID, list[StatementRow]] = {}
        found = Statement.objects.filter(requirement__catalogue=catalogue).order_by()
        for pk, requirement, number in found.values_list("pk", "requirement_id", "number"):
            statements.setdefault(requirement, []).append(StatementRow(number, "", None, number))
            self._ends[number] = End(requirement, pk)
        lean = []
        for pk, identifier, label, stable in rows.values_list("pk", "identifier", "label", "stable_id"):
            own = tuple(statements.get(pk, ()))
            lean.append(
                RequirementRow(identifier, None, "requirement", "", 0, stable_id=stable or None, statements=own)
            )
            # A statement may bear the identifier of the requirement that is nothing else: the whole is meant then.
            self._ends[identifier] = End(pk, None)
            if label:
                self._labels.setdefault(label.casefold(), identifier)
        self._lookup = Lookup(CatalogueContent("", "", "", "", "", "", lean))

    def name(self, reference: str, stable_id: str = "") -> str | None:
        """The identifier here of what a file calls so; by what the publisher prints where nothing else is found."""
        return self._lookup.identifier(reference, stable_id) or self._labels.get(reference.casefold())

    def end(self, name: str) -> End:
        """By an identifier that `name` gave."""
        return self._ends[name]

    def share(self, references: Sequence[tuple[str, str]]) -> float:
        """How much of (reference, stable identifier) is here, from 0 to 1."""
        return sum(self.name(*one) is not None for one in references) / max(1, len(references))


class Chooser:
    """Finds for each side of a mapping the catalogue that is meant; each catalogue is read once."""

    def __init__(self, actor: Actor) -> None:
        self.catalogues: list[Catalogue] = list(Catalogue.open_to(actor).order_by("code"))
        self._ends: dict[UUID, Ends] = {}

    def ends(self, catalogue: Catalogue) -> Ends:
        if catalogue.pk not in self._ends:
            self._ends[catalogue.pk] = Ends(catalogue)
        return self._ends[catalogue.pk]

    def sides(
        self, given: GivenMapping, chosen: Sequence[Catalogue | None], *, is_only: bool = True
    ) -> list[Catalogue | None]:
        """Source and target; None where none fits. `chosen` is what the reader says: it goes before the file, but where
        that holds several mappings, only for what is not named in it."""
        ends = (
            [(row.source, row.source_stable_id) for row in given.rows],
            [(row.target, row.target_stable_id) for row in given.rows],
        )
        found: list[Catalogue | None] = []
        for pick, side, references in zip(chosen, (given.source, given.target), ends, strict=True):
            named = [one for one in self.catalogues if _is_named(one, side)]
            if pick is not None and (is_only or not named):
                found.append(pick)
            elif len(named) == 1:
                found.append(named[0])
            else:
                # Several editions of one document, or no name at all: the ends tell.
                least = 0.0 if named else LEAST_FOUND
                found.append(self._fullest(named or self.catalogues, list(dict.fromkeys(references)), least))
        return found

    def _fullest(
        self, catalogues: Iterable[Catalogue], references: Sequence[tuple[str, str]], least: float
    ) -> Catalogue | None:
        shares = [(self.ends(one).share(references), one) for one in catalogues]
        best = max(shares, key=lambda pair: pair[0], default=(0.0, None))
        return best[1] if best[1] is not None and best[0] >= least and best[0] > 0 else None


def _is_named(catalogue: Catalogue, side: Side) -> bool:
    """By our own short name, which decides alone where it is given; else by document or title."""
    if side.code:
        return catalogue.code.casefold() == side.code.casefold() or catalogue.title == side.code
    if side.document_id and side.document_id.casefold() == catalogue.document_id.casefold():
        return True
    return bool(side.title) and side.title in (catalogue.title, *catalogue.titles.values())
