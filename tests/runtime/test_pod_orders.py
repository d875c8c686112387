"""What a pod is told, and what it says when that is wrong: always one line, never a traceback."""

from __future__ import annotations

import io
import json
import tarfile
from typing import TYPE_CHECKING

import pytest
from pods import Pods

from dagwright.contract.names import bundle_key
from dagwright.store import open_store
from dagwright_compiler.bundle import Bundle, BundleFile

if TYPE_CHECKING:
    from pathlib import Path

FLOW = "from dagwright import task\n@task\ndef t(a: int) -> int:\n    return a + 1\n"


@pytest.fixture
def pods(tmp_path: Path) -> Pods:
    pods = Pods(tmp_path, FLOW)
    pods.task("t", {"a": ("int", 1)}, "int")
    return pods


@pytest.mark.parametrize(
    ("arguments", "changes", "text"),
    [
        ([], {}, "usage:"),
        (["t", "0", "1"], {}, "usage:"),
        (["nope"], {}, "has no unit 'nope'"),
        (["t", "one"], {}, "the index is 'one', no number from 0"),
        (["t"], {"DAGWRIGHT_STORE": ""}, "DAGWRIGHT_STORE is not set"),
        (["t"], {"DAGWRIGHT_RUN": ""}, "DAGWRIGHT_RUN is not set"),
        (["t"], {"DAGWRIGHT_PLAN": "/nowhere"}, "cannot read the plan /nowhere/plan.json"),
        (["t"], {"DAGWRIGHT_STORE": "nope://x"}, "no store has the URL 'nope://x'"),
        (["t"], {"DAGWRIGHT_STORE": "s3://a bucket/p"}, "not the URL of a bucket: 's3://a bucket/p'; write s3://bucket/prefix"),
        (["t"], {"DAGWRIGHT_STORE": "s3://key:word@host/p"}, "credentials do not belong in a store's URL"),
        (["t"], {"DAGWRIGHT_CACHE": "maybe"}, "DAGWRIGHT_CACHE is 'maybe': write on, read, write or off"),
        (["t"], {"DAGWRIGHT_ATTEMPT": "first"}, "DAGWRIGHT_ATTEMPT is 'first'"),
        (["t"], {"DAGWRIGHT_STORE": "file:///proc/no/store"}, "/proc/no/store"),
    ],
)
def test_wrong_orders_end_in_one_line_and_a_code_of_ours(
    pods: Pods, arguments: list[str], changes: dict[str, str], text: str
) -> None:
    ended = pods.attempt(*arguments, **changes)
    assert ended.code in (74, 82), ended
    assert text in ended.err
    assert all(line.startswith("dagwright: ") for line in ended.err.splitlines())


@pytest.mark.parametrize("plan", [b"{", b"[]", b'{"schema": 1}', b'{"schema": 99}'])
def test_a_damaged_or_foreign_plan_is_one_line(pods: Pods, tmp_path: Path, plan: bytes) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "plan.json").write_bytes(plan)
    ended = pods.attempt("t", DAGWRIGHT_PLAN=str(tmp_path / "other"))
    assert ended.code == 82
    assert len(ended.err.splitlines()) == 1


def test_inputs_come_as_json_text_and_a_str_also_bare(tmp_path: Path) -> None:
    hostile = 'a "quoted" {{workflow.name}} 🔥\nline'
    pods = Pods(
        tmp_path, "from dagwright import task\n@task\ndef t(s: str, b: str, x: float) -> list[str]:\n    return [s, b, repr(x)]\n"
    )
    inputs = {name: (kind, {"kind": "input", "name": name}) for name, kind in (("s", "str"), ("b", "str"), ("x", "float"))}
    pods.inputs = [{"name": name, "type": kind} for name, (kind, _) in inputs.items()]
    pods.task("t", inputs, "list[str]")
    ended = pods.attempt("t", DAGWRIGHT_INPUT_s=json.dumps(hostile), DAGWRIGHT_INPUT_b=hostile, DAGWRIGHT_INPUT_x="2")
    assert ended.code == 0, ended
    assert pods.output("t") == [hostile, hostile, "2.0"]
    wrong = pods.attempt("t", DAGWRIGHT_INPUT_s="", DAGWRIGHT_INPUT_b="", DAGWRIGHT_INPUT_x='"two"', DAGWRIGHT_RUN="other")
    assert wrong.code == 80
    assert "input 'x': expected float, got str 'two'" in wrong.err
    absent = pods.attempt("t", DAGWRIGHT_RUN="third")
    assert absent.code == 82
    assert "needs DAGWRIGHT_INPUT_s" in absent.err


def test_batch_gives_index_and_attempt_in_its_own_words(tmp_path: Path) -> None:
    pods = Pods(tmp_path, FLOW)
    pods.task("t", {"a": ("int", [1, 2, 3])}, "int", over="a")
    ended = pods.attempt("t", AWS_BATCH_JOB_ARRAY_INDEX="2", AWS_BATCH_JOB_ATTEMPT="3")
    assert ended.code == 0, ended
    assert json.loads(pods.stored("run/run-1/t/2/attempt-*.json")[0].read_bytes())["hint"] == 2


def sealed(pods: Pods) -> Bundle:
    return Bundle(plan=json.dumps(pods.plan()).encode(), files=(BundleFile("flow.py", FLOW.encode()),))


def without_mounts(pods: Pods, digest: str) -> dict[str, str]:
    return {"DAGWRIGHT_PLAN": "", "DAGWRIGHT_CODE": "", "DAGWRIGHT_BUNDLE": digest, "DAGWRIGHT_WORK": str(pods.folder / "work")}


def test_a_bundle_is_fetched_checked_and_unpacked_where_nothing_is_mounted(pods: Pods, tmp_path: Path) -> None:
    bundle = sealed(pods)
    open_store((tmp_path / "store").as_uri()).create(bundle_key(bundle.digest), bundle.archive())
    ended = pods.attempt("t", **without_mounts(pods, bundle.digest))
    assert ended.code == 0, ended
    assert pods.output("t") == 2


def evil(name: str, *, link: str = "") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        info = tarfile.TarInfo(name)
        if link:
            info.type, info.linkname = tarfile.SYMTYPE, link
        tar.addfile(info, None if link else io.BytesIO(b""))
    return out.getvalue()


@pytest.mark.parametrize(
    "archive",
    [
        evil("../out"),
        evil("/out"),
        evil("code/../../out"),
        evil("code/link", link="/etc"),
        evil("other/file"),
        b"no tar at all",
        b"",
    ],
)
def test_a_bundle_that_is_not_what_its_name_says_is_refused_before_anything_is_written(
    pods: Pods, tmp_path: Path, archive: bytes
) -> None:
    digest = sealed(pods).digest
    open_store((tmp_path / "store").as_uri()).create(bundle_key(digest), archive)
    ended = pods.attempt("t", **without_mounts(pods, digest))
    assert ended.code == 82
    assert len(ended.err.splitlines()) == 1
    assert not (tmp_path / "work" / "bundle").exists()
    assert not (tmp_path / "out").exists()


def test_an_absent_bundle_names_its_key_and_what_to_do(pods: Pods) -> None:
    ended = pods.attempt("t", **without_mounts(pods, "0" * 64))
    assert ended.code == 82
    assert ended.err.endswith(
        f"{bundle_key('0' * 64)}, the code of this workflow, is not there: publish it with `dagwright publish`, "
        "or submit the workflow again, with the store that its pods have (exit 82)\n"
    )
    assert pods.termination == ended.err


@pytest.mark.parametrize("text", ["[" * 100_000, '{"$ref": ' + "[" * 100_000])
def test_an_input_nested_too_deeply_is_no_value_of_its_type(pods: Pods, text: str) -> None:
    pods.inputs = [{"name": "deep", "type": "list[int]"}]
    pods.task("u", {"a": ("list[int]", {"kind": "input", "name": "deep"})}, "int")
    ended = pods.attempt("u", DAGWRIGHT_INPUT_deep=text)
    assert ended.code == 80, ended
    assert "input 'deep'" in ended.err
    assert "internal error" not in ended.err


@pytest.mark.parametrize("endpoint", ["no url", "http://[::1"])
def test_an_object_store_that_cannot_be_addressed_is_said_in_lines_of_ours(pods: Pods, endpoint: str) -> None:
    store = "s3://b/p"
    ended = pods.attempt(
        "t", DAGWRIGHT_STORE=store, AWS_ENDPOINT_URL=endpoint, AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="x", AWS_REGION="x"
    )
    assert ended.code == 82, ended
    assert f"dagwright: t: store {store} cannot " in ended.err
    assert "must be an http:// or https:// URL" in ended.err
    assert "Traceback" not in ended.err
    assert "please report" not in ended.err
