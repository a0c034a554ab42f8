"""What a file is: its format, its encoding, its delimiter."""

from __future__ import annotations

import codecs
import csv
from typing import IO, Literal

from charset_normalizer import from_bytes
from msgspec import Struct

from singr.imports.reading.rows import DASHES, Broken, columns

Format = Literal["auto", "csv", "json", "text", "openkj"]
Encoding = Literal[
    "auto", "utf-8", "utf-16", "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "shift_jis",
    "euc_kr", "big5", "gb18030",
]  # fmt: skip

SQLITE = b"SQLite format 3\x00"
PACKED = {b"PK\x03\x04": "a ZIP archive", b"\x1f\x8b": "a gzip file", b"7z\xbc\xaf": "a 7z archive", b"Rar!": "a RAR"}
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# By looking nobody tells Western letters from other Latin ones in a few lines: those are asked for by name.
LATIN = frozenset({"cp1250", "cp1252", "cp1254", "ascii"})
OTHERS = [
    "cp1250",
    "cp1251",
    "cp1252",
    "cp1253",
    "cp1254",
    "cp1255",
    "cp1256",
    "shift_jis",
    "euc_kr",
    "big5",
    "gb18030",
]
BLOCK = 1 << 16
SAMPLE_LINES = 50
DELIMITERS = ",;\t|"
MOSTLY = 0.9


class Shape(Struct):
    format: Format
    encoding: str = ""
    delimiter: str = ","


def shape(file: IO[bytes], wanted: Format, encoding: Encoding) -> Shape:
    """How to read a file; what is `wanted` goes before what it looks like. Raises Broken for a packed file."""
    file.seek(0)
    head = file.read(BLOCK)
    if packed := next((name for magic, name in PACKED.items() if head.startswith(magic)), None):
        raise Broken(1, "packed", f"this is {packed}: unpack it first")
    if head.startswith(SQLITE) or wanted == "openkj":
        return Shape("openkj")
    named = encoding_of(file, head) if encoding == "auto" else encoding.replace("utf-8", "utf-8-sig")
    lines = head.decode(named, "replace").splitlines()[:SAMPLE_LINES]
    lines = [line for line in lines if line.strip()]
    found = _format(lines)
    return Shape(found.format if wanted == "auto" else wanted, named, found.delimiter)


def encoding_of(file: IO[bytes], head: bytes) -> str:
    """The file's encoding: by its mark, by its zeros, UTF-8 where it is that, else by what its letters look like."""
    if marked := next((name for mark, name in MARKS if head.startswith(mark)), None):
        return marked
    if head[1:2] == b"\0" or head[:1] == b"\0":
        return "utf-16-le" if head[1:2] == b"\0" else "utf-16-be"
    if _is_utf8(file):
        return "utf-8"
    foreign = _foreign(file)
    if not foreign:
        return "utf-8"
    best = from_bytes(foreign, cp_isolation=OTHERS, threshold=0.4).best()
    return "cp1252" if best is None or best.encoding in LATIN else best.encoding


def _is_utf8(file: IO[bytes]) -> bool:
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while block := file.read(BLOCK):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _foreign(file: IO[bytes]) -> bytes:
    """Lines that are not UTF-8, up to a block of them; none where more lines with special letters are: then the file is
    UTF-8 with some spoilt lines."""
    file.seek(0)
    foreign: list[bytes] = []
    good = size = 0
    while size < BLOCK and (line := file.readline(BLOCK)):
        if line.isascii():
            continue
        try:
            line.decode()
            good += 1
        except UnicodeDecodeError:
            foreign.append(line)
            size += len(line)
    return b"".join(foreign) if len(foreign) >= good else b""


def _format(lines: list[str]) -> Shape:
    if lines and lines[0].lstrip().startswith(("{", "[")):
        return Shape("json")
    found = max((_table(lines, delimiter) for delimiter in DELIMITERS), key=lambda table: table[0], default=(0.0, ","))
    share, delimiter = found
    if share > 1 or (share >= MOSTLY and not (delimiter == "," and all(_dashed(line) for line in lines))):
        return Shape("csv", delimiter=delimiter)
    dashed = sum(_dashed(line) for line in lines)
    return Shape("text" if 2 * dashed >= len(lines) else "csv", delimiter=delimiter)


def _dashed(line: str) -> bool:
    return any(dash in line for dash in DASHES)


def _table(lines: list[str], delimiter: str) -> tuple[float, str]:
    """How much of a table lines are: the share of records with as many columns as most have; 2 with a known header."""
    try:
        records = [len(cells) for cells in csv.reader(lines, delimiter=delimiter) if cells]
        header = next(csv.reader(lines, delimiter=delimiter), [])
    except csv.Error:
        return 0.0, delimiter
    if columns(header):
        return 2.0, delimiter
    usual = max(set(records), key=records.count, default=0)
    return (records.count(usual) / len(records) if usual > 1 else 0.0), delimiter
