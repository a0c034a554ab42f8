"""API keys of an organization: what its machines show instead of a password."""
