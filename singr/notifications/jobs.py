"""The rows of the job table that notifications own."""

from __future__ import annotations

from singr.infra.work import Job
from singr.notifications import outbox

JOBS = (
    Job(outbox.JOB, outbox.send),
    Job("send_due_mail", outbox.sweep, cron="* * * * *"),
)
