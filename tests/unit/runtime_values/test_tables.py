"""Frames and ``StructuredDataset``: what arrives, in which library, and what is done with what Parquet cannot hold."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagwright import StructuredDataset
from dagwright.contract.keys import value_digest
from dagwright.contract.types import UNKNOWN, parse
from dagwright.values import Codec, PickleDenied, ValueMismatch

PANDAS = parse("table[pandas.DataFrame]")
POLARS = parse("table[polars.DataFrame]")
LAZY = parse("table[polars.LazyFrame]")
ARROW = parse("table[pyarrow.Table]")
ANY = parse("table")
ROWS = {"n": [1, 2, 3], "text": ["a", "ä", None], "at": [dt.datetime(2026, 1, day, tzinfo=dt.UTC) for day in (1, 2, 3)]}
FRAMES = {
    "table[pandas.DataFrame]": pd.DataFrame(ROWS),
    "table[polars.DataFrame]": pl.DataFrame(ROWS),
    "table[polars.LazyFrame]": pl.LazyFrame(ROWS),
    "table[pyarrow.Table]": pa.table(ROWS),
}


def send(value: Any, produced: Any, consumed: Any, codec: Codec | None = None) -> Any:
    """A value through the wire of its producer and of its consumer."""
    codec = codec or Codec({}, warn=pytest.fail)
    blobs: dict[str, bytes] = {}
    data = codec.encode(codec.normalise(value, produced), produced, blobs)
    arrived = codec.decode(data, produced, blobs.__getitem__)
    return codec.normalise(arrived, consumed)


def columns(frame: Any) -> dict[str, list[Any]]:
    """What a frame of any library holds, as plain values."""
    if isinstance(frame, StructuredDataset):
        frame = frame.open(pa.Table).all()
    if isinstance(frame, pl.LazyFrame):
        frame = frame.collect()
    if isinstance(frame, pd.DataFrame):
        frame = pl.from_pandas(frame)
    made: dict[str, list[Any]] = (
        pl.from_arrow(frame).to_dict(as_series=False) if isinstance(frame, pa.Table) else frame.to_dict(as_series=False)
    )
    return made


@pytest.mark.parametrize("consumed", [*FRAMES, "table"])
@pytest.mark.parametrize("produced", [*FRAMES, "table"])
def test_every_library_reads_the_frames_of_every_other(produced: str, consumed: str) -> None:
    value = FRAMES.get(produced, StructuredDataset(dataframe=FRAMES["table[pyarrow.Table]"]))
    arrived = send(value, parse(produced), parse(consumed))
    assert type(arrived).__name__ == (consumed[:-1].rpartition(".")[2] if "[" in consumed else "StructuredDataset")
    assert columns(arrived) == ROWS


def test_an_index_and_categories_of_pandas_arrive() -> None:
    frame = pd.DataFrame({"size": pd.Categorical(["s", "m"])}, index=pd.Index(["x", "y"], name="key"))
    pd.testing.assert_frame_equal(send(frame, PANDAS, PANDAS), frame)


def test_what_arrives_is_a_copy() -> None:
    frame = pd.DataFrame({"n": [1, 2]})
    arrived = Codec({}).normalise(frame, PANDAS)
    arrived.loc[0, "n"] = 5
    assert frame["n"].tolist() == [1, 2]


@given(
    st.lists(
        st.tuples(st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1)), st.floats(allow_nan=False), st.text(), st.booleans()),
        max_size=20,
    )
)
def test_rows_survive_and_equal_frames_share_a_key(rows: list[tuple[object, ...]]) -> None:
    schema = {"i": pl.Int64, "f": pl.Float64, "t": pl.String, "b": pl.Boolean}
    codec = Codec({}, warn=pytest.fail)

    def digest() -> tuple[list[tuple[Any, ...]], str]:
        frame, blobs = pl.DataFrame(rows, schema=schema, orient="row"), dict[str, bytes]()
        data = codec.encode(codec.normalise(frame, POLARS), POLARS, blobs)
        return codec.decode(data, POLARS, blobs.__getitem__).rows(), value_digest(POLARS, data)

    (arrived, key), (_, again) = digest(), digest()
    assert arrived == rows
    assert key == again


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (pd.DataFrame({"m": [1, "x"]}), "column m"),
        (pd.DataFrame({"a": [1], 3: [2]}), "column names of mixed type"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "Duplicate column names"),
        (pd.DataFrame({"o": [object]}), "column o"),
    ],
    ids=["mixed column", "mixed names", "same names", "objects"],
)
def test_what_parquet_cannot_hold_is_pickled_and_said(frame: pd.DataFrame, reason: str) -> None:
    warnings: list[str] = []
    codec = Codec({}, warn=warnings.append)
    pd.testing.assert_frame_equal(send(frame, PANDAS, PANDAS, codec), frame)
    assert len(warnings) == 1
    assert "values of pandas.DataFrame are pickled: Parquet cannot hold them" in warnings[0]
    assert reason in warnings[0]
    with pytest.raises(PickleDenied):
        Codec({}, pickle="deny").normalise(frame, PANDAS)
    with pytest.raises(ValueMismatch, match=r"expected polars.DataFrame, got pandas.DataFrame"):
        send(frame, PANDAS, POLARS, codec)
    assert send(frame, PANDAS, ANY, codec).all() is not None


def test_pandas_without_pyarrow_is_pickled_and_reading_parquet_says_what_lacks() -> None:
    code = """
import sys
sys.modules["pyarrow"] = None
import pandas as pd
from dagwright.contract.types import parse
from dagwright.values import Codec, ValueMismatch
codec, declared, blobs = Codec({}), parse("table[pandas.DataFrame]"), {}
data = codec.encode(codec.normalise(pd.DataFrame({"n": [1]}), declared), declared, blobs)
print(data["enc"], data["of"], codec.decode(data, declared, blobs.__getitem__)["n"].tolist())
try:
    codec.decode({"$blob": "x", "size": 1, "enc": "parquet"}, declared, lambda _: b"PAR1")
except ValueMismatch as wrong:
    print(wrong)
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout.splitlines() == [
        "pickle pandas.DataFrame [1]",
        "expected pandas.DataFrame, got one that only pyarrow can read (add pyarrow to the image)",
    ]
    assert "warning: values of pandas.DataFrame are pickled: Parquet cannot hold them (pyarrow is not installed)" in ran.stderr


@pytest.mark.parametrize("value", [3, [1, 2], {"n": [1]}, pd.Series([1]), None, StructuredDataset()])
@pytest.mark.parametrize("declared", [PANDAS, ANY], ids=str)
def test_what_is_no_frame_is_refused(value: object, declared: Any) -> None:
    with pytest.raises(ValueMismatch, match="a frame of pandas, polars or pyarrow travels as a table"):
        Codec({}).normalise(value, declared)


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1 and more PAR1", b"\0" * 100])
@pytest.mark.parametrize("declared", [PANDAS, POLARS, ARROW], ids=str)
def test_a_blob_that_is_no_parquet_is_a_mismatch(content: bytes, declared: Any) -> None:
    with pytest.raises(ValueMismatch, match="a blob that is no Parquet file"):
        Codec({}).decode({"$blob": "x", "size": 1, "enc": "parquet"}, declared, lambda _: content)


def test_a_frame_without_a_declared_type_travels_as_a_table() -> None:
    codec, blobs = Codec({}, warn=pytest.fail), dict[str, bytes]()
    value = {"frame": FRAMES["table[polars.DataFrame]"], "set": StructuredDataset(dataframe=FRAMES["table[pandas.DataFrame]"])}
    data = codec.encode(codec.normalise(value, UNKNOWN), UNKNOWN, blobs)
    arrived = codec.decode(data, UNKNOWN, blobs.__getitem__)
    assert columns(arrived["frame"]) == columns(arrived["set"]) == ROWS


class TestWhatPeopleGive:
    def test_rows_and_columns(self) -> None:
        codec = Codec({})
        for declared in (PANDAS, POLARS, LAZY, ARROW, ANY):
            assert columns(codec.from_user([{"n": 1}, {"n": 2}], declared)) == {"n": [1, 2]}
            assert columns(codec.from_user({"n": [1, 2]}, declared)) == {"n": [1, 2]}

    def test_files(self, tmp_path: Any) -> None:
        pl.DataFrame({"n": [1, 2]}).write_csv(tmp_path / "t.csv")
        pl.DataFrame({"n": [1, 2]}).write_parquet(tmp_path / "t.parquet")
        for declared in (PANDAS, POLARS, LAZY, ARROW, ANY):
            for name in ("t.csv", "t.parquet"):
                assert columns(Codec({}).from_user(str(tmp_path / name), declared)) == {"n": [1, 2]}

    @pytest.mark.parametrize(
        ("data", "message"),
        [
            (3, "give a list of rows, a dict of columns or the path of a file"),
            ("nowhere.parquet", "a file that cannot be read"),
            ("data.xls", "ends neither in .parquet nor in .csv nor in .json"),
            ({"n": [1], "m": [1, 2]}, "data that make none"),
        ],
    )
    def test_what_makes_no_table(self, data: object, message: str) -> None:
        with pytest.raises(ValueMismatch, match=message):
            Codec({}).from_user(data, PANDAS)


class TestStructuredDataset:
    def test_an_address_travels_as_text(self, tmp_path: Any) -> None:
        pl.DataFrame({"n": [1]}).write_parquet(tmp_path / "t.parquet")
        blobs: dict[str, bytes] = {}
        data = Codec({}).encode(StructuredDataset(uri=str(tmp_path / "t.parquet")), ANY, blobs)
        assert (set(data), blobs) == ({"uri"}, {})
        assert Codec({}).decode(data, ANY, blobs.__getitem__).open(pl.DataFrame).all().rows() == [(1,)]
        assert Codec({}).decode(data, PANDAS, blobs.__getitem__)["n"].tolist() == [1]

    def test_iter_gives_the_table_in_one_piece(self) -> None:
        assert [frame.shape for frame in StructuredDataset(dataframe=pl.DataFrame({"n": [1]})).open(pd.DataFrame).iter()] == [
            (1, 1)
        ]

    def test_it_opens_as_frames_only(self) -> None:
        with pytest.raises(TypeError, match="opens as a frame of pandas, polars or pyarrow, not as <class 'int'>"):
            StructuredDataset(dataframe=pl.DataFrame()).open(int)
        with pytest.raises(ValueError, match="no dataframe and no uri"):
            StructuredDataset().all()


def test_importing_the_form_loads_no_library() -> None:
    code = "import sys, dagwright.values.tables, dagwright; dagwright.StructuredDataset; print([m for m in ('pandas', 'polars', 'pyarrow', 'numpy') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_the_pieces_in_which_a_frame_lies_are_no_part_of_its_key() -> None:
    def digest(frame: Any, declared: Any) -> str:
        codec = Codec({})
        return value_digest(declared, codec.encode(codec.normalise(frame, declared), declared, {}))

    whole = pl.DataFrame({"n": range(100_000), "text": [str(number % 7) for number in range(100_000)]})
    pieces = [whole.slice(0, 333), whole.slice(333, 50_000), whole.slice(50_333)]
    assert digest(pl.concat(pieces, rechunk=False), POLARS) == digest(whole, POLARS)
    assert digest(pl.concat(pieces, rechunk=False).lazy(), LAZY) == digest(whole.lazy(), LAZY)
    tables = [piece.to_arrow() for piece in pieces]
    assert digest(pa.concat_tables(tables), ARROW) == digest(whole.to_arrow(), ARROW)
    parts = pd.concat([whole.to_pandas()[["n"]], whole.to_pandas()[["text"]]], axis=1)
    assert digest(parts, PANDAS) == digest(whole.to_pandas(), PANDAS)


def test_a_missing_instant_of_pandas_is_none() -> None:
    with pytest.raises(ValueMismatch, match=r"where there may be none, annotate `datetime \| None` and give None"):
        Codec({}).normalise(pd.NaT, parse("datetime"))
