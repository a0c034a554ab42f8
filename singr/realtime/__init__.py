"""The stage: a live room for every venue somebody watches, and the connections into it.

It knows versions, not songs. What a request looks like to a host, to its singer or on the venue's screen arrives as
ready JSON (`state.Faces`); the room decides who sees which bytes, in which order, and what a watcher has missed.

    state      what a room is told: items with their faces, deltas, snapshots
    room       one venue's room, pure: any order in, contiguous steps out, ring, resume
    step       a delta as applied, encoded once for each view
    frame      one message in both wire forms
    messages   every message, both directions            close  every close code and what the client does then
    open_room  a room this process keeps true: hints, reloads, coalescing
    hub        all open rooms, seats, sweep, heartbeat, drain
    watcher    one connection: backpressure without a queue, goodbye
    takeover   where a connection leaves aiohttp
    rfc6455    client frames in, messages out
    websocket, sse   the two transports                  tickets, routes, names, pulse, tempo
"""
