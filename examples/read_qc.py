"""Quality control of sequencing reads: cut off what the machine was unsure of, drop what is too short, keep the rest.

dagwright run examples/read_qc.py --reads examples/data/reads.fastq
dagwright submit --watch examples/read_qc.py --reads examples/data/reads.fastq --min-quality 25
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from dagwright import File, Resources, map_task, task, workflow


@dataclass
class Trimmed:
    reads: File
    kept: int
    dropped: int


class Quality(NamedTuple):
    clean: File
    kept: int
    dropped: int
    gc_content: float


@task(cache=True, cache_version="1")
def split(reads: File, reads_per_part: int) -> list[File]:
    """Write the reads, of four lines each, to files of a few."""
    with reads.open() as file:
        lines = file.read().splitlines(keepends=True)
    parts: list[File] = []
    for number, start in enumerate(range(0, len(lines), 4 * reads_per_part)):
        part = File.new(f"part-{number}.fastq")
        with part.open("w") as file:
            file.writelines(lines[start : start + 4 * reads_per_part])
        parts.append(part)
    return parts


@task(cache=True, cache_version="1", requests=Resources(cpu="100m", mem="64Mi"))
def trim(part: File, min_quality: int, min_length: int) -> Trimmed:
    """Cut each read before its first doubtful base."""
    trimmed = File.new("trimmed.fastq")
    kept = dropped = 0
    with part.open() as reads, trimmed.open("w") as clean:
        for name, bases, _, qualities in zip(*[(line.rstrip("\n") for line in reads)] * 4):
            end = next((place for place, mark in enumerate(qualities) if ord(mark) - 33 < min_quality), len(bases))
            if end < min_length:
                dropped += 1
                continue
            kept += 1
            clean.write(f"{name}\n{bases[:end]}\n+\n{qualities[:end]}\n")
    return Trimmed(trimmed, kept, dropped)


@task
def collect(parts: list[Trimmed]) -> Quality:
    """Join the parts, and say how much of them is G or C."""
    clean = File.new("clean.fastq")
    with clean.open("w") as joined:
        for part in parts:
            with part.reads.open() as reads:
                joined.write(reads.read())
    with clean.open() as reads:
        bases = "".join(reads.read().splitlines()[1::4])
    content = round(sum(base in "GC" for base in bases) / len(bases), 3) if bases else 0.0
    return Quality(clean, sum(part.kept for part in parts), sum(part.dropped for part in parts), content)


@workflow
def read_quality(reads: File, min_quality: int = 20, min_length: int = 8, reads_per_part: int = 2) -> Quality:
    parts = split(reads=reads, reads_per_part=reads_per_part)
    trimmed = map_task(partial(trim, min_quality=min_quality, min_length=min_length))(part=parts)
    return collect(parts=trimmed)


if __name__ == "__main__":
    from pathlib import Path

    quality = read_quality(reads=File(Path(__file__).parent / "data" / "reads.fastq"))
    print(f"{quality.kept} reads kept, {quality.dropped} dropped, GC content {quality.gc_content}")
