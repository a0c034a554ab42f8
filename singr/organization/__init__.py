"""The people who work for an organization, and what each may do there."""
