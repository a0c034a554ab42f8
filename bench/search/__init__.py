"""Song search: how often it shows what was meant, and how long it takes in a million songs."""
