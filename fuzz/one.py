"""Fuzzes one target with libFuzzer, or shows it one file: `python -m fuzz.one TARGET [options] [file or folder]`.

A crash is seen again with `python -m fuzz.one TARGET FILE`, which needs no atheris: it simply feeds the file.
"""

import sys
from pathlib import Path


def fuzz(name: str, options: list[str]) -> None:
    """Hand everything to libFuzzer, which ends the process."""
    import atheris  # noqa: PLC0415 - not there on every platform, and not needed to feed a file

    from fuzz.json_edits import edit_json  # noqa: PLC0415 - beside the two above and below

    with atheris.instrument_imports(include=["zegel_schemas"]):
        from fuzz.targets import TARGETS  # noqa: PLC0415 - imported here so that it is instrumented

    def change(data: bytes, most: int, seed: int) -> bytes:
        """Every other time edit the document, when it is one; else do what libFuzzer does with bytes."""
        edited = edit_json(data, most, seed) if seed % 2 else None
        return atheris.Mutate(data, most) if edited is None else edited

    atheris.Setup([sys.argv[0], *options], TARGETS[name].fed, custom_mutator=change)
    atheris.Fuzz()


def feed(name: str, files: list[Path]) -> None:
    """Hand these files to a target; an exception it raises is the finding."""
    from fuzz.targets import TARGETS  # noqa: PLC0415 - as above, but plain

    for file in files:
        TARGETS[name].fed(file.read_bytes())
        print(f"{file.name}: {name} answers it")


if __name__ == "__main__":
    given = sys.argv[2:]
    shown = [Path(each) for each in given if Path(each).is_file()]
    if shown and len(shown) == len(given):
        feed(sys.argv[1], shown)
    else:
        fuzz(sys.argv[1], given)
