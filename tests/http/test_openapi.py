"""The OpenAPI document, made from the route table, is one."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from singr import table
from singr.http import openapi

DOCUMENT: dict[str, Any] = msgspec.json.decode(openapi.text(table.ROUTES))
OPERATIONS = [
    pytest.param(operation, id=operation["operationId"])
    for methods in DOCUMENT["paths"].values()
    for operation in methods.values()
]


def test_the_document_is_valid_openapi() -> None:
    assert [error.message for error in OpenAPIV31SpecValidator(DOCUMENT).iter_errors()] == []


def test_a_broken_document_would_be_noticed() -> None:
    broken = {**DOCUMENT, "paths": {"/x": {"get": {"responses": {"200": {}}}}}}
    assert list(OpenAPIV31SpecValidator(broken).iter_errors())


def test_every_row_of_the_api_is_described() -> None:
    told = {(method.upper(), path) for path, methods in DOCUMENT["paths"].items() for method in methods}
    rows = {(row.method, path) for row in table.ROUTES for path in (row.path, *row.aliases) if path.startswith("/v1/")}
    assert rows <= told


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_operation_tells_what_calls_need_to_know(operation: dict[str, Any]) -> None:
    assert operation["summary"]
    assert operation["x-permission"]
    assert operation["x-rate"]
    assert "429" in operation["responses"]
    if "security" in operation:
        assert {"401", "403"} <= set(operation["responses"])


def test_bodies_and_problems_are_shapes_of_their_own() -> None:
    asking = DOCUMENT["paths"]["/v1/public/venues/{url_name}/requests"]["post"]
    body = asking["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    assert set(DOCUMENT["components"]["schemas"][body]["required"]) == {"singerName"}
    problem = asking["responses"]["422"]["content"]["application/problem+json"]["schema"]["$ref"]
    assert "requestId" in DOCUMENT["components"]["schemas"][problem.rpartition("/")[2]]["properties"]
    assert asking["responses"]["201"]["content"]["application/json"]["schema"]
