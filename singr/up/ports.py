"""Free ports, and the address at which phones in the room reach this machine."""

from __future__ import annotations

import socket
from ipaddress import ip_address

PORTS_TRIED = 100
DOCUMENTATION_ADDRESS = "192.0.2.1"  # RFC 5737: nobody's; connecting a UDP socket to it sends nothing


class PortTaken(Exception):
    """The port asked for is in use; the message says what to do."""


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen on `host`:`port` now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def next_free(host: str, port: int) -> int | None:
    """`port` or the next free one after it; None when there is none near."""
    candidates = range(port, min(port + PORTS_TRIED, 65536))
    return next((candidate for candidate in candidates if is_free(host, candidate)), None)


def lan_address() -> str | None:
    """This machine's address in its network, None when it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((DOCUMENTATION_ADDRESS, 9))
        except OSError:
            return None
        address = ip_address(probe.getsockname()[0])
    return None if address.is_loopback or address.is_unspecified or address.is_link_local else str(address)
