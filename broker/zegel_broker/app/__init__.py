"""The shell around the corridor: FastStream consumes, this package holds it to our rules; read `run.py` first."""
