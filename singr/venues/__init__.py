"""Where people sing: a venue's page, and whether it takes requests."""
