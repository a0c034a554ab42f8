"""The realtime backbone of karaoke nights."""

__version__ = "0.1.0"
