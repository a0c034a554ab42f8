"""What a host typed about a venue, as columns; everything that cannot be stored is told by its field."""

from __future__ import annotations

import re
from typing import Any

from msgspec import UNSET, Struct

from singr.core import clock
from singr.core.errors import FieldError, ValidationFailed
from singr.core.text import clean
from singr.venues import rules
from singr.venues.shapes import NewVenue, VenuePatch
from singr.venues.slugs import RESERVED

EMPTY_MEANS_NONE = frozenset({"country", "phone_number", "website", "message", "time_zone"})
E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_PUNCTUATION = re.compile(r"[\s().\-/]")


def columns(form: NewVenue | VenuePatch) -> dict[str, Any]:
    """The columns a form sets, by name; raises ValidationFailed."""
    given = {name: value for name, value in _fields(form) if value is not UNSET}
    found = {name: _stored(value) for name, value in given.items() if name not in _PLACE}
    found |= {name: found[name] or None for name in EMPTY_MEANS_NONE & found.keys()}
    if found.get("name", "x") == "":
        raise _wrong("name", "must not be empty")
    if found.get("url_name") in RESERVED:
        raise _wrong("urlName", "is an address of ours")
    if found.get("phone_number"):
        found["phone_number"] = _phone(found["phone_number"])
    if found.get("time_zone"):
        clock.check_zone(found["time_zone"], "timeZone")
    if isinstance(found.get("rules"), str):
        found.setdefault("queue_privacy", rules.PRIVACY_OF[found["rules"]])
    if isinstance(form, NewVenue):
        found.setdefault("queue_privacy", "hidden")
    if "rules" in found:
        found["rules"] = rules.chosen(found["rules"])
    return found | _location(given)


_PLACE = ("latitude", "longitude")


def _fields(form: Struct) -> list[tuple[str, Any]]:
    return [(name, getattr(form, name)) for name in form.__struct_fields__]


def _stored(value: Any) -> Any:
    return clean(value) if isinstance(value, str) else value


def _phone(text: str) -> str:
    number = _PUNCTUATION.sub("", text)
    if not E164.fullmatch(number):
        raise _wrong("phoneNumber", "in international form: +16155551234")
    return number


def _location(given: dict[str, Any]) -> dict[str, str | None]:
    latitude, longitude = (given.get(name, UNSET) for name in _PLACE)
    if latitude is UNSET and longitude is UNSET:
        return {}
    if latitude in (None, UNSET) or longitude in (None, UNSET):
        if latitude is not longitude:
            raise _wrong("longitude" if latitude not in (None, UNSET) else "latitude", "comes with the other one")
        return {"location": None}
    return {"location": f"SRID=4326;POINT({longitude!r} {latitude!r})"}


def _wrong(field: str, message: str) -> ValidationFailed:
    return ValidationFailed(errors=(FieldError(field, message),))
