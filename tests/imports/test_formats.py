"""Every kind of file a KJ may have becomes the same songs."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from singr.imports.reading import rows
from singr.imports.reading.guess import encoding_of, shape
from singr.imports.reading.reader import Reader
from singr.imports.reading.rows import Broken
from tests.imports.files import library

Read = tuple[list[tuple[str, str]], list[tuple[int, str]]]
QUEEN = [("Queen", "Innuendo"), ("ABBA", "Fernando")]


def read(data: bytes, wanted: Any = "auto", encoding: Any = "auto", path: str = "") -> Read:
    """The songs of a file, and its bad lines."""
    reader = Reader(io.BytesIO(data), path, wanted, encoding)
    songs, bad, is_last = [], [], False
    while not is_last:
        batch = reader.next()
        songs += [(song.artist, song.title) for _, song in batch.songs]
        bad += [(one.line, one.message) for one in batch.bad]
        is_last = batch.is_last
    return songs, bad


@pytest.mark.parametrize(
    "data",
    [
        b"Queen,Innuendo\nABBA,Fernando\n",
        b"Queen;Innuendo\r\nABBA;Fernando",
        b"Queen\tInnuendo\rABBA\tFernando\r",
        b"Queen|Innuendo\n\n \nABBA|Fernando\n",
        b"artist,title\nQueen,Innuendo\nABBA,Fernando\n",
        b"Title;Year;Artist\nInnuendo;1991;Queen\nFernando;1976;ABBA\n",
        b'"Song Name","Performer"\n"Innuendo","Queen"\n"Fernando","ABBA"\n',
        "Titel;K\u00fcnstler\nInnuendo;Queen\nFernando;ABBA\n".encode(),
        "Titel;K\u00fcnstler\nInnuendo;Queen\nFernando;ABBA\n".encode("cp1252"),
        "\ufeffartist,title\nQueen,Innuendo\nABBA,Fernando\n".encode(),
        "Queen,Innuendo\nABBA,Fernando\n".encode("utf-16"),
        "Queen;Innuendo\nABBA;Fernando\n".encode("utf-16-le"),
        b"artist,title,discid\nQueen,Innuendo,SC1\nGone,Song,!!DROPPED!!\nABBA,Fernando,\n",
        b"Queen - Innuendo\nABBA - Fernando\n",
        "Queen \u2013 Innuendo\n\nABBA \u2013 Fernando".encode(),
        json.dumps([{"artist": a, "title": t} for a, t in QUEEN]).encode(),
        json.dumps({"songs": [{"artist": a, "title": t} for a, t in QUEEN], "more": 1}, indent=1).encode(),
        b'{"Artist": "Queen", "Song Title": "Innuendo"}\n{"Artist": "ABBA", "Song Title": "Fernando"}\n',
    ],
)
def test_one_list_of_songs_in_many_forms(data: bytes) -> None:
    assert read(data) == (QUEEN, [])


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Beyonc\u00e9,D\u00e9j\u00e0 Vu\n", "cp1252"),
        ("\u041a\u0438\u043d\u043e,\u0413\u0440\u0443\u043f\u043f\u0430 \u043a\u0440\u043e\u0432\u0438\n", "cp1251"),
        ("\u5b87\u591a\u7530\u30d2\u30ab\u30eb,\u82b1\u675f\u3092\u541b\u306b\n", "shift_jis"),
        ("\ubc29\ud0c4\uc18c\ub144\ub2e8,\ubd04\ub0a0\n", "euc_kr"),
    ],
)
def test_old_encodings_are_known_by_their_letters(text: str, encoding: str) -> None:
    plain = "Queen,Innuendo\n" * 5_000
    artist, _, title = text.strip().partition(",")
    assert read((plain + text).encode(encoding))[0][-1] == (artist, title)


def test_an_encoding_that_looks_like_another_can_be_named() -> None:
    text = "\u0141zy,Narcyz si\u0119 nazywam\n"
    assert read(text.encode("cp1250"), encoding="cp1250")[0] == [("\u0141zy", "Narcyz si\u0119 nazywam")]


def test_one_spoilt_letter_in_utf8_is_one_bad_line() -> None:
    data = "".join(f"Beyonc\u00e9,Song {n}\n" for n in range(50)).encode() + b"Beyonc\xe9,Halo\n"
    songs, bad = read(data)
    assert len(songs) == 50
    assert [line for line, _ in bad] == [51]


def test_json_on_one_long_line_is_utf8() -> None:
    songs = [(f"Beyonc\u00e9 {n}", "H\u00e4lo") for n in range(9_000)]
    data = json.dumps([{"artist": a, "title": t} for a, t in songs], ensure_ascii=False).encode()
    assert encoding_of(io.BytesIO(data), data[:100]) == "utf-8"
    assert read(data) == (songs, [])


def test_a_comma_in_a_name_makes_no_table_of_lines() -> None:
    data = b"Earth, Wind & Fire - September\nCrosby, Stills & Nash - Helpless\n"
    assert read(data)[0][0] == ("Earth, Wind & Fire", "September")
    assert shape(io.BytesIO(data), "auto", "auto").format == "text"


def test_what_the_caller_says_goes_before_what_it_looks_like() -> None:
    assert read(b"A - B,C - D\nE - F,G - H\n", "csv")[0] == [("A - B", "C - D"), ("E - F", "G - H")]


@pytest.mark.parametrize(
    ("data", "bad"),
    [
        (b"Queen,Innuendo\nABBA\nToto,Africa\n", [(2, "has 1 of 2 columns")]),
        (b"Queen,Innuendo\n,\nABBA, \nToto,Africa\n", [(3, "no title")]),
        (b"Queen - Innuendo\nABBA\nToto - Africa\n", [(2, 'no " - " between artist and title')]),
        (b"Queen,Innuendo\nABBA," + b"x" * 300 + b"\nToto,Africa\n", [(2, "title is longer than 255 characters")]),
        (b"Queen,Innuendo\n" + b"x" * 70_000 + b"\nToto,Africa\n", [(2, "longer than 65536 characters")]),
        (b'{"artist": "Queen", "title": "Innuendo"}\n{"artist"\n{"artist": "Toto", "title": "Africa"}\n',
         [(2, "not valid JSON")]),
        (b'[{"artist": "Queen", "title": "Innuendo"},\n7,\n{"artist": "Toto", "title": "Africa"}]',
         [(2, "not an object with artist and title")]),
        (b'[{"artist": "Queen", "title": "Innuendo"},\n{"artist": "ABBA"},\n{"artist": "Toto", "title": "Africa"}]',
         [(2, "no title")]),
        (b'[{"artist": "Queen", "title": "Innuendo"},\n{"title": true},\n{"artist": "Toto", "title": "Africa"}]',
         [(2, "title is not a text")]),
    ],
)  # fmt: skip
def test_a_bad_line_is_named_and_the_others_are_read(data: bytes, bad: list[tuple[int, str]]) -> None:
    assert read(data) == ([("Queen", "Innuendo"), ("Toto", "Africa")], bad)


def test_a_quote_that_is_never_closed_costs_its_own_line() -> None:
    rest = "".join(f"Toto,Song {n}\n" for n in range(30))
    songs, bad = read(b'Queen,Innuendo\nABBA,"Fernando\n' + rest.encode())
    assert (len(songs), bad) == (31, [(2, "a quoted field begins here and does not end")])
    songs, bad = read(b'Queen,Innuendo\nABBA,"Fernando\nToto,Africa\n')
    assert (songs, len(bad)) == ([("Queen", "Innuendo"), ("Toto", "Africa")], 1)


def test_a_quoted_field_may_go_over_lines_and_the_numbers_stay_true() -> None:
    songs, bad = read(b'Queen,"In\nnu""endo"\nABBA\n')
    assert songs == [("Queen", 'In\nnu"endo')]
    assert [line for line, _ in bad] == [3]


def test_numbers_as_titles_are_titles() -> None:
    assert read(b'[{"artist": "Prince", "title": 1999}]')[0] == [("Prince", "1999")]


def test_nuls_and_lone_surrogates_are_left_out() -> None:
    assert read(b"Que\x00en,Innuendo\nABBA,Fernando\n", "csv", "utf-8")[0][0] == ("Queen", "Innuendo")
    assert read(b'[{"artist": "Qu\\ud800een", "title": "Innu\\u0000endo"}]')[0] == [("Queen", "Innuendo")]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"PK\x03\x04rest", "this is a ZIP archive: unpack it first"),
        (b"\x1f\x8brest", "this is a gzip file: unpack it first"),
        (b'[{"artist": "Queen", "title": "Innuendo"},\n{"artist": "AB', "not valid JSON from here on"),
        (b'[{"artist": "Queen", "title": "Innuendo"},\n', "the file ends in the middle"),
        (b"[" + b'{"a":' * 100_000, "not valid JSON from here on"),
        (b'[{"artist": "' + b"x" * 1_000_000, "not valid JSON from here on"),
        (b'[{"artist": "A", "title": ' + b"9" * 10_000 + b"}]", "not valid JSON from here on"),
    ],
)
def test_what_cannot_be_read_at_all_says_why(data: bytes, message: str) -> None:
    with pytest.raises(Broken, match=message):
        read(data)


def test_a_file_has_at_most_a_million_songs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("singr.imports.reading.reader.ROWS_MAX", 1_500)
    with pytest.raises(Broken, match="more than 1500 songs"):
        read(b"Queen,Innuendo\n" * 1_600)
    assert rows.ROWS_MAX == 1_000_000


def test_openkjs_library_without_what_it_dropped(tmp_path: Any) -> None:
    file = tmp_path / "okj"
    file.write_bytes(
        library([("Queen", "Innuendo", "SC1"), ("Gone", "Song", "!!DROPPED!!"), ("Bad", "Song", "!!BAD!!")])
    )
    assert read(file.read_bytes(), path=str(file)) == ([("Queen", "Innuendo")], [])


@pytest.mark.parametrize(
    ("statements", "message"),
    [
        (["DROP TABLE dbsongs"], "no table dbsongs"),
        (["DROP TABLE dbsongs", "CREATE VIEW dbsongs AS SELECT 1 AS rowid, 'a' AS artist, 'b' AS title, '' AS discid"],
         "no table dbsongs"),
        (["DROP TABLE dbsongs",
          "CREATE TABLE dbsongs (artist, title GENERATED ALWAYS AS (hex(zeroblob(10000))), discid)",
          "INSERT INTO dbsongs VALUES ('a', '')"], "no table dbsongs"),
        (["DROP TABLE dbsongs", "CREATE VIRTUAL TABLE dbsongs USING fts5(artist, title, discid)"], "no table dbsongs"),
        (["DROP TABLE dbsongs", "CREATE TABLE dbsongs (a)"], "cannot be read"),
        (["UPDATE dbsongs SET title = hex(zeroblob(400000))"], "cannot be read"),
    ],
)  # fmt: skip
def test_a_hostile_library_is_refused(statements: list[str], message: str, tmp_path: Any) -> None:
    file = tmp_path / "okj"
    file.write_bytes(library([("Queen", "Innuendo", "")], *statements))
    with pytest.raises(Broken, match=message):
        read(file.read_bytes(), path=str(file))


def test_a_torn_library_is_refused(tmp_path: Any) -> None:
    file = tmp_path / "okj"
    whole = library((f"Artist {n}", f"Song {n}", "") for n in range(5_000))
    file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Broken):
        read(file.read_bytes(), path=str(file))
