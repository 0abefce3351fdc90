"""Mutation runs: what of the convenant and of the judge is guarded by a test. Read convenant.py first."""
