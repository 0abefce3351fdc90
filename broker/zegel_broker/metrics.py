"""What is counted, with labels of bounded number: instanties of the directory, known codes, fixed words; nothing else.

No label is ever taken from a message. A name that is not in the directory, or a code nobody wrote a text for, counts as
`other`, so nobody can make this process keep a series per word of theirs.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, generate_latest

from zegel_broker.asks import Fate
from zegel_broker.ledger import Delivered, Outcome, Settled
from zegel_schemas.explanations import all_codes

OTHER: Final = "other"
# Seconds. A commit is 0.1-20 ms; a whole way 2-50 ms, minutes when a recipient's queue is full.
SETTLE_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)
CARRY_BUCKETS: Final = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0, 300.0)
BATCH_BUCKETS: Final = (1, 2, 4, 8, 16, 32, 64, 128)


class Metrics:
    """One broker's series, in a Prometheus registry of their own; read them with `text`."""

    def __init__(self, instanties: Iterable[str]) -> None:
        """Take the instanties that may appear as a label."""
        disable_created_metrics()  # type: ignore[no-untyped-call] # untyped there; a second series per counter, which nobody asks for
        self.registry = CollectorRegistry()
        self._instanties = frozenset(instanties)
        self._codes = all_codes()
        self._settled = Counter(
            "zegel_messages", "Messages settled, by inbox and outcome", ["inbox", "outcome"], registry=self.registry
        )
        self._codes_told = Counter(
            "zegel_codes", "Refusals and unreadable messages, by code", ["code"], registry=self.registry
        )
        self._deliveries = Counter(
            "zegel_deliveries", "Ends of deliveries, by recipient and end", ["recipient", "end"], registry=self.registry
        )
        self._faults = Counter(
            "zegel_faults", "Messages given back by our own fault", ["inbox"], registry=self.registry
        )
        self._emergencies = Counter(
            "zegel_emergencies", "Messages that used break-glass, by inbox", ["inbox"], registry=self.registry
        )
        self._unreviewed = Counter(
            "zegel_emergencies_unreviewed",
            "Messages that used break-glass while an earlier use by their sender was not reviewed, by inbox",
            ["inbox"],
            registry=self.registry,
        )
        self._unwritten = Counter(
            "zegel_settle_failures", "Transactions the ledger could not write", registry=self.registry
        )
        self._alarms = Counter(
            "zegel_alarms", "Other messages under an id already in use", ["inbox"], registry=self.registry
        )
        self._asks = Counter(
            "zegel_asks",
            "Asks for statements, documents and proofs, by inbox and fate",
            ["inbox", "fate"],
            registry=self.registry,
        )
        self._directory = Gauge(
            "zegel_directory_statements", "Statements of the directory in use", registry=self.registry
        )
        self._directories_refused = Gauge(
            "zegel_directories_refused", "Directory files refused since the start", registry=self.registry
        )
        self._key_days = Gauge(
            "zegel_key_days_left",
            "Days for which an instantie has published keys, by instantie and use",
            ["instantie", "use"],
            registry=self.registry,
        )
        self._settle_seconds = Histogram(
            "zegel_settle_seconds", "One transaction of the ledger", buckets=SETTLE_BUCKETS, registry=self.registry
        )
        self._batch = Histogram(
            "zegel_settle_batch",
            "Arrivals and outcomes in one transaction",
            buckets=BATCH_BUCKETS,
            registry=self.registry,
        )
        self._carry_seconds = Histogram(
            "zegel_carry_seconds", "From inbox to ack", buckets=CARRY_BUCKETS, registry=self.registry
        )
        self._overdue = Gauge(
            "zegel_duties_overdue", "Overdue duties of all casussen, by kind", ["kind"], registry=self.registry
        )
        self._carrying = Gauge("zegel_messages_in_flight", "Messages taken and not yet acked", registry=self.registry)
        self._consumers = Gauge("zegel_live_consumers", "Inboxes being read", registry=self.registry)
        self._ready = Gauge("zegel_ready", "1 when /readyz says yes", registry=self.registry)

    def count_settled(self, inbox: str, settled: Settled) -> None:
        """Count one settled message, its code when it has one, and an alarm."""
        self._settled.labels(self._instantie(inbox), settled.outcome).inc()
        if settled.code and settled.outcome != "dryrun":  # nothing was refused: somebody asked first
            self._codes_told.labels(self._code(settled.code)).inc()
        if settled.emergency:
            self._emergencies.labels(self._instantie(inbox)).inc()
        if settled.unreviewed:
            self._unreviewed.labels(self._instantie(inbox)).inc()
        if settled.alarm:
            self._alarms.labels(self._instantie(inbox)).inc()

    def count_outcome(self, recipient: str, outcome: Outcome) -> None:
        """Count how one delivery ended."""
        end = "delivered" if isinstance(outcome, Delivered) else self._code(outcome.code)
        self._deliveries.labels(self._instantie(recipient), end).inc()

    def count_fault(self, inbox: str) -> None:
        """Count one message given back."""
        self._faults.labels(self._instantie(inbox)).inc()

    def count_ask(self, inbox: str, fate: Fate) -> None:
        """Count one ask: answered, dropped (it did not hold), too_many or failed."""
        self._asks.labels(self._instantie(inbox), fate).inc()

    def follow(self, instanties: Iterable[str]) -> None:
        """Use these instanties as labels from now on, beside those used before: a counter must not go back."""
        self._instanties |= frozenset(instanties)

    def set_key_days(self, days: Mapping[tuple[str, str], float]) -> None:
        """Show how many days of published keys are left per instantie and use."""
        self._key_days.clear()
        for (instantie, use), left in days.items():
            self._key_days.labels(instantie, use).set(left)

    def count_settle_failure(self) -> None:
        """Count one transaction that failed; what was in it is held and tried again."""
        self._unwritten.inc()

    def observe_settle(self, *, seconds: float, entries: int) -> None:
        """Note how long one transaction took and how much was in it."""
        self._settle_seconds.observe(seconds)
        self._batch.observe(entries)

    def observe_carry(self, seconds: float) -> None:
        """Note how long one message was under way, from its arrival here to its ack."""
        self._carry_seconds.observe(seconds)

    def set_overdue(self, counts: Mapping[str, int]) -> None:
        """Show how many duties are overdue; kinds are names of the convenant, never of a message."""
        self._overdue.clear()
        for kind, count in counts.items():
            self._overdue.labels(kind).set(count)

    def watch(
        self,
        *,
        carrying: Callable[[], float],
        consumers: Callable[[], float],
        ready: Callable[[], float],
        directory: Callable[[], float],
        refused: Callable[[], float],
    ) -> None:
        """Read these whenever the metrics are read."""
        self._carrying.set_function(carrying)
        self._consumers.set_function(consumers)
        self._ready.set_function(ready)
        self._directory.set_function(directory)
        self._directories_refused.set_function(refused)

    def text(self) -> bytes:
        """Return everything in Prometheus' text format."""
        return generate_latest(self.registry)

    def _instantie(self, name: str) -> str:
        return name if name in self._instanties else OTHER

    def _code(self, code: str) -> str:
        return code if code in self._codes else OTHER
