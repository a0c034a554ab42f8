"""A real OpenID Connect provider for the tests: dex, and what stands before it."""
