"""Files of songs, read row by row in bounded memory: CSV, JSON, lines of text, and OpenKJ's own database."""
