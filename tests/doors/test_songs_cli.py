"""`singr songs`: a book brought and taken from a shell."""

from __future__ import annotations

import json
from pathlib import Path

from singr.core.settings import Settings
from tests.doors.test_cli import singr


def test_a_book_goes_out_and_comes_back(settings: Settings, tmp_path: Path) -> None:
    at = {"DATABASE_URL": settings.database_url, "REDIS_URL": settings.redis_url}
    file = tmp_path / "songs.csv"
    file.write_text("Queen,Innuendo\nABBA,Fernando\nQueen,Innuendo\n")
    said = singr("songs", "import", str(file), "--mode", "replace", **at)
    assert (said.returncode, said.stderr) == (0, "line 3: the same song as line 1\n")
    assert said.stdout.startswith("done: 2 added, 0 updated, 0 as before, ")
    out = singr("songs", "export", "--format", "json", **at)
    assert json.loads(out.stdout) == [
        {"artist": "ABBA", "title": "Fernando"},
        {"artist": "Queen", "title": "Innuendo"},
    ]
    file.write_text("Queen\nABBA,Fernando\n")
    said = singr("songs", "import", str(file), "--format", "csv", **at)
    assert (said.returncode, said.stderr) == (1, "line 1: has 1 of 2 columns\n")
    assert said.stdout.startswith("1 of 2 lines cannot be read: nothing was changed: ")


def test_a_mistake_at_the_shell_is_told_in_one_line(settings: Settings) -> None:
    at = {"DATABASE_URL": settings.database_url, "REDIS_URL": settings.redis_url}
    for arguments, told in (
        (["import", "/no/file"], "there is no file /no/file"),
        (["export", "--system", "9"], "there is no system 9"),
        (["export", "--owner", "nobody@example.com"], "there is no such organization"),
    ):
        said = singr("songs", *arguments, **at)
        assert (said.returncode, said.stderr) == (1, f"singr: {told}\n"), said.stderr
