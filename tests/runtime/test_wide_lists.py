"""Elements of a wide list in pods: each reads its part of the list, and verifies what it reads."""

from __future__ import annotations

import json

from pods import Pods, pinned

from dagwright.execution.bindings import Bindings
from dagwright.execution.plan_view import read_plan
from dagwright.store import open_store
from dagwright.values import Codec

SOURCE = """
def produce():
    return [f"{number:05d}" + "x" * 5000 for number in range(400)]

def head(item):
    return item[:5]
"""


def pods_of(folder):
    pods = Pods(folder, SOURCE)
    pods.task("produce", {}, "list[str]")
    pods.task("head", {"item": ("str", pinned("produce"))}, "str", over="item")
    pods.publish["produce"] = [{"output": "o0", "parameter": "count-o0"}]
    return pods


def element(pods, index):
    pin = json.loads((pods.folder / "store" / "v1" / "run" / pods.run / "head" / str(index) / "out.json").read_bytes())
    return pin["outputs"][0]["data"]


def test_elements_of_a_wide_list_read_their_part(tmp_path):
    pods = pods_of(tmp_path)
    assert pods.attempt("produce").code == 0
    assert (tmp_path / "work" / "control" / "count-o0").read_text() == "400"
    blob = max(pods.stored("cas/*/*"), key=lambda path: path.stat().st_size)
    text = blob.read_bytes()
    blob.write_bytes(text[:-5] + b"#" + text[-4:])  # of the last element
    for index in (0, 234):
        ended = pods.attempt("head", index)
        assert ended.code == 0, ended
        assert element(pods, index) == f"{index:05d}"
    ended = pods.attempt("head", 399)
    assert ended.code == 82
    assert "a value in file://" in ended.err
    assert "holds other bytes" in ended.err
    assert pods.attempt("head", 400).code == 82


class Counted:
    """A store that keeps what it was asked for."""

    conditional = True
    at_once = 1

    def __init__(self, url):
        self.url = url
        self.asked = []
        self._store = open_store(url)

    def get_range(self, key, start, length):
        self.asked.append((key.split("/")[1], length))
        return self._store.get_range(key, start, length)


def test_expected_elements_are_fetched_together(tmp_path):
    pods = pods_of(tmp_path)
    assert pods.attempt("produce").code == 0
    program = read_plan(pods.env()["DAGWRIGHT_PLAN"]).program
    store = Counted(pods.env()["DAGWRIGHT_STORE"])
    bindings = Bindings(program, run=pods.run, store=store, codec=Codec({}), texts={})
    node = program.node("head")
    bindings.expect(range(300, 400))
    found = [bindings.of_node(node, index)["item"].data[:5] for index in range(300, 400)]
    assert found == [f"{index:05d}" for index in range(300, 400)]
    (pin, _), (blob, length) = store.asked
    assert (pin, blob) == ("run", "cas")
    assert length < 700_000
    assert bindings.of_node(node, 7)["item"].data[:5] == "00007"
    assert len(store.asked) == 3
