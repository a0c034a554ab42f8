"""Structured logs: one JSON object a line, tied together by the call's id, with secrets taken out.

A field whose name looks secret is written as "[redacted]"; texts lose bearer tokens, API keys, the key in
`/api/requests/{api_key}` and passwords in URLs, whoever put them there.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

import orjson

from singr.telemetry import security

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
REDACTED = "[redacted]"

SECRET_NAME = re.compile(
    r"passw(or)?d|pass$|secret|token|ticket|authorization|cookie|api[_-]?key|private[_-]?key|dsn|_hash$|^code$", re.I
)
SECRET_TEXT = re.compile(
    r"(?P<keep>bearer\s+|/api/requests/|/live/requests/|/public/requests/|[?&]\w*(?:token|ticket|key|secret|code)=)"
    r"(?!\{)[^\s/?&\"',]+"
    r"|(?P<url>://[^\s:/@]*:)[^\s/]+(?=@)"
    r"|\bskj_[A-Za-z0-9_-]+|\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*",
    re.I,
)
PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


def redact(text: str) -> str:
    """`text` without anything that lets somebody in."""
    return SECRET_TEXT.sub(lambda m: (m["keep"] or m["url"] or "") + REDACTED, text)


def redact_field(name: str, value: Any) -> Any:
    """A log field's value, at any depth, without secrets."""
    if SECRET_NAME.search(name):
        return REDACTED
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {str(k): redact_field(str(k), v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [redact_field(name, v) for v in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return redact(str(value))


class Lines(str):
    """A message that is ready lines, without secrets."""

    __slots__ = ()


class JSONLines(logging.Formatter):
    """A record as one line; `extra=` fields stand beside the message."""

    def format(self, record: logging.LogRecord) -> str:
        if isinstance(record.msg, Lines):
            return str(record.msg)
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redact(record.getMessage()),
        }
        if record.name == security.LOGGER and (event := security.EVENTS.get(record.getMessage())):
            line["event"] = event
        if request_id := REQUEST_ID.get():
            line["requestId"] = request_id
        line |= {k: redact_field(k, v) for k, v in vars(record).items() if k not in PLAIN}
        if record.exc_info:
            line["exception"] = redact(self.formatException(record.exc_info))
        try:
            return orjson.dumps(line).decode()
        except TypeError:  # lone surrogates and integers of more than 64 bits
            return json.dumps(line)


def start(level: str, handler: logging.Handler | None = None) -> None:
    """Send every logger of the process to `handler` (stderr unless given) as JSON lines; security events whatever
    the level is."""
    handler = handler or logging.StreamHandler(sys.stderr)
    handler.setFormatter(JSONLines())
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    logging.getLogger(security.LOGGER).setLevel(logging.INFO)
    for chatty in ("saq", "alembic.runtime.plugins"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
