"""Find what a reference means in a catalogue: other documents name requirements in more than one way."""

from __future__ import annotations

from ringwall.oscal.content import CatalogueContent, RequirementRow


class Lookup:
    """Requirements and statements of a catalogue by what other files call them."""

    def __init__(self, content: CatalogueContent) -> None:
        self._rows = {row.identifier: row for row in content.rows}
        self._folded = {row.identifier.casefold(): row for row in reversed(content.rows)}
        self._stable = {row.stable_id.casefold(): row for row in content.rows if row.stable_id}
        self._statements = {s.identifier: row for row in content.rows for s in row.statements}

    def requirement(self, reference: str) -> RequirementRow | None:
        """The row of an identifier (in any case), of a stable identifier, or of ``_<uuid>`` as component definitions
        for Grundschutz++ write it; None if there is none."""
        return (
            self._rows.get(reference)
            or self._folded.get(reference.casefold())
            or self._stable.get(reference.removeprefix("_").casefold())
        )

    def by_stable_id(self, stable_id: str) -> RequirementRow | None:
        return self._stable.get(stable_id.casefold())

    def requirement_of_statement(self, identifier: str) -> RequirementRow | None:
        return self._statements.get(identifier)

    def identifier(self, reference: str, stable_id: str = "") -> str | None:
        """The identifier in this catalogue of a requirement or statement that a file names by identifier and, perhaps,
        by an identifier that outlives versions; None if it is not here.

        The stable one decides: publishers renumber, and an identifier may by now belong to another requirement.
        """
        if stable_id:
            row = self.by_stable_id(stable_id)
            if row is not None:
                return row.identifier
        if reference in self._statements:
            return reference
        row = self.requirement(reference)
        if row is None or (stable_id and row.stable_id and row.stable_id.casefold() != stable_id.casefold()):
            return None
        return row.identifier
