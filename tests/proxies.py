"""nginx before API processes, with the configuration that operators are given, on ports of its own."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from singr.up import account, machine, provision
from singr.up.account import room
from singr.up.child import Child
from singr.up.packages import Missing
from singr.up.ports import free_port, is_free
from tests import services

GIVEN = Path(__file__).parents[1] / "deploy/nginx/singr.conf"
STARTS_S = 20
NAME = "sing.example.com"
# What Debian's own nginx.conf stands for: where files lie, and how many connections.
AROUND = """
daemon off;
pid {home}/nginx.pid;
error_log stderr;
worker_processes 1;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path {home}/body;
    proxy_temp_path {home}/proxied;
    fastcgi_temp_path {home}/f;
    uwsgi_temp_path {home}/u;
    scgi_temp_path {home}/s;
    include {home}/singr.conf;
}}
"""


@contextmanager
def nginx(ports: Sequence[int]) -> Iterator[str]:
    """The URL of an nginx that knows processes on these ports of 127.0.0.1; nobody vouches for its certificate."""
    provision.ensure(nginx=True)
    program = machine.nginx_program()
    if program is None:
        raise Missing(provision.NGINX)
    with services.temporary_home() as home:
        owner = account.unprivileged()
        directory, port = room(home, "nginx", owner), free_port()
        (directory / "singr.conf").write_text(_placed(directory, port, ports))
        (directory / "nginx.conf").write_text(AROUND.format(home=directory))
        _certify(directory)
        for path in directory.iterdir():
            if owner:
                owner.give(path)
        command = [str(program), "-e", "stderr", "-p", str(directory), "-c", str(directory / "nginx.conf")]
        child = Child(command, home / "nginx.log", owner, (signal.SIGTERM,), directory)
        child.spawn()
        try:
            child.wait_until(lambda: not is_free("127.0.0.1", port), timeout_s=STARTS_S)
            yield f"https://127.0.0.1:{port}"
        finally:
            child.stop()


def _placed(directory: Path, port: int, ports: Sequence[int]) -> str:
    """The given configuration, but for places: our ports, our processes, our certificate."""
    text = GIVEN.read_text("utf-8")
    server = re.compile(r"^ +server 127\.0\.0\.1:\d+(.*)\n(?: +server .*\n)*", re.M)
    text = server.sub(lambda found: "".join(f"    server 127.0.0.1:{each}{found[1]}\n" for each in ports), text)
    text = text.replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl")
    text = text.replace("listen 80;", f"listen 127.0.0.1:{free_port()};")
    return text.replace("/etc/ssl/", f"{directory}/")


def _certify(directory: Path) -> None:
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    unsigned = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    signed = unsigned.not_valid_before(now).not_valid_after(now + timedelta(days=1)).sign(key, hashes.SHA256())
    (directory / f"{NAME}.pem").write_bytes(signed.public_bytes(Encoding.PEM))
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (directory / f"{NAME}.key").write_bytes(private)
