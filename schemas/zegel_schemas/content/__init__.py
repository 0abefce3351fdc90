"""What is sealed: one closed schema per category; read `fields.py`, then the sector you know, then `comparing.py`."""

from zegel_schemas.content.ages import age_band
from zegel_schemas.content.catalogue import CONTENT, example
from zegel_schemas.content.comparing import Contents, check_claims, derive_claims, fill_claims
from zegel_schemas.content.fields import Content
from zegel_schemas.content.reading import read_content, write_content

__all__ = [
    "CONTENT",
    "Content",
    "Contents",
    "age_band",
    "check_claims",
    "derive_claims",
    "example",
    "fill_claims",
    "read_content",
    "write_content",
]
