"""Each part of a key: what ``why`` says where it differs."""

from __future__ import annotations

import pytest
from task_calls import call, performed_value, task

from dagwright.contract.modes import READ
from dagwright.execution.plan_view import TaskView
from dagwright.execution.task_call import Reuse, StoredCall
from dagwright.store import open_store
from dagwright.upkeep.entries import read_entries
from dagwright.upkeep.explaining import Wanted, differences, nearest

OUTPUTS = [("o0", "int"), ("o1", "list[int]")]


@pytest.fixture
def store(tmp_path):
    return open_store(f"file://{tmp_path}/store")


def entries(store):
    return read_entries(store, lambda _entry: True, concurrently=map)


def wanted(store, *, given=1, of=None, project="p", domain="d", has_inputs=True):
    made = call(store, given, lambda x: x, of=of or task())
    stored = StoredCall(made, Reuse(store, project=project, domain=domain, cache=READ))
    return Wanted(project=project, domain=domain, made=stored.provenance(), outputs=OUTPUTS, has_inputs=has_inputs)


def found(store, asked):
    best = nearest(asked, entries(store))
    return None if best is None else [(item.part, item.name, item.here, item.there) for item in best[1]]


@pytest.fixture
def filled(store):
    performed_value(call(store, 1, lambda x: x, of=task()))
    return store


def test_the_same_call_differs_in_nothing(filled):
    assert found(filled, wanted(filled)) == []


def test_the_name(filled):
    renamed = task(name="other.t")
    assert found(filled, wanted(filled, of=renamed)) == [("name", "", "other.t", "flow.t")]
    assert found(filled, wanted(filled, of=task(name="flow.another"))) is None


def test_project_and_domain(filled):
    assert found(filled, wanted(filled, project="q", domain="e")) == [("project", "", "q", "p"), ("domain", "", "e", "d")]


def test_the_version(filled):
    assert found(filled, wanted(filled, of=task(version="2"))) == [("version", "", "2", "1")]


def test_an_input(filled):
    [(part, name, here, there)] = found(filled, wanted(filled, given=2))
    assert (part, name) == ("input", "x")
    assert here != there
    assert found(filled, wanted(filled, given=2, has_inputs=False)) == []


def interface(inputs, outputs=OUTPUTS, signature="6" * 64):
    return TaskView(
        {
            "name": "flow.t",
            "module": "flow",
            "function": "t",
            "inputs": [{"name": name, "type": declared} for name, declared in inputs],
            "outputs": [{"name": name, "type": declared} for name, declared in outputs],
            "returns": "tuple",
            "signature": signature,
            "policy": {"cache": {"version": "1"}},
        }
    )


def test_the_interface(filled):
    [entry] = entries(filled)

    def said(inputs, outputs=OUTPUTS):
        made = {
            "task": "flow.t",
            "cache_version": "1",
            "signature": "6" * 64,
            "inputs": entry.made["inputs"],
            "types": dict(inputs),
        }
        asked = Wanted(project="p", domain="d", made=made, outputs=outputs)
        return [(item.part, item.name, item.here, item.there) for item in differences(asked, entry)]

    assert said([("x", "float")]) == [("signature", "input x", "float", "int")]
    assert said([("x", "int"), ("y", "str")]) == [("signature", "input y", "str", "absent")]
    assert said([("x", "int")], [*OUTPUTS, ("o2", "str")]) == [("signature", "output o2", "str", "absent")]
    assert said([("x", "int")], [*OUTPUTS][::-1]) == [
        ("signature", "order", "input x, output o1, output o0", "input x, output o0, output o1")
    ]
    assert said([("x", "int")]) == [("signature", "classes", "6" * 64, "5" * 64)]


def test_an_input_that_one_side_leaves_out_of_the_key(filled):
    [entry] = entries(filled)
    made = {"task": "flow.t", "cache_version": "1", "signature": "5" * 64, "inputs": {"y": "d"}, "types": {"x": "int"}}
    asked = Wanted(project="p", domain="d", made=made, outputs=OUTPUTS)
    assert [(item.part, item.name, item.here == "absent", item.there == "absent") for item in differences(asked, entry)] == [
        ("input", "y", False, True),
        ("input", "x", True, False),
    ]


def test_the_nearest_differs_least_and_is_the_newest_of_equals(store):
    for given, version in ((1, "1"), (2, "1"), (3, "2")):
        performed_value(call(store, given, lambda x: x, of=task(version=version)))
    performed_value(call(store, 9, lambda x: x, of=task(name="other.t")))
    assert [item[0] for item in found(store, wanted(store, given=9))] == ["input"]
    assert [item[0] for item in found(store, wanted(store, given=3))] == ["input"]
    entry, _ = nearest(wanted(store, given=7), entries(store))
    assert entry.written == max(each.written for each in entries(store) if each.task == "flow.t" and each.version == "1")


def test_a_damaged_entry_is_shown_and_is_nobodys_nearest(filled):
    [key] = filled.list("v1/ac")
    filled.put(key, b"torn")
    [entry] = entries(filled)
    assert (entry.damage, entry.made, entry.version) == ("the checksum does not fit", {}, "")
    assert found(filled, wanted(filled)) is None


def test_names_come_back_as_they_were(store):
    performed_value(call(store, 1, lambda x: x, of=task(name="módulo/x.t é")))
    [entry] = entries(store)
    assert (entry.project, entry.domain, entry.task) == ("p", "d", "módulo/x.t é")
