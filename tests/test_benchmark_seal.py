"""The benchmark of the seal measures what it says: both sides protect, and both refuse what was changed."""

import pytest
from joserfc.errors import JoseError

from benchmarks.seal import Jose, Row, compare, measure, works

pytestmark = pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")


def test_every_figure_of_a_row_is_measured() -> None:
    row = Row(1024, **measure(works(1024), rounds=1))

    assert min(row.seal, row.verify, row.open, row.stamp, row.nested_out, row.nested_into) > 0
    assert [way for way, *_ in compare(row)] == ["out", "in"]


def test_jose_protects_too_what_it_is_measured_at() -> None:
    jose = Jose()
    box, token = jose.shape(b"the plaintext", b"{}")

    assert jose.unnest(jose.nest(b"the plaintext")) == jose.unshape((box, token)) == b"the plaintext"
    with pytest.raises(ValueError, match="another part"):
        jose.unshape((box[:-1] + "A", token))
    with pytest.raises(JoseError):
        Jose().unnest(jose.nest(b"the plaintext"))
