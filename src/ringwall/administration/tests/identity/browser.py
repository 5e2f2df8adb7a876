"""A browser between the product and a provider: cookies of both, forms sent, redirects followed, all by HTTP."""

import http.client
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from django.test import Client

HERE = "http://testserver"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    cookies: list[str]
    text: str


def request(method: str, url: str, body: str | None = None, headers: Mapping[str, str] | None = None) -> Answer:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    connection.request(method, parts.path + (f"?{parts.query}" if parts.query else ""), body, dict(headers or {}))
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return Answer(answer.status, dict(answer.getheaders()), answer.headers.get_all("Set-Cookie") or [], text)


@dataclass
class Browser:
    issuer: str = ""
    client: Client = field(default_factory=Client)
    cookies: dict[str, str] = field(default_factory=dict)

    def be(self, **person: Any) -> None:
        """Who is asked for a name and password at the provider, and what it tells of them."""
        assert request("PUT", f"{self.issuer}/control", json.dumps(person)).status == 204
        self.cookies.clear()

    def sign_in(self, world: Any, target: str = "") -> Any:
        """By the button, to the provider and back; the product's last answer."""
        return self.follow(self.away(world, target))

    def away(self, world: Any, target: str = "") -> str:
        """Where the button leads."""
        response = self.client.post(f"/accounts/identity/{world.organisation.pk}/", {"next": target})
        return leads_to(response) if response.status_code == 200 else ""

    def follow(self, url: str) -> Any:
        """Follow redirects at the provider until they lead back here; then the answer here, without redirects."""
        for _n in range(10):
            if url.startswith(HERE):
                return self.client.get(url.removeprefix(HERE))
            answer = self.visit("GET", url)
            if answer.status not in {302, 303}:
                return answer
            url = urljoin(url, answer.headers["Location"])
        raise AssertionError("redirected without end")

    def visit(self, method: str, url: str, body: str | None = None) -> Answer:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        answer = request(method, url, body, headers)
        for said in answer.cookies:
            name, _equals, value = said.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def confirm(self, page: Answer, url: str) -> str:
        """Press the button of the provider's sign-out page; where it leads."""
        hidden = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.text))
        action = re.search(r'action="([^"]+)"', page.text)
        assert action, page.text
        answer = self.visit("POST", urljoin(url, unescape(action[1])), urlencode({**hidden, "logout": "yes"}))
        return answer.headers.get("Location", "")


def leads_to(response: Any) -> str:
    """The address of a page that leads on by itself; the link on it says the same."""
    url = str(response.headers["Refresh"]).removeprefix("0; url=")
    assert url in unescape(response.text)
    return url
