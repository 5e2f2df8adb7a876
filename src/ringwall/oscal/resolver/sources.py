"""Where a profile's imports come from: addresses, back-matter resources, hashes.

Nothing is fetched from the network: a profile is resolved from files that are at hand.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from ringwall.oscal.citing import plain_name
from ringwall.oscal.decoding import Refused, decode
from ringwall.oscal.findings import FindingLog
from ringwall.oscal.resolver.selection import members
from ringwall.oscal.shapes import MODELS

Tree = dict[str, Any]

# Gives the bytes at an address, or None if there is nothing. Addresses are those of `join`.
Fetch = Callable[[str], bytes | None]


@dataclass(frozen=True, slots=True)
class Source:
    """A file that went into a resolution."""

    address: str
    sha256: str


@dataclass(slots=True)
class Library:
    """Opens what a profile imports, once each, and keeps the record of it."""

    fetch: Fetch
    log: FindingLog
    sources: list[Source] = field(default_factory=list)
    _opened: dict[str, tuple[str, Tree]] = field(default_factory=dict)

    def open(
        self, address: str, data: bytes | None = None, hashes: list[Tree] | None = None
    ) -> tuple[str, Tree] | None:
        """The model and content of the document at an address, or None (with a finding) if it cannot be had."""
        if address in self._opened:
            return self._opened[address]
        data = self.fetch(address) if data is None else data
        if data is None:
            return None
        for stated in hashes or []:
            self._check_hash(address, data, stated)
        try:
            _, root = decode(data, address, self.log)
        except Refused as refusal:
            self.log.add("error", address, f"{address} cannot be read: {refusal}")
            return None
        except RecursionError:
            self.log.add("error", address, f"{address} is nested too deeply to be read")
            return None
        model = next((key for key in root if key in MODELS), "") if isinstance(root, dict) else ""
        content = root[model] if model else None
        if not isinstance(content, dict):
            self.log.add("error", address, f"{address} is no OSCAL document")
            return None
        self.sources.append(Source(address, hashlib.sha256(data).hexdigest()))
        self._opened[address] = (model, content)
        return self._opened[address]

    def find(self, href: str, base: str, profile: Tree) -> tuple[str, str, Tree] | None:
        """Address, model and content of what an import names: an address, or a resource of the back matter."""
        if not href.startswith("#"):
            return self._first([(join(base, href), [])], href)
        resource = next((r for r in _resources(profile) if r.get("uuid") == href[1:]), None)
        if resource is None:
            self.log.add("error", f"{base}/imports", f"the import {href} names no resource of the back matter")
            return None
        links = [link for link in members(resource, "rlinks") if link.get("href")]
        links.sort(key=_preference)
        candidates = [(join(base, str(link["href"])), members(link, "hashes")) for link in links]
        return self._within(resource, href, base) or self._first(candidates, str(resource.get("title") or href))

    def _within(self, resource: Tree, href: str, base: str) -> tuple[str, str, Tree] | None:
        """What a resource carries within itself as base64; its address is the profile's with the resource's id."""
        carried = resource.get("base64")
        value = carried.get("value") if isinstance(carried, dict) else None
        if not isinstance(value, str):
            return None
        address = f"{base}{href}"
        try:
            data = base64.b64decode("".join(value.split()), validate=True)
        except (binascii.Error, ValueError):
            self.log.add("error", address, f"what {href} carries is no base64")
            return None
        opened = self.open(address, data)
        return None if opened is None else (address, *opened)

    def _first(self, candidates: list[tuple[str, list[Tree]]], name: str) -> tuple[str, str, Tree] | None:
        for address, hashes in candidates:
            opened = self.open(address, hashes=hashes)
            if opened is not None:
                return address, *opened
        tried = ", ".join(address for address, _ in candidates) or "no address given"
        self.log.add("error", name, f"the import {name!r} is missing (looked for {tried})")
        return None

    def _check_hash(self, address: str, data: bytes, stated: Tree) -> None:
        name = str(stated.get("algorithm", "")) if isinstance(stated, dict) else ""
        algorithm = name.casefold().replace("sha3-", "sha3_").replace("sha-", "sha")
        if algorithm not in hashlib.algorithms_guaranteed or algorithm.startswith("shake"):
            self.log.add("warning", address, f"the hash of {address} cannot be checked: algorithm {name[:40]!r}")
            return
        found = hashlib.new(algorithm, data, usedforsecurity=False).hexdigest()
        if not hmac.compare_digest(found.encode(), str(stated.get("value", "")).strip().casefold().encode()):
            message = (
                f"{address} is not the file the profile means: its {name} is {found}, {stated.get('value')} is stated"
            )
            self.log.add("warning", address, message)


def join(base: str, href: str) -> str:
    """An import's address, seen from the document that names it."""
    if urlsplit(href).scheme and not re.match(r"[A-Za-z]:[\\/]", href):
        return href
    if urlsplit(base).scheme in ("http", "https"):
        return urljoin(base, href)
    return posixpath.normpath(posixpath.join(posixpath.dirname(base), unquote(href.partition("#")[0])))


def files_beside(profile: Path, log: FindingLog) -> Fetch:
    """Fetch from disk. What is not where the profile says is looked for by its name beside the profile, where files
    that were downloaded together usually lie; that is told."""

    def fetch(address: str) -> bytes | None:
        scheme = urlsplit(address).scheme
        path = Path(unquote(urlsplit(address).path)) if scheme == "file" else Path(address)
        if scheme in ("", "file") and path.is_file():
            return path.read_bytes()
        name = posixpath.basename(urlsplit(address).path)
        for beside in sorted(profile.parent.iterdir()):
            is_alike = plain_name(beside.name) == plain_name(name)
            if is_alike and beside.suffix.casefold() == Path(name).suffix.casefold() and beside.is_file():
                log.add("warning", address, f"{address} is not there; {beside.name} beside the profile was taken")
                return beside.read_bytes()
        return None

    return fetch


def _resources(document: Tree) -> list[Tree]:
    back_matter = document.get("back-matter")
    return members(back_matter, "resources") if isinstance(back_matter, dict) else []


def _preference(link: Tree) -> int:
    kind = f"{link.get('media-type', '')} {link['href']}".casefold()
    return 0 if "json" in kind else 1 if "xml" in kind else 2
