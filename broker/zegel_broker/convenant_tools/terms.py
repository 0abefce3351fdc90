"""Terms that no cell shows: days, limits, roles, registrations and other keys that two convenants read differently."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from zegel_schemas.convenant import Convenant

_NAMED = frozenset({"toevoegen", "partijen", "categorieen", "berichtsoorten", "fasen", "registraties", "doelen"})
_BY_ID = frozenset({"regels", "verboden", "verboden_extra"})
# What the cells and their demands show already. A condition's own values are shown where a rule asks them.
_RULE_KEYS = frozenset(
    {"id", "soort", "van", "behalve_van", "aan", "fasen", "doelen", "categorieen", "voorwaarden", "regimes"}
    | {"zonder_rol_toegestaan"}
)


@dataclass(frozen=True, slots=True, order=True)
class Term:
    """One key of one document that reads otherwise; `what` is added, removed or changed."""

    document: str
    key: str  # a path such as partijen.wil.plafond
    what: str

    def __str__(self) -> str:
        """Return it on one line."""
        return f"{self.what}: {self.document} {self.key}".rstrip()

    def as_json(self) -> dict[str, Any]:
        """Return the term as a JSON object."""
        return asdict(self)


def changed_terms(before: Convenant, after: Convenant) -> tuple[Term, ...]:
    """Return every key that differs, but for what the cells of a rule and its demands show."""
    old, new = _documents(before), _documents(after)
    found = [Term(name, "", "removed") for name in old.keys() - new.keys()]
    found += [Term(name, "", "added") for name in new.keys() - old.keys()]
    for name in old.keys() & new.keys():
        found += [Term(name, key, what) for key, what in _differing(old[name], new[name])]
    return tuple(sorted(found))


def _documents(convenant: Convenant) -> dict[str, Mapping[str, Any]]:
    return {tree.value["document"]: _comparable(tree.value) for tree in convenant.trees}


def _comparable(written: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document with its lists of rules and verboden by id, and without what the cells show."""
    found = {key: value for key, value in written.items() if key != "voorwaarden"}
    for key in _BY_ID & found.keys():
        shown = _RULE_KEYS if key == "regels" else frozenset[str]()
        found[key] = {
            each["id"]: {name: value for name, value in each.items() if name not in shown} for each in found[key]
        }
    found["voorwaarden"] = {name: each.get("code") for name, each in (written.get("voorwaarden") or {}).items()}
    return found


def _differing(old: Mapping[str, Any], new: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    for key in sorted(old.keys() | new.keys()):
        here = (*path, key)
        if key not in new or key not in old:
            yield ".".join(here), "added" if key in new else "removed"
        elif old[key] != new[key]:
            yield from _inside(here, old[key], new[key])


def _inside(path: tuple[str, ...], old: Any, new: Any) -> Iterator[tuple[str, str]]:
    """Name what differs within a map of named things, and the key itself of anything else."""
    named = len(path) > 1 or path[0] in _NAMED | _BY_ID | {"voorwaarden"}
    if named and isinstance(old, Mapping) and isinstance(new, Mapping):
        yield from _differing(old, new, path)
    else:
        yield ".".join(path), "changed"
