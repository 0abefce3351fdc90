"""A second implementation of zegel/1, written from docs/protocol.md and docs/protocol-log.md, that shares no code.

It imports nothing of the product: hashlib, pyca/cryptography, and plain Python for what that library lacks. Read
`notation.py`, then `making.py` (what a sender does) and `reading.py` (what a receiver does). `vectors.py` writes the
vectors that are shipped in `schemas/zegel_schemas/vectors`; tests/test_foreign_*.py hold both sides together.
"""
