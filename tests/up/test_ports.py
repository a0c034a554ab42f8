"""Ports that are free, ports that are not, and the address phones use."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from ipaddress import ip_address

import pytest

from singr.up import ports

HOST = "127.0.0.1"


@pytest.fixture
def taken() -> Iterator[int]:
    """A port somebody listens on."""
    with socket.socket() as server:
        server.bind((HOST, 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_port_somebody_listens_on_is_not_free(taken: int) -> None:
    assert not ports.is_free(HOST, taken)


def test_the_next_free_port_comes_after_a_taken_one(taken: int) -> None:
    found = ports.next_free(HOST, taken)
    assert found is not None
    assert taken < found < taken + ports.PORTS_TRIED


def test_a_free_port_can_be_listened_on() -> None:
    with socket.socket() as server:
        server.bind((HOST, ports.free_port()))


def test_there_is_no_port_after_the_last() -> None:
    assert ports.next_free(HOST, 65536) is None


def test_phones_are_never_sent_to_the_loopback() -> None:
    address = ports.lan_address()
    assert address is None or not ip_address(address).is_loopback
