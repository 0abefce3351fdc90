"""Measures the corridor against a bare aio-pika relay in alternating runs: `make bench`; writes build/bench.json.

The ratio is what counts, not the rates: both ran on this machine, minutes apart, with the same queues and bodies. The
corridor verifies, judges, logs, proves, delivers and tells; the relay only passes bytes on.
"""

import argparse
import asyncio
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import aio_pika
from rich.console import Console
from rich.table import Table

from benchmarks.relay import PREFETCH
from benchmarks.stage import REGIE, SENDERS, Parcel, Stage, set_stage
from deploy.leash import Leash
from tests.invariants import count_rows
from zegel_broker.topology import OUT, inbox, outbox
from zegel_schemas.declaration import BROKER

RESULT = Path("build/bench.json")
DELIVERED = "SELECT count(*) FROM message WHERE delivered IS NOT NULL"
FROM_SHARE = 0.1  # the first tenth of a run is warming up


@dataclass(frozen=True, slots=True)
class Row:
    """What one subject did: messages per second of each run."""

    name: str
    rates: tuple[float, ...]

    @property
    def middle(self) -> float:
        """Return the median rate."""
        return statistics.median(self.rates)


async def time_run(count: Callable[[], Awaitable[int]], messages: int, *, seconds: float = 300.0) -> float:
    """Watch a counter go to `messages`; return messages per second between the first tenth and the last."""
    first, deadline = int(messages * FROM_SHARE), time.monotonic() + seconds
    started, at_start = 0.0, 0
    while (now := await count()) < messages:
        if not started and now >= first:
            started, at_start = time.perf_counter(), now
        if time.monotonic() > deadline:
            raise TimeoutError(f"only {now} of {messages} came through")
        await asyncio.sleep(0.005)  # between two looks at the counter; both subjects are watched alike
    return (messages - at_start) / (time.perf_counter() - started)


async def run_relay(stage: Stage, parcels: list[Parcel]) -> float:
    """Return the rate at which the bare relay passes these bodies on."""
    command: list[str | Path] = [sys.executable, "-m", "benchmarks.relay", stage.town.url(BROKER)]
    command += [*(inbox(each) for each in SENDERS), "--exchange", OUT, "--to", REGIE]
    await stage.publish(parcels)
    relay = Leash.start(command, log=stage.town.place / "relay.log", cwd=Path.cwd())
    try:
        async with count_queue(stage) as count:
            return await time_run(count, len(parcels))
    finally:
        relay.kill()
        stage.empty_queues()


async def run_corridor(stage: Stage, parcels: list[Parcel], *, receipts: bool) -> float:
    """Return the rate of deliveries, notices and `delivered` entries on; with `receipts` the recipient answers each."""
    stage.restore()
    await stage.publish(parcels)
    before = count_rows(stage.town, DELIVERED)

    async def count_delivered() -> int:
        return count_rows(stage.town, DELIVERED) - before

    if receipts:
        stage.town.start_adapters([REGIE])
    stage.town.start_broker(ZEGEL_BROKER_PREFETCH=str(PREFETCH))  # as the relay's
    try:
        if receipts:
            return await time_run(count_delivered, len(parcels))
        async with count_queue(stage) as count:
            return await time_run(count, len(parcels))
    finally:
        stage.town.stop_all()
        stage.empty_queues()


@asynccontextmanager
async def count_queue(stage: Stage) -> AsyncIterator[Callable[[], Awaitable[int]]]:
    """Give a function that asks RabbitMQ how many messages lie in the regieteam's queue."""
    async with await aio_pika.connect(stage.town.url(REGIE)) as connection:
        channel = await connection.channel()

        async def count() -> int:
            queue = await channel.declare_queue(outbox(REGIE), passive=True)
            return int(queue.declaration_result.message_count or 0)

        yield count


async def measure_latency(stage: Stage, parcels: list[Parcel], *, per_second: int) -> list[float]:
    """Return milliseconds from publish to the recipient's queue being read, at a steady rate, sorted."""
    arrived: dict[bytes, float] = {}
    connection = await aio_pika.connect(stage.town.url(REGIE))
    async with connection:
        channel = await connection.channel()
        await channel.set_qos(prefetch_count=100)
        queue = await channel.get_queue(outbox(REGIE), ensure=False)
        done = asyncio.Event()

        async def note(message: aio_pika.abc.AbstractIncomingMessage) -> None:
            at = time.perf_counter()
            frame = stage.open_delivery(message.body)
            if frame.kind == "delivery":
                arrived[stage.hash_of(frame)] = at
            await message.ack()
            if len(arrived) == len(parcels):
                done.set()

        await queue.consume(note)
        went = await stage.publish(parcels, pace=1 / per_second)
        await asyncio.wait_for(done.wait(), timeout=60)
    return sorted((arrived[each] - went[each]) * 1000 for each in went)


def show(console: Console, rows: list[Row], latency: list[float], ratios: dict[str, tuple[float, ...]]) -> None:
    """Print rates, ratios with their spread, and latency."""
    table = Table("subject", "msg/s (median)", "range", "ratio to relay", "spread")
    for row in rows:
        found = ratios[row.name]
        spread = f"{min(found):.2f}-{max(found):.2f}"
        rates = f"{min(row.rates):.0f}-{max(row.rates):.0f}"
        table.add_row(row.name, f"{row.middle:.0f}", rates, f"{statistics.median(found):.2f}", spread)
    console.print(table)
    console.print(
        f"latency at a steady rate, publish to read: p50 {at(latency, 0.5):.1f} ms, p99 {at(latency, 0.99):.1f} ms"
    )


def at(values: list[float], share: float) -> float:
    """Return the value below which `share` of the sorted values lie."""
    return values[min(len(values) - 1, int(len(values) * share))]


def main() -> None:
    """Run everything in turn and print it."""
    arguments = argparse.ArgumentParser(prog="make bench", description=__doc__)
    arguments.add_argument("--runs", type=int, default=5, help="alternating runs of each subject")
    arguments.add_argument("--messages", type=int, default=3000, help="messages in one run")
    arguments.add_argument("--rate", type=int, default=100, help="messages per second for the latency")
    given = arguments.parse_args()
    console = Console()
    with tempfile.TemporaryDirectory(prefix="zegel-bench-") as place, set_stage(Path(place)) as stage:
        rates: dict[str, list[float]] = {"bare relay": [], "corridor": [], "corridor with receipts": []}
        for run in range(given.runs):
            rates["bare relay"].append(asyncio.run(run_relay(stage, stage.seal_signals(given.messages))))
            parcels = stage.seal_signals(given.messages)
            rates["corridor"].append(asyncio.run(run_corridor(stage, parcels, receipts=False)))
            parcels = stage.seal_signals(given.messages)
            rates["corridor with receipts"].append(asyncio.run(run_corridor(stage, parcels, receipts=True)))
            console.print(f"run {run + 1}: " + ", ".join(f"{name} {each[-1]:.0f}/s" for name, each in rates.items()))
        stage.restore()
        stage.town.start_broker()
        latency = asyncio.run(measure_latency(stage, stage.seal_signals(10 * given.rate), per_second=given.rate))
        size = len(stage.seal_signals(1)[0].body)
    rows = [Row(name, tuple(found)) for name, found in rates.items()]
    ratios = {row.name: tuple(one / base for one, base in zip(row.rates, rows[0].rates, strict=True)) for row in rows}
    show(console, rows, latency, ratios)
    write(rows, ratios, latency, size=size, given=vars(given))
    console.print(f"{size} bytes a body; written to {RESULT}")


def write(
    rows: list[Row],
    ratios: dict[str, tuple[float, ...]],
    latency: list[float],
    *,
    size: int,
    given: dict[str, int],
) -> None:
    """Write all numbers to build/bench.json."""
    RESULT.parent.mkdir(exist_ok=True)
    found = {
        "settings": given,
        "body_bytes": size,
        "rows": [asdict(row) for row in rows],
        "ratio_to_relay": {name: statistics.median(each) for name, each in ratios.items()},
        "ratios": ratios,
        "latency_ms": {"p50": at(latency, 0.5), "p99": at(latency, 0.99)},
        "commit": commit(),
    }
    RESULT.write_text(json.dumps(found, indent=2) + "\n")


def commit() -> str:
    """Return which commit was measured, as git says it; "" outside a checkout."""
    git = shutil.which("git")
    if git is None:
        return ""
    return subprocess.run([git, "rev-parse", "HEAD"], capture_output=True, text=True, check=False).stdout.strip()


if __name__ == "__main__":
    main()
