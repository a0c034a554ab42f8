"""Law: what the README asks with curl is what the API's description knows: path, method, headers, query and body."""

from __future__ import annotations

import argparse
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from jsonschema import Draft202012Validator

from singr import table
from singr.http import openapi

README = Path(__file__).parents[2] / "README.md"
ASSIGNMENT = re.compile(r"([A-Z]+)=(.*)")
# Those every call may bring along.
HEADERS = {"authorization", "content-type"}
DOCUMENT = openapi.document(table.ROUTES)

curl = argparse.ArgumentParser("curl", add_help=False, allow_abbrev=False)
curl.add_argument("url")
for flag in ("-X", "-d", "-F", "-o"):
    curl.add_argument(flag)
curl.add_argument("-H", action="append", default=[])
curl.add_argument("-N", action="store_true")


def lines_of(page: str) -> Iterator[list[str]]:
    """The words of each curl line, its variables filled in from the lines above it."""
    known: dict[str, str] = {}
    for block in re.findall(r"^```sh\n(.*?)^```", page, re.M | re.S):
        for line in block.replace("\\\n", " ").splitlines():
            words = shlex.split(line, comments=True)
            if words and all(map(ASSIGNMENT.fullmatch, words)):
                known |= dict(word.split("=", 1) for word in words)
            elif words[:1] == ["curl"]:
                yield [Template(word).safe_substitute(known) for word in words[1:]]


CALLS = list(lines_of(README.read_text("utf-8")))


def operation(method: str, path: str) -> dict[str, Any]:
    """What is described there; a path that is written out comes before one with parameters."""
    for template in sorted(DOCUMENT["paths"], key=lambda known: known.count("{")):
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path) and method in DOCUMENT["paths"][template]:
            found: dict[str, Any] = DOCUMENT["paths"][template][method]
            return found
    pytest.fail(f"{method} {path} is not described")


def objections(words: list[str]) -> list[str]:
    """What the API's description has against a call."""
    call = curl.parse_args(words)
    method = call.X or ("POST" if call.d or call.F else "GET")
    url = urlsplit(f"//{call.url}")
    described = operation(method.lower(), url.path)
    taken = {kind: {p["name"] for p in described["parameters"] if p["in"] == kind} for kind in ("query", "header")}
    given = {name for name, _ in parse_qsl(url.query, strict_parsing=True)} if url.query else set()
    headers = {header.partition(":")[0].lower() for header in call.H} - HEADERS
    required = {p["name"] for p in described["parameters"] if p["in"] == "query" and p["required"]}
    return [
        *(f"no query {name}" for name in given - taken["query"]),
        *(f"query {name} is missing" for name in required - given),
        *(f"no header {name}" for name in headers - {name.lower() for name in taken["header"]}),
        *([] if "security" not in described or "Authorization: Bearer" in str(call.H) else ["nobody is signed in"]),
        *_of_body(described.get("requestBody"), call),
    ]


def _of_body(described: dict[str, Any] | None, call: argparse.Namespace) -> list[str]:
    if described is None:
        return ["it takes no body"] if call.d or call.F else []
    if call.F:
        file = described["content"]["multipart/form-data"]["schema"]["properties"]
        return [] if call.F.partition("=")[0] in file else ["no such field of the form"]
    if call.d is None:
        return ["the body is missing"]
    schema = described["content"]["application/json"]["schema"] | {"components": DOCUMENT["components"]}
    return [error.message for error in Draft202012Validator(schema).iter_errors(json.loads(call.d))]


def test_the_readme_asks_something() -> None:
    assert len(CALLS) > 20


@pytest.mark.parametrize("words", CALLS, ids=lambda words: next(w for w in words if w.startswith("localhost")))
def test_a_call_of_the_readme_is_described(words: list[str]) -> None:
    assert objections(words) == []


@pytest.mark.parametrize(
    "wrong",
    [
        'localhost:8080/v1/auth/signin -d \'{"email": "a@example.com"}\'',
        'localhost:8080/v1/auth/signin -d \'{"email": "a@example.com", "password": "x", "nope": 1}\'',
        'localhost:8080/v1/public/requests/T -X PATCH -d \'{"keyChange": "two"}\'',
        "localhost:8080/v1/customer/venues",
        "localhost:8080/v1/public/venues/x/songs?nope=1",
        "localhost:8080/v1/public/venues/x/songs?q=halo -H 'Idempotency-Key: 1'",
    ],
)
def test_a_call_that_is_not_described_is_found(wrong: str) -> None:
    assert objections(shlex.split(wrong))
