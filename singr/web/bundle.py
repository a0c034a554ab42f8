"""One file for a page's script: the modules it needs, each in a scope of its own, and itself.

Modules are written for browsers as they are, and are tested so; joined, a phone asks for one file instead of twenty.
They import named things of files beside them and export what they declare; anything else is refused here, but for
`import(address)`: a part of a page that is fetched when it is needed, under the address that the document gives.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

IMPORT = re.compile(r'^import \{ ([\w$\s,]+?) \} from "(\.{1,2}/[\w./-]+\.js)";$', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:const|class|(?:async )?function\*?) ([\w$]+))", re.MULTILINE)
# `import(address)` fetches another page's part whose address the document holds.
LEFT_OVER = re.compile(r"^(?:import|export)\b.*|\bimport(?:\((?!address\))|\.meta).*", re.MULTILINE)
COMMENT = re.compile(r"^\s*(?://.*|/\*\*.*\*/)\n", re.MULTILINE)


def roots(folder: Path) -> Iterator[Path]:
    """The modules that no other imports."""
    modules = {path.resolve(): path.read_text("utf-8") for path in sorted(folder.rglob("*.js"))}
    needed = {(path.parent / target).resolve() for path, text in modules.items() for _, target in IMPORT.findall(text)}
    yield from (path for path in modules if path not in needed)


def joined(entry: Path, folder: Path) -> str:
    """`entry` and all it needs as one module; raises ValueError for what cannot be joined."""
    needed: dict[Path, str] = {}
    text, exported = _join(entry.resolve(), folder.resolve(), needed, ())
    given = f"export {{ {exported} }};\n" if exported else ""
    return "".join(needed.values()) + text + given


def _join(path: Path, folder: Path, needed: dict[Path, str], on_the_way: tuple[Path, ...]) -> tuple[str, str]:
    """A module's text and the names it exports; what it needs is in `needed` then."""
    if path in on_the_way:
        raise ValueError(f"{path.name} imports itself by way of others")

    def take(match: re.Match[str]) -> str:
        wanted = (path.parent / match[2]).resolve()
        name = "$" + re.sub(r"\W", "_", wanted.relative_to(folder).with_suffix("").as_posix())
        if wanted not in needed:
            text, exported = _join(wanted, folder, needed, (*on_the_way, path))
            needed[wanted] = f"const {name} = (() => {{\n{text}return {{ {exported} }};\n}})();\n"
        return f"const {{ {match[1].replace(' as ', ': ')} }} = {name};"

    text = IMPORT.sub(take, COMMENT.sub("", path.read_text("utf-8")))
    exported = ", ".join(EXPORT.findall(text))
    text = EXPORT.sub("", text).strip() + "\n"
    if left := LEFT_OVER.search(text):
        raise ValueError(f"{path.name}: cannot join `{left[0]}`")
    return text, exported
