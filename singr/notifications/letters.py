"""The letters: one text file a kind, its first line the subject. The HTML part is made from the text. Text messages are
files of their own."""

from __future__ import annotations

import html
from pathlib import Path
from string import Template

from singr.infra.mail import Mail

FOLDER = Path(__file__).with_name("letters")
PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><body style="font:16px/1.5 system-ui,sans-serif;'
    'color:#1e1b4b;max-width:34em;margin:2em auto;padding:0 1em">{}</body></html>\n'
)
BUTTON = (
    '<p><a href="{0}" style="background:#4f46e5;color:#fff;padding:.7em 1.2em;border-radius:.5em;'
    'text-decoration:none">{1}</a></p><p style="font-size:13px;color:#6b7280;word-break:break-all">{0}</p>'
)

TEXTS = {file.stem: file.read_text("utf-8") for file in Path(__file__).with_name("texts").glob("*.txt")}
KINDS = {file.stem: file.read_text("utf-8") for file in FOLDER.glob("*.txt")}


def write(kind: str, mail_id: str, to: str, facts: dict[str, str]) -> Mail:
    """The letter of this kind; raises KeyError for a kind or a fact that is not there."""
    subject, _, text = Template(KINDS[kind]).substitute(facts).partition("\n\n")
    return Mail(mail_id, to, " ".join(subject.split()), text, _as_html(text, subject))


def text(kind: str, facts: dict[str, str]) -> str:
    """A text message of this kind; raises KeyError for a kind or a fact that is not there."""
    return Template(TEXTS[kind]).substitute(facts).strip()


def _as_html(text: str, subject: str) -> str:
    parts = []
    for paragraph in text.strip().split("\n\n"):
        if paragraph.startswith(("http://", "https://")):
            parts.append(BUTTON.format(html.escape(paragraph), html.escape(subject)))
        else:
            parts.append(f"<p>{html.escape(paragraph)}</p>")
    return PAGE.format("\n".join(parts))
