"""The stage under test: a made-up database that remembers every version, and clients that refuse to be lied to."""
