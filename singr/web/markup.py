"""HTML from templates in which every value is escaped unless it is markup already."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from pathlib import Path
from string import Template

FOLDER = Path(__file__).with_name("templates")


class Markup(str):
    """Text that is HTML."""


def fill(template: Template, **values: object) -> Markup:
    """The template with its values, escaped for text and quoted attributes; raises KeyError for a lacking one."""
    return Markup(template.substitute({name: _safe(value) for name, value in values.items()}))


def join(parts: Iterable[Markup]) -> Markup:
    return Markup("".join(parts))


def template(name: str) -> Template:
    """The file `templates/<name>.html`."""
    return Template((FOLDER / f"{name}.html").read_text("utf-8"))


def _safe(value: object) -> Markup:
    return value if isinstance(value, Markup) else Markup(escape(str(value)))
