"""Keys stay where they belong: one package imports the crypto library, and nothing that holds a secret shows it.

The rules are those of pyproject.toml; here each is broken on purpose in a copy, to see that it is found.
"""

import copy
import dataclasses
import importlib
import pickle
import pkgutil
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import zegel_adapters
import zegel_broker
import zegel_schemas
from tests.two_instanties import HOP, REGIE, SIGNING, seal_message
from zegel_adapters.homekey import HomeKey
from zegel_schemas.seal import HopBox

ROOT = Path(__file__).parent.parent
PACKAGES = (zegel_schemas, zegel_broker, zegel_adapters)
SECRET_NAMES = ("seed", "secret", "passphrase", "password", "message_key", "part_key", "private", "kek")
MAY_SHOW = {"private"}  # a PrivateKey shows nothing of itself
HOLDERS: dict[str, Callable[[], object]] = {
    "private key": lambda: SIGNING[REGIE],
    "hop box": lambda: HopBox([HOP[REGIE]]),
    "home key": lambda: HomeKey(bytes(range(32))),
}
PLANTED = {
    "the broker": ("broker/zegel_broker/planted.py", "import nacl.signing\n"),
    "an adapter": ("adapters/zegel_adapters/planted.py", "from nacl.public import PrivateKey\n"),
    "the contract": ("schemas/zegel_schemas/planted.py", "from nacl import bindings\n"),
    "the broker, with another library": ("broker/zegel_broker/planted.py", "import cryptography\n"),
}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a copy of the three packages and the rules about them."""
    place = tmp_path_factory.mktemp("source")
    for folder in ("schemas", "broker", "adapters"):
        shutil.copytree(ROOT / folder, place / folder, ignore=shutil.ignore_patterns("__pycache__", "convenants"))
    shutil.copy(ROOT / "pyproject.toml", place)
    return place


def check_arrows(place: Path) -> subprocess.CompletedProcess[str]:
    """Run the import rules on a copy."""
    folders = ":".join(str(place / each) for each in ("schemas", "broker", "adapters"))
    return subprocess.run(
        [sys.executable, "-c", "import sys; from importlinter.cli import lint_imports_command as c; sys.exit(c())"],
        cwd=place,
        env={"PYTHONPATH": folders, "PATH": "/usr/bin:/bin", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_the_source_as_it_is_keeps_the_rule(source: Path) -> None:
    done = check_arrows(source)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("who", PLANTED)
def test_a_second_place_that_imports_the_crypto_library_is_found(source: Path, who: str) -> None:
    file, line = PLANTED[who]
    planted = source / file
    planted.write_text(f'"""Planted."""\n\n{line}')
    try:
        done = check_arrows(source)
    finally:
        planted.unlink()

    assert done.returncode == 1
    assert "Only zegel_schemas.seal does cryptography BROKEN" in " ".join(done.stdout.split())


@pytest.mark.parametrize("take", [pickle.dumps, copy.copy, copy.deepcopy], ids=lambda each: each.__name__)
@pytest.mark.parametrize("holder", HOLDERS)
def test_what_holds_a_secret_is_neither_copied_nor_pickled(holder: str, take: Callable[[object], object]) -> None:
    with pytest.raises(TypeError):
        take(HOLDERS[holder]())


@pytest.mark.parametrize("holder", HOLDERS)
def test_what_holds_a_secret_has_no_text_form_and_no_equality(holder: str) -> None:
    made = HOLDERS[holder]()
    shown = {repr(made), str(made), f"{made}", f"{made!r}", ascii(made)}

    assert all("bytes" not in each and "\\x" not in each for each in shown)
    assert not [each for each in shown if SIGNING[REGIE].unsafe_seed().hex() in each]
    assert type(made).__eq__ is object.__eq__
    with pytest.raises(TypeError):
        f"{made:x}"


def dataclasses_of_the_product() -> Iterator[type]:
    """Yield every dataclass of the three packages."""
    for package in PACKAGES:
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.endswith("__main__"):
                module = importlib.import_module(found.name)
                yield from (
                    each
                    for each in vars(module).values()
                    if isinstance(each, type) and dataclasses.is_dataclass(each) and each.__module__ == found.name
                )


def test_no_field_with_the_name_of_a_secret_stands_in_a_text_form() -> None:
    """By name: whoever adds a field that holds a secret calls it one, and hides it."""
    seen, shown = [], []
    for each in dataclasses_of_the_product():
        for field in dataclasses.fields(each):
            if field.name.startswith(SECRET_NAMES) and field.name not in MAY_SHOW:
                seen.append(field.name)
                if field.repr and "__repr__" in vars(each):
                    shown.append(f"{each.__module__}.{each.__qualname__}.{field.name}")

    assert {"message_key", "part_key"} <= set(seen)
    assert shown == []


def test_a_sealed_message_shows_its_hash_only() -> None:
    sealed = seal_message("huurachterstand")

    assert sealed.message_key.hex() not in repr(sealed)
    assert repr(sealed.message_key)[2:-1] not in repr(sealed)
