"""What is true of webhooks: how a call is signed (Standard Webhooks), where it may go, when it is tried again."""

import base64
import hashlib
import hmac
import re
from collections.abc import Collection
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

PREFIX = "whsec_"
OLD_SECRET_HOLDS = timedelta(days=1)
"""After a change of secret calls are signed with both for so long."""

PAUSES = (1, 5, 30, 120, 300, 600, 840, 1200, 1440)
"""Minutes to wait after each failure; after the last it is given up, some three days later."""

MOST_PER_ACT = 50
EVENT = re.compile(r"[a-z][a-z_]*\.(?:[a-z_]+|\*)")
NAT64 = IPv6Network("64:ff9b::/96")


def secret_text(key: bytes) -> str:
    return PREFIX + base64.b64encode(key).decode()


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """`v1,` and the HMAC-SHA256 of id, timestamp and body, in base64."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def wants(events: Collection[str], verb: str) -> bool:
    """Whether a webhook that listens to these events hears of an act; `risk.*` is all of a kind, none chosen is all."""
    return not events or verb in events or f"{verb.partition('.')[0]}.*" in events


def pause_after(failures: int) -> timedelta | None:
    return timedelta(minutes=PAUSES[failures - 1]) if 1 <= failures <= len(PAUSES) else None


def is_outside(address: str) -> bool:
    """Whether an address lies in the public internet: not this machine, not a private network, not the link, no group;
    also when it is wrapped in one of the ways by which IPv6 carries IPv4.
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return all(each.is_global and not each.is_multicast and not each.is_reserved for each in _unwrapped(found))


def _unwrapped(found: IPv4Address | IPv6Address) -> list[IPv4Address | IPv6Address]:
    if isinstance(found, IPv4Address):
        return [found]
    if found.ipv4_mapped:
        return [found.ipv4_mapped]
    if found in NAT64:
        return [IPv4Address(int(found) & 0xFFFFFFFF)]
    if found.sixtofour:
        return [found, found.sixtofour]
    return [found, *found.teredo] if found.teredo else [found]


def fault_of_url(url: str, *, inward: bool) -> str:
    """What is wrong with an address before anybody asks where it leads: "", "scheme", "host", "credentials"."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return "host"
    if parts.scheme != "https" and not (inward and parts.scheme == "http"):
        return "scheme"
    if parts.username is not None or parts.password is not None:
        return "credentials"
    if not host or re.search(r"[\x00-\x20\x7f]", url):
        return "host"
    return ""
