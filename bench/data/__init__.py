"""The large data set: venues of a country, song books, nights that are over. See `fill.sql`."""
