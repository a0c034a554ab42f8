"""The OpenAPI 3.1 document, generated from the route table."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec

from singr import __version__
from singr.core.errors import KeyReused
from singr.http.guard import Rule
from singr.http.problems import CONTENT_TYPE, ProblemDocument
from singr.http.route import Row, parameters

REPLAY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key and call within 24 hours gives the first answer again, another call a conflict.",
    "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
}
REF = "#/components/schemas/{name}"
BY_COOKIE = "For pages of PUBLIC_URL and CORS_ORIGINS; what changes anything needs X-CSRF-Token too."
TYPES = {int: {"type": "integer"}, str: {"type": "string"}}


@lru_cache(1)
def text(rows: tuple[Row, ...]) -> bytes:
    """The document as JSON."""
    return msgspec.json.encode(document(rows))


def document(rows: Sequence[Row]) -> dict[str, Any]:
    """The whole document for `rows`."""
    described = [row for row in rows if not row.raw or row.path.startswith("/v1")]
    shapes = _shapes(described)
    schemas, components = msgspec.json.schema_components([*shapes, ProblemDocument], ref_template=REF)
    schema_of = dict(zip(shapes, schemas, strict=False))
    paths: dict[str, Any] = {}
    named: set[str] = set()
    for row in described:
        operation = _operation(row, schema_of)
        if row.name in named:  # one handler by two methods
            operation["operationId"] += f".{row.method.lower()}"
        named.add(row.name)
        for number, path in enumerate((row.path, *row.aliases)):
            suffix = f"_{number}" if number else ""
            here = operation | {"operationId": operation["operationId"] + suffix}
            paths.setdefault(path, {})[row.method.lower()] = here
    security = {
        "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
        "cookie": {"type": "apiKey", "in": "cookie", "name": "__Host-singr_access", "description": BY_COOKIE},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Singr", "version": __version__, "description": "The realtime backbone of karaoke nights."},
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": security},
    }


def _shapes(rows: Sequence[Row]) -> list[Any]:
    return [shape for row in rows for shape in (row.body, row.query, row.returns) if shape is not None]


def _operation(row: Row, schema_of: dict[Any, Any]) -> dict[str, Any]:
    summary, _, description = inspect.cleandoc(row.handler.__doc__ or "").partition("\n")
    operation: dict[str, Any] = {
        "operationId": row.name,
        "tags": [_part(row)],
        "summary": summary,
        "description": description.strip(),
        "x-permission": str(row.may),
        "x-rate": str(row.rate),
        "parameters": _parameters(row),
        "responses": _responses(row, schema_of),
    }
    if row.body:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema_of[row.body]}}}
    if row.takes:
        operation["requestBody"] = {"required": True, "content": {kind: _file(kind) for kind in row.takes}}
    if not row.may.anonymous:
        operation["security"] = [{"bearer": []}, {"cookie": []}]
    return operation


def _part(row: Row) -> str:
    """The domain a call belongs to; what is of none serves those who operate or connect the service."""
    domain, _, rest = row.name.partition(".")
    return domain if "." in rest else "operations"


def _file(kind: str) -> dict[str, Any]:
    if not kind.startswith("multipart/"):
        return {"schema": {}}
    file = {"type": "string", "contentMediaType": "application/octet-stream"}
    return {"schema": {"type": "object", "properties": {"file": file}, "required": ["file"]}}


def _parameters(row: Row) -> list[dict[str, Any]]:
    types = row.path_types
    found = [
        {"name": n, "in": "path", "required": True, "schema": TYPES.get(types[n], {"type": "string", "format": "uuid"})}
        for n in parameters(row.path)
    ]
    if row.query:
        (_,), components = msgspec.json.schema_components([row.query], ref_template=REF)
        shape = components[row.query.__name__]
        required = set(shape.get("required", ()))
        found += [
            {"name": n, "in": "query", "required": n in required, "schema": schema}
            for n, schema in shape["properties"].items()
        ]
    return [*found, REPLAY] if row.replay or KeyReused in row.raises else found


def _responses(row: Row, schema_of: dict[Any, Any]) -> dict[str, Any]:
    success: dict[str, Any] = {"description": "Success"}
    given = {"application/json": {"schema": schema_of[row.returns]}} if row.returns else {}
    if row.gives:
        given[row.gives] = {"schema": {}}
    if given:
        success["content"] = given
    problem = {"content": {CONTENT_TYPE: {"schema": {"$ref": REF.format(name="ProblemDocument")}}}}
    if row.gives == "text/html":  # a page, whatever happens
        problem = {"content": {row.gives: {"schema": {}}}}
    titles = _problem_titles(row, row.may)
    return {str(row.status): success} | {
        str(status): {"description": title} | problem for status, title in sorted(titles.items())
    }


def _problem_titles(row: Row, may: Rule) -> dict[int, str]:
    titles = {429: "Too many calls", 503: "A service we need does not answer"}
    if row.body or row.query:
        titles[422] = "The call is not valid"
    if row.body:
        titles[413] = "The body is too large"
    if not may.anonymous:
        titles |= {401: "Sign in first", 403: "Not allowed"}
    if may.inside:
        titles[401] = "Show who you are first"
    if parameters(row.path):
        titles[404] = "Not found"
    if row.replay:
        titles |= {409: KeyReused.title, 422: "The call is not valid"}
    for problem in row.raises:
        titles[problem.status] = problem.title
    return titles
