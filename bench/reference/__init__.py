"""What people would build instead, on the same database: the ratio to it travels between machines."""
