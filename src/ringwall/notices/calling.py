"""Calls to other people's servers: only outwards, and only to the address that was looked at.

The name is resolved once, every address it has is held against the rules, and the connection goes to such an address;
so a name that leads elsewhere a moment later gains nothing. Redirects are not followed.
"""

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from ringwall.notices.rules.mail import one_line
from ringwall.notices.rules.webhooks import fault_of_url, is_outside

PATIENCE = 10.0
"""Seconds to connect, and for each part of the answer."""

LONGEST_CALL = 30.0
"""Seconds for the whole call: a receiver that answers byte by byte does not keep the worker."""

LONGEST_ANSWER = 4096


@dataclass(frozen=True, slots=True)
class Reply:
    """`code` None: nobody answered; then `reason` says why. `body` is at most as long as was asked for."""

    code: int | None
    reason: str = ""
    body: bytes = b""

    @property
    def is_good(self) -> bool:
        return self.code is not None and 200 <= self.code < 300


def post(url: str, headers: Mapping[str, str], body: bytes, *, inward: bool) -> Reply:
    return call("POST", url, headers, body, inward=inward)


def call(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None = None,
    *,
    inward: bool,
    longest: int = LONGEST_ANSWER,
) -> Reply:
    """One request and its answer, of which no more than `longest` bytes are read."""
    if fault_of_url(url, inward=inward):
        return Reply(None, _("The address is not one that is called."))
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return Reply(None, _("The name %(host)s is unknown.") % {"host": host})
    addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
    if not inward and not all(map(is_outside, addresses)):
        return Reply(None, _("The address leads inside a private network; such calls are not made."))
    connection = _Pinned(host, port, addresses[0], parts.scheme == "https")
    watch = threading.Timer(LONGEST_CALL, connection.abort)
    watch.daemon = True
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    watch.start()
    try:
        connection.request(method, path, body, dict(headers))
        answer = connection.getresponse()
        read = answer.read(longest)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Reply(None, one_line(str(error) or type(error).__name__))
    finally:
        watch.cancel()
        connection.close()
    if 300 <= answer.status < 400:
        target = one_line(answer.headers.get("Location", ""))
        return Reply(answer.status, _("It sends elsewhere, which is not followed: %(target)s") % {"target": target})
    return Reply(answer.status, "" if 200 <= answer.status < 300 else one_line(answer.reason), read)


class _Pinned(http.client.HTTPConnection):
    """Connects to one address, but speaks to the host by its name: in the certificate and in the request."""

    def __init__(self, host: str, port: int, address: str, is_tls: bool) -> None:
        super().__init__(host, port, timeout=PATIENCE)
        self.address, self.is_tls = address, is_tls
        self.default_port = 443 if is_tls else 80  # a port that is the usual one is not named to the host

    def connect(self) -> None:
        sock = socket.create_connection((self.address, self.port), PATIENCE)
        if self.is_tls:
            sock = ssl.create_default_context().wrap_socket(sock, server_hostname=self.host)
        self.sock = sock

    def abort(self) -> None:
        """From another thread: whoever waits for the other side is told that it is gone."""
        if (sock := self.sock) is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
