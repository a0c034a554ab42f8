"""The client's address, as far as trusted proxies tell it."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_address

from aiohttp import web

Networks = tuple[IPv4Network | IPv6Network, ...]


def client_address(request: web.Request, proxies: Networks) -> str:
    """The peer, or the last address in `X-Forwarded-For` that no trusted proxy added."""
    address = request.remote or ""
    if not proxies or not _trusted(address, proxies):
        return address
    for hop in reversed(request.headers.get("X-Forwarded-For", "").split(",")):
        if hop.strip():
            address = hop.strip()
            if not _trusted(address, proxies):
                break
    return address


def _trusted(address: str, proxies: Networks) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in proxies if network.version == parsed.version)
