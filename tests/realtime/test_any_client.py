"""Whatever a client says: it is answered, refused with a code of the table, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from typing import Any

import msgspec
import uvloop
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from singr.realtime import close
from singr.realtime.frame import CLOSE, FINAL, PING, PONG, TEXT
from tests.realtime.raw import UPGRADE, RawClient
from tests.realtime.stage import QUICK, Process, process
from tests.realtime.test_rfc6455 import client_frame
from tests.realtime.waiting import until
from tests.realtime.world import HOST, World, singer

FROM_SERVER = {"ready", "snapshot", "delta", "heartbeat", "authDue", "bye", "error"}
INTERNAL_ERROR = 1011
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
VIEWS = st.sampled_from(["display", "host", "singer", "king"])
MEMBERS = st.fixed_dictionaries(
    {"type": st.sampled_from(["hello", "auth", "resync", "pong", "sing"])},
    optional={
        "venue": st.sampled_from(["bar", "nowhere"]) | JSON,
        "view": VIEWS | JSON,
        "ticket": st.text(max_size=120) | JSON,
        "epoch": st.just("epoch-1") | JSON,
        "version": st.integers(-2, 2**70) | JSON,
    },
)


@dataclass
class Heard:
    """What came back on one connection."""

    messages: list[dict[str, Any]] = field(default_factory=list)
    pongs: list[bytes] = field(default_factory=list)
    code: int | None = None
    over: bool = False


class AnyClient(RuleBasedStateMachine):
    """One client of one process; `loop`, `one` and `world` come from the test."""

    loop: asyncio.Runner
    one: Process
    world: World

    def run(self, work: Any) -> Any:
        return self.loop.run(work)

    @initialize()
    def connect(self) -> None:
        self.heard, self.closed_by_us, self.seated = Heard(), False, False
        self.run(self._connect())

    async def _connect(self) -> None:
        self.client = await RawClient.connect(self.one.url)
        await self.client.ask(UPGRADE)
        self.reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        heard = self.heard
        with suppress(asyncio.IncompleteReadError, ConnectionError, TimeoutError):
            while True:
                opcode, payload = await self.client.frame()
                if opcode == TEXT:
                    heard.messages.append(json.loads(payload))
                elif opcode == PONG:
                    heard.pongs.append(payload)
                else:
                    assert opcode == CLOSE
                    heard.code = int.from_bytes(payload[:2], "big")
        heard.over = True

    def send(self, *frames: bytes) -> None:
        async def write() -> None:
            for each in frames:
                if not (self.heard.over or self.client.writer.transport.is_closing()):
                    self.client.writer.write(each)
            await asyncio.sleep(0.002)

        self.run(write())

    def say(self, message: Any) -> None:
        self.send(client_frame(TEXT, json.dumps(message).encode()))

    @rule()
    def hello(self) -> None:
        self.say({"type": "hello", "venue": "bar", "view": "display"})
        self.seated = True

    @rule(view=st.sampled_from([HOST, singer("ann")]))
    def hello_with_ticket(self, view: Any) -> None:
        ticket = self.run(self.one.ticket(self.world, view))
        self.say({"type": "hello", "venue": "bar", "view": view.view, "ticket": ticket})

    @rule(since=st.integers(0, 50))
    def resume(self, since: int) -> None:
        self.say({"type": "hello", "venue": "bar", "view": "display", "epoch": self.world.epoch, "version": since})

    @rule()
    def renew(self) -> None:
        self.say({"type": "auth", "ticket": self.run(self.one.ticket(self.world, HOST))})

    @rule(what=st.sampled_from(["resync", "pong"]))
    def ask(self, what: str) -> None:
        self.say({"type": what})

    @rule(message=MEMBERS)
    def something_like_a_message(self, message: Any) -> None:
        self.say(message)

    @rule(value=JSON)
    def any_json(self, value: Any) -> None:
        self.say(value)

    @rule(opcode=st.integers(0, 15), payload=st.binary(max_size=300), final=st.booleans())
    def any_frame(self, opcode: int, payload: bytes, final: bool) -> None:
        self.send(client_frame(opcode, payload, head=(FINAL if final else 0) | opcode))
        self.closed_by_us |= opcode == CLOSE

    @rule(octets=st.binary(min_size=1, max_size=100))
    def any_octets(self, octets: bytes) -> None:
        self.send(octets)
        self.closed_by_us = True  # they may be a close frame

    @rule(text=st.text(max_size=60))
    def in_pieces(self, text: str) -> None:
        whole = text.encode()
        cut = len(whole) // 2
        self.send(client_frame(0, whole[:cut], head=TEXT), client_frame(0, whole[cut:], head=FINAL))

    @precondition(lambda self: not self.closed_by_us)
    @rule(payload=st.binary(max_size=125))
    def ping(self, payload: bytes) -> None:
        """As long as the connection lives it answers."""
        before = len(self.heard.pongs)
        self.send(client_frame(PING, payload))
        self.run(until(lambda: len(self.heard.pongs) > before or self.heard.over or self.heard.code))
        if len(self.heard.pongs) > before:
            assert self.heard.pongs[-1] == payload

    @rule(text=st.text(max_size=20))
    def something_happens(self, text: str) -> None:
        self.run(self.one.publish(self.world, self.world.put("r1", text, owner="ann")))

    @invariant()
    def everything_said_is_of_the_table(self) -> None:
        heard: Heard | None = getattr(self, "heard", None)
        if heard is None:
            return
        assert {message["type"] for message in heard.messages} <= FROM_SERVER
        assert heard.code != INTERNAL_ERROR or self.closed_by_us
        if heard.code is not None and not self.closed_by_us:
            assert heard.code in close.BY_CODE

    def teardown(self) -> None:
        if not hasattr(self, "heard"):
            return

        async def leave() -> None:
            self.client.close()
            await self.reading
            await until(lambda: not self.one.hub.watchers, "the hub forgets the connection")
            await until(lambda: not self.one.hub._tasks, "no task is left")

        self.run(leave())


def test_no_client_breaks_anything(redis_url: str) -> None:
    world = World()

    async def enter(stack: AsyncExitStack) -> Process:
        brisk = msgspec.structs.replace(QUICK, goodbye_s=0.05)
        return await stack.enter_async_context(process(redis_url, world, tempo=brisk))

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as loop:
        stack = AsyncExitStack()
        AnyClient.loop, AnyClient.world, AnyClient.one = loop, world, loop.run(enter(stack))
        try:
            run_state_machine_as_test(
                AnyClient,
                settings=settings(
                    max_examples=40, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
                ),
            )
        finally:
            loop.run(stack.aclose())
