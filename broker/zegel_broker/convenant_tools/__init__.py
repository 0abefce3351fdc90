"""Tools for a convenant: what is wrong with it, what it lets through and why, and what a change would do.

Read `cells.py` first: everything that may ever pass, enumerated. `matrix.py`, `diff.py` and `lint.py` look at that;
`explain.py` follows one message, `replay.py` the messages of a ledger. All are pure; files are read in `beside.py` and
`past.py` only.
"""
