"""From the documents of answers to the convenants the root signed: which are lacking, do they make the set named."""

from collections.abc import Collection, Mapping

from zegel_schemas.asking.wire import MAX_FILE
from zegel_schemas.convenant import Convenant, ConvenantInvalid, hash_file, read_convenant
from zegel_schemas.directory import Directory
from zegel_schemas.refusals import Fault, Refusal


def find_lacking(directory: Directory, *, convenants: Collection[str], files: Collection[str]) -> tuple[str, ...]:
    """Return the hashes of the documents to ask for, those of the newest set first.

    `convenants` are the digests of the sets held, `files` the hashes of documents held beside them. Every set the root
    ever signed counts: messages decided by an older one may still be opened.
    """
    wanted = [
        file
        for each in reversed(directory.convenants)
        if each.digest not in convenants
        for _, _, file in each.documents
        if file not in files
    ]
    return tuple(dict.fromkeys(wanted))


def check_documents(files: Collection[bytes], directory: Directory) -> dict[str, bytes]:
    """Return the documents by hash; raise Refusal CONVENANT_NIET_ONDERTEKEND on one the root never named."""
    named = {file for each in directory.convenants for _, _, file in each.documents}
    found = {hash_file(each): each for each in files}
    if not found.keys() <= named:
        raise Refusal(Fault.CONVENANT_NIET_ONDERTEKEND, "files", detail="a document no statement of the root names")
    return found


def assemble_convenant(digest: str, directory: Directory, files: Mapping[str, bytes]) -> Convenant | None:
    """Return the set of documents with this digest, made of `files` (by hash); None while one is lacking.

    Raise Refusal CONVENANT_NIET_ONDERTEKEND when the root signed no such set, CONVENANT_ONLEESBAAR when what it signed
    cannot be read, or is another set than its digest says.
    """
    # The newest statement counts: the root mends a statement whose documents do not make its set with a later one.
    signed = next((each for each in reversed(directory.convenants) if each.digest == digest), None)
    if signed is None:
        raise Refusal(Fault.CONVENANT_NIET_ONDERTEKEND, "convenant")
    wanted = dict.fromkeys(file for _, _, file in signed.documents)
    if any(each not in files for each in wanted):
        return None
    if any(len(files[each]) > MAX_FILE or hash_file(files[each]) != each for each in wanted):
        raise Refusal(Fault.CONVENANT_NIET_ONDERTEKEND, "files", detail="a document that is not the one named")
    try:
        convenant = read_convenant({f"{each}.yaml": files[each] for each in wanted})
    except ConvenantInvalid:
        raise Refusal(Fault.CONVENANT_ONLEESBAAR, "files", detail="these documents make no convenant") from None
    if convenant.digest != digest:
        raise Refusal(Fault.CONVENANT_ONLEESBAAR, "digest", detail="these documents make another set")
    return convenant
