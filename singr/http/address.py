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


class Proxies:
    """Those whose `X-Forwarded-For` is believed. What is known of an address is remembered by its text alone: networks
    are dear to compare."""

    def __init__(self, networks: Networks) -> None:
        self._networks = networks
        self._trusts = lru_cache(REMEMBERED)(self._look_up)

    def client_of(self, request: web.Request) -> str:
        """The peer, or the last address in `X-Forwarded-For` that is not a trusted proxy's.

        A client may send lines of its own: they stand before those of our proxies, which are read from the end.
        """
        address = request.remote or ""
        if not self._networks or not self._trusts(address):
            return address
        hops = ",".join(request.headers.getall("X-Forwarded-For", ())).split(",")
        for hop in reversed([hop.strip() for hop in hops if hop.strip()]):
            trusted = self._trusts(hop)
            if trusted is None:
                break
            address = hop
            if not trusted:
                break
        return address

    def _look_up(self, text: str) -> bool | None:
        """Whether it is a trusted proxy's; None for what is no address."""
        parsed = _parsed(text)
        return None if parsed is None else any(parsed in trusted for trusted in self._networks)


@lru_cache(REMEMBERED)
def network(address: str) -> str:
    """What limits count as one caller: an IPv4 address, the /64 of an IPv6 one; whatever else it is as it is."""
    parsed = _parsed(address)
    if isinstance(parsed, IPv6Address):
        return str(IPv6Network((int(parsed), LINE_BITS), strict=False))
    return address if parsed is None else str(parsed)


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    """A socket open to both families shows IPv4 peers as `::ffff:a.b.c.d`; they count as what they are."""
    try:
        parsed = ip_address(text)
    except ValueError:
        return None
    return getattr(parsed, "ipv4_mapped", None) or parsed
