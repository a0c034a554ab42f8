"""The hot paths as ready bytes: the product and the reference are sent the very same calls."""

from __future__ import annotations

import random
from urllib.parse import quote

import orjson

from bench.data.filling import KEY, Size

KINDS = 4_096
BOOKS = 20
SEED = 1
TYPED = ("balan", "belan", "bula r", "dila", "hola", "kulan", "mila", "rola", "sulan", "wela", "zola")


def calls(size: Size) -> dict[str, list[bytes]]:
    """By the path's name, as many different calls as make limits by address and key harmless."""
    some = random.Random(SEED)  # noqa: S311
    times = range(KINDS)
    return {
        "getSerial": [_openkj(command="getSerial", api_key=_key(some, size)) for _ in times],
        "getRequests, 20 to 50 rows": [_requests_of(some.randint(1, size.busy), size) for _ in times],
        "venue list, 20 rows": [_get("/v1/public/venues", some) for _ in times],
        "venue page's data": [_get(f"/v1/public/venues/bench-{some.randint(1, size.venues)}", some) for _ in times],
        "nearby": [_nearby(some) for _ in times],
        "song search": [_search(some) for _ in times],
        "guest request": [_ask(some, some.randint(1, size.busy)) for _ in times],
        "guest request, one venue": [_ask(some, size.busy) for _ in times],
    }


def _key(some: random.Random, size: Size) -> str:
    return f"{KEY}{some.randint(1, size.api_keys)}"


def _requests_of(venue: int, size: Size) -> bytes:
    key = f"{KEY}{(venue - 1) % size.tenants + 1}"
    return _openkj(command="getRequests", api_key=key, venue_id=1001 + (venue - 1) // size.tenants)


def _openkj(**fields: object) -> bytes:
    return _post("/v1/openkj/api/command", fields, "127.0.0.1")


def _nearby(some: random.Random) -> bytes:
    where = f"lat={some.uniform(28, 47):.4f}&lon={some.uniform(-122, -77):.4f}"
    return _get(f"/v1/public/venues/nearby?{where}&radius={some.choice((5, 25, 80))}&limit=50", some)


def _search(some: random.Random) -> bytes:
    typed = some.choice(TYPED)
    q = quote(typed[: some.randint(3, len(typed))])
    return _get(f"/v1/public/venues/bench-{some.randint(1, BOOKS)}/songs?q={q}", some)


def _ask(some: random.Random, venue: int) -> bytes:
    song = {"singerName": "Ann", "artist": "The Bench", "title": f"Song {some.getrandbits(40)}"}
    return _post(f"/v1/public/venues/bench-{venue}/requests", song, _address(some))


def _address(some: random.Random) -> str:
    return ".".join(str(some.randint(1, 250)) for _ in range(4))


def _get(path: str, some: random.Random) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: bench\r\nX-Forwarded-For: {_address(some)}\r\n\r\n".encode()


def _post(path: str, body: object, address: str) -> bytes:
    sent = orjson.dumps(body)
    head = f"POST {path} HTTP/1.1\r\nHost: bench\r\nX-Forwarded-For: {address}\r\n"
    return f"{head}Content-Type: application/json\r\nContent-Length: {len(sent)}\r\n\r\n".encode() + sent
