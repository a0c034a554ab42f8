"""Where people reach a page: PUBLIC_URL, else wherever this caller reached us; as text and as a QR code."""

from __future__ import annotations

import io
import re
import socket
from ipaddress import ip_address

import segno
from aiohttp import web

from singr.core.settings import Settings
from singr.web.markup import Markup

HOST = re.compile(r"(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?")
THIS_MACHINE = re.compile(r"(?:localhost|127\.[0-9.]+|\[::1\])(?=:|$)")
DOCUMENTATION_ADDRESS = "192.0.2.1"  # RFC 5737: nobody's; connecting a UDP socket to it sends nothing
DARK, LIGHT, QUIET_ZONE = "#101014", "#fbf9f5", 4


def base_url(settings: Settings, request: web.Request) -> str:
    """Without a trailing slash. Somebody who called us `localhost` means this machine: phones need its address."""
    if settings.public_url:
        return settings.base_url
    host = host_of(request)
    if host is None:
        return settings.base_url
    if THIS_MACHINE.match(host) and (address := _network_address()):
        host = THIS_MACHINE.sub(address, host)
    return f"{request.scheme}://{host}"


def host_of(request: web.Request) -> str | None:
    """The `Host` header when it is one."""
    host = request.headers.get("Host", "")
    return host if HOST.fullmatch(host) else None


def singer_url(settings: Settings, request: web.Request, url_name: str) -> str:
    return f"{base_url(settings, request)}/v/{url_name}"


def qr(content: str) -> Markup:
    """An SVG without a size of its own, with its quiet zone."""
    drawn = io.BytesIO()
    segno.make(content, error="m", micro=False).save(
        drawn, kind="svg", dark=DARK, light=LIGHT, border=QUIET_ZONE, omitsize=True, xmldecl=False, nl=False,
        svgclass=None, lineclass=None,
    )  # fmt: skip
    return Markup(drawn.getvalue().decode())


def _network_address() -> str | None:
    """This machine's address in its network, None when it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((DOCUMENTATION_ADDRESS, 9))
        except OSError:
            return None
        address = ip_address(probe.getsockname()[0])
    return None if address.is_loopback or address.is_unspecified or address.is_link_local else str(address)
