"""Alerts for a KJ are kept a week."""

from __future__ import annotations

import pytest

from singr.alerts import jobs
from tests.house import House


async def test_alerts_are_forgotten_after_a_week(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await house.value(
        "INSERT INTO openkj_alerts (customer_profiles_id, kind, title, message, expires_at)"
        " SELECT customer_profiles_id, 'k', 't', n::text, now() - make_interval(days => n)"
        " FROM venues, generate_series(1, 20) AS n"
    )
    monkeypatch.setattr(jobs, "FORGET_MAX", 4)
    await jobs.forget_old_alerts(house.kit)
    assert await house.value("SELECT array_agg(message::int ORDER BY openkj_alerts_id) FROM openkj_alerts") == [
        *range(1, 7)
    ]
