"""The shipped vectors are what a second implementation writes, and the product makes and reads the same bytes."""

import json
from collections.abc import Callable, Iterator
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from tests.foreign import vectors
from tests.foreign.sets import digest_set
from tests.product_keys import OURS, known
from zegel_schemas import canonical
from zegel_schemas.convenant import hash_file, shipped_convenant
from zegel_schemas.declaration import Declaration
from zegel_schemas.directory import Directory
from zegel_schemas.merkle import CompactRange, check_consistency, check_inclusion, leaf_hash
from zegel_schemas.note import Checkpoint, sign_checkpoint
from zegel_schemas.record import Record, check_entry, commit_subject, hash_explanation, read_record, write_record
from zegel_schemas.refusals import Refusal
from zegel_schemas.seal import HopBox, HopFrame, PlainPart, PublicKey, Use, check_frame, open_parts, read, seal
from zegel_schemas.seal.hop import HopKind
from zegel_schemas.seal.padding import part_bucket
from zegel_schemas.stamp import Notice, Stamp, check_note, check_notice, check_proof

FOLDER = files("zegel_schemas") / "vectors"


def load(name: str) -> dict[str, Any]:
    """Return one file of the vectors, as whoever installed the package finds it."""
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text())
    return found


KEYS, CANONICAL, LOG, DIRECTORY = load("keys"), load("canonical"), load("log"), load("directory")
CONTAINERS: dict[str, dict[str, Any]] = {each["name"]: each for each in load("containers")["containers"]}
HOPS: dict[str, dict[str, Any]] = {each["name"]: each for each in load("hops")["hops"]}
FILE = "".join(f"{line}\n" for line in DIRECTORY["lines"]).encode()


def in_order(*draws: bytes) -> Callable[[int], bytes]:
    """Return a source that gives these bytes, one after the other, and nothing else."""
    left: Iterator[bytes] = iter(draws)

    def draw(size: int) -> bytes:
        drawn = next(left)
        assert len(drawn) == size
        return drawn

    return draw


def content_of(part: dict[str, Any]) -> bytes:
    """Return a content, also one that is written as a run of x."""
    run = part.get("content_x", 0)
    text: str = part["content"] if "content" in part else part["content_before"] + "x" * run + part["content_after"]
    return text.encode("ascii")


def product_seals(case: dict[str, Any]) -> bytes:
    """Return the container the product makes of a case, under its randomness."""
    declaration = Declaration.from_bytes(case["declaration"].encode())
    names = declaration.parts if case["parts"] else ()
    contents = [content_of(part) for part in case["parts"]]
    use: Use = case["use"]
    return seal(
        declaration,
        [PlainPart(at.category, at.schema_version, text) for at, text in zip(names, contents, strict=True)],
        use=use,
        signing=OURS[case["signing_key"]],
        recipient=OURS[case["sealing_key"]].public if case["sealing_key"] else None,
        random=in_order(bytes.fromhex(case["message_key"]), bytes.fromhex(case["ephemeral"])),
    ).container


@pytest.mark.parametrize(("name", "text"), vectors.make_files().items(), ids=lambda value: value[:20])
def test_the_files_are_what_the_second_implementation_writes_today(name: str, text: str) -> None:
    """A change here is a change of the protocol: it needs another name than zegel/1."""
    assert (FOLDER / name).read_text() == text


def test_there_is_no_other_file() -> None:
    found = {path.name for path in vectors.FOLDER.iterdir()} - {"README.md"}

    assert found == vectors.make_files().keys()


def test_the_second_implementation_imports_nothing_of_the_product() -> None:
    text = "".join(path.read_text() for path in (Path(__file__).parent / "foreign").glob("*.py"))

    assert "import zegel_" not in text
    assert "from zegel_" not in text
    assert "nacl" not in text.replace("PyNaCl", "").lower().replace("nacl (", "").replace("nacl box", "")


@pytest.mark.parametrize("name", KEYS["keys"])
def test_the_product_derives_the_same_keys(name: str) -> None:
    key, ours = KEYS["keys"][name], OURS[name].public

    assert (ours.use, ours.owner, ours.raw.hex(), ours.id.hex()) == (
        key["use"],
        key["owner"],
        key["public"],
        key["id"],
    )


@pytest.mark.parametrize("case", KEYS["refused"], ids=lambda case: case["name"])
def test_the_product_refuses_the_same_keys(case: dict[str, str]) -> None:
    with pytest.raises(Refusal) as refused:
        PublicKey(case["use"], "jutphaas_wonen", bytes.fromhex(case["public"]))  # type: ignore[arg-type]  # from a file

    assert refused.value.code == case["code"]


@pytest.mark.parametrize("text", CANONICAL["canonical"])
def test_the_product_writes_the_same_text(text: str) -> None:
    assert canonical.encode(canonical.decode(text.encode())) == text.encode()


@pytest.mark.parametrize("case", CANONICAL["not_canonical"], ids=lambda case: case["name"])
def test_the_product_refuses_the_same_texts(case: dict[str, str]) -> None:
    with pytest.raises(canonical.NotCanonicalError):
        canonical.decode(bytes.fromhex(case["bytes"]))


def test_the_product_has_the_same_buckets() -> None:
    assert {size: part_bucket(int(size)) for size in CANONICAL["part_bucket"]} == CANONICAL["part_bucket"]


@pytest.mark.parametrize("name", CONTAINERS)
def test_the_product_seals_the_same_bytes(name: str) -> None:
    case = CONTAINERS[name]
    container = product_seals(case)

    assert sha256(container).hexdigest() == case["container_sha256"]
    assert (len(container), container[:117].hex()) == (case["container_length"], case["head"])
    assert container.hex() == case.get("container", container.hex())


@pytest.mark.parametrize("name", CONTAINERS)
def test_the_product_reads_and_opens_it(name: str) -> None:
    case = CONTAINERS[name]
    verified = read(check_frame(product_seals(case), known))
    opened = open_parts(verified, OURS[case["sealing_key"]] if case["sealing_key"] else None)

    assert verified.message_hash.hex() == case["message_hash"]
    assert [part.content for part in opened.contents] == [content_of(part) for part in case["parts"]]


@pytest.mark.parametrize("name", HOPS)
def test_the_product_boxes_the_same_hop(name: str) -> None:
    hop = HOPS[name]
    kind: HopKind = hop["kind"]
    frame = HopFrame(kind, hop["note"].encode(), bytes.fromhex(hop["body"]))
    own, peer = OURS[hop["from_key"]], OURS[hop["to_key"]]

    boxed = HopBox([own]).seal(peer.public, frame, random=in_order(bytes.fromhex(hop["nonce"])))

    assert boxed.hex() == hop["hop"]
    assert HopBox([peer]).open(boxed, known)[0] == frame


@pytest.mark.parametrize("entry", LOG["entries"], ids=lambda entry: json.loads(entry["leaf"])["type"])
def test_the_product_reads_and_writes_the_same_entry(entry: dict[str, str]) -> None:
    record, leaf, salt = entry["record"].encode(), entry["leaf"].encode(), bytes.fromhex(entry["salt"])
    _, found = check_entry(leaf, record, salt)

    assert isinstance(found, Record)
    assert write_record(read_record(record)) == record
    assert leaf_hash(leaf).hex() == entry["leaf_hash"]


def test_the_product_commits_to_the_same_subject_and_explanation() -> None:
    said, told = LOG["subject_commitment"], LOG["explanation"]

    assert commit_subject(said["casus"], said["subject"], bytes.fromhex(said["salt"])) == said["commitment"]
    assert hash_explanation(told["text"].encode()) == told["hash"]


def test_the_product_grows_the_same_tree_and_signs_the_same_notes() -> None:
    hashes = [bytes.fromhex(entry["leaf_hash"]) for entry in LOG["entries"]]
    for size, (root, note) in enumerate(zip(LOG["roots"], LOG["notes"], strict=True)):
        grown = CompactRange().extend(hashes[:size]).range.root()

        assert grown.hex() == root
        assert sign_checkpoint(Checkpoint(LOG["origin"], size, grown), OURS["log"]).decode() == note


def test_the_product_takes_every_path() -> None:
    roots = [bytes.fromhex(root) for root in LOG["roots"]]
    for each in LOG["inclusion"]:
        leaf, path = LOG["entries"][each["index"]]["leaf_hash"], [bytes.fromhex(step) for step in each["path"]]
        check_inclusion(bytes.fromhex(leaf), each["index"], each["size"], path, roots[each["size"]])
    for each in LOG["consistency"]:
        one, two = each["first"], each["second"]
        path = [bytes.fromhex(step) for step in each["path"]]
        check_consistency(first=one, second=two, first_root=roots[one], second_root=roots[two], path=path)

    assert (len(LOG["inclusion"]), len(LOG["consistency"])) == (45, 45)


def test_the_product_gives_the_same_hash_to_a_document() -> None:
    for each in load("sets")["files"]:
        assert hash_file(each["text"].encode()) == each["hash"]


def test_the_product_gives_the_same_digest_to_the_set_it_ships() -> None:
    shipped = shipped_convenant()

    assert digest_set(shipped.named) == shipped.digest


def test_the_product_reads_the_same_directory() -> None:
    found = Directory.load(FILE, root_fingerprint=DIRECTORY["fingerprint"])

    assert [found.head_at(count + 1) for count in range(found.count)] == DIRECTORY["heads"]
    assert sorted(found.members) == DIRECTORY["members"]
    assert {name: [log.public.raw.hex(), log.final_size] for name, log in found.logs.items()} == {
        name: [log["key"], log["closed_at"]] for name, log in DIRECTORY["logs"].items()
    }
    for each in DIRECTORY["keys"]:
        key = found.key(bytes.fromhex(each["id"]))
        assert key is not None
        assert (key.public.use, key.owner, key.public.raw.hex()) == (each["use"], each["owner"], each["public"])
        assert (key.valid_from, key.valid_until) == (each["from"], each["until"])
        assert (key.revoked_at, key.revoked_index) == (each["revoked_at"], each["revoked_index"])


def test_the_product_proves_the_same_stamp_and_notices_and_writes_them_alike() -> None:
    found = Directory.load(FILE, root_fingerprint=DIRECTORY["fingerprint"])
    data = bytes.fromhex(LOG["stamp"]["stamp"])
    stamp = Stamp.decode(data)

    assert check_proof(stamp.proof, stamp.note, found).index == LOG["stamp"]["index"]
    assert stamp.encode() == data
    for name in LOG["notices"]:
        told = bytes.fromhex(LOG["notices"][name])
        notice = Notice.decode(told)
        assert check_notice(notice, found)[0].checkpoint == check_note(notice.note, found)
        assert notice.encode() == told
