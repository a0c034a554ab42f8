"""Imports as the API shows them, and the rows they come from."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from singr.core.paging import Id, Limit
from singr.imports.reading.guess import Encoding, Format

Status = Literal["uploading", "queued", "running", "done", "failed", "cancelled"]
Mode = Literal["merge", "replace"]
OnError = Literal["fail", "skip"]


class LineNote(Struct, rename="camel"):
    """Something about one line of the file; in an OpenKJ database the row's number. `kind` is the fault in a word for
    programs; older imports have none."""

    line: int
    message: str
    kind: str = ""


class ImportFile(Struct, rename="camel"):
    """How to read the file, and what to do with it.

    `mode` replace also removes the songs that are not in the file. `onError` fail (the default) changes nothing when
    any line cannot be read; skip leaves such lines out. `dryRun` only counts.
    """

    mode: Mode = "merge"
    on_error: OnError = "fail"
    dry_run: bool = False
    format: Format = "auto"
    encoding: Encoding = "auto"


class ImportInto(ImportFile):
    """`systemId` is OpenKJ's number of the system whose book it is."""

    system_id: Annotated[int, Meta(ge=1, le=999)] = 1


class ImportList(Struct, rename="camel"):
    system_id: Id | None = None
    limit: Limit = 20
    cursor: str | None = None


class ImportFacts(Struct, rename="camel"):
    id: int
    system_id: int
    status: Status
    mode: Mode
    on_error: OnError
    dry_run: bool
    format: Format
    file_name: str | None
    bytes: int
    bytes_read: int
    rows_read: int
    rows_added: int
    rows_updated: int
    rows_unchanged: int
    rows_removed: int
    duplicates: int
    error_count: int
    problem: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class Import(ImportFacts):
    """One file on its way into a book.

    `rowsRead` counts songs and unreadable lines, `duplicates` songs that the file has more than once; `errors` and
    `repeated` name the first hundred of them. `problem` says why an import failed. In a dry run the counts say what
    would become of the file.
    """

    errors: list[LineNote]
    repeated: list[LineNote]


class ImportRow(ImportFacts):
    errors: list[dict[str, object]]
    repeated: list[dict[str, object]]


class Claimed(Struct):
    """An import as the worker that runs it knows it; `attempt` tells it from earlier runs."""

    id: int
    tenant: UUID
    system: int
    attempt: int
    mode: Mode
    on_error: OnError
    dry_run: bool
    format: Format
    encoding: Encoding
    by_user: UUID | None


class Waiting(Struct):
    """An import nobody works on."""

    id: int
    tenant: UUID
    attempts: int


class Keyed(Struct):
    id: int
    fingerprint: str


class Merged(Struct):
    """What became of the different songs of a file."""

    songs: int
    added: int
    updated: int
    removed: int


class Repeat(Struct):
    line: int
    first: int


class Owned(Struct):
    """An organization, for an operator."""

    id: UUID


class ExportedSong(Struct):
    id: int
    artist: str
    title: str
    artist_key: str
    title_key: str
