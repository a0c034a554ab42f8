"""How many watchers one machine holds, load included: receivers in Go, several server processes on one port."""
