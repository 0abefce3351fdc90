"""A number with its word, as every last line of the tools says it."""


def count(number: int, word: str) -> str:
    """Return `1 row`, `2 rows`."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
