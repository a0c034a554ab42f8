"""Tonight's requests: asked for by singers, dealt with by hosts, seen as they happen."""
