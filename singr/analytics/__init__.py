"""How the nights went: requests counted by hour, song, singer and venue."""
