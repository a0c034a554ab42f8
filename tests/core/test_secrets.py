"""Signatures hold for one text, one purpose and one installation."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from singr.core import ids
from singr.core.secrets import Signer, digest

SIGNER = Signer("installation", "device")


@given(st.text(alphabet=st.characters(codec="ascii")))
def test_what_we_signed_is_known_again(text: str) -> None:
    assert SIGNER.verify(SIGNER.sign(text)) == text


@pytest.mark.parametrize("other", [Signer("installation", "tracking"), Signer("another", "device")])
def test_a_signature_for_something_else_is_none(other: Signer) -> None:
    assert other.verify(SIGNER.sign("42")) is None


@given(st.data())
def test_no_changed_character_goes_unnoticed(data: st.DataObject) -> None:
    signed = SIGNER.sign("42")
    at = data.draw(st.integers(0, len(signed) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda c: c != signed[at]))
    assert SIGNER.verify(signed[:at] + other + signed[at + 1 :]) is None


@pytest.mark.parametrize("garbage", ["", ".", "42", "42.", ".42", "é", "42.\ud800", SIGNER.sign("42")[:-1]])
def test_garbage_is_signed_by_nobody(garbage: str) -> None:
    assert SIGNER.verify(garbage) is None


def test_a_text_with_dots_keeps_them() -> None:
    assert SIGNER.verify(SIGNER.sign("family.7")) == "family.7"


def test_keys_are_stored_as_plain_sha256() -> None:
    assert digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_tokens_are_long_different_and_fit_into_a_path() -> None:
    tokens = {ids.token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", token) for token in tokens)
    assert len(ids.token(12)) == 16


@pytest.mark.parametrize("sane", ["abcdefgh", "A-b_c.123", "x" * 64])
def test_a_sane_request_id_is_kept(sane: str) -> None:
    assert ids.request_id(sane) == sane


@pytest.mark.parametrize("other", [None, "", "short", "x" * 65, "new\nline-123", "späce-1234", "abcdefgh\n"])
def test_any_other_is_replaced(other: str | None) -> None:
    assert re.fullmatch(r"[0-9a-f]{16}", ids.request_id(other))
    assert ids.request_id(other) != ids.request_id(other)
