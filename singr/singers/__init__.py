"""What is a singer's own, at every venue: profile, requests, history, favourites."""
