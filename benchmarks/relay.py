"""The baseline: a bare aio-pika relay that consumes, publishes confirmed and acknowledges, and does nothing else.

It is given what the corridor is given: uvloop, prefetch 256, the same bodies, quorum queues of the same definitions,
its confirms in flight together. `python -m benchmarks.relay URL SOURCE... --exchange out --to ROUTING_KEY`.
"""

import argparse
import asyncio

import aio_pika
import uvloop
from aio_pika.abc import AbstractExchange, AbstractIncomingMessage

PREFETCH = 256


async def relay(url: str, sources: list[str], exchange_name: str, routing_key: str) -> None:
    """Move every message of `sources` to `exchange_name`/`routing_key` until the process is stopped."""
    ingress, egress = await aio_pika.connect_robust(url), await aio_pika.connect_robust(url)
    channel = await egress.channel(publisher_confirms=True)
    exchange = await channel.get_exchange(exchange_name, ensure=False)
    for source in sources:
        reading = await ingress.channel()
        await reading.set_qos(prefetch_count=PREFETCH)
        queue = await reading.get_queue(source, ensure=False)
        await queue.consume(lambda message: pass_on(message, exchange, routing_key))
    print("ready", flush=True)
    await asyncio.Event().wait()


async def pass_on(message: AbstractIncomingMessage, exchange: AbstractExchange, routing_key: str) -> None:
    """Publish one message persistent and mandatory, await its confirm, acknowledge; one task a message."""
    await exchange.publish(
        aio_pika.Message(message.body, delivery_mode=aio_pika.DeliveryMode.PERSISTENT), routing_key=routing_key
    )
    await message.ack()


def main() -> None:
    """Run one relay process."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("url")
    arguments.add_argument("sources", nargs="+")
    arguments.add_argument("--exchange", default="out")
    arguments.add_argument("--to", required=True)
    given = arguments.parse_args()
    uvloop.run(relay(given.url, given.sources, given.exchange, given.to))


if __name__ == "__main__":
    main()
