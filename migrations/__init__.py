"""How the database came to be: `baseline/` and `versions/` build it, `tables/` describes the result."""
