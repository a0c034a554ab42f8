"""The live messages as others read them: the golden copy is what the table says, and holds together."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import yaml

from singr.realtime import asyncapi, close, messages
from tests.house import House

GOLDEN = Path(__file__).with_name("asyncapi.yaml")


def references(found: Any) -> Iterator[str]:
    """Every `$ref` in a document."""
    if isinstance(found, dict):
        if "$ref" in found:
            yield found["$ref"]
        for value in found.values():
            yield from references(value)
    elif isinstance(found, list):
        for value in found:
            yield from references(value)


def test_the_document_is_the_golden_one() -> None:
    assert asyncapi.text().decode() == GOLDEN.read_text("utf-8"), "run `make routes` and look at the difference"


def test_every_reference_leads_somewhere() -> None:
    document = asyncapi.document()
    for reference in references(document):
        here = document
        for step in reference.removeprefix("#/").split("/"):
            assert step in here, reference
            here = here[step]


def test_every_message_and_every_close_code_is_described() -> None:
    document = asyncapi.document()
    described = document["components"]["messages"]
    shapes = (*get_args(messages.FromServer), *get_args(messages.FromClient))
    assert set(described) == {shape.__struct_config__.tag for shape in shapes}
    assert all(message["summary"] for message in described.values())
    assert {row["code"] for row in document["x-close-codes"]} == set(close.BY_CODE)


async def test_anybody_may_read_it(house: House) -> None:
    async with house.client.get("/asyncapi.yaml") as answer:
        assert yaml.safe_load(await answer.text()) == asyncapi.document()
