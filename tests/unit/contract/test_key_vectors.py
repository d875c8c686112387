"""Every byte of keys, pinned: a release that changes one silently computes everybody's results again.

A failure here means that the change must not be made, or that ``KEY_SCHEMA`` rises and the changelog says so under "Output".
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import interpreters
import pytest

import dagwright
from dagwright.contract.keys import cache_key, value_digest
from dagwright.contract.signatures import interface_signature
from dagwright.contract.types import parse
from dagwright.execution.user_hashes import digest_of

FILE = Path(__file__).with_name("key_vectors.json")
VECTORS = json.loads(FILE.read_text())
CHECK = """
import json, sys
from dagwright.contract.keys import cache_key, value_digest
from dagwright.contract.types import parse
vectors = json.load(open(sys.argv[1]))
for case in vectors["values"]:
    assert value_digest(parse(case["type"]), case["wire"], vectors["classes"]) == case["digest"], case
for case in vectors["keys"]:
    key = case.pop("key")
    assert cache_key(**case) == key, case
print(len(vectors["values"]))
"""


@pytest.mark.parametrize("case", VECTORS["values"], ids=lambda case: case["type"])
def test_the_digest_of_a_value_stays(case):
    assert value_digest(parse(case["type"]), case["wire"], VECTORS["classes"]) == case["digest"]


@pytest.mark.parametrize("case", VECTORS["keys"])
def test_the_key_of_an_execution_stays(case):
    parts = {name: part for name, part in case.items() if name != "key"}
    assert cache_key(**parts) == case["key"]


@pytest.mark.parametrize("case", VECTORS["signatures"])
def test_the_signature_of_an_interface_stays(case):
    def typed(pairs):
        return [(name, parse(text)) for name, text in pairs]

    classes = {name: (kind, tuple(typed(fields)), tuple(members)) for name, (kind, fields, members) in case["classes"].items()}
    assert interface_signature(typed(case["inputs"]), typed(case["outputs"]), classes) == case["signature"]


@pytest.mark.parametrize("case", VECTORS["stand_ins"], ids=lambda case: case["type"])
def test_the_digest_of_what_a_hash_method_gives_stays(case):
    assert digest_of(parse(case["type"]), case["stand_in"]) == case["digest"]


@pytest.mark.parametrize("kind", ["file", "directory"])
def test_the_name_of_a_file_does_not_count(kind):
    wires = [{"$blob": "0" * 64, "size": 3, "enc": kind, "name": name} for name in ("a", "b")]
    assert len({value_digest(parse(kind), wire) for wire in wires}) == 1


def test_no_two_values_share_a_digest():
    digests = [case["digest"] for section in ("values", "stand_ins") for case in VECTORS[section]]
    assert len(set(digests)) == len(digests)


@pytest.mark.parametrize("python", [interpreters.oldest, interpreters.newest])
def test_other_interpreters_compute_the_same_keys(python):
    runtime = Path(dagwright.__file__).parents[1]
    done = subprocess.run(
        [python(), "-c", CHECK, FILE], env={"PYTHONPATH": str(runtime)}, capture_output=True, text=True, check=False
    )
    assert (done.stderr, done.stdout.split()) == ("", [str(len(VECTORS["values"]))])


@pytest.mark.parametrize(
    ("change", "value"),
    [
        ("project", "q"),
        ("domain", "q"),
        ("task", "flow.cube"),
        ("cache_version", "2"),
        ("signature", "b" * 64),
        ("inputs", {"x": "c" * 64}),
        ("inputs", {"y": "b" * 64}),
        ("inputs", {}),
    ],
)
def test_every_part_of_a_key_counts(change, value):
    parts = {
        "project": "p",
        "domain": "d",
        "task": "flow.square",
        "cache_version": "1",
        "signature": "a" * 64,
        "inputs": {"x": "b" * 64},
    }
    assert cache_key(**parts) != cache_key(**{**parts, change: value})


def test_the_order_of_inputs_does_not_count():
    parts = {"project": "p", "domain": "d", "task": "t", "cache_version": "1", "signature": "s"}
    assert cache_key(**parts, inputs={"a": "1", "b": "2"}) == cache_key(**parts, inputs={"b": "2", "a": "1"})
