"""The simulator on fresh seeds, and the proof that it sees: each mutant of the code under test is found.

``make soak`` plays many more seeds, among other things; ``python -m simulation`` alone plays 50,000. A seed that fails is printed with what went wrong; ``python -m simulation --start SEED --seeds 1``,
in the folder of the tests, plays it again.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from simulation.mutants import MUTANTS, SEEDS

TESTS = Path(__file__).parents[1]
FRESH_SEEDS = 20_000
SEEDS_OF_MUTANTS = 60_000
LONGEST_S = 40
"""Of the fresh seeds, so that a slow machine plays fewer."""


def simulate(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "simulation", *options],
        cwd=TESTS,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=False,
    )


def test_fresh_seeds_show_no_fault() -> None:
    played = simulate("--seeds", str(FRESH_SEEDS), "--seconds", str(LONGEST_S), "--workers", "2")
    assert played.returncode == 0, played.stdout
    assert int(played.stdout.split()[0]) >= 2_000


@pytest.mark.parametrize("seed", [16, 41, 856_667_614_605, 267_701_562_320, 894_449_783_899, 109_320_903_323, 80_885_886_931])
def test_seeds_that_once_failed_pass(seed: int) -> None:
    played = simulate("--seeds", "1", "--start", str(seed), "--workers", "1")
    assert played.returncode == 0, played.stdout


@pytest.mark.parametrize("mutant", sorted(MUTANTS))
def test_a_mutant_is_found(mutant: str) -> None:
    played = simulate("--seeds", str(SEEDS_OF_MUTANTS), "--start", str(SEEDS[mutant]), "--mutant", mutant, "--workers", "1")
    assert played.returncode == 1, played.stdout
    assert "\nseed " in played.stdout, played.stdout


def test_a_soak_tells_what_each_stage_came_to() -> None:
    command = [sys.executable, "-m", "soak", "--only", "simulation", "--seconds", "1", "--workers", "1"]
    ended = subprocess.run(command, cwd=TESTS, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (0, "simulation: 1 times to its end, clean\n")


def test_a_seed_is_played_the_same_each_time() -> None:
    first, second = (simulate("--seeds", "200", "--start", "1", "--workers", "1").stdout for _ in range(2))
    assert first.partition(" in ")[0] == second.partition(" in ")[0]
    assert first.partition(" s: ")[2] == second.partition(" s: ")[2]
