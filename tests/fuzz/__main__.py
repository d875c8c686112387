"""``python -m fuzz`` in ``tests``: feeds the reader generated and damaged files until the time is up; exits 1 with what broke it."""

from __future__ import annotations

import argparse
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from fuzz.damage import damaged
from fuzz.examination import examine
from fuzz.grammar import Grammar
from fuzz.samples import real_files
from fuzz.trees import rearranged

KINDS = ("grammar", "trees", "bytes")


def sources_of(kind: str, seed: int, files: list[bytes]) -> Mapping[str, str | bytes]:
    """The project of a seed."""
    chance = random.Random(f"{kind} {seed}")
    if kind == "grammar":
        return Grammar(chance).project()
    return rearranged(chance) if kind == "trees" else {"flow.py": damaged(files, chance)}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS)
    parser.add_argument("--keep", type=Path, metavar="DIR", help="write what breaks the reader there")
    options = parser.parse_args()
    files = real_files()
    end = time.monotonic() + options.minutes * 60
    seed, accepted, slowest = options.first, 0, 0.0
    broken: dict[str, tuple[str, int, str]] = {}
    codes: Counter[str] = Counter()
    while time.monotonic() < end:
        for kind in options.kinds:
            try:
                found = examine(sources_of(kind, seed, files))
            except Exception as error:  # noqa: BLE001 - any is a finding
                last = traceback.extract_tb(error.__traceback__)[-1]
                where = f"{type(error).__name__} in {Path(last.filename).name}:{last.lineno}"
                if where not in broken:
                    broken[where] = (kind, seed, f"{error}"[:200])
                    print(f"{where}: {kind} {seed}: {error}"[:300], flush=True)
                    if options.keep:
                        for path, text in sources_of(kind, seed, files).items():
                            target = options.keep / f"{kind}-{seed}" / path
                            target.parent.mkdir(parents=True, exist_ok=True)
                            target.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
            else:
                codes.update(set(found.codes))
                accepted += found.accepted
                slowest = max(slowest, found.seconds)
        seed += 1
    print(
        f"{(seed - options.first) * len(options.kinds)} projects, {accepted} accepted, the slowest took {slowest:.2f} s, {len(broken)} defects"
    )
    print("codes:", ", ".join(f"{code} {count}" for code, count in sorted(codes.items())))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
