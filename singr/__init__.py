"""The realtime backbone of karaoke nights: the house on one page.

Tables say what can be asked (`table.py`: calls, OpenKJ commands, jobs; `realtime/messages.py`: live messages); one gate
admits the caller (`http/endpoint.py`); one plain function answers (`queue/requests.py` and its like); one named SQL
statement remembers (`sql/`). A package imports only from floors below its own; import-linter holds that.

    doors      cli  up  serve  worker  app  table  seed  schema  operations     composition: knows everything
    trades     openkj  web  analytics  imports               OpenKJ's protocol; the pages; the nights, books as files
    evening    queue, singers                                tonight's requests; what a singer keeps
    catalogue  venues  systems  songs  keys                  where, on what, which songs; machines' keys
    people     identity  rbac, organization, alerts          who may come in, and as what; what operators are told
    stage      realtime  notifications                       rooms, sockets, streams: versions, not songs; letters
    gate       http                                          route table, endpoint compiler, guard, problems
    ground     infra, telemetry, core                        neighbours we dial; logs and metrics; facts
    outside    client                                        the reference client: knows none of the above

A request's way: `http/mount.py` → the compiled row (device, caller, admission, limit, decoding) → `queue.guests.submit`
→ `queue.requests.submit` → one statement that adds the request and moves the venue's version and OpenKJ's serial → a
hint on the bus → every process' room of that venue (`realtime/rooms.py`) → its watchers. A lost hint costs latency,
never truth: a sweep compares versions every two seconds and rooms read again what they missed.

To add something: a row in the domain's `routes.py`, a function in the module of its noun, a statement in the domain's
`.sql`. `make laws` then says what is missing.
"""

__version__ = "0.1.0"
