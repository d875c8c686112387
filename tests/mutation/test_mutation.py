"""Every mistake that is planted in a correct project is found, at its line, and nothing else is; ``python -m mutation`` runs longer."""

from __future__ import annotations

import pytest
from mutation.campaign import MISTAKES, places, plant, score, table
from mutation.judging import SETTINGS, Found, judged
from mutation.projects import generate

from dagwright_compiler.driver.compiling import compile_all
from dagwright_compiler.driver.naming import Wanted
from dagwright_compiler.driver.reading import read_sources

AMONG = range(300)
"""Seeds that are asked for a place; some mistakes fit into few projects."""


@pytest.mark.parametrize("seed", range(40))
def test_a_generated_project_is_correct(seed: int) -> None:
    found, reading = judged(generate(seed).sources)
    assert found == []
    assert len(reading.elaborated.workflows) > 0


@pytest.mark.parametrize("seed", range(100, 112))
def test_a_generated_project_compiles_to_every_form(seed: int) -> None:
    for form in ("ir", "plan", "argo", "batch"):
        reading = read_sources(generate(seed).sources, SETTINGS)
        main = next(name for name in reading.elaborated.workflows if name.endswith(".main"))
        compilation = compile_all(reading, [Wanted(None, main, "the project")], form)
        errors = [found.message for found in reading.diagnostics.sorted() if found.is_error]
        assert (errors, len(compilation.results)) == ([], 1)


@pytest.mark.parametrize("name", MISTAKES)
def test_a_planted_mistake_is_the_only_finding(name: str) -> None:
    seeds = places(name, wanted=5, among=AMONG)
    assert seeds, "no project has a place for it"
    result = score(name, seeds)
    assert result.misses == [], f"seeds with other findings: python -m mutation --only {name}\n{table([result])}"
    assert (result.recall, result.precision) == (1.0, 1.0)


def test_a_seed_gives_the_same_project_and_the_same_mistake() -> None:
    first = generate(7).sources
    generate.cache_clear()
    assert first == generate(7).sources
    assert generate(7).sources != generate(8).sources
    assert plant("wrong_edge", 7) == plant("wrong_edge", 7)


def test_misses_are_counted_as_misses(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mutator that announces the wrong line, and one that plants nothing: neither may pass."""
    honest = MISTAKES["unknown_keyword"]
    shifted = lambda view: (planted := honest(view)) and planted._replace(line=planted.line + 1)  # noqa: E731
    monkeypatch.setitem(MISTAKES, "unknown_keyword", shifted)
    result = score("unknown_keyword", [1])
    assert (result.planted, result.recall, result.precision, len(result.misses)) == (1, 0.0, 0.0, 1)
    monkeypatch.setitem(
        MISTAKES, "unknown_keyword", lambda view: (planted := honest(view)) and planted._replace(sources=generate(1).sources)
    )
    result = score("unknown_keyword", [1])
    assert (result.recall, result.misses[0][2]) == (0.0, [])
    assert isinstance(result.misses[0][1], Found)
