"""Codes against the RFC's own table."""

from __future__ import annotations

import pytest

from singr.identity import totp

SECRET = b"12345678901234567890"

# RFC 6238, appendix B, cut to six digits.
TABLE = {59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 20000000000: "353130"}


@pytest.mark.parametrize(("now_s", "code"), TABLE.items())
def test_codes_are_those_of_the_rfc(now_s: int, code: str) -> None:
    assert totp.code(SECRET, now_s // 30) == code
    assert totp.step_of(SECRET, code, now_s) == now_s // 30


def test_a_code_is_good_one_step_around_and_no_further() -> None:
    code = totp.code(SECRET, 100)
    assert [totp.step_of(SECRET, code, step * 30) for step in (98, 99, 100, 101, 102)] == [None, 100, 100, 100, None]


@pytest.mark.parametrize("nonsense", ["", "28708", "2870820", "٢٨٧٠٨٢", "abcdef"])
def test_nonsense_is_no_code(nonsense: str) -> None:
    assert totp.step_of(SECRET, nonsense, 59) is None
