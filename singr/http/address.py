"""The client's address, as far as trusted proxies tell it."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from aiohttp import web

# Parsing an address costs as much as finding a route; a house full of phones shares one.
REMEMBERED = 8192

# What a provider gives one line at the least, and the line's owner may number as they like (RFC 6177).
LINE_BITS = 64

Networks = tuple[IPv4Network | IPv6Network, ...]


def client_address(request: web.Request, proxies: Networks) -> str:
    """The peer, or the last address in `X-Forwarded-For` that is not a trusted proxy's.

    A client may send lines of its own: they stand before those of our proxies, which are read from the end.
    """
    address = request.remote or ""
    if not proxies or not _trusted(address, proxies):
        return address
    hops = ",".join(request.headers.getall("X-Forwarded-For", ())).split(",")
    for hop in reversed([hop.strip() for hop in hops if hop.strip()]):
        if _parsed(hop) is None:
            break
        address = hop
        if not _trusted(address, proxies):
            break
    return address


@lru_cache(REMEMBERED)
def network(address: str) -> str:
    """What limits count as one caller: an IPv4 address, the /64 of an IPv6 one; whatever else it is as it is."""
    parsed = _parsed(address)
    if isinstance(parsed, IPv6Address):
        return str(IPv6Network((int(parsed), LINE_BITS), strict=False))
    return address if parsed is None else str(parsed)


@lru_cache(REMEMBERED)
def _trusted(address: str, proxies: Networks) -> bool:
    parsed = _parsed(address)
    return parsed is not None and any(parsed in network for network in proxies)


@lru_cache(REMEMBERED)
def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    """A socket open to both families shows IPv4 peers as `::ffff:a.b.c.d`; they count as what they are."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return None
    return getattr(parsed, "ipv4_mapped", None) or parsed
