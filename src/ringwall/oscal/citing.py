"""What a document says of the catalogue that it refers to, so that it can be found among those at hand."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from ringwall.oscal import own
from ringwall.oscal.catalogue import Resource


@dataclass(frozen=True, slots=True)
class Cited:
    """A catalogue as a document names it. `code` is the name under which Ringwall exports it, `document_id` the
    publisher's; `hrefs` are all addresses given."""

    hrefs: tuple[str, ...] = ()
    title: str = ""
    code: str = ""
    document_id: str = ""

    @property
    def name(self) -> str:
        """What to call it in a message."""
        return self.title or next(iter(self.hrefs), "")

    @property
    def files(self) -> frozenset[str]:
        return frozenset(filter(None, (plain_name(href) for href in self.hrefs)))


def citing(resources: Iterable[Resource]) -> Callable[[str], Cited]:
    """A function that tells of an address in the document, or of a resource in its back matter, what it cites."""
    by_id = {resource.uuid.casefold(): resource for resource in resources}

    def cited(href: str) -> Cited:
        resource = by_id.get(href[1:].casefold()) if href.startswith("#") else None
        if resource is None:
            return Cited((href,))
        return Cited(
            hrefs=tuple(link.href for link in resource.rlinks) or (href,),
            title=" ".join((resource.title or "").split()),
            code=own.value_of(resource.props, "catalogue"),
            document_id=own.value_of(resource.props, "document") or resource.uuid,
        )

    return cited


def plain_name(address: str) -> str:
    """A file's name without ending and without what changes between releases: -min, and the minor numbers of a
    version."""
    name = posixpath.basename(unquote(urlsplit(address).path)).casefold()
    stem = re.sub(r"\.(?:json|xml|yaml|yml)$", "", name).removesuffix("-min")
    return re.sub(r"(\d+)(?:\.\d+)+(?=[_-])", r"\1", stem)
