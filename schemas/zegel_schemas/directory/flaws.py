"""What can be wrong with a directory, each with its own code, the number of the statement, the field and the remedy."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from zegel_schemas.refusals import Fault, Refusal


class FlawCode(StrEnum):
    """Stable codes of the faults in a directory; they stand inside a Refusal REGISTER_ONGELDIG."""

    REGEL_ONLEESBAAR = "REGEL_ONLEESBAAR"  # the line is no signed statement at all
    VELD_ONGELDIG = "VELD_ONGELDIG"  # a field misses, is unknown, or its value has not the form it must have
    BEGIN_ONTBREEKT = "BEGIN_ONTBREEKT"  # the first statement is not a root statement
    ANDERE_WORTEL = "ANDERE_WORTEL"  # the first statement has not the fingerprint that was read out
    HANDTEKENING_KLOPT_NIET = "HANDTEKENING_KLOPT_NIET"
    ONDERTEKENAAR_ONBEVOEGD = "ONDERTEKENAAR_ONBEVOEGD"  # signed by a key that may not say this
    DREMPEL_NIET_GEHAALD = "DREMPEL_NIET_GEHAALD"  # too few of the root's keys signed
    OUDE_WORTEL_TEKENDE_NIET = "OUDE_WORTEL_TEKENDE_NIET"
    NIEUWE_WORTEL_TEKENDE_NIET = "NIEUWE_WORTEL_TEKENDE_NIET"
    SLEUTEL_DUBBEL_GETELD = "SLEUTEL_DUBBEL_GETELD"  # one public key stands or signs twice
    VOLGORDE = "VOLGORDE"  # number, predecessor or time does not follow on the issuer's last statement
    GEEN_LID = "GEEN_LID"  # the issuer is no member
    SLEUTEL_ONGELDIG = "SLEUTEL_ONGELDIG"  # no point on the curve, of small order, or of a wrong length
    SLEUTEL_AL_GENOEMD = "SLEUTEL_AL_GENOEMD"  # a key is published once, by one owner, for one use
    SLEUTEL_TE_LANG = "SLEUTEL_TE_LANG"
    SLEUTEL_TE_VER_VOORUIT = "SLEUTEL_TE_VER_VOORUIT"
    VREEMDE_INTREKKING = "VREEMDE_INTREKKING"  # only its owner revokes a key
    AL_INGETROKKEN = "AL_INGETROKKEN"
    LOGBOEK_VOLGT_NIET = "LOGBOEK_VOLGT_NIET"  # a successor log names the last size and root of the old one
    CONVENANT_TERUG = "CONVENANT_TERUG"  # a later convenant cannot begin before an earlier one
    TERUG = "TERUG"  # the new directory is older than the one held
    SPLITSING = "SPLITSING"  # the new directory has another past than the one held


@dataclass(frozen=True, slots=True)
class Flaw:
    """One fault: in which statement (1 = the first line, 0 = the whole), at which field, and what to do about it."""

    code: FlawCode
    number: int
    field: str
    remedy: str
    paper: str = "directory"  # or the other file it stands in: a request, a welcome

    def __str__(self) -> str:
        """Return one line for a person; it holds no value from the file, for that could be anything."""
        where = f"statement {self.number}" if self.number else self.paper
        return f"{where}, {self.field}: {self.code}: {self.remedy}"


class DirectoryInvalid(Refusal):
    """A directory that must not be used: REGISTER_ONGELDIG, with every fault that could be found at once."""

    def __init__(self, flaws: Sequence[Flaw]) -> None:
        """Take the faults in the order of the statements; `fields` name statement and field of each."""
        fields = tuple(f"{each.number}.{each.field}" for each in flaws)
        super().__init__(Fault.REGISTER_ONGELDIG, *fields, detail="; ".join(map(str, flaws)))
        self.flaws = tuple(flaws)


class Flawed(Exception):  # noqa: N818 - a finding on its way to DirectoryInvalid, which names the statement
    """One check of one statement failed."""

    def __init__(self, code: FlawCode, field: str, remedy: str) -> None:
        """Take the code, the field and the remedy; who folds the directory adds the number."""
        super().__init__(code)
        self.code = code
        self.field = field
        self.remedy = remedy

    def at(self, number: int) -> Flaw:
        """Return the flaw of statement `number`."""
        return Flaw(self.code, number, self.field, self.remedy)
