"""k6 scenarios with budgets: `python -m bench.k6 [scenario …]`."""
