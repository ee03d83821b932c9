"""Where a request really comes from."""

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Annotated

from fastapi import Depends, Request

from todo_backend.deps import SettingsDep

_Address = IPv4Address | IPv6Address
_Network = IPv4Network | IPv6Network


def client_address(peer: str, forwarded_for: list[str], trusted_proxies: str) -> str:
    """The address of the client: the peer's, or what trusted proxies say about it.

    `forwarded_for` holds the `X-Forwarded-For` headers in order. Anyone can send that header, so entries are
    believed from the right and only as long as whoever added them is in `trusted_proxies` (networks,
    separated by commas): the right-most address that is no proxy of ours is the client.
    """
    trusted = _networks(trusted_proxies)
    found = peer
    for hop in reversed(_hops(forwarded_for)):
        if not _is_trusted(found, trusted) or _parse(hop) is None:
            break
        found = hop
    return found


def address_group(address: str) -> str:
    """What is throttled together: an IPv4 address, or the /64 that one IPv6 subscriber has."""
    parsed = _parse(address)
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, 64), strict=False))
    return str(parsed or address)


def _hops(headers: list[str]) -> list[str]:
    return [hop.strip() for header in headers for hop in header.split(",") if hop.strip()]


def _is_trusted(address: str, networks: tuple[_Network, ...]) -> bool:
    parsed = _parse(address)
    return parsed is not None and any(parsed in network for network in networks)


def _parse(address: str) -> _Address | None:
    try:
        parsed = ip_address(address)
    except ValueError:
        return None
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped:
        return parsed.ipv4_mapped
    return parsed


@lru_cache(maxsize=8)
def _networks(text: str) -> tuple[_Network, ...]:
    return tuple(ip_network(entry) for entry in filter(None, map(str.strip, text.split(","))))


async def get_client_address(request: Request, settings: SettingsDep) -> str:
    """The `address_group` of the request's client."""
    peer = request.client.host if request.client else "unknown"
    forwarded = request.headers.getlist("x-forwarded-for")
    return address_group(client_address(peer, forwarded, settings.trusted_proxies))


ClientAddressDep = Annotated[str, Depends(get_client_address)]
