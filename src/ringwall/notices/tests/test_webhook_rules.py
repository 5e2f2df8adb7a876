import base64
import hashlib
import hmac
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringwall.notices.rules.webhooks import (
    PAUSES,
    fault_of_url,
    is_outside,
    pause_after,
    secret_text,
    signature,
    wants,
)


def test_the_signature_is_that_of_standard_webhooks() -> None:
    """The example that the libraries of the specification test with."""
    made = signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(st.binary(min_size=24, max_size=64), st.binary(max_size=200), st.integers(0, 2**33))
def test_whoever_holds_the_secret_can_check_a_call(key: bytes, body: bytes, stamp: int) -> None:
    secret = secret_text(key)
    assert secret.startswith("whsec_")
    version, _comma, told = signature(secret, "msg_1", stamp, body).partition(",")
    expected = hmac.new(key, f"msg_1.{stamp}.".encode() + body, hashlib.sha256).digest()
    assert version == "v1" and base64.b64decode(told) == expected


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.9.1",
        "10.0.0.1",
        "172.16.5.4",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "192.0.2.1",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "2002:a00:1::",
        "2001:0:7f00:1::1",
        "localhost",
        "",
    ],
)
def test_addresses_that_point_inward_are_told(address: str) -> None:
    assert not is_outside(address)


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_no_private_address_is_outside_however_it_is_wrapped(address: IPv4Address | IPv6Address) -> None:
    if address.is_private or address.is_loopback or address.is_link_local or address.is_multicast:
        assert not is_outside(str(address))
    if isinstance(address, IPv4Address):
        for wrapped in (f"::ffff:{address}", str(ip_address(int(IPv6Address("64:ff9b::")) + int(address)))):
            assert is_outside(wrapped) == is_outside(str(address))


def test_addresses_of_the_internet_are_outside() -> None:
    assert all(map(is_outside, ("93.184.216.34", "8.8.8.8", "2606:4700::1111", "2a00:1450:4001::200e")))


def test_an_address_is_looked_at_before_its_name() -> None:
    faults = {
        "https://hooks.example/x": "",
        "http://hooks.example/x": "scheme",
        "ftp://hooks.example": "scheme",
        "https://user:secret@hooks.example": "credentials",
        "https:///x": "host",
        "https://hooks.example:99999/": "host",
        "https://hooks.example/a b": "host",
        "https://[::1": "host",
    }
    assert {url: fault_of_url(url, inward=False) for url in faults} == faults
    assert fault_of_url("http://127.0.0.1:1/", inward=True) == ""


def test_what_a_webhook_listens_to() -> None:
    assert wants([], "risk.accept") and wants(["risk.*"], "risk.accept") and wants(["risk.accept"], "risk.accept")
    assert not wants(["risk.update"], "risk.accept") and not wants(["asset.*"], "risk.accept")
    pauses = [pause_after(n) for n in range(1, len(PAUSES) + 1)]
    assert pauses == sorted(pauses) and pause_after(len(PAUSES) + 1) is None  # type: ignore[type-var]
