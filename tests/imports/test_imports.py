"""An import from upload to end: what it changes, what it tells, what it refuses."""

from __future__ import annotations

import asyncio
from io import BytesIO
from typing import Any

import aiohttp
import pytest

from singr.imports import imports, jobs, running, uploads
from singr.imports.reading import reader
from singr.infra.postgres import Transaction
from tests.house import House
from tests.imports.files import IMPORTS, INTO, book, brought, counts, library, lines, many, run, show, upload

QUEEN = b"Queen,Innuendo\nABBA,Fernando\n"
HELD = "SELECT (SELECT count(*) FROM song_import_chunks) + (SELECT count(*) FROM song_import_songs)"


async def test_a_file_becomes_songs_of_the_book(host: House) -> None:
    status, begun = await upload(host, QUEEN)
    assert (status, begun["status"], begun["bytes"]) == (202, "queued", len(QUEEN))
    done = await run(host, begun["id"])
    assert (done["status"], done["format"], counts(done)) == ("done", "csv", (2, 2, 0, 0, 0, 0, 0))
    assert (done["bytesRead"], done["startedAt"] <= done["finishedAt"]) == (len(QUEEN), True)
    assert await book(host) == ["ABBA|Fernando", "Queen|Innuendo"]
    assert await host.value(HELD) == 0


async def test_a_form_and_openkjs_own_library_do_as_well(host: House) -> None:
    form = aiohttp.FormData()
    form.add_field("note", "not the file")
    form.add_field(
        "file", library([("Queen", "Innuendo", ""), ("Gone", "Song", "!!DROPPED!!")]), filename="openkj.sqlite"
    )
    done = await brought(host, form)
    assert (done["format"], done["fileName"], counts(done)[:2]) == ("openkj", "openkj.sqlite", (1, 1))


async def test_without_a_system_it_is_the_first_ones_book(host: House) -> None:
    assert (await brought(host, QUEEN, path="/v1/customer/songdb/import"))["systemId"] == 1
    status, _ = await upload(host, QUEEN, path="/v1/customer/songdb/import", systemId="7")
    assert status == 404


async def test_merging_adds_and_respells_and_takes_nothing_away(host: House) -> None:
    await brought(host, b"Queen,Innuendo\nABBA,Fernando\nToto,Africa\n")
    ids = await host.value("SELECT array_agg(songdb_id ORDER BY artist) FROM songdb")
    done = await brought(host, b"QUEEN,Innuendo\nToto,Africa\nCher,Believe\n")
    assert counts(done) == (3, 1, 1, 1, 0, 0, 0)
    assert await book(host) == ["ABBA|Fernando", "Cher|Believe", "QUEEN|Innuendo", "Toto|Africa"]
    assert await host.value("SELECT array_agg(songdb_id ORDER BY artist) FROM songdb WHERE artist <> 'Cher'") == ids


async def test_replacing_also_takes_away_what_is_not_in_the_file(host: House) -> None:
    await brought(host, b"Queen,Innuendo\nABBA,Fernando\nToto,Africa\n")
    done = await brought(host, b"Toto,Africa\nCher,Believe\n", mode="replace")
    assert counts(done) == (2, 1, 0, 1, 2, 0, 0)
    assert await book(host) == ["Cher|Believe", "Toto|Africa"]


async def test_what_singers_were_answered_before_is_forgotten(host: House) -> None:
    async def found() -> list[str]:
        _, page = await host.call("GET", "/v1/public/venues/test-karaoke-bar/songs?q=innuendo")
        return [song["artist"] for song in page["items"]]

    assert await found() == []
    await brought(host, QUEEN)
    assert await found() == ["Queen"]
    song = await host.value("SELECT songdb_id FROM songdb WHERE artist = 'Queen'")
    await host.call("DELETE", f"/v1/customer/songdb/{song}", headers=await host.sign_in())
    assert await found() == []


async def test_another_systems_book_stays(host: House) -> None:
    await host.call("POST", "/v1/customer/systems", json={"name": "Two"}, headers=await host.sign_in())
    await brought(host, QUEEN)
    await brought(host, b"Toto,Africa\n", path="/v1/customer/systems/2/songs/import", mode="replace")
    assert await book(host) == ["ABBA|Fernando", "Queen|Innuendo", "Toto|Africa"]


@pytest.mark.parametrize("mode", ["merge", "replace"])
async def test_a_dry_run_tells_the_same_and_changes_nothing(mode: str, host: House) -> None:
    await brought(host, b"Queen,Innuendo\nABBA,Fernando\n")
    before = await book(host)
    file = b"QUEEN,Innuendo\nToto,Africa\nToto,Africa\nABBA,Fernando\n"
    dry = await brought(host, file, mode=mode, dryRun="true")
    assert (dry["status"], dry["dryRun"], await book(host)) == ("done", True, before)
    assert counts(await brought(host, file, mode=mode)) == counts(dry) == (4, 1, 1, 1, 0, 1, 0)


async def test_duplicates_are_named_and_the_first_spelling_counts(host: House) -> None:
    done = await brought(host, b"Queen,Innuendo\nABBA,Fernando\nQUEEN,INNUENDO\nqueen,innuendo!\n")
    assert counts(done) == (4, 2, 0, 0, 0, 2, 0)
    assert done["repeated"] == [{"line": n, "message": "the same song as line 1", "kind": "repeated"} for n in (3, 4)]
    assert "Queen|Innuendo" in await book(host)


async def test_a_broken_file_changes_nothing_and_names_its_lines(host: House) -> None:
    done = await brought(host, b"Queen,Innuendo\nABBA\nToto,Africa\nCher\n")
    assert (done["status"], counts(done)) == ("failed", (4, 0, 0, 0, 0, 0, 2))
    assert [error["line"] for error in done["errors"]] == [2, 4]
    assert done["problem"] == "2 of 4 lines cannot be read: nothing was changed"
    assert (await book(host), await host.value(HELD)) == ([], 0)


async def test_bad_lines_may_be_skipped_but_not_most_of_them(host: House) -> None:
    done = await brought(host, b"Queen,Innuendo\nABBA\nToto,Africa\n", onError="skip")
    assert (done["status"], counts(done)) == ("done", (3, 2, 0, 0, 0, 0, 1))
    done = await brought(host, b"Queen,Innuendo\n" + b"ABBA\n" * 3, onError="skip", format="csv", mode="replace")
    assert done["problem"] == "more than half of the lines cannot be read: is it the right format?"
    assert len(await book(host)) == 2


async def test_a_file_torn_off_is_refused_even_where_bad_lines_are_skipped(host: House) -> None:
    file = b'[{"artist": "Queen", "title": "Innuendo"},\n{"artist": "AB'
    done = await brought(host, file, onError="skip")
    assert (done["status"], done["problem"]) == ("failed", "line 2: not valid JSON from here on")
    assert await book(host) == []


@pytest.mark.parametrize("file", [b"\n \n", b"artist,title\n", b"[]"])
async def test_a_file_without_songs_empties_no_book(file: bytes, host: House) -> None:
    await brought(host, QUEEN)
    done = await brought(host, file, mode="replace")
    assert (done["status"], done["problem"]) == ("failed", "there are no songs in this file")
    assert len(await book(host)) == 2


async def test_the_first_hundred_errors_are_kept(host: House) -> None:
    done = await brought(host, b"Queen,Innuendo\n" + b"ABBA\n" * 150, format="csv")
    assert (done["errorCount"], len(done["errors"])) == (150, 100)


@pytest.mark.parametrize(
    ("data", "asked", "status"),
    [
        (b"", {}, 422),
        (QUEEN, {"mode": "erase"}, 422),
        (QUEEN, {"path": "/v1/customer/systems/9/songs/import"}, 404),
        (QUEEN, {"path": "/v1/customer/systems/144115188075855873/songs/import"}, 404),
        (BytesIO(b"x" * (uploads.FILE_MAX + 1)), {}, 413),
    ],
)
async def test_what_is_no_upload_leaves_nothing(data: Any, asked: dict[str, str], status: int, host: House) -> None:
    assert (await upload(host, data, **asked))[0] == status
    assert await host.value("SELECT count(*) FROM song_imports") == 0


async def test_too_large_a_file_of_untold_size_is_cut_off(host: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "FILE_MAX", 1 << 20)

    async def endless() -> Any:
        for _ in range(40):
            yield b"Queen,Innuendo\n" * 4_000

    assert (await upload(host, endless()))[0] == 413
    assert await host.value("SELECT count(*) FROM song_imports") == 0


async def test_a_form_without_a_file_and_a_packed_body_are_refused(host: House) -> None:
    form = aiohttp.FormData(default_to_multipart=True)
    form.add_field("file", "no file at all")
    assert (await upload(host, form))[0] == 422
    headers = await host.sign_in() | {"Content-Type": "multipart/form-data; boundary=X"}
    for torn in (
        b"--X\r\nTrue--X--\r\n",
        b"--X\r\n\r\nab",
        b"",
        b"no form",
        b"--X\r\nContent-Disposition: x\x00\r\n\r\n",
    ):
        assert (await host.call("POST", INTO, data=torn, headers=headers))[0] == 422
    headers = await host.sign_in() | {"Content-Encoding": "gzip"}
    assert (await host.call("POST", INTO, data=b"", headers=headers))[0] == 422


async def test_an_upload_that_breaks_off_is_forgotten(host: House) -> None:
    url, headers = host.client.make_url(INTO), await host.sign_in()
    _, writer = await asyncio.open_connection(url.host, url.port)
    head = f"POST {url.path} HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n"
    writer.write((head + "".join(f"{k}: {v}\r\n" for k, v in headers.items()) + "\r\n").encode() + b"x" * 600_000)
    await writer.drain()
    await host.becomes("SELECT count(*) FROM song_import_chunks", 2)
    writer.close()
    await host.becomes("SELECT count(*) FROM song_imports", 0)


async def test_the_same_key_and_file_gives_the_first_import_again(host: House) -> None:
    _, first = await upload(host, QUEEN, key="k")
    status, again = await upload(host, QUEEN, key="k")
    assert (status, again["id"]) == (202, first["id"])
    assert (await upload(host, b"Toto,Africa\n", key="k"))[0] == 409
    assert (await upload(host, QUEEN, key="k", mode="replace"))[0] == 409
    assert await host.value("SELECT count(*) FROM song_imports") == 1
    await host.value("UPDATE song_imports SET created_at = now() - interval '25 hours'")
    assert (await upload(host, QUEEN, key="k"))[1]["id"] != first["id"]


async def test_only_so_many_wait_at_once(host: House) -> None:
    for _ in range(imports.AT_ONCE_MAX):
        assert (await upload(host, QUEEN))[0] == 202
    status, problem = await upload(host, QUEEN)
    assert (status, problem["title"]) == (409, "Wait for the imports under way")


async def test_a_cancelled_import_changes_nothing(host: House, monkeypatch: pytest.MonkeyPatch) -> None:
    _, begun = await upload(host, QUEEN)
    path, headers = f"{IMPORTS}/{begun['id']}/cancel", await host.sign_in()
    for _ in range(2):
        status, ended = await host.call("POST", path, headers=headers)
        assert (status, ended["status"]) == (200, "cancelled")
    assert (await run(host, begun["id"]))["status"] == "cancelled"
    assert (await book(host), await host.value(HELD)) == ([], 0)
    done = await brought(host, QUEEN)
    assert (await host.call("POST", f"{IMPORTS}/{done['id']}/cancel", headers=headers))[0] == 409


async def test_cancelling_reaches_a_worker_at_work(host: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "BATCH", 10)
    _, begun = await upload(host, lines(many(100)))
    stage, headers = running.PROGRESSED, await host.sign_in()
    steps = 0

    async def cancelled_meanwhile(tx: Any, **given: Any) -> int:
        nonlocal steps
        if (steps := steps + 1) == 4:
            await host.call("POST", f"{IMPORTS}/{begun['id']}/cancel", headers=headers)
        return await stage(tx, **given)

    monkeypatch.setattr(running, "PROGRESSED", cancelled_meanwhile)
    assert (await run(host, begun["id"]))["status"] == "cancelled"
    assert (steps, await book(host), await host.value(HELD)) == (4, [], 0)


async def test_strangers_see_nothing_of_it(host: House) -> None:
    done, stranger = await brought(host, QUEEN), host.stranger()
    song = await host.value("SELECT min(songdb_id) FROM songdb")
    for method, path in (
        ("GET", f"{IMPORTS}/{done['id']}"),
        ("GET", f"{IMPORTS}/{done['id']}/events"),
        ("POST", f"{IMPORTS}/{done['id']}/cancel"),
        ("POST", INTO),
        ("DELETE", f"/v1/customer/songdb/{song}"),
        ("GET", "/v1/customer/systems/1/songs/export.csv"),
    ):
        status, _ = await host.call(method, path, headers=stranger, data=b"x" if path == INTO else None)
        assert status == 404, path
    _, page = await host.call("GET", IMPORTS, headers=stranger)
    assert page["items"] == []
    assert len(await book(host)) == 2


async def test_the_list_goes_from_the_newest_to_the_oldest(host: House) -> None:
    wanted = [(await upload(host, QUEEN))[1]["id"] for _ in range(3)][::-1]
    headers, found, cursor = await host.sign_in(), [], ""
    while cursor is not None:
        _, page = await host.call("GET", f"{IMPORTS}?limit=2&systemId=1{cursor}", headers=headers)
        found += [one["id"] for one in page["items"]]
        cursor = page["nextCursor"] and f"&cursor={page['nextCursor']}"
    assert found == wanted
    assert (await host.call("GET", f"{IMPORTS}?systemId=2", headers=headers))[1]["items"] == []


async def test_its_progress_can_be_followed_to_the_end(host: House) -> None:
    _, begun = await upload(host, QUEEN)
    seen = []
    async with host.client.get(f"{IMPORTS}/{begun['id']}/events", headers=await host.sign_in()) as answer:
        assert answer.content_type == "text/event-stream"
        async for line in answer.content:
            if line.startswith(b"data:"):
                seen.append(line)
                if len(seen) == 1:
                    await run(host, begun["id"])
    assert b'"status":"queued"' in seen[0]
    assert b'"status":"done"' in seen[-1]


async def test_a_song_can_be_taken_out(host: House) -> None:
    await brought(host, QUEEN)
    song, headers = await host.value("SELECT songdb_id FROM songdb WHERE artist = 'ABBA'"), await host.sign_in()
    assert (await host.call("DELETE", f"/v1/customer/songdb/{song}", headers=headers))[0] == 204
    assert (await host.call("DELETE", f"/v1/customer/songdb/{song}", headers=headers))[0] == 404
    assert await book(host) == ["Queen|Innuendo"]


async def test_whoever_imported_is_named_in_the_audit(host: House) -> None:
    await brought(host, QUEEN)
    row = "SELECT actor || ' ' || (user_id = (SELECT users_id FROM users WHERE email LIKE 'customer@%'))::text"
    named = await host.value(f"{row} FROM audit_logs WHERE table_name = 'songdb' AND operation = 'INSERT'"
                             " ORDER BY created_at DESC LIMIT 1")  # fmt: skip
    assert named == "job:run_import true"


async def test_who_began_and_who_cancelled_an_import_is_in_the_audit_and_each_step_is_not(
    host: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines_of = (
        "SELECT string_agg(split_part(actor, ':', 1) || ' ' || operation || ' ' || (new_data ->> 'status'),"
        " ', ' ORDER BY ctid) FROM audit_logs WHERE table_name = 'song_imports' AND record_id = $1"
    )
    monkeypatch.setattr(reader, "BATCH", 10)
    done = await brought(host, lines(many(100)))
    assert await host.value(lines_of, str(done["id"])) == (
        "user INSERT uploading, user UPDATE queued, job UPDATE running, job UPDATE done"
    )
    _, begun = await upload(host, QUEEN)
    await host.call("POST", f"{IMPORTS}/{begun['id']}/cancel", headers=await host.sign_in())
    assert await host.value(lines_of, str(begun["id"])) == (
        "user INSERT uploading, user UPDATE queued, user UPDATE cancelled"
    )


async def test_no_more_than_a_batch_and_a_piece_are_held_at_once(host: House, monkeypatch: pytest.MonkeyPatch) -> None:
    pieces: list[int] = []
    batches: list[int] = []
    store, copy = uploads.STORE, Transaction.copy

    async def stored(db: Any, **given: Any) -> int:
        pieces.append(len(given["data"]))
        return await store(db, **given)

    async def copied(tx: Any, table: str, columns: Any, records: Any) -> None:
        batches.append(len(records))
        await copy(tx, table, columns, records)

    monkeypatch.setattr(uploads, "STORE", stored)
    monkeypatch.setattr(Transaction, "copy", copied)
    file = lines(many(20_000))
    assert counts(await brought(host, file))[:2] == (20_000, 20_000)
    assert (sum(pieces), max(pieces)) == (len(file), uploads.CHUNK)
    assert (sum(batches), max(batches)) == (20_000, reader.BATCH)


async def test_an_import_nobody_works_on_is_posted_again(host: House) -> None:
    _, begun = await upload(host, QUEEN)
    saq = host.kit.jobs.saq
    first = await saq.job(f"import:{begun['id']}:0")
    assert first
    await host.kit.redis.flushdb()
    await jobs.resume_imports(host.kit)
    assert await saq.job(f"import:{begun['id']}:0") is None
    await host.value("UPDATE song_imports SET touched_at = now() - interval '4 seconds'")
    await jobs.resume_imports(host.kit)
    assert await saq.job(f"import:{begun['id']}:0")


async def test_a_file_that_kills_its_workers_fails_in_the_end(host: House) -> None:
    _, begun = await upload(host, QUEEN)
    dead = "UPDATE song_imports SET status = 'running', attempts = $1, touched_at = now() - interval '21 seconds'"
    await host.value(dead, 4)
    await jobs.resume_imports(host.kit)
    assert await host.kit.jobs.saq.job(f"import:{begun['id']}:4")
    await host.value(dead, 5)
    await jobs.resume_imports(host.kit)
    assert (await show(host, begun["id"]))["status"] == "failed"
    assert await host.value(HELD) == 0


async def test_a_worker_that_comes_back_finds_that_another_has_taken_over(
    host: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "BATCH", 10)
    monkeypatch.setattr(jobs, "LEASE_S", -1.0)
    _, begun = await upload(host, lines(many(100)))
    tenant = await host.value("SELECT customer_profiles_id::text FROM song_imports")
    progressed, steps = running.PROGRESSED, 0

    async def overtaken(tx: Any, **given: Any) -> int:
        nonlocal steps
        if (steps := steps + 1) == 4:
            await jobs.run_import(host.kit, tenant=tenant, import_id=begun["id"])
        return await progressed(tx, **given)

    monkeypatch.setattr(running, "PROGRESSED", overtaken)
    done = await run(host, begun["id"])
    assert (done["status"], counts(done)[:2]) == ("done", (100, 100))
    assert (len(await book(host)), await host.value(HELD)) == (100, 0)


async def test_old_imports_are_forgotten(host: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await host.value(
        "INSERT INTO song_imports (customer_profiles_id, openkj_system_id, status, mode, on_error, format, encoding,"
        " dry_run, rows_read, created_at)"
        " SELECT customer_profiles_id, 1, CASE WHEN n = 5 THEN 'queued' WHEN n = 6 THEN 'uploading' ELSE 'done' END,"
        " 'merge', 'fail', 'csv', 'auto', false, n, now() - interval '2 hours'"
        " FROM customer_profiles, generate_series(1, 70) AS n"
    )
    monkeypatch.setattr(jobs, "FORGET_MAX", 7)
    await jobs.forget_old_imports(host.kit)
    kept = await host.value("SELECT array_agg(rows_read ORDER BY rows_read) FROM song_imports")
    assert kept == [5, *range(21, 71)]
