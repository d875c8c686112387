"""DAG templates of nested groups: order and counts cross their borders."""

import random

import pytest
from argo_manifests import Simulation
from msgspec import to_builtins

from dagwright_argo import model
from dagwright_argo.counts import InputCount, LiteralCount, OutputCount
from dagwright_argo.dags import Call, DagTemplates, map_template
from dagwright_argo.naming import Names
from dagwright_argo.partition import Group, split

COUNT = "count-o0"


def pod(name, *parameters, outputs=()):
    return model.Template(
        name=name,
        inputs=model.Parameters(parameters=tuple(model.Parameter(name=item) for item in parameters)),
        outputs=model.Parameters(parameters=tuple(model.Parameter(name=item) for item in outputs)) if outputs else None,
        container=model.Container(image="i", command=(), args=(), env=(), volume_mounts=()),
    )


def templates(calls, root):
    names = Names()
    made = DagTemplates(calls, root, names.take("wf"), names).templates()
    pods = (pod("task", "unit"), pod("lister", "unit", outputs=[COUNT]), pod("element", "unit", "index"))
    spec = {"entrypoint": "wf", "templates": [to_builtins(item) for item in (*made, *pods, map_template("map", "element", 3))]}
    return {"spec": spec}


def call(*predecessors, count=None, template="task"):
    return Call("map" if count is not None else template, predecessors, count)


def test_a_count_leaves_the_dag_of_its_producer_and_enters_the_dag_of_the_map():
    calls = {
        "make": call(template="lister"),
        "each": call("make", count=OutputCount("make", COUNT)),
        "last": call("each"),
    }
    root = Group((Group((Group(("make",)),)), Group((Group(("each",)), "last"))))
    ran = Simulation(templates(calls, root), {("make", COUNT): 2}).ran
    assert [(pod.unit, pod.index) for pod in ran] == [("make", None), ("each", "0"), ("each", "1"), ("last", None)]


@pytest.mark.parametrize(
    "root",
    [
        Group(("make", "each")),
        Group((Group(("make", "each")),)),
        Group(("make", Group(("each",)))),
        Group((Group(("make",)), "each")),
        Group((Group(("make", Group(("each",)))),)),
        Group((Group((Group(("make",)), "each")),)),
    ],
)
def test_a_count_finds_its_map_wherever_both_stand(root):
    calls = {"make": call(template="lister"), "each": call("make", count=OutputCount("make", COUNT))}
    ran = Simulation(templates(calls, root), {("make", COUNT): 1}).ran
    assert [pod.unit for pod in ran] == ["make", "each"]


def test_counts_that_no_pod_makes_need_no_way_through_the_groups():
    calls = {"literal": call(count=LiteralCount(2)), "input": call("literal", count=InputCount("xs", 500))}
    ran = Simulation(templates(calls, Group((Group(("literal",)), Group(("input",))))), lists={"xs": 1}).ran
    assert [pod.unit for pod in ran] == ["literal", "literal", "input"]


@pytest.mark.parametrize("seed", range(20))
def test_any_graph_in_any_grouping_keeps_every_edge_and_every_count(seed):
    choice = random.Random(seed)
    calls, makers = {}, []
    for number in range(60):
        name = f"n{number}"
        earlier = tuple(f"n{other}" for other in sorted({choice.randrange(number) for _ in range(2)})) if number else ()
        kind = choice.random()
        if makers and kind < 0.3:
            maker = choice.choice(makers)
            calls[name] = call(*dict.fromkeys((maker, *earlier)), count=OutputCount(maker, COUNT))
        elif kind < 0.6:
            makers.append(name)
            calls[name] = call(*earlier, template="lister")
        else:
            calls[name] = call(*earlier)
    root = split({name: found.predecessors for name, found in calls.items()}, choice.choice([2, 3, 7, 20]))
    lengths = {(name, COUNT): choice.randrange(3) for name in makers}
    ran = Simulation(templates(calls, root), lengths).ran
    expected = {
        name: lengths[found.count.node, COUNT] if isinstance(found.count, OutputCount) else 1 for name, found in calls.items()
    }
    assert {name: sum(pod.unit == name for pod in ran) for name in calls} == expected
    assert all(pod.after.issuperset(calls[pod.unit].predecessors) for pod in ran)
