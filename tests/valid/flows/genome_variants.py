from __future__ import annotations

import typing
from functools import partial

import flytekit as fl
from flytekit import Resources

CHROMOSOMES = tuple(f"chr{number}" for number in range(1, 6)) + ("chrX", "chrY")
REFERENCE = "s3://references/hg38.fa"


@fl.task(
    requests=Resources(cpu="1", mem="2Gi", ephemeral_storage="10Gi"),
    limits=Resources(cpu="2", mem="4Gi"),
    cache=True,
    cache_version="1.4",
    interruptible=True,
    retries=3,
)
def call_variants(chromosome: str, sample: str, reference: str = REFERENCE) -> typing.List[str]:
    return [f"{sample}:{chromosome}:{position}" for position in (100, 200)]


@fl.task
def merge(parts: typing.List[typing.List[str]]) -> typing.List[str]:
    return [variant for part in parts for variant in part]


@fl.task
def count(variants: typing.List[str]) -> typing.Dict[str, int]:
    found: typing.Dict[str, int] = {}
    for variant in variants:
        chromosome = variant.split(":")[1]
        found[chromosome] = found.get(chromosome, 0) + 1
    return found


@fl.workflow
def main(sample: str = "patient-7") -> typing.Tuple[typing.List[str], typing.Dict[str, int]]:
    """Call variants on every chromosome, then count them."""
    parts = fl.map_task(partial(call_variants, sample=sample), concurrency=3)(chromosome=list(CHROMOSOMES))
    merged = merge(parts=parts)
    return merged, count(variants=merged)
