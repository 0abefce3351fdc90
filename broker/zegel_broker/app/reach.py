"""Looks whether RabbitMQ is there and provisioned, and whether the broker has its rights and no more."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

import aiormq
from aiormq.abc import AbstractChannel, AbstractConnection
from aiormq.exceptions import AMQPError, ChannelAccessRefused, ChannelNotFoundEntity, PublishError

from zegel_broker.topology import OUT, QUARANTINE, inbox

NOBODY: Final = "..nobody.."  # a routing key no queue is bound by
SECONDS: Final = 15.0
AGAIN: Final = "import `zegel-broker rabbitmq definitions` again"

Probe = Callable[[AbstractChannel], Awaitable[object]]


async def find_amqp_faults(url: str, instanties: Iterable[str]) -> list[str]:
    """Return what is wrong, each with its remedy; empty when all is as `rabbitmq definitions` makes it."""
    try:
        async with asyncio.timeout(SECONDS), aiormq.connect(url) as connection:
            found = [await _missing_queue(connection, inbox(each)) for each in instanties]
            found += [await _missing_exchange(connection, each) for each in (OUT, QUARANTINE)]
            found += [await _missing_right(connection), await _writes_anywhere(connection), await _declares(connection)]
    except TimeoutError:
        return ["no answer: is it RabbitMQ, and is it up?"]
    except (AMQPError, OSError) as error:
        return [f"cannot connect ({type(error).__name__}): check host, port, password or certificate"]
    return [fault for fault in found if fault]


async def _missing_queue(connection: AbstractConnection, queue: str) -> str:
    error = await _try(connection, lambda channel: channel.queue_declare(queue, passive=True))
    return f"queue {queue} is missing: {AGAIN}" if isinstance(error, ChannelNotFoundEntity) else ""


async def _missing_exchange(connection: AbstractConnection, exchange: str) -> str:
    error = await _try(connection, lambda channel: channel.exchange_declare(exchange, passive=True))
    return f"exchange {exchange} is missing: {AGAIN}" if isinstance(error, ChannelNotFoundEntity) else ""


async def _missing_right(connection: AbstractConnection) -> str:
    error = await _try(connection, lambda channel: _publish_to_nobody(channel, OUT))
    return "" if isinstance(error, PublishError) else f"may not publish to {OUT}, so nothing can be delivered: {AGAIN}"


async def _writes_anywhere(connection: AbstractConnection) -> str:
    error = await _try(connection, lambda channel: _publish_to_nobody(channel, ""))
    refused = isinstance(error, ChannelAccessRefused)
    return "" if refused else f"may publish to every queue there is, by the default exchange: {AGAIN}"


async def _declares(connection: AbstractConnection) -> str:
    error = await _try(connection, lambda channel: channel.queue_declare("", exclusive=True, auto_delete=True))
    return "" if isinstance(error, ChannelAccessRefused) else f"may declare queues, which is nobody's to do: {AGAIN}"


async def _publish_to_nobody(channel: AbstractChannel, exchange: str) -> object:
    return await channel.basic_publish(b"", exchange=exchange, routing_key=NOBODY, mandatory=True)


async def _try(connection: AbstractConnection, probe: Probe) -> Exception | None:
    """Return what RabbitMQ answered with when it was an error; on a channel of its own, for an error closes it."""
    channel = await connection.channel()
    try:
        await probe(channel)
    except AMQPError as error:
        return error
    finally:
        await channel.close()
    return None
