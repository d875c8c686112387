from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import interpreters
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dagwright
from dagwright.contract.literals import (
    datetime_from_wire,
    datetime_to_wire,
    float_from_wire,
    float_to_wire,
    int_from_wire,
    int_to_wire,
    timedelta_from_wire,
    timedelta_to_wire,
)


@given(st.datetimes() | st.datetimes(timezones=st.timezones(), min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1)))  # noqa: DTZ001
def test_an_instant_survives_in_utc(value):
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    arrived = datetime_from_wire(datetime_to_wire(value))
    assert arrived == aware.astimezone(UTC)  # an hour that happens twice equals nothing in another zone
    assert arrived.tzinfo is UTC


@given(st.timedeltas())
def test_a_duration_survives(value):
    assert timedelta_from_wire(timedelta_to_wire(value)) == value


@given(st.floats())
def test_a_float_survives(value):
    assert repr(float_from_wire(float_to_wire(value))) == repr(value).removeprefix("-" if value != value else "")  # noqa: PLR0124


@given(st.integers() | st.sampled_from([1 << 8192, -(1 << 8192), (1 << 8192) - 1, 1 << 20_000]))
def test_an_int_survives(value):
    wire = int_to_wire(value)
    assert int_from_wire(wire) == value
    assert isinstance(wire, str) == (abs(value) >= 1 << 8192)


READ = {
    "2024-01-31": "2024-01-31T00:00:00+00:00",
    "2024-01-31T10": "2024-01-31T10:00:00+00:00",
    "2024-01-31 10:05": "2024-01-31T10:05:00+00:00",
    "2024-01-31T10:05:07": "2024-01-31T10:05:07+00:00",
    "2024-01-31T10:05:07.5": "2024-01-31T10:05:07.500000+00:00",
    "2024-01-31T10:05:07.123Z": "2024-01-31T10:05:07.123000+00:00",
    "2024-01-31T10:05:07.123456z": "2024-01-31T10:05:07.123456+00:00",
    "2024-01-31T10:05Z": "2024-01-31T10:05:00+00:00",
    "2024-01-31T10:05:07+02:30": "2024-01-31T07:35:07+00:00",
    "2024-01-31T10:05:07.5-01:00": "2024-01-31T11:05:07.500000+00:00",
}
REFUSED = [
    "",
    "2024",
    "2024-1-31",
    "20240131",
    "20240131T100000",
    "2024-W05-3",
    "2024-01-31T",
    "2024-01-31T1",
    "2024-01-31T10:5",
    "2024-01-31T10:05:07,5",
]
REFUSED += [
    "2024-01-31T10:05:07.",
    "2024-01-31T10:05:07.1234567",
    "2024-01-31T10:05.5",
    "2024-01-31T10:05+02",
    "2024-01-31T10:05+0200",
    "2024-01-31Z",
]
REFUSED += [
    "2024-01-31T+02:00",
    "2024-13-01",
    "2024-01-31T25:00",
    "2024-01-31T10:05:07+02:00:00",
    "2024-01-31T10:05:07ZZ",
    "٢٠٢٤-01-31",
    "now",
    "2024-01-31T10-05",
]


@pytest.mark.parametrize(("text", "instant"), READ.items())
def test_what_people_write_for_an_instant_is_read(text, instant):
    assert datetime_to_wire(datetime_from_wire(text)) == instant


@pytest.mark.parametrize("text", REFUSED)
def test_other_text_is_no_instant(text):
    with pytest.raises(ValueError, match=r"."):
        datetime_from_wire(text)


def test_the_oldest_interpreter_reads_and_refuses_the_same_instants():
    script = """
import sys
from dagwright.contract.literals import datetime_from_wire, datetime_to_wire
read, refused = eval(sys.stdin.read())
for text, instant in read.items():
    assert datetime_to_wire(datetime_from_wire(text)) == instant, text
for text in refused:
    try:
        datetime_from_wire(text)
    except ValueError:
        continue
    raise AssertionError(text)
"""
    environment = {"PYTHONPATH": str(Path(dagwright.__file__).parents[1]), "PYTHONIOENCODING": "utf-8"}
    command = [interpreters.oldest(), "-c", script]
    subprocess.run(command, env=environment, input=repr((READ, REFUSED)), text=True, check=True, encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("PT1H30M", timedelta(minutes=90)),
        ("P1W2D", timedelta(days=9)),
        ("-PT0.5S", timedelta(microseconds=-500_000)),
        (1.5, timedelta(seconds=1.5)),
    ],
)
def test_what_people_write_for_a_duration_is_read(text, value):
    assert timedelta_from_wire(text) == value


@pytest.mark.parametrize("text", ["", "P", "PT", "1H", "PT1", "PTS", "P1Y", "PT1H30", None, True, [], "PT1H-3M"])
def test_other_text_is_no_duration(text):
    with pytest.raises(ValueError, match=r"."):
        timedelta_from_wire(text)


@pytest.mark.parametrize("data", [True, "1", None, 1.0, "0x10", "0xzz", "-0x", []])
def test_other_data_is_no_int(data):
    with pytest.raises(ValueError, match=r"."):
        int_from_wire(data)
