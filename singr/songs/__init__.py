"""The song books singers search, and the syncs that bring them from a KJ's laptop without ever emptying one."""
