"""`python -m zegel_adapters` is `zegel-adapter`."""

from zegel_adapters.cli import app

if __name__ == "__main__":
    app()
