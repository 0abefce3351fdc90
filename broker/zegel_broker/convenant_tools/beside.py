"""Files of decision cases beside a convenant: they are its tests, so it is loaded only when they pass."""

from collections.abc import Iterator
from pathlib import Path

from zegel_broker.cases.run import shipped_case_files

_MARK = b"schema: beslisgevallen/"
_HEAD = 64 * 1024  # bytes of a file looked at: remarks come first, but not that many
_PATTERNS = ("*.yaml", "*.yml")


def cases_beside(convenant: Path | None) -> dict[str, bytes]:
    """Return the files of cases in the folder of this convenant by name; without a path, the shipped ones.

    Of a file they are those that stand beside it and name it (`convenant: file.yaml`), or name none; of a folder, all.
    Raise OSError when one cannot be read.
    """
    if convenant is None:
        return {path.name: path.read_bytes() for path in shipped_case_files()}
    folder = convenant if convenant.is_dir() else convenant.parent
    files = {path.name: path.read_bytes() for path in _files(folder)}
    return {name: data for name, data in files.items() if _holds_cases(data) and _is_for(data, convenant)}


def _files(folder: Path) -> Iterator[Path]:
    yield from sorted(path for pattern in _PATTERNS for path in folder.glob(pattern))


def _holds_cases(data: bytes) -> bool:
    return any(line.startswith(_MARK) for line in data[:_HEAD].splitlines())


def _is_for(data: bytes, convenant: Path) -> bool:
    """Say whether cases are about this file: by the name they give, if they give one."""
    names = [
        line.split(b":", 1)[1].split(b"#")[0].strip() for line in data.splitlines() if line.startswith(b"convenant:")
    ]
    return convenant.is_dir() or not names or convenant.name.encode() in {name.strip(b"\"'") for name in names}
