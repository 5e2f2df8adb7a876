"""Where mappings appear outside their own pages: at a requirement, at a catalogue, below the list of catalogues."""

from collections.abc import Iterable

from ringwall.access.policy import Actor
from ringwall.catalogues.mapping import panels
from ringwall.catalogues.models import Catalogue, Requirement
from ringwall.kit import registry
from ringwall.kit.pages import Link, Panel


@registry.provider("requirement_used")
def mappings_of_requirement(requirement: Requirement, actor: Actor) -> Iterable[Panel | None]:
    yield panels.requirement_panel(actor, requirement)


@registry.provider("catalogues")
def below_the_catalogues(actor: Actor) -> Iterable[Panel | None]:
    yield panels.catalogues_panel(actor)


@registry.provider("catalogue_links")
def links_of_catalogue(catalogue: Catalogue, actor: Actor) -> Iterable[Link]:
    return panels.catalogue_links(actor, catalogue)
