"""JSON as Qt 5.15 writes and reads it (openkj.md, part B, sections 1 and 2)."""

from __future__ import annotations

import json
from typing import Any

INT32 = range(-(2**31), 2**31)
ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def to_json(value: dict[str, Any]) -> bytes:
    """`QJsonDocument::toJson()`: indented by 4, keys in alphabetical order, UTF-8 as it is, one newline at the end."""
    return (_written(value, 0) + "\n").encode("utf-8", "surrogatepass")


def _written(value: Any, depth: int) -> str:
    inside = "    " * (depth + 1)
    if isinstance(value, dict):
        members = [f"{inside}{_text(k)}: {_written(value[k], depth + 1)}" for k in sorted(value)]
        return _block("{", members, "}", depth)
    if isinstance(value, list):
        return _block("[", [inside + _written(v, depth + 1) for v in value], "]", depth)
    return _text(value) if isinstance(value, str) else json.dumps(value)


def _block(opening: str, lines: list[str], closing: str, depth: int) -> str:
    body = ",\n".join(lines) + "\n" if lines else ""
    return f"{opening}\n{body}{'    ' * depth}{closing}"


def _text(text: str) -> str:
    return '"' + "".join(ESCAPES.get(c) or (f"\\u{ord(c):04x}" if c < " " else c) for c in text) + '"'


def parse(raw: bytes) -> dict[str, Any]:
    """The whole body as one object; anything else is an empty one, and nobody hears of it."""
    try:
        text = raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
        value = json.loads(text.strip(" \t\r\n"), parse_constant=_refuse)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def to_int(value: Any) -> int:
    """An integral JSON number of 32 bits; everything else is 0."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0
    return int(value) if value == int(value) and int(value) in INT32 else 0


def to_bool(value: Any) -> bool:
    return value is True


def to_string(value: Any) -> str:
    return value if isinstance(value, str) else ""


def to_array(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def to_object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
