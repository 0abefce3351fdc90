"""Coverage-guided fuzzing of every parser that meets bytes from outside; read `targets.py`, run `python -m fuzz`."""
