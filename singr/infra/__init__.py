"""One file for each neighbour we dial: PostgreSQL, Redis, the job queue."""
