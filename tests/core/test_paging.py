"""Lists in pages: a limit on each, a cursor from one to the next, and no cursor but ours."""

from __future__ import annotations

import base64
from typing import Annotated

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta

from singr.core import paging
from singr.core.errors import ValidationFailed

Number = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
texts = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00"))


@given(st.tuples(texts, st.integers(-(2**63), 2**63 - 1)))
def test_a_cursor_comes_back_as_the_position_it_was_made_of(position: tuple[str, int]) -> None:
    made = paging.cursor(*position)
    assert made.isascii()
    assert "=" not in made
    assert paging.position(made, tuple[str, Number]) == position


def test_no_cursor_is_the_beginning() -> None:
    assert paging.position(None, tuple[int]) is None


def encoded(text: bytes) -> str:
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "garbage",
    ["", "x", "é", "!!!!", "A" * 5, encoded(b"[1"), encoded(b'["1"]'), encoded(b"[1, 2]"), encoded(b"1"), "\ud800"],
)
def test_a_cursor_we_did_not_make_is_told(garbage: str) -> None:
    with pytest.raises(ValidationFailed) as caught:
        paging.position(garbage, tuple[int])
    assert [error.field for error in caught.value.errors] == ["cursor"]


@given(st.integers(0, 25), st.integers(1, 10))
def test_pages_hold_every_row_once_and_in_order(count: int, limit: int) -> None:
    rows, seen, after = list(range(1, count + 1)), [], 0
    for _ in range(count + 1):
        page = paging.page([row for row in rows if row > after][: limit + 1], limit, lambda row: (row,))
        assert len(page.items) <= limit
        seen += page.items
        position = paging.position(page.next_cursor, tuple[int])
        if position is None:
            break
        (after,) = position
    assert seen == rows


@pytest.mark.parametrize("limit", [0, 101, -1, "x"])
def test_a_page_holds_between_one_and_a_hundred(limit: object) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(limit, paging.Limit, strict=False)


def test_the_page_is_told_in_camel_case() -> None:
    assert msgspec.json.encode(paging.Page([1], "x")) == b'{"items":[1],"nextCursor":"x"}'
