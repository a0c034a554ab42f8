"""Everything the process says while a test runs, as it would be written."""

from __future__ import annotations

import logging

import pytest

from singr.telemetry.logs import JSONLines


class Heard(logging.Handler):
    """Every record of the process as it would be written."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(JSONLines())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines += self.format(record).splitlines()  # calls come in bundles


@pytest.fixture
def heard(caplog: pytest.LogCaptureFixture) -> Heard:
    caplog.set_level(logging.DEBUG)
    handler = Heard()
    logging.getLogger().addHandler(handler)
    for others in ("aiohttp", "mail.log"):  # the servers of the test
        caplog.set_level(logging.WARNING, others)
    return handler
