"""A tenant's karaoke systems: numbered from 1, each with a song book of its own."""
