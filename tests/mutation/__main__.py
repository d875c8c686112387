"""``python -m mutation`` in ``tests``: precision and recall of ``check``, a kind of mistake a line; exits 1 where one is not 1."""

from __future__ import annotations

import argparse
import sys

from mutation.campaign import MISTAKES, false_findings, plant, score, table
from mutation.judging import judged

from dagwright_compiler.diagnostics.text import TextRenderer


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m mutation", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=200, help="projects that each mistake is planted in (default: %(default)s)")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--only", nargs="+", choices=sorted(MISTAKES), metavar="MISTAKE", help="plant these alone")
    parser.add_argument("--show", type=int, default=1, help="reports of misses to print for each mistake (default: %(default)s)")
    options = parser.parse_args()
    seeds = range(options.first, options.first + options.seeds)
    false = false_findings(seeds)
    scores = [score(name, seeds) for name in options.only or MISTAKES]
    for each in scores:
        for seed, wanted, _ in each.misses[: options.show]:
            planted = plant(each.name, seed)
            assert planted is not None
            _, reading = judged(planted.sources)
            report = TextRenderer(reading.sources(), width=100).report(reading.diagnostics.sorted())
            print(f"{each.name}, seed {seed}: planted {wanted}, found\n{report}\n")
    print(table(scores))
    print(f"\nfindings in {len(seeds)} correct projects: {len(false)}", *false[:3], sep="\n")
    return 1 if false or any(each.misses for each in scores) else 0


if __name__ == "__main__":
    sys.exit(main())
