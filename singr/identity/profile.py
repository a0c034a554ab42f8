"""What a signed-in person may know about themselves."""

from __future__ import annotations

from singr.core.errors import AuthenticationFailed
from singr.http.call import Call
from singr.identity import people
from singr.identity.keys import SigningKeys
from singr.identity.shapes import JWKS, CustomerProfile, Organization, Profile, SingerProfile


async def show(call: Call) -> Profile:
    """The caller's own profile, as the database knows it now."""
    actor = call.actor
    if actor.user_id is None:
        raise AuthenticationFailed
    person = await people.load(call.kit.db, actor.user_id, actor.context)
    row, here = person.row, person.membership
    singer = SingerProfile(row.singer_profile_id, row.nickname, row.avatar_url) if row.singer_profile_id else None
    return Profile(
        id=row.id,
        email=row.email,
        name=row.name,
        display_name=row.display_name,
        phone_number=row.phone_number,
        image_url=row.image_url,
        is_email_verified=row.is_email_verified,
        roles=person.roles,
        active_context=person.context,
        customer_profile=CustomerProfile(here.id, here.name) if here else None,
        singer_profile=singer,
        organizations=[Organization(m.id, m.name, m.role, m.status) for m in person.memberships],
        permissions=person.permissions,
    )


async def jwks(call: Call) -> JWKS:
    """The public keys that verify access tokens (RFC 7517)."""
    return JWKS(SigningKeys.of(call.kit.settings).jwks["keys"])
