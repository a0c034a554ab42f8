"""The stage: a live room for every venue somebody watches, and the connections into it.

It knows versions, not songs. What a request looks like to a host, to its singer or on the venue's screen arrives as
ready JSON (`state.Faces`); the room decides who sees which bytes, in which order, and what a watcher has missed.

    state      what a room is told: items with their faces, deltas, snapshots
    room       one venue's room, pure: any order in, contiguous steps out      audience   who is told which bytes of it
    step       a delta as applied, encoded once for each view                 frame      a message in both wire forms
    notices    what a step means to single singers
    messages   every message, both directions                                 close      every way a connection ends
    hints      how a change is told after its commit                          source     what the stage asks the queue
    open_room  a room kept true: hints, reloads, coalescing                   rooms      all of them, opened once
    hub        connections and seats, drain                                   seat       a watcher's place in a room
    sweep, rounds, pulse      the clocks: comparing with the database, goodbyes that are due, heartbeats
    attendance how many watch each venue, in all processes together
    watcher    one connection: backpressure without a queue                   takeover   where it leaves aiohttp
    websocket, conversation, rfc6455, sse, entrance                           the two transports
    tickets, names, routes, tempo, asyncapi (the messages described for others)
"""
