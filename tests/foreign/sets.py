"""The digest of a set of documents, which the root signs: two files, one of which holds two documents."""

from collections.abc import Sequence
from typing import Any

from tests.foreign.notation import b64u, canonical, h

FILES = {
    "verzuim.yaml": b"document: VERZUIM\nversie: 1.0.0\n---\ndocument: VERZUIM-bijlage\nversie: 1.0.1\n",
    "aanvulling.yaml": b"document: a1\nversie: 2026-10\n",
}
DOCUMENTS = [
    ("VERZUIM", "1.0.0", "verzuim.yaml"),
    ("VERZUIM-bijlage", "1.0.1", "verzuim.yaml"),
    ("a1", "2026-10", "aanvulling.yaml"),
]


def hash_document(data: bytes) -> str:
    """Return the hash of the file a document stands in."""
    return b64u(h("zegel/1conv-file", data))


def write_set(documents: Sequence[tuple[str, str, str]]) -> bytes:
    """Return the text of a set of documents: name, version and hash of the file of each."""
    return canonical(
        [{"document": name, "file": file, "version": version} for name, version, file in sorted(documents)]
    )


def digest_set(documents: Sequence[tuple[str, str, str]]) -> str:
    """Return the digest of a set of documents: name, version and hash of the file of each."""
    return b64u(h("zegel/1convenant", write_set(documents)))


def write_sets() -> dict[str, Any]:
    """Return what sets.json says."""
    hashes = {name: hash_document(data) for name, data in FILES.items()}
    named = [(name, version, hashes[file]) for name, version, file in reversed(DOCUMENTS)]
    return {
        "files": [{"name": name, "text": data.decode(), "hash": hashes[name]} for name, data in FILES.items()],
        "documents": [{"document": name, "version": version, "file": file} for name, version, file in named],
        "text": write_set(named).decode(),
        "digest": digest_set(named),
    }
