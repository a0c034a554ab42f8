"""Letters to people: written into the outbox with what caused them, sent by a job until they arrive or are too old."""
