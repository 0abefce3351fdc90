"""One thing the judge looks at, for who wants to see why it decides as it does."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Look:
    """One thing looked at, in words of the convenant, never content; `fits` None = it is no yes or no."""

    step: int
    about: str
    found: str
    fits: bool | None = None
