from __future__ import annotations

from fractions import Fraction

import pytest

from dagwright_compiler.ir.quantities import amount, suggestion


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("250m", Fraction(1, 4)),
        ("0.5", Fraction(1, 2)),
        (".5", Fraction(1, 2)),
        ("1.", 1),
        ("1e3", 1000),
        ("1E-3", Fraction(1, 1000)),
        ("100Mi", 100 * 1024**2),
        ("2G", 2 * 10**9),
        ("1E", 10**18),
        ("-1", -1),
        ("12e6", 12_000_000),
    ],
)
def test_reads_kubernetes_quantities(text: str, value: Fraction) -> None:
    assert amount(text) == value


@pytest.mark.parametrize(
    "text",
    [
        *("", "Mi", "1 Gi", "1GiB", "1gb", "1K", "1mi", "one", "1e", "1ee3", "0x10", "1_000", "\u0661", "1\n"),
        pytest.param("1" * 5000, id="more digits than Python reads"),
    ],
)
def test_refuses_everything_else(text: str) -> None:
    assert amount(text) is None


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("100MiB", "100Mi"),
        ("1 Gi", "1Gi"),
        ("2gb", "2G"),
        ("512mb", "512M"),
        ("1K", "1k"),
        ("2 cores", "2"),
        ("lots", ""),
        ("5xy", ""),
        pytest.param("1" * 5000, "", id="more digits than Python reads"),
    ],
)
def test_suggests_what_was_meant(text: str, meant: str) -> None:
    assert suggestion(text) == meant
    assert not meant or amount(meant) is not None
