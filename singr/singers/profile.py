"""A singer's profile: the name the KJ calls, a picture, what they prefer."""

from __future__ import annotations

import msgspec
from msgspec import UNSET

from singr.core.errors import AuthenticationFailed, Conflict, NotFound
from singr.core.text import plain
from singr.http.call import Call
from singr.infra.sql import maybe
from singr.singers import singer
from singr.singers.shapes import NewProfile, OwnProfile, Preferences, ProfilePatch, ProfileRow

SHOWN = maybe("singer_profile", ProfileRow)
ADDED = maybe("singer_profile_added", ProfileRow)
SET = maybe("singer_profile_set", ProfileRow)


async def show(call: Call) -> OwnProfile:
    """The caller's singer profile."""
    await singer.arrive(call)
    return _shown(await SHOWN(call.kit.db, singer=call.singer))


async def add(call: Call, *, body: NewProfile) -> OwnProfile:
    """A singer profile for somebody who has none. Switch to the singer context (`/v1/auth/context`) to use it."""
    if call.actor.user_id is None:
        raise AuthenticationFailed
    async with call.kit.db.transaction(call.actor) as tx:
        row = await ADDED(tx, by_user=call.actor.user_id, given=_given(body))
    if row is None:
        raise Conflict("you have a singer profile already")
    return _shown(row)


async def replace(call: Call, *, body: NewProfile) -> OwnProfile:
    """Replace the whole profile: what is left out becomes empty."""
    return await _set(call, body)


async def change(call: Call, *, body: ProfilePatch) -> OwnProfile:
    """Change what is given."""
    return await _set(call, body)


async def _set(call: Call, body: NewProfile | ProfilePatch) -> OwnProfile:
    async with call.kit.db.transaction(call.actor) as tx:
        return _shown(await SET(tx, singer=call.singer, given=_given(body)))


def _given(body: NewProfile | ProfilePatch) -> dict[str, object]:
    given = {name: value for name, value in msgspec.structs.asdict(body).items() if value is not UNSET}
    if isinstance(given.get("nickname"), str):
        given["nickname"] = plain(given["nickname"]) or None
    if isinstance(given.get("preferences"), Preferences):
        given["preferences"] = msgspec.to_builtins(given["preferences"])
    return given


def _shown(row: ProfileRow | None) -> OwnProfile:
    if row is None:
        raise NotFound("your singer profile is gone")
    known = msgspec.structs.fields(Preferences)
    kept = row.preferences or {}
    stored = {f.encode_name: kept[f.encode_name] for f in known if f.encode_name in kept}
    try:
        preferences = msgspec.convert(stored, Preferences)
    except msgspec.ValidationError:  # written by hand
        preferences = Preferences()
    return OwnProfile(row.id, row.nickname, row.avatar_url, preferences, row.created_at)
