"""Whom a request is counted for."""

import pytest

from todo_backend.accounts.client_address import address_group, client_address
from todo_backend.settings import Settings
from todo_kit.settings import ConfigurationError, load_settings

_PROXIES = "10.0.0.0/8, ::1/128"


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.9", [], "203.0.113.9"),
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["6.6.6.6, 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["6.6.6.6", "198.51.100.1,10.0.0.2"], "198.51.100.1"),
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("10.0.0.1", ["198.51.100.1, unknown"], "10.0.0.1"),
        ("10.0.0.1", [" , "], "10.0.0.1"),
        ("::1", ["2001:db8::5"], "2001:db8::5"),
        ("::ffff:10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("unknown", ["198.51.100.1"], "unknown"),
    ],
)
def test_only_our_own_proxies_are_believed(peer: str, forwarded: list[str], client: str) -> None:
    assert client_address(peer, forwarded, _PROXIES) == client


def test_no_proxy_is_trusted_when_none_is_named() -> None:
    assert client_address("127.0.0.1", ["198.51.100.1"], "") == "127.0.0.1"


@pytest.mark.parametrize(
    ("address", "group"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("unknown", "unknown"),
    ],
)
def test_a_subscriber_is_counted_once(address: str, group: str) -> None:
    assert address_group(address) == group


def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUSTED_PROXIES", "10.0.0.0/8,proxy.local")

    with pytest.raises(
        ConfigurationError, match=r"^TRUSTED_PROXIES must be networks .*'proxy\.local' is not"
    ):
        load_settings(Settings)
