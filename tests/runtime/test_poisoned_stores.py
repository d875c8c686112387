"""Documents that somebody wrote into the store with right checksums and wrong contents: misses where they are cached, refused where they are pinned."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from pods import Pods, pinned

from dagwright.cache.results import seal, unseal
from dagwright.contract.keys import sha256_hex
from dagwright.contract.names import blob_key

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pods import Ended

    Edit = Callable[[dict[str, Any], dict[str, Any]], object]

SOURCE = """
def make(seed):
    return [seed, 2, 3]

def wide(seed):
    return [f"{seed}-{number:05d}" + "x" * 100 for number in range(2000)]

def total(items):
    return sum(items)

def double(item):
    return 2 * item

def head(text):
    return text[:7]
"""
FOREIGN = sha256_hex(b"foreign")
CODES = {"entry": 0, "pin": 82}


def flow(folder: Path) -> Pods:
    pods = Pods(folder, SOURCE)
    pods.task("make", {"seed": ("int", 5)}, "list[int]", cache={"version": "1"})
    pods.task("wide", {"seed": ("int", 5)}, "list[str]", cache={"version": "1"})
    pods.task("total", {"items": ("list[int]", pinned("make"))}, "int")
    pods.task("double", {"item": ("int", pinned("make"))}, "int", over="item")
    pods.task("head", {"text": ("str", pinned("wide"))}, "str", over="text")
    pods.publish["make"] = [{"output": "o0", "parameter": "count-o0"}]
    return pods


def nested(depth: int) -> list[Any]:
    found: list[Any] = []
    for _ in range(depth):
        found = [found]
    return found


def by_blob(output: dict[str, Any], digest: str, size: int) -> None:
    del output["data"]
    output.update(blob=digest, sizes={digest: size})


EDITS: dict[str, Edit] = {
    "no list": lambda output, _: output.update(data="abc"),
    "nothing": lambda output, _: output.update(data=None),
    "a file outside": lambda output, _: output.update(data={"$blob": "../../x", "size": 1, "enc": "file", "name": "../x"}),
    "too many elements": lambda output, _: output.update(len=10**30),
    "more elements than there are": lambda output, _: output.update(len=4),
    "fewer elements than there are": lambda output, _: output.update(len=1),
    "less than no elements": lambda output, _: output.update(len=-1),
    "half an element": lambda output, _: output.update(len=2.5),
    "no number of elements": lambda output, _: output.pop("len"),
    "another output": lambda output, _: output.update(name="o1"),
    "an output in colours": lambda output, _: output.update(name="\x1b[31mo0"),
    "another type": lambda output, _: output.update(type="str"),
    "no outputs": lambda _, body: body.update(outputs=[]),
    "an output twice": lambda output, body: body["outputs"].append(output),
    "no object": lambda _, body: body.update(outputs=[7]),
    "a path in the place of a digest": lambda output, _: by_blob(output, "../../../../etc/passwd", 5),
    "a digest in capitals": lambda output, _: by_blob(output, FOREIGN.upper(), 7),
    "a size that is no number": lambda output, _: output.update(sizes={FOREIGN: "7"}),
    "a size beyond all disks": lambda output, _: by_blob(output, FOREIGN, 10**30),
    "slices of no blob": lambda output, _: output.update(slices={"per": 1, "lengths": [1], "sums": [FOREIGN]}),
    "hashes of other elements": lambda output, _: output.update(key=["a"]),
    "another version": lambda _, body: body.update(v=2),
}
"""What changes a document so that its own shape gives it away, whoever reads it."""


def forge(path: Path, edit: Edit) -> None:
    """Change a document, with a checksum that fits."""
    body = unseal(path.read_bytes())
    del body["v"]
    edit(body["outputs"][0], body)
    version = body.pop("v", 1)
    document = seal(body)
    if version != 1:
        tail = document[74:].replace(b'"v":1', f'"v":{version}'.encode())
        document = f'{{"sum":"{sha256_hex(tail)}",'.encode() + tail
    path.write_bytes(document)


def document_of(pods: Pods, kind: str, task: str = "make") -> Path:
    [path] = pods.stored(f"ac/*/*/flow.{task}/*.json" if kind == "entry" else f"run/run-1/{task}/out.json")
    return path


def said(ended: Ended) -> str:
    """The one line of an attempt; the user's own name for a failure starts no line of ours."""
    [line] = ended.err.splitlines()
    assert line.startswith("dagwright: ")
    assert "please report" not in line
    assert line.isprintable()
    return line


@pytest.mark.parametrize("kind", CODES)
@pytest.mark.parametrize("edit", EDITS)
def test_a_forged_document_is_computed_again_or_refused(tmp_path: Path, edit: str, kind: str) -> None:
    pods = flow(tmp_path)
    assert pods.attempt("make").code == 0
    forge(document_of(pods, kind), EDITS[edit])
    if kind == "entry":
        pods.run = "run-2"
    ended = pods.attempt("make")
    assert ended.code == CODES[kind], ended
    if kind == "entry":
        assert "the cached result of flow.make is damaged and is computed again: " in said(ended)
        assert pods.output("make") == [5, 2, 3]
        assert (tmp_path / "work/control/count-o0").read_text() == "3"
        assert pods.attempt("total").code == 0
        assert pods.output("total") == 10
    else:
        for consumer in (ended, pods.attempt("total"), pods.attempt("double", 0)):
            assert consumer.code == 82, consumer
            assert "the result v1/run/run-1/make/out.json in " in said(consumer)


@pytest.mark.parametrize("name", ["task", "cache_version", "signature", "inputs"])
def test_the_entry_of_another_call_is_not_this_ones(tmp_path: Path, name: str) -> None:
    pods = flow(tmp_path)
    assert pods.attempt("make").code == 0
    forge(document_of(pods, "entry"), lambda output, body: (body["made"].update({name: "other"}), output.update(data=[6, 6, 6])))
    pods.run = "run-2"
    ended = pods.attempt("make")
    assert ended.code == 0, ended
    assert "it was made by another call, with another " in said(ended)
    assert pods.output("make") == [5, 2, 3]


@pytest.mark.parametrize(
    "data",
    [["x", 2, 3], [1.5, 2, 3], [True, 2, 3], [None, 2, 3], [{"$f": "nan"}, 2, 3], [nested(400), 2, 3], [{"$blob": "../x"}, 2, 3]],
)
@pytest.mark.parametrize("consumer", [("total",), ("double", 0)], ids=["whole", "element"])
def test_a_value_that_is_not_of_its_type_reaches_no_task(tmp_path: Path, consumer: tuple[Any, ...], data: list[Any]) -> None:
    pods = flow(tmp_path)
    assert pods.attempt("make").code == 0
    forge(document_of(pods, "pin"), lambda output, _: output.update(data=data))
    ended = pods.attempt(*consumer)
    assert ended.code == 82, ended
    assert "input 'item" in said(ended)
    assert " is damaged in the store or the plan: expected int, got " in said(ended)


def test_numbers_without_end_are_numbers(tmp_path: Path) -> None:
    pods = flow(tmp_path)
    assert pods.attempt("make").code == 0
    forge(document_of(pods, "pin"), lambda output, _: output.update(data=[10**4000, 2, 3]))
    assert pods.attempt("total").code == 0
    path = document_of(pods, "pin")
    tail = path.read_bytes()[74:].replace(b"0" * 4000, b"0" * 5000)
    path.write_bytes(f'{{"sum":"{sha256_hex(tail)}",'.encode() + tail)
    ended = pods.attempt("double", 1)
    assert ended.code == 82, ended
    assert "it is no JSON: " in said(ended)


@pytest.mark.parametrize("depth", [1000, 100_000])
@pytest.mark.parametrize("kind", CODES)
def test_json_nested_without_end_is_damage(tmp_path: Path, kind: str, depth: int) -> None:
    pods = flow(tmp_path)
    assert pods.attempt("make").code == 0
    path = document_of(pods, kind)
    tail = b'"v":1,"outputs":' + b"[" * depth + b"]" * depth + b"}"
    path.write_bytes(f'{{"sum":"{sha256_hex(tail)}",'.encode() + tail)
    if kind == "entry":
        pods.run = "run-2"
    ended = pods.attempt("make")
    assert ended.code == CODES[kind], ended
    said(ended)


def test_a_blob_with_other_bytes_than_its_digest_is_not_served(tmp_path: Path) -> None:
    pods = flow(tmp_path)
    assert pods.attempt("make").code == 0
    foreign = tmp_path / "store" / blob_key(FOREIGN)
    foreign.parent.mkdir(parents=True, exist_ok=True)
    foreign.write_bytes(b"[6,6,6]")  # as long as what its name says
    forge(document_of(pods, "entry"), lambda output, _: by_blob(output, FOREIGN, 7))
    pods.run = "run-2"
    ended = pods.attempt("make")
    assert ended.code == 0, ended
    assert f"the blob {FOREIGN} holds other bytes" in said(ended)
    assert pods.output("make") == [5, 2, 3]


def test_a_blob_is_not_read_beyond_what_is_there(tmp_path: Path) -> None:
    pods = flow(tmp_path)
    assert pods.attempt("make").code == 0
    blob = tmp_path / "store" / blob_key(FOREIGN)
    blob.parent.mkdir(parents=True, exist_ok=True)
    blob.write_bytes(b"foreign")
    forge(document_of(pods, "pin"), lambda output, _: by_blob(output, FOREIGN, 1 << 50))  # a petabyte in memory
    ended = pods.attempt("total")
    assert ended.code == 82, ended
    assert f"the blob {FOREIGN} holds other bytes" in said(ended)


SLICES: dict[str, Callable[[dict[str, Any]], object]] = {
    "shifted by a byte": lambda slices: (
        slices["lengths"].__setitem__(0, slices["lengths"][0] + 1),
        slices["lengths"].__setitem__(1, slices["lengths"][1] - 1),
    ),
    "beyond the blob": lambda slices: slices["lengths"].__setitem__(-1, 10**12),
    "before the blob": lambda slices: slices["lengths"].__setitem__(0, -(10**6)),
    "one for all": lambda slices: slices.update(per=10**9, lengths=slices["lengths"][:1], sums=slices["sums"][:1]),
    "one after the other": lambda slices: slices.update(per=1),
    "exchanged": lambda slices: slices.update(sums=slices["sums"][::-1]),
    "not digested": lambda slices: slices.update(sums=[""] * len(slices["sums"])),
}


@pytest.mark.parametrize("edit", SLICES)
def test_slices_that_lead_elsewhere_give_no_element(tmp_path: Path, edit: str) -> None:
    pods = flow(tmp_path)
    assert pods.attempt("wide").code == 0
    assert pods.attempt("head", 3).code == 0
    forge(document_of(pods, "pin", "wide"), lambda output, _: SLICES[edit](output["slices"]))
    ended = pods.attempt("head", 4)
    assert ended.code == 82, ended
    assert "damaged" in said(ended)


def test_records_and_notes_of_others_change_no_value(tmp_path: Path) -> None:
    pods = flow(tmp_path)
    folder = tmp_path / "store/v1/run/run-1/make"
    folder.mkdir(parents=True)
    for number, content in enumerate(
        [b"[]", b"7", b'{"number": "x"}', b"[" * 100_000, b'{"number": 1e400}', json.dumps({"number": 5, "epoch": "x"}).encode()]
    ):
        (folder / f"attempt-{number:04d}.json").write_bytes(content)
    ended = pods.attempt("make")
    assert ended.code == 0, ended
    assert pods.attempt("total").code == 0
    assert pods.output("total") == 10
