"""Load a convenant: read its files, translate and check them, and compile; every fault is told at once.

The digest of the set is normative: BLAKE2b-256 with personalisation `zegel/1convenant` over the canonical JSON of a
list, ordered by document, of {"document", "file", "version"}, where `file` is the b64u of BLAKE2b-256 with
personalisation `zegel/1conv-file` over the bytes of the file the document stands in. Written in b64u, 43 characters.
"""

from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from zegel_schemas import canonical
from zegel_schemas.convenant.compiled import Convenant, Named, compile_documents
from zegel_schemas.convenant.crosscheck import find_faults
from zegel_schemas.convenant.documents import KEYS, Document
from zegel_schemas.convenant.faults import ConvenantInvalid, Fault, unknown
from zegel_schemas.convenant.pruning import prune
from zegel_schemas.convenant.reading import Tree, read_documents

FORMAT = "convenant/v0"
_CASES = "beslisgevallen/"  # decision cases may lie in the same folder
_EXTRA = "extra_forbidden"  # pydantic's word for a key that no model knows
_MAX_FILE = 4 * 1024 * 1024  # bytes; the reference convenant is 84 kB


def load_convenant(path: Path | None = None) -> Convenant:
    """Return the convenant in this file or folder (None = the shipped one); raise ConvenantInvalid with every fault.

    Raises OSError when a file cannot be read.
    """
    return read_convenant(read_files(path))


def read_files(path: Path | None = None) -> dict[str, bytes]:
    """Return the files of a set by name, byte for byte (None = the shipped set); the only function here that reads any.

    Raises OSError when a file cannot be read.
    """
    if path is None:
        path = Path(str(files("zegel_schemas").joinpath("convenants", "nieuwegein.yaml")))
    found = sorted((*path.glob("*.yaml"), *path.glob("*.yml"))) if path.is_dir() else [path]
    return {each.name: each.read_bytes() for each in found}


@cache
def shipped_convenant() -> Convenant:
    """Return the shipped convenant, read once."""
    return load_convenant()


def read_convenant(texts: Mapping[str, bytes]) -> Convenant:
    """Return the convenant in these files, given by name; raise ConvenantInvalid with every fault."""
    trees: list[Tree] = []
    faults: list[Fault] = []
    hashes: dict[str, str] = {}
    for file, data in texts.items():
        found, wrong = _read(file, data)
        faults += wrong
        hashes[file] = hash_file(data)
        trees += [tree for tree in found if not _is_cases(tree)]
    if not trees and not faults:
        faults.append(Fault(next(iter(texts), "-"), 1, "hier staat geen convenant | there is no convenant here"))
    documents = translate(trees, faults)
    named = _name(documents, [hashes[tree.file] for tree in trees])
    return compile_documents(
        documents,
        digest=_digest(named),
        named=named,
        remarks=[each for tree in trees for each in tree.remarks],
        trees=trees,
    )


def hash_file(data: bytes) -> str:
    """Return the hash (b64u) of a file's bytes, by which the root's statement names every document in it."""
    return _hash(b"zegel/1conv-file", data)


def translate(trees: Sequence[Tree], faults: Sequence[Fault] = ()) -> list[Document]:
    """Return the documents these trees hold; raise ConvenantInvalid with these faults and every one found besides."""
    found = list(faults)
    pairs: list[tuple[Document, Tree]] = []
    for tree in trees:
        pairs += _translate_one(tree, found)
    if len(pairs) == len(trees):  # names can only be checked when every document could be read
        found += find_faults(pairs)
    if found:
        raise ConvenantInvalid(found)
    return [document for document, _ in pairs]


def _translate_one(tree: Tree, faults: list[Fault]) -> list[tuple[Document, Tree]]:
    """Return the document with its tree; what is ill-formed is noted, and cut out if the rest can be read then."""
    try:
        return [(Document.model_validate(tree.value), tree)]
    except ValidationError as error:
        faults += _form_faults(tree, error)
        wrong = [(tuple(each["loc"]), each["type"]) for each in error.errors(include_url=False, include_input=False)]
    pruned = prune(
        tree,
        [path for path, kind in wrong if kind == _EXTRA],
        [path for path, kind in wrong if kind != _EXTRA],
    )
    try:
        return [(Document.model_validate(pruned.value), pruned)]
    except ValidationError:
        return []


def amend_convenant(convenant: Convenant, documents: Mapping[str, Mapping[str, Any]]) -> Convenant:
    """Return a variant in which these documents, by name, read as given here; for decision cases and comparisons.

    Its digest is that of the changed text, so it never passes for the convenant it was made from.
    """
    trees = [
        Tree(each.file, dict(documents.get(each.value["document"], each.value)), each.lines) for each in convenant.trees
    ]
    changed = translate(trees)
    text = "\n".join(sorted(document.model_dump_json(by_alias=True) for document in changed)).encode()
    named = _name(changed, [_hash(b"zegel/1conv-file", text)] * len(changed))
    return compile_documents(changed, digest=_digest(named), named=named, trees=trees)


def _read(file: str, data: bytes) -> tuple[list[Tree], list[Fault]]:
    if len(data) > _MAX_FILE:
        return [], [Fault(file, 1, f"groter dan {_MAX_FILE} bytes | larger than {_MAX_FILE} bytes")]
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return [], [Fault(file, data[: error.start].count(b"\n") + 1, "dit is geen UTF-8 | this is not UTF-8")]
    return read_documents(text, file=file, keys=KEYS)


def _is_cases(tree: Tree) -> bool:
    return isinstance(tree.value, dict) and str(tree.value.get("schema", "")).startswith(_CASES)


def _form_faults(tree: Tree, error: ValidationError) -> list[Fault]:
    """Return the faults of form: unknown keys, missing ones, values of another type."""
    found = []
    for each in error.errors(include_url=False, include_context=False, include_input=False):
        path, kind = tuple(each["loc"]), each["type"]
        last = str(path[-1]) if path else ""
        if kind == _EXTRA:
            text = unknown("sleutel", last, KEYS)
        elif kind == "missing":
            path, text = path[:-1], f"'{last}' ontbreekt | '{last}' is missing"
        else:
            text = f"'{last}' heeft geen geldige waarde | '{last}' has no valid value: {each['msg']}"
        found.append(tree.fault(path, text))
    return found


def _name(documents: Sequence[Document], hashes: Sequence[str]) -> list[Named]:
    """Return name, version and hash of its file for each document, in the order of the names."""
    found = [Named(each.name, each.version, file) for each, file in zip(documents, hashes, strict=True)]
    return sorted(found)


def _digest(named: Iterable[Named]) -> str:
    values = [{"document": each.document, "file": each.hash, "version": each.version} for each in named]
    return _hash(b"zegel/1convenant", canonical.encode(values))


def _hash(person: bytes, data: bytes) -> str:
    """Return BLAKE2b-256 with this 16-byte personalisation in b64u."""
    found = blake2b(data, digest_size=32, person=person).digest()
    return urlsafe_b64encode(found).rstrip(b"=").decode("ascii")
