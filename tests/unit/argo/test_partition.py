"""Splitting large graphs into nested DAGs."""

import random

import pytest

from dagwright_argo.partition import Group, split
from dagwright_argo.waits import delayed


def chain(count):
    return {f"t{number}": (f"t{number - 1}",) if number else () for number in range(count)}


def fan(count):
    middle = tuple(f"m{number}" for number in range(count - 2))
    return {"first": (), **dict.fromkeys(middle, ("first",)), "last": middle}


def diamonds(count):
    found, before = {}, ()
    for number in range(count // 4):
        found[f"a{number}"] = before
        found[f"b{number}"] = found[f"c{number}"] = (f"a{number}",)
        found[f"d{number}"] = (f"b{number}", f"c{number}")
        before = (f"d{number}",)
    return found


def layers(count, width=10):
    return {
        f"l{layer}x{at}": tuple(f"l{layer - 1}x{other}" for other in sorted({at, (at + 1) % width})) if layer else ()
        for layer in range(count // width)
        for at in range(width)
    }


def scattered(count, seed=1):
    choice = random.Random(seed)
    return {
        f"t{number}": tuple(f"t{other}" for other in sorted({choice.randrange(number) for _ in range(2)})) if number else ()
        for number in range(count)
    }


SHAPES = [chain, fan, diamonds, layers, scattered, lambda count: {f"t{number}": () for number in range(count)}]
LIMIT = 20


def levels(root):
    return [root, *root.groups()]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("count", [20, 21, 60, 500, 2000])
def test_every_group_fits_and_every_task_is_in_one(shape, count):
    graph = shape(count)
    root = split(graph, LIMIT)
    assert all(1 <= len(group.entries) <= LIMIT for group in levels(root))
    assert sorted(root.leaves()) == sorted(graph)


@pytest.mark.parametrize("shape", SHAPES)
def test_groups_never_wait_for_each_other_in_a_circle(shape):
    graph = shape(500)
    order = {name: position for position, name in enumerate(split(graph, LIMIT).leaves())}
    assert all(order[earlier] < order[name] for name, earliers in graph.items() for earlier in earliers)


@pytest.mark.parametrize("shape", [chain, fan, diamonds, SHAPES[-1]])
def test_chains_and_twins_at_any_depth_are_split_without_a_wait(shape):
    graph = shape(500)
    assert delayed(split(graph, LIMIT), graph) == []


def test_a_graph_that_fits_stays_as_it_is():
    graph = diamonds(20)
    assert split(graph, LIMIT) == Group(tuple(graph))


def test_only_as_much_is_nested_as_has_to_be():
    graph = {**chain(19), "alone": (), "other": ("alone",)}
    assert split(graph, LIMIT) == Group((Group(tuple(chain(19))), "alone", "other"))


def test_cuts_are_made_where_few_values_cross():
    # Two meshes that no module describes, joined by one task: the cut belongs beside it.
    left = {f"a{name}": tuple(f"a{other}" for other in earliers) for name, earliers in layers(15, 5).items()}
    right = {f"b{name}": tuple(f"b{other}" for other in earliers) or ("join",) for name, earliers in layers(15, 5).items()}
    graph = {**left, "join": tuple(name for name in left if name.startswith("al2")), **right}
    root = split(graph, 16)
    first = next(entry for entry in root.entries if isinstance(entry, Group))
    assert set(first.entries) - {"join"} == set(left)
    assert delayed(root, graph) == []


def test_tasks_that_wait_longer_are_named():
    graph = {"a": (), "b": (), "c": ("a",)}
    root = Group((Group(("a", "b")), "c"))
    assert delayed(root, graph) == ["c"]


def test_a_group_waits_for_what_any_of_its_tasks_waits_for():
    graph = {"a": (), "b": (), "c": ("a",)}
    assert delayed(Group(("a", Group(("b", "c")))), graph) == ["b"]


@pytest.mark.parametrize("seed", range(5))
def test_what_is_cut_is_cut_into_few_groups(seed):
    root = split(scattered(400, seed), LIMIT)
    assert len(levels(root)) <= 2 * 400 // LIMIT
