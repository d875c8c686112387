"""Kubernetes quantities become what AWS Batch grants."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagwright_batch.resources import FARGATE, DoesNotFitError, fit, quantity
from dagwright_compiler.ir.program import Resources

MIB = 1024**2


def fitted(platform, *, requests=None, limits=None):
    return fit(requests, limits, platform=platform, cpu="1", memory="2Gi")


@pytest.mark.parametrize(
    ("cpu", "mem", "ec2", "fargate"),
    [
        ("500m", "100Mi", ("1", 100), ("0.5", 1024)),
        ("2", "100Mi", ("2", 100), ("2", 4096)),
        ("16", "16Gi", ("16", 16384), ("16", 32768)),
        ("1", "16Gi", ("1", 16384), ("2", 16384)),
        ("250m", "500M", ("1", 477), ("0.25", 512)),
        ("4", "31Gi", ("4", 31744), ("8", 32768)),
        ("2.0", "1", ("2", 4), ("2", 4096)),
        ("1e0", "1e9", ("1", 954), ("1", 2048)),
    ],
)
def test_known_conversions(cpu, mem, ec2, fargate):
    asked = Resources(cpu=cpu, mem=mem)
    assert fitted("EC2", requests=asked)[:2] == ec2
    assert fitted("FARGATE", requests=asked)[:2] == fargate


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("500m", Fraction(1, 2)),
        ("1.5Gi", Fraction(3 * 1024**3, 2)),
        (".5", Fraction(1, 2)),
        ("1e3", 1000),
        ("1E-3", Fraction(1, 1000)),
        ("2E", 2 * 10**18),
        ("7n", Fraction(7, 10**9)),
        ("0", 0),
    ],
)
def test_a_quantity_is_read_exactly(text, value):
    assert quantity(text) == value


@pytest.mark.parametrize("text", ["", "Mi", "1 Gi", "-1", "1mi", "1e", "1e9999", "0x10", "1GiB", "๓"])
def test_what_is_no_quantity_is_refused(text):
    with pytest.raises(DoesNotFitError, match="is not a quantity"):
        quantity(text)


CPUS = st.fractions(min_value=Fraction(1, 1000), max_value=32).map(lambda value: f"{max(1, int(value * 1000))}m")
MEMORIES = st.integers(min_value=1, max_value=244 * 1024).map(lambda mib: f"{mib}Mi")


@given(CPUS, MEMORIES)
def test_a_grant_is_never_less_than_asked_and_a_point_of_the_grid(cpu, mem):
    ec2 = fitted("EC2", requests=Resources(cpu=cpu, mem=mem))
    assert ec2.vcpu.isdecimal()
    assert int(ec2.vcpu) - 1 < max(quantity(cpu), 1) <= int(ec2.vcpu)
    assert (ec2.memory_mib - 1) * MIB < max(quantity(mem), 4 * MIB) <= ec2.memory_mib * MIB
    fargate = fitted("FARGATE", requests=Resources(cpu=cpu, mem=mem))
    assert Fraction(fargate.vcpu) >= quantity(cpu)
    assert fargate.memory_mib * MIB >= quantity(mem)
    assert fargate.memory_mib in dict(FARGATE)[fargate.vcpu]


@given(CPUS, MEMORIES)
def test_no_smaller_size_of_fargate_would_do(cpu, mem):
    found = fitted("FARGATE", requests=Resources(cpu=cpu, mem=mem))
    for vcpu, sizes in FARGATE:
        for mib in sizes:
            if (Fraction(vcpu), mib) < (Fraction(found.vcpu), found.memory_mib):
                assert Fraction(vcpu) < quantity(cpu) or mib * MIB < quantity(mem)


def test_the_hard_memory_limit_is_the_limit_and_a_difference_is_remarked():
    found = fitted("EC2", requests=Resources(cpu="2", mem="300Mi"), limits=Resources(cpu="4", mem="500Mi"))
    assert (found.vcpu, found.memory_mib) == ("2", 500)
    assert found.remarks == ("requests 300Mi and limits 500Mi of memory become one limit of 500Mi",)
    equal = fitted("EC2", requests=Resources(mem="1024Mi"), limits=Resources(mem="1Gi"))
    assert equal.remarks == ()


def test_a_doubled_grant_is_remarked():
    found = fitted("FARGATE", requests=Resources(cpu="16", mem="16Gi"))
    assert found.remarks == ("Fargate grants 32768 MiB with 16 vCPUs where 16384 MiB were asked for",)
    assert "to hold the memory" in fitted("FARGATE", requests=Resources(cpu="1", mem="16Gi")).remarks[0]


@pytest.mark.parametrize(
    ("platform", "asked", "message"),
    [
        ("FARGATE", Resources(cpu="64"), "Fargate has no size with 64 vCPUs and 2048 MiB"),
        ("FARGATE", Resources(cpu="32", mem="250Gi"), "its largest is 32 and 249856 MiB"),
        ("FARGATE", Resources(gpu="1"), "Fargate has no GPUs"),
        ("FARGATE", Resources(ephemeral_storage="201Gi"), "at most 200 GiB of ephemeral storage"),
        ("EC2", Resources(gpu="500m"), "500m is not a whole number of GPUs"),
    ],
)
def test_what_batch_cannot_grant_is_refused(platform, asked, message):
    with pytest.raises(DoesNotFitError, match=message):
        fitted(platform, requests=asked)


def test_gpus_and_disk():
    assert fitted("EC2", requests=Resources(gpu="1"), limits=Resources(gpu="2")).gpu == "2"
    assert fitted("EC2", requests=Resources(gpu="0")).gpu is None
    assert fitted("FARGATE", requests=Resources(ephemeral_storage="5Gi")).storage_gib == 21
    assert fitted("FARGATE", requests=Resources(ephemeral_storage="21.5Gi")).storage_gib == 22
    assert "no effect" in fitted("EC2", requests=Resources(ephemeral_storage="5Gi")).remarks[0]
