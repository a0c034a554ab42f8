"""Facts and pure functions: nothing here talks to a socket, a file or a clock of its own."""
