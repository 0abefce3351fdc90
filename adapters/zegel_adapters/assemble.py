"""Opens a home: settings, home key, mailbox, holdings and, for the adapter only, the private keys."""

from collections.abc import Callable
from pathlib import Path

from zegel_adapters.evidence import Evidence
from zegel_adapters.holdings import Shelf
from zegel_adapters.home import Home
from zegel_adapters.homekey import HomeKey, Passphrase, read_passphrase_file, unlock
from zegel_adapters.inbox import Inbox
from zegel_adapters.keystore import Keystore
from zegel_adapters.mailbox import Mailbox
from zegel_adapters.outbox import Outbox
from zegel_adapters.settings import Settings, load_settings
from zegel_adapters.side import Side
from zegel_adapters.witness import Witness
from zegel_schemas.seal.primitives import Random


def open_home(home: Path | str, passphrase: Passphrase | None = None) -> tuple[Home, Settings, HomeKey]:
    """Return place, settings and unlocked home key; raise SettingsError or KeystoreError.

    `passphrase` is asked only when this home opens with one and the settings name no file for it.
    """
    place = Home(Path(home))
    settings = load_settings(place)
    named = read_passphrase_file(settings.passphrase_file) if settings.passphrase_file else passphrase
    return place, settings, unlock(place, passphrase=named)


def find_instantie(home: Path | str) -> str:
    """Return whose home this is, without unlocking anything; raise SettingsError."""
    return load_settings(Home(Path(home))).instantie


def open_side(
    home: Path | str,
    *,
    passphrase: Passphrase | None = None,
    clock: Callable[[], float],
    random: Random,
) -> tuple[Side, Settings]:
    """Return the whole side of an instantie, private keys included; raise AdapterError or Refusal (directory)."""
    place, settings, key = open_home(home, passphrase)
    shelf = Shelf(place, settings)
    keystore = Keystore(place, key, owner=settings.instantie)
    mailbox = Mailbox(place.mailbox, key, instantie=settings.instantie)
    side = Side(
        instantie=settings.instantie,
        role=settings.role,
        shelf=shelf,
        keystore=keystore,
        mailbox=mailbox,
        inbox=Inbox(mailbox, shelf.key),
        outbox=Outbox(mailbox),
        evidence=Evidence(mailbox),
        witness=Witness(mailbox),
        clock=clock,
        random=random,
    )
    return side, settings
