"""A singer's own things as the API shows them, and the rows they come from."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType, field

from singr.core.instants import Instant
from singr.core.paging import Limit
from singr.queue.shapes import Name, Request, SongText, Status, SubmittedRequest
from singr.venues.finding import VenueCard

Key = Annotated[int, Meta(ge=-12, le=12)]
UrlName = Annotated[str, Meta(min_length=1, max_length=100, pattern="^[^\\x00]*$")]
AvatarUrl = Annotated[str, Meta(pattern=r"^https://[^\s\x00]+$", max_length=500)]
Language = Annotated[str, Meta(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35)]


class Preferences(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """`language` is a tag as in BCP 47."""

    language: Language = "en"
    notifications_enabled: bool = True


class ProfileRow(Struct):
    id: UUID
    nickname: str | None
    avatar_url: str | None
    preferences: dict[str, Any] | None
    created_at: datetime


class OwnProfile(Struct, rename="camel"):
    """How a singer is called, and wants things to be."""

    id: UUID
    nickname: str | None
    avatar_url: str | None
    preferences: Preferences
    created_at: datetime


class NewProfile(Struct, rename="camel", forbid_unknown_fields=True):
    """A whole profile: what is left out is empty."""

    nickname: Name | None = None
    avatar_url: AvatarUrl | None = None
    preferences: Preferences = Preferences()


class ProfilePatch(Struct, rename="camel", forbid_unknown_fields=True):
    """Only what is given changes."""

    nickname: Name | UnsetType | None = UNSET
    avatar_url: AvatarUrl | UnsetType | None = UNSET
    preferences: Preferences | UnsetType = UNSET


class Arrived(Struct):
    """A singer who makes a call; `has_claims` when their phone may have asked for songs as a guest's."""

    nickname: str | None
    has_claims: bool


class NamedVenue(Struct, rename="camel", forbid_unknown_fields=True):
    """A venue by its public name, or by its id."""

    venue: UrlName | None = None
    venue_id: UUID | None = None


class SingerRequest(NamedVenue, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """As a guest's request, with the venue. Without `singerName` the profile's nickname is called."""

    singer_name: Name | None = None
    artist: SongText | None = None
    title: SongText | None = None
    key_change: Key = 0
    notes: Annotated[str, Meta(max_length=500)] | None = None
    song_id: Annotated[int, Meta(ge=1, le=2**63 - 1)] | None = None
    allow_duplicate: bool = False


class OwnRow(SubmittedRequest):
    venue_url_name: str
    venue_name: str


class OwnRequest(Request):
    """A singer's own request, and where it was sent."""

    venue_url_name: str = ""
    venue_name: str = ""


class OwnRequests(Struct, rename="camel"):
    """The newest first; `venue` is a public name."""

    status: Status | None = None
    venue: UrlName | None = None
    limit: Limit = 20
    cursor: str | None = None


class Sung(Struct, rename="camel"):
    """A line of a singer's history; `status` is how the request ended, null where it is no longer known."""

    id: UUID
    venue_url_name: str
    venue_name: str
    artist: str
    title: str
    key_change: int
    requested_at: datetime
    status: str | None


class HistoryExport(Struct, rename="camel"):
    """`from` and `to` bound the time of the request, `to` excluded; `venue` is a public name."""

    venue: UrlName | None = None
    since: Instant | None = field(default=None, name="from")
    until: Instant | None = field(default=None, name="to")


class HistoryQuery(HistoryExport, rename="camel"):
    limit: Limit = 20
    cursor: str | None = None


class NewFavorite(Struct, rename="camel", forbid_unknown_fields=True):
    """A song, and the key in which the singer likes it."""

    artist: SongText
    title: SongText
    key_change: Key = 0


class FavoriteRow(Struct):
    id: UUID
    artist: str
    title: str
    key_change: int
    created_at: datetime
    song_id: int | None


class FavoriteSong(Struct, rename="camel"):
    """`songId` is the song in the book of the venue asked about, null where it has none; absent without a venue."""

    id: UUID
    artist: str
    title: str
    key_change: int
    created_at: datetime
    song_id: int | UnsetType | None = UNSET


class FavoriteSongs(Struct, rename="camel"):
    """The newest first. With `venue`, a public name, `available` leaves only what can be sung there (or cannot)."""

    venue: UrlName | None = None
    available: bool | None = None
    limit: Limit = 20
    cursor: str | None = None


class FavoriteVenue(VenueCard):
    """A venue a singer likes; `favoriteSince` is when they said so."""

    id: UUID
    favorite_since: datetime


class FavoriteVenues(Struct, rename="camel"):
    """The newest first."""

    limit: Limit = 20
    cursor: str | None = None


class Kept(Struct):
    id: UUID
