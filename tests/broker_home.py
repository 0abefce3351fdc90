"""A broker's home of today, as `keys init` and `connect` make it, with a directory that names it and two instanties."""

import asyncio
import time
from pathlib import Path

from typer.testing import CliRunner, Result

from tests.ledger_town import DAY, arrive, only, report
from tests.one_directory import CONVENANT, CORPORATION, IDENTITY, ORIGIN, REGIE, SIGNING, fixed_key
from zegel_broker.cli import app
from zegel_broker.ledger import Delivered, Ledger
from zegel_broker.load import load_equipment
from zegel_broker.provision import BrokerHome, init_broker
from zegel_broker.settings import load_settings
from zegel_schemas.declaration import BROKER
from zegel_schemas.directory import (
    append_statement,
    fingerprint,
    make_convenant,
    make_keys,
    make_log,
    make_member,
    make_revoke,
    make_root,
)
from zegel_schemas.seal.keys import KeyRecord, KeyUse, PrivateKey


class Home:
    """A broker's home of today, as `keys init` and `connect` make it, and what was said in its ledger."""

    def __init__(self, place: Path) -> None:
        self.now = int(time.time())
        self.broker: BrokerHome = init_broker(place / "broker", origin=ORIGIN, now=self.now)
        self.root = fixed_key("root", "root")
        self.file = self._sign()
        self.path = place / "directory.json"
        self.path.write_bytes(self.file)
        self.config = self.broker.connect(
            directory=self.path,
            root_fingerprint=fingerprint(self.file.splitlines()[0]),
            amqp_url="amqp://broker@127.0.0.1/zegel",
        )

    def _sign(self) -> bytes:
        now, root = self.now - 60, [self.root]
        file = make_root(keys=[self.root.public], threshold=1, time=now, signed_by=root).to_line()
        file = append_statement(file, make_log(ORIGIN, key=self.broker.log, time=now, signed_by=root, after=file))
        named = make_convenant(
            CONVENANT.digest, documents=CONVENANT.named, start=now, time=now, signed_by=root, after=file
        )
        file = append_statement(file, named)
        identities = {
            BROKER: self.broker.keys.identity,
            **{each: IDENTITY[each].public for each in (REGIE, CORPORATION)},
        }
        for owner, identity in identities.items():
            made = make_member(owner, identity=[identity], time=now, signed_by=root, after=file)
            file = append_statement(file, made)
        file = append_statement(file, self.broker.keys.statement)
        for owner in (REGIE, CORPORATION):
            life: dict[KeyUse, int] = {"signing": 80, "sealing": 7, "hop": 80}
            keys = [
                KeyRecord((SIGNING[owner] if use == "signing" else fixed_key(use, owner)).public, now, now + days * DAY)
                for use, days in life.items()
            ]
            file = append_statement(file, make_keys(keys, time=now, signed_by=IDENTITY[owner], after=file))
        return file

    def revoke(self, key: PrivateKey) -> None:
        """Let its owner say that this key was stolen, from the first entry on."""
        made = make_revoke(
            key.id, at=self.now, time=self.now, index=0, signed_by=IDENTITY[key.public.owner], after=self.file
        )
        self.path.write_bytes(append_statement(self.file, made))

    def send(self) -> None:
        """Have one message decided and delivered that nobody opened."""

        async def settle() -> None:
            settings = load_settings(self.config)
            held = load_equipment(settings, now=self.now)
            ledger = await Ledger.open(
                settings.ledger,
                origin=held.origin,
                log_key=held.log_key,
                clock=time.time,
                random=bytes,
                registry=held.registry,
                anchor=settings.anchor,
            )
            settled = only(await ledger.settle([arrive(report(issued=self.now, expires=self.now + DAY))]))
            await ledger.settle([], [Delivered(settled.decision_index)])
            await ledger.close()

        asyncio.run(settle())

    def sweep(self, *arguments: str) -> Result:
        """Run the command on this home."""
        return CliRunner().invoke(app, ["keys", "sweep", "--config", str(self.config), *arguments])
