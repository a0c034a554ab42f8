"""The bus on a Redis Cluster: each channel lives on one master, and masters stop, die and hand over slots."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from redis.crc import key_slot

from singr.infra import bus
from singr.infra.bus import Bus, BusDown
from tests.clusters import Cluster
from tests.realtime.test_bus import QUICK, Ear
from tests.realtime.waiting import until


@asynccontextmanager
async def pair(cluster: Cluster) -> AsyncIterator[tuple[Bus, Bus]]:
    """Two processes' buses on one cluster."""
    async with bus.opened(cluster.url, QUICK) as one, bus.opened(cluster.url, QUICK) as other:
        await until(lambda: one.listening and other.listening)
        yield one, other


def one_at_each(cluster: Cluster) -> list[str]:
    """A channel of each master."""
    names = [f"night-{n}" for n in range(100)]
    return [next(name for name in names if cluster.owner(name) is server) for server in cluster.servers]


async def reaches(speaker: Bus, channel: str, ear: Ear) -> None:
    """Hints get through again: say something until it is heard."""
    heard = len(ear.heard)
    for _ in range(1000):
        await speaker.publish(channel, b"now?")
        await asyncio.sleep(0.02)
        if len(ear.heard) > heard:
            return
    pytest.fail(f"nothing was heard on {channel}")


async def test_what_one_process_publishes_another_hears_whichever_master_tells_it(redis_cluster: Cluster) -> None:
    async with pair(redis_cluster) as (one, other):
        assert len(other.lines) == 3
        ears = {channel: Ear() for channel in one_at_each(redis_cluster)}
        for channel, ear in ears.items():
            await other.subscribe(channel, ear)
            await one.publish(channel, channel.encode())
        await until(lambda: all(ear.heard == [channel.encode()] for channel, ear in ears.items()))
        for channel in ears:
            await other.unsubscribe(channel)
        with redis_cluster.client() as client:
            told = [client.execute_command("PUBSUB", "SHARDCHANNELS", target_nodes=n) for n in client.get_primaries()]
        assert all(name.startswith(b"singr:echo:") for names in told for name in names)


async def test_a_master_that_dies_silences_its_own_channels_alone_and_is_subscribed_again(
    redis_cluster: Cluster,
) -> None:
    async with pair(redis_cluster) as (one, other):
        doomed, *others = one_at_each(redis_cluster)
        ears = {channel: Ear() for channel in (doomed, *others)}
        for channel, ear in ears.items():
            await other.subscribe(channel, ear)
        redis_cluster.owner(doomed).kill()
        await until(lambda: not other.listening)
        for channel in others:
            await reaches(one, channel, ears[channel])
        with pytest.raises(BusDown):
            await other.subscribe(doomed, ears[doomed])
        told = Ear()
        other.on_resubscribed.append(lambda: told(b""))
        await asyncio.to_thread(redis_cluster.owner(doomed).start)
        await reaches(one, doomed, ears[doomed])
        assert told.heard


async def test_a_master_that_says_nothing_is_noticed_and_left(redis_cluster: Cluster) -> None:
    async with pair(redis_cluster) as (one, other):
        silent, *others = one_at_each(redis_cluster)
        ears = {channel: Ear() for channel in (silent, *others)}
        for channel, ear in ears.items():
            await other.subscribe(channel, ear)
        redis_cluster.owner(silent).pause()
        await until(lambda: not other.listening)
        for channel in others:
            await reaches(one, channel, ears[channel])
        redis_cluster.owner(silent).resume()
        await reaches(one, silent, ears[silent])


async def test_a_channel_whose_slot_moves_is_heard_at_its_new_master(redis_cluster: Cluster) -> None:
    async with pair(redis_cluster) as (one, other):
        channel, elsewhere = one_at_each(redis_cluster)[:2]
        ear, told = Ear(), Ear()
        await other.subscribe(channel, ear)
        await reaches(one, channel, ear)
        other.on_resubscribed.append(lambda: told(b""))
        await asyncio.to_thread(move, redis_cluster, channel, elsewhere)
        await until(lambda: told.heard, "the change is followed")
        await reaches(one, channel, ear)


def move(cluster: Cluster, channel: str, to: str) -> None:
    """Give the slot of a channel to the master of another, as an operator does: the new owner is told first."""
    with cluster.client() as client:
        source = client.get_node_from_key(channel)
        target = client.get_node_from_key(to)
        new_id = client.execute_command("CLUSTER MYID", target_nodes=target).decode()
        for node in (target, source, *client.get_primaries()):
            slot = key_slot(channel.encode())
            client.execute_command("CLUSTER", "SETSLOT", slot, "NODE", new_id, target_nodes=node)
