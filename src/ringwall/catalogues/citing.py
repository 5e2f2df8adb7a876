"""Which of the catalogues at hand a foreign document means."""

from collections.abc import Sequence

from ringwall.access.policy import Actor
from ringwall.catalogues.models import Catalogue, SourceFile
from ringwall.oscal.citing import Cited, plain_name


class Shelf:
    """The catalogues an actor may see, one's own before shared ones. Two queries."""

    def __init__(self, actor: Actor) -> None:
        rows = Catalogue.open_to(actor).select_related("organisation")
        self.catalogues: Sequence[Catalogue] = sorted(
            rows, key=lambda one: one.organisation_id != actor.organisation_id
        )
        files = SourceFile.objects.filter(catalogue__in=self.catalogues).order_by("at")
        by_name = {plain_name(name): pk for name, pk in files.values_list("name", "catalogue_id")}
        self._by_id = {one.pk: one for one in self.catalogues}
        self._by_file = {name: self._by_id[pk] for name, pk in by_name.items()}

    def meant(self, source: Cited) -> Catalogue | None:
        """By our own name for it, by the publisher's id of the document, by title, or by the name of its file."""
        for one in self.catalogues:
            if source.code and one.code == source.code:
                return one
        for one in self.catalogues:
            if source.document_id and one.document_id.casefold() == source.document_id.casefold():
                return one
        for one in self.catalogues:
            if source.title and one.title == source.title:
                return one
        named = {one.code: one for one in reversed(self.catalogues)} | self._by_file
        return next((named[name] for name in sorted(source.files) if name in named), None)
