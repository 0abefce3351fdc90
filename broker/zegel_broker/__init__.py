"""The corridor, the convenant check and the book, at the municipality; read `worker.py` first."""
