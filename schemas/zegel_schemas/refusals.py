"""Refusals: the message's own fault, final, logged and told to its sender with one stable code.

A `Refusal` leaves a door of the corridor (or of the recipient's adapter). Every other exception is our fault and is
retried. The texts per code, Dutch at B1 level and English, stand in `refusals.yaml`; a test demands both for each code.
"""

from enum import StrEnum


class Fault(StrEnum):
    """Codes of wire, keys and time: what the doors find before and around the convenant check.

    `U` in `refusals.yaml` marks the codes that end `unreadable`: no sender could be established.
    """

    # unreadable: nobody signed for it, so only the inbox's owner hears of it
    GEEN_USER_ID = "GEEN_USER_ID"
    USER_ID_NIET_VAN_INBOX = "USER_ID_NIET_VAN_INBOX"
    EIGENSCHAPPEN_ONLEESBAAR = "EIGENSCHAPPEN_ONLEESBAAR"
    TE_GROOT = "TE_GROOT"
    HOP_ONLEESBAAR = "HOP_ONLEESBAAR"
    HOP_SLEUTEL_ONBEKEND = "HOP_SLEUTEL_ONBEKEND"
    FRAME_ONLEESBAAR = "FRAME_ONLEESBAAR"
    VERSIE_ONBEKEND = "VERSIE_ONBEKEND"
    SLEUTEL_ONBEKEND = "SLEUTEL_ONBEKEND"
    SLEUTEL_ANDER_GEBRUIK = "SLEUTEL_ANDER_GEBRUIK"
    HANDTEKENING_ONGELDIG = "HANDTEKENING_ONGELDIG"
    # refused: the signature held
    NIET_CANONIEK = "NIET_CANONIEK"
    ONGELDIGE_VERKLARING = "ONGELDIGE_VERKLARING"
    AFZENDER_NIET_DE_SLEUTELHOUDER = "AFZENDER_NIET_DE_SLEUTELHOUDER"
    VREEMDE_INBOX = "VREEMDE_INBOX"
    TABEL_KLOPT_NIET = "TABEL_KLOPT_NIET"
    DEEL_KLOPT_NIET = "DEEL_KLOPT_NIET"
    SLEUTEL_NIET_GELDIG = "SLEUTEL_NIET_GELDIG"
    SLEUTEL_INGETROKKEN = "SLEUTEL_INGETROKKEN"
    ONTVANGER_SLEUTEL_ONBEKEND = "ONTVANGER_SLEUTEL_ONBEKEND"
    UIT_DE_TOEKOMST = "UIT_DE_TOEKOMST"
    VERLOPEN = "VERLOPEN"
    GELDIGHEID_TE_LANG = "GELDIGHEID_TE_LANG"
    ANDER_BERICHT_ZELFDE_ID = "ANDER_BERICHT_ZELFDE_ID"
    TE_VEEL_PROEVEN = "TE_VEEL_PROEVEN"  # more dry runs about one casus on one day than the broker answers
    # undeliverable: permitted, yet it could not be handed over
    BERICHTENBOX_VOL = "BERICHTENBOX_VOL"
    NIET_BEZORGBAAR = "NIET_BEZORGBAAR"
    # found by the recipient's adapter
    STEMPEL_ONTBREEKT = "STEMPEL_ONTBREEKT"
    STEMPEL_KLOPT_NIET = "STEMPEL_KLOPT_NIET"
    STEMPEL_ANDER_BERICHT = "STEMPEL_ANDER_BERICHT"
    STEMPEL_NIET_TOEGESTAAN = "STEMPEL_NIET_TOEGESTAAN"
    STEMPEL_VREEMD_LOGBOEK = "STEMPEL_VREEMD_LOGBOEK"
    CONVENANT_NIET_ONDERTEKEND = "CONVENANT_NIET_ONDERTEKEND"
    NIET_VOOR_MIJ = "NIET_VOOR_MIJ"
    OMSLAG_ONLEESBAAR = "OMSLAG_ONLEESBAAR"
    SLEUTELBINDING_KLOPT_NIET = "SLEUTELBINDING_KLOPT_NIET"
    OPVULLING_KLOPT_NIET = "OPVULLING_KLOPT_NIET"
    INHOUD_ONGELDIG = "INHOUD_ONGELDIG"
    CLAIM_KLOPT_NIET = "CLAIM_KLOPT_NIET"
    # directory
    REGISTER_ONGELDIG = "REGISTER_ONGELDIG"
    # the seal: refused, the signature held
    ONDERTEKEND_DOOR_ANDER = "ONDERTEKEND_DOOR_ANDER"  # another key signed than the declaration names
    GEBRUIK_KLOPT_NIET = "GEBRUIK_KLOPT_NIET"  # a receipt signed as a message, or the like
    # the seal: found by the recipient's adapter
    DEEL_ONLEESBAAR = "DEEL_ONLEESBAAR"  # the key is the one committed to, yet the part does not open
    INHOUD_ANDERE_CATEGORIE = "INHOUD_ANDERE_CATEGORIE"  # the content says another category or schema than declared
    # the stamp: found by the recipient's adapter
    STEMPEL_ANDERE_SOORT = "STEMPEL_ANDERE_SOORT"  # an entry of another type than `decision` presented as a stamp
    STEMPEL_REGEL_PAST_NIET = "STEMPEL_REGEL_PAST_NIET"  # a category without a rule of the convenant that fits
    STEMPEL_ANDER_REGISTER = "STEMPEL_ANDER_REGISTER"  # decided by a directory with another history than mine
    CONVENANT_NIET_VAN_KRACHT = "CONVENANT_NIET_VAN_KRACHT"  # signed by the root, but not in force at that time
    LOGBOEK_GESPLITST = "LOGBOEK_GESPLITST"  # the log signed two roots for one size: keep both notes, alarm
    # the answer to an ask: found by the adapter that asked, which takes nothing from it
    ANTWOORD_ONLEESBAAR = "ANTWOORD_ONLEESBAAR"
    ANTWOORD_ANDERE_VRAAG = "ANTWOORD_ANDERE_VRAAG"  # it answers another ask, or more than was asked
    REGISTER_GESPLITST = "REGISTER_GESPLITST"  # two histories of the directory: keep both, alarm
    REGISTER_TERUG = "REGISTER_TERUG"  # a later entry of the log names an older directory than an earlier one
    REGISTER_ONBEWEZEN = "REGISTER_ONBEWEZEN"  # statements the log does not name
    LOGBOEK_TERUG = "LOGBOEK_TERUG"  # the log is shorter than the note that was shown to it
    LOGBOEK_ONBEWEZEN = "LOGBOEK_ONBEWEZEN"  # no path from the notes held to the log shown
    CONVENANT_ONLEESBAAR = "CONVENANT_ONLEESBAAR"  # the root signed documents that do not make the set it names
    # an exhibit: found by the third party it was shown to
    BEWIJS_ONLEESBAAR = "BEWIJS_ONLEESBAAR"  # no exhibit, or cut off, or with something behind it
    BEWIJS_ONVOLLEDIG = "BEWIJS_ONVOLLEDIG"  # its directory stops before the version the decision names


class Refusal(Exception):  # noqa: N818 - the house's word; it is an outcome, not an accident
    """A door refused the message. `code` is stable; `fields` are names, never values; `detail` holds no content."""

    def __init__(self, code: str, *fields: str, detail: str = "") -> None:
        """Take the code, the names of the fields concerned and, where it helps, what rule they broke."""
        super().__init__(code)
        self.code = str(code)
        self.fields = fields
        self.detail = detail

    def __str__(self) -> str:
        """Return code, fields and detail: safe for logs, for none of them holds content."""
        where = f" ({', '.join(self.fields)})" if self.fields else ""
        return f"{self.code}{where}{': ' + self.detail if self.detail else ''}"
