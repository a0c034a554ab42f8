"""Songs and syncs as the API shows them, and the rows they come from."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType, field

from singr.core.paging import Id, Limit, Page

# PostgreSQL takes no NUL in a text.
Text = Annotated[str, Meta(pattern="^[^\\x00]*$", max_length=1_000)]
SyncStatus = Literal["open", "held", "published", "discarded"]


class Song(Struct, rename="camel"):
    """A song of a book. `combined` is artist and title in one line; `systemId` OpenKJ's number of the system; `score`
    how well it answers a search, from 0 to 1."""

    id: int
    artist: str
    title: str
    combined: str
    system_id: int
    score: float | UnsetType = UNSET


class Found(Page[Song], rename="camel"):
    """`didYouMean` is what the text may have been meant to say, where nothing has its words."""

    did_you_mean: str | None = None


class Hit(Struct):
    """A song with its place in the order asked for."""

    id: int
    artist: str
    title: str
    combined: str
    system_id: int
    at: str
    beside: str


class WordedHit(Hit):
    """`likeness` to the text is from 0 to 1000."""

    likeness: int


class NewSong(Song, rename="camel", kw_only=True):
    """A song that came after the book's first sync."""

    added_at: datetime


class NewSongRow(Struct):
    id: int
    artist: str
    title: str
    combined: str
    system_id: int
    added_at: datetime


class AskedFor(Struct):
    """What was asked for at a venue, and how often."""

    artist: str
    title: str
    requests: int


class TopSong(Song, rename="camel", kw_only=True):
    """A song of the book with how often it was asked for at the venue in the last 90 days."""

    requests: int


class Artist(Struct):
    """`songs` is how many songs of the artist a book has."""

    name: str
    songs: int


class ArtistRow(Artist):
    key: str


class Artists(Page[Artist], rename="camel"):
    """`letters` are those some artist of the book begins with, to browse by."""

    letters: list[str] = field(default_factory=list)


class ArtistQuery(Struct, rename="camel"):
    """`letter` is one of `letters`; `q` what the artist begins with."""

    letter: str | None = None
    q: Annotated[str, Meta(max_length=200)] = ""
    limit: Limit = 20
    cursor: str | None = None


class Listing(Struct, rename="camel"):
    limit: Limit = 20
    cursor: str | None = None


class Top(Struct):
    limit: Limit = 20


class SongQuery(Struct, rename="camel"):
    """`q` is words or beginnings of words in any order; without it the book in order of artists."""

    q: Annotated[str, Meta(max_length=200)] = ""
    artist: Text | None = None
    limit: Limit = 20
    cursor: str | None = None


class PublicSearch(SongQuery, rename="camel"):
    """In the book of a venue (its `urlName`), or of a system (its id) that some venue sings from."""

    venue: str | None = None
    system: UUID | None = None


class OwnSearch(SongQuery, rename="camel"):
    """In one system (OpenKJ's number), or in each of the organization's, one after the other."""

    system_id: Id | None = None


class Book(Struct):
    """Whose songs are sung at a venue."""

    tenant: UUID
    system: int
    venue_id: UUID


class Generation(Struct):
    """A sync's row, locked while it is decided about."""

    id: int
    tenant: UUID
    system: int
    status: str
    documents: int
    full_documents: int
    songs_received: int
    songs_before: int
    is_quiet: bool
    client: str = ""


class SyncRow(Struct):
    id: int
    system: int
    status: SyncStatus
    documents: int
    full_documents: int
    songs_received: int
    songs_skipped: int
    songs_before: int
    songs: int
    opened_at: datetime
    last_document_at: datetime
    closed_at: datetime | None
    client: str


class Sync(Struct, rename="camel"):
    """One sync of a system's book from OpenKJ.

    `open` still receives, `held` waits for the host's decision since it looks cancelled half-way. `songs` is what it
    brought so far, each song once; `songsBefore` the book's size when it began; `songsSkipped` what could not be
    stored; `songsLost` what OpenKJ left out by a fault of its own.
    """

    id: int
    system_id: int
    status: SyncStatus
    documents: int
    songs_received: int
    songs_skipped: int
    songs_lost: int
    songs_before: int
    songs: int
    opened_at: datetime
    last_document_at: datetime
    closed_at: datetime | None


class SyncList(Struct, rename="camel"):
    limit: Limit = 20
    cursor: str | None = None


class DocumentReport(Struct):
    """What became of one document: songs new to the sync (or to the book), and why others were skipped."""

    received: int
    added: int
    skipped: int
    errors: list[str]
