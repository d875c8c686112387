"""Where to split a graph."""

import random

import pytest

from dagwright_argo.cuts import Cut, best_cut


def chain(length, prefix="a"):
    return {f"{prefix}{number}": (f"{prefix}{number - 1}",) if number else () for number in range(length)}


def test_a_chain_is_cut_in_the_middle_with_one_result():
    assert best_cut(chain(10)) == Cut("a5", 5, 1)


def test_what_is_separate_is_separated():
    assert best_cut({**chain(6), **chain(5, "b")}) == Cut("b0", 6, 0)


def test_a_waist_is_found():
    wide = {"s": (), **{f"w{number}": ("s",) for number in range(6)}, "waist": tuple(f"w{number}" for number in range(6))}
    wide |= {f"x{number}": ("waist",) for number in range(6)}
    assert best_cut(wide) == Cut("x0", 8, 1)


@pytest.mark.parametrize("length", [2, 3, 4])
def test_small_graphs_have_a_cut(length):
    assert best_cut(chain(length)).crossing == 1


@pytest.mark.parametrize("seed", range(20))
def test_the_number_of_crossing_results_is_right(seed):
    chance = random.Random(seed)
    graph = {
        f"n{number}": tuple({f"n{chance.randrange(number)}" for _ in range(chance.randrange(3))}) if number else ()
        for number in range(40)
    }
    order = list(graph)

    def crossing(at):
        return len({earlier for name in order[at:] for earlier in graph[name] if earlier in order[:at]})

    found = best_cut(graph)
    assert order.index(found.behind) == found.before
    assert found.crossing == crossing(found.before) == min(crossing(at) for at in range(10, 31))
