"""The gate: one route table row becomes one handler that admits, limits, decodes, answers and says what went wrong."""
