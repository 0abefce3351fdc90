"""Benchmarks: ratios against a baseline of the same run; `make bench` prints them and writes build/bench.json."""
