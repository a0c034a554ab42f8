"""The database's side of the journal: venues to watch, and a history written by the database itself at every change."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from tests.faults.journal import Commit, Stored, digest

CONNECTS_S = 60  # a machine may have much to do: that is no finding
# Runs at the end of the statement that moved the stream, so it sees what that statement leaves behind.
HISTORY = """
CREATE TABLE faults_history (
    venue text NOT NULL, epoch text NOT NULL, version bigint NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(), waiting jsonb NOT NULL
);
CREATE FUNCTION faults_note(id uuid, epoch text, version bigint) RETURNS void LANGUAGE sql AS $$
    INSERT INTO faults_history (venue, epoch, version, waiting)
    SELECT v.url_name, epoch, version, coalesce((
        SELECT jsonb_agg(jsonb_build_array(r.requests_id, r.artist, r.title))
        FROM requests r WHERE r.venues_id = id AND r.status = 'pending'), '[]')
    FROM venues v WHERE v.venues_id = id
$$;
CREATE FUNCTION faults_moved() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    PERFORM faults_note(NEW.venues_id, NEW.epoch::text, NEW.version);
    RETURN NULL;
END $$;
CREATE TRIGGER faults_moved AFTER UPDATE ON venue_streams FOR EACH ROW EXECUTE FUNCTION faults_moved();
"""
VENUES = """
INSERT INTO venues (customer_profiles_id, openkj_venue_id, url_name, name, address, city, state, postal_code, country,
                    queue_privacy)
SELECT customer_profiles_id, 5000 + n, 'venue-' || n, 'Venue ' || n, '1 Main Street', 'Nashville', 'TN', '37201', 'USA',
       'first_names'
FROM customer_profiles, generate_series(1, $1) AS n
RETURNING url_name
"""


POSITIONS = "SELECT url_name, epoch::text, version FROM venue_streams JOIN venues USING (venues_id)"


class Archive:
    """Asks the database directly, as its owner. It survives a restart of the server."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def prepare(self, venues: int) -> list[str]:
        """Make the venues and begin the history; their names."""
        async with self._connected() as db:
            await db.execute("SELECT set_config('app.actor', 'test', false)")
            names = [row["url_name"] for row in await db.fetch(VENUES, venues)]
            await db.execute(HISTORY)
        return names

    async def begin(self, *remembered: str) -> None:
        """Forget the history before now, but of these venues; nobody may write meanwhile."""
        async with self._connected() as db:
            await db.execute("DELETE FROM faults_history WHERE venue <> ALL($1)", remembered)
            await db.execute("SELECT faults_note(venues_id, epoch::text, version) FROM venue_streams")

    async def commits(self) -> list[Commit]:
        async with self._connected() as db:
            rows = await db.fetch("SELECT venue, epoch, version, extract(epoch FROM at), waiting FROM faults_history")
        return [Commit(v, e, n, float(at), digest(map(tuple, json.loads(w)))) for v, e, n, at, w in rows]

    async def positions(self) -> dict[str, tuple[str, int]]:
        async with self._connected() as db:
            rows = await db.fetch(POSITIONS)
        return {name: (epoch, version) for name, epoch, version in rows}

    async def stored(self, run: str) -> list[Stored]:
        """Every request whose title begins with `run`."""
        async with self._connected() as db:
            rows = await db.fetch("SELECT title, requests_id, status FROM requests WHERE starts_with(title, $1)", run)
        return [Stored(*row) for row in rows]

    async def kill_backends(self) -> None:
        """All of the application's, at once."""
        async with self._connected() as db:
            await db.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND application_name = 'singr'"
            )

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[Any]:
        link = await asyncpg.connect(self._url, timeout=CONNECTS_S)
        try:
            yield link
        finally:
            await link.close(timeout=10)
