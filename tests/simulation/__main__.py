"""``python -m simulation [--seeds N] [--start S] [--workers N] [--seconds S] [--mutant NAME]``: play seeds, and stop at the first that shows a fault.

A seed that fails is printed; ``--start SEED --seeds 1`` plays it again. ``--seconds`` ends after that time, however many seeds that was.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections import Counter
from typing import NamedTuple

from simulation.mutants import MUTANTS, apply

_ROUNDS = 16
"""One seed of so many is of attempts that follow each other at one map, and one of runs that fail; all others are of machines beside each other."""
_STOPS = 8
"""Remainder of those of runs that fail."""


class Played(NamedTuple):
    """What a share of the seeds came to."""

    seeds: int
    operations: int
    crashes: int
    states: Counter[str]
    failure: str


def main() -> int:
    parser = argparse.ArgumentParser(prog="simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=50_000)
    parser.add_argument("--start", type=int, default=None, help="first seed; chance decides unless told")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seconds", type=float, default=float("inf"))
    parser.add_argument("--mutant", choices=sorted(MUTANTS))
    options = parser.parse_args()
    if options.mutant:
        apply(options.mutant)
    start = int.from_bytes(os.urandom(5), "big") if options.start is None else options.start
    began = time.monotonic()
    deadline = began + options.seconds
    shares = [range(start + worker, start + options.seeds, options.workers) for worker in range(options.workers)]
    if len(shares) == 1:
        played = [play(shares[0], deadline, 0)]
    else:
        with multiprocessing.get_context("fork").Pool(options.workers) as pool:
            played = pool.starmap(play, [(share, deadline, number) for number, share in enumerate(shares)])
    took = time.monotonic() - began
    states: Counter[str] = Counter()
    for share in played:
        states.update(share.states)
    print(
        f"{sum(share.seeds for share in played)} seeds from {start} in {took:.1f} s: {sum(share.operations for share in played)} operations, "
        f"{sum(share.crashes for share in played)} crashes, attempts {dict(sorted(states.items()))}"
    )
    failures = [share.failure for share in played if share.failure]
    for failure in failures:
        print(failure)
    return 1 if failures else 0


def play(seeds: range, deadline: float, worker: int) -> Played:
    """Play seeds until one fails."""
    from simulation.rounds import simulate_rounds
    from simulation.scenarios import simulate
    from simulation.small import make_deterministic
    from simulation.stops import simulate_stops

    # Handing the baton over within one core is several times faster.
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[(os.getppid() + worker) % len(cores)]})
    make_deterministic()
    kinds = {0: simulate_rounds, _STOPS: simulate_stops}
    operations = crashes = count = 0
    states: Counter[str] = Counter()
    for seed in seeds:
        if time.monotonic() > deadline:
            break
        count += 1
        try:
            observed = kinds.get(seed % _ROUNDS, simulate)(seed)
        except Exception as error:  # noqa: BLE001 - whatever the code under test raises is what is looked for
            return Played(count, operations, crashes, states, f"seed {seed}: {type(error).__name__}: {error}")
        operations += observed.operations
        crashes += observed.crashes
        states.update(observed.states)
    return Played(count, operations, crashes, states, "")


if __name__ == "__main__":
    sys.exit(main())
