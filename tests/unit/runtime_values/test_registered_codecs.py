"""Codecs that installed distributions register: which is found, when it is loaded, and what is said of one that is wrong."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import interpreters
import pytest
from distributions import install

import dagwright
from dagwright.contract.keys import value_digest
from dagwright.contract.types import UNKNOWN, parse
from dagwright.values import Codec, PickleDenied, ValueMismatch

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

GEO = """
class Grid:
    def __init__(self, cells):
        self.cells = cells
    def __eq__(self, other):
        return type(other) is type(self) and other.cells == self.cells
    def __reduce__(self):
        raise TypeError("a Grid holds a handle")
class Fine(Grid): ...
"""
CODEC = """
import geo
class GridCodec:
    format = "grid/1"
    def encode(self, value):
        return ",".join(map(str, value.cells)).encode()
    def decode(self, content):
        return geo.Grid([int(cell) for cell in content.decode().split(",") if cell])
GRID = GridCodec()
"""
GRID = parse("opaque[geo.Grid]")
NAMES = ("geo", "geo_codecs", "other_codecs")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Path]:
    """A folder at the end of the path, as an image's own, with the library whose class is to travel."""
    install(tmp_path, "geo", {"geo": GEO}, {})
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    for name in NAMES:
        sys.modules.pop(name, None)


@pytest.fixture
def make(site: Path) -> Callable[..., Any]:
    """Makes a value of a class of the library."""
    assert site
    return lambda *cells, cls="Grid": getattr(importlib.import_module("geo"), cls)(list(cells))


def register(
    site: Path, text: str = CODEC, target: str = "geo_codecs:GRID", name: str = "geo-dagwright", cls: str = "geo.Grid"
) -> None:
    module = target.partition(":")[0]
    install(site, name, {module: text}, {cls: target})


def send(value: Any, declared: Any = GRID, codec: Codec | None = None) -> tuple[Any, Any]:
    """What arrives, and its wire form."""
    codec = codec or Codec({}, pickle="deny")
    blobs: dict[str, Any] = {}
    data = codec.encode(codec.normalise(value, declared), declared, blobs)
    return Codec({}, pickle="deny").decode(data, declared, blobs.__getitem__), data


@pytest.mark.parametrize("target", ["geo_codecs:GRID", "geo_codecs:GridCodec", "geo_codecs"])
def test_a_registered_codec_carries_what_pickle_cannot(site: Path, make: Callable[..., Any], target: str) -> None:
    module = CODEC + "format, encode, decode = GRID.format, GRID.encode, GRID.decode\n"
    register(site, module, target)
    value = make(1, 2)
    arrived, data = send(value)
    assert arrived == value
    assert arrived is not value
    assert {key: data[key] for key in ("enc", "format", "by")} == {"enc": "codec", "format": "grid/1", "by": "geo-dagwright"}


def test_it_serves_inside_containers_unions_and_any(site: Path, make: Callable[..., Any]) -> None:
    register(site)
    value = make(3)
    assert send([value], parse("list[opaque[geo.Grid]]"))[0] == [value]
    assert send({"a": value}, parse("dict[str, union[int, opaque[geo.Grid], none]]"))[0] == {"a": value}
    assert send([value, 1], UNKNOWN)[0] == [value, 1]


def test_keys_count_the_format_and_the_bytes(site: Path, make: Callable[..., Any]) -> None:
    register(site)
    one, same, other = (value_digest(GRID, send(make(*cells))[1]) for cells in ([1], [1], [2]))
    assert one == same != other
    sys.modules.pop("geo_codecs")
    register(site, CODEC.replace("grid/1", "grid/second"))
    importlib.invalidate_caches()
    assert value_digest(GRID, send(make(1))[1]) != one


def test_a_value_of_another_class_is_refused(site: Path, make: Callable[..., Any]) -> None:
    register(site)
    assert make(1)
    with pytest.raises(ValueMismatch, match=r"expected geo\.Grid, got int 1$"):
        send(1)


def test_what_was_pickled_without_the_codec_is_still_read(site: Path) -> None:
    codec = Codec({}, warn=lambda _: None)
    declared = parse("opaque[geo.Plain]")
    (site / "geo.py").write_text("class Plain: ...\n", "utf-8")
    blobs: dict[str, Any] = {}
    data = codec.encode(importlib.import_module("geo").Plain(), declared, blobs)
    register(site, cls="geo.Plain")
    assert type(Codec({}, warn=lambda _: None).decode(data, declared, blobs.__getitem__)).__name__ == "Plain"
    with pytest.raises(PickleDenied):
        Codec({}, pickle="deny").decode(data, declared, blobs.__getitem__)


def test_an_image_without_the_codec_is_told_what_to_add(site: Path, make: Callable[..., Any]) -> None:
    register(site)
    _, data = send(make(1))
    (site / "geo_dagwright-1.0.dist-info" / "entry_points.txt").unlink()
    with pytest.raises(ValueMismatch) as found:
        Codec({}).decode(data, GRID, pytest.fail)
    assert str(found.value) == (
        "expected geo.Grid, got one that only the codec of geo-dagwright can read (add geo-dagwright to the image)"
    )


def test_bytes_of_another_format_are_refused(site: Path, make: Callable[..., Any]) -> None:
    register(site)
    _, data = send(make(1))
    with pytest.raises(ValueMismatch) as found:
        Codec({}).decode({**data, "format": "grid/0"}, GRID, lambda _: b"")
    assert str(found.value) == (
        "expected geo.Grid, got one in the format 'grid/0', where geo_codecs:GRID of geo-dagwright reads 'grid/1' "
        "(install the version that wrote it, or have it made again under another cache_version)"
    )


@pytest.mark.parametrize(
    ("text", "target", "said"),
    [
        (
            "import nowhere_to_be_found",
            "geo_codecs:GRID",
            "one whose codec cannot be loaded: geo_codecs:GRID of geo-dagwright (ModuleN",
        ),
        ("1 / 0", "geo_codecs:GRID", "cannot be loaded: geo_codecs:GRID of geo-dagwright (ZeroDivisionError: division by zero)"),
        (
            CODEC,
            "geo_codecs:GIRD",
            "cannot be loaded: geo_codecs:GIRD of geo-dagwright (AttributeError: module 'geo_codecs' has no",
        ),
        (
            "GRID = 1",
            "geo_codecs:GRID",
            "one whose codec has no format and no encode and no decode: geo_codecs:GRID of geo-dagwright",
        ),
        (
            CODEC.replace('"grid/1"', "1"),
            "geo_codecs:GRID",
            "one whose codec has no format: geo_codecs:GRID of geo-dagwright (see",
        ),
        (
            CODEC.replace('return ","', '1 / 0; ","'),
            "geo_codecs:GRID",
            "one that geo_codecs:GRID of geo-dagwright cannot write (ZeroDivisionError: division by zero)",
        ),
        (
            CODEC.replace(".encode()", ""),
            "geo_codecs:GRID",
            "one for which geo_codecs:GRID of geo-dagwright gives str, not bytes",
        ),
        (
            CODEC.replace("geo.Grid([", "list(["),
            "geo_codecs:GRID",
            "list from geo_codecs:GRID of geo-dagwright, which is to give what it was given",
        ),
        (
            CODEC.replace("int(cell)", "int(cell + 'x')"),
            "geo_codecs:GRID",
            "bytes that geo_codecs:GRID of geo-dagwright cannot read (ValueError: invalid literal for int()",
        ),
    ],
)
def test_what_is_wrong_with_a_codec_is_one_sentence(
    site: Path, make: Callable[..., Any], text: str, target: str, said: str
) -> None:
    register(site, text, target)
    with pytest.raises(ValueMismatch) as found:
        send(make(1))
    assert said in str(found.value)
    assert str(found.value).startswith("expected geo.Grid, got ")
    assert "\n" not in str(found.value)


def test_two_codecs_for_one_class_are_refused_by_their_names(site: Path, make: Callable[..., Any]) -> None:
    register(site)
    register(site, name="other-geo", target="other_codecs:GRID")
    with pytest.raises(ValueMismatch) as found:
        send(make(1))
    text = str(found.value)
    assert text.startswith("expected geo.Grid, got one for which several codecs are registered: ")
    assert "geo_codecs:GRID of geo-dagwright" in text
    assert "other_codecs:GRID of other-geo" in text
    assert text.endswith("(keep one of these distributions in the image)")
    assert "geo_codecs" not in sys.modules


def test_the_first_distribution_of_a_name_on_the_path_hides_the_others(
    site: Path, make: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    register(site)
    register(site / "older", CODEC.replace("grid/1", "grid/0"))
    monkeypatch.setattr(sys, "path", [*sys.path, str(site / "older")])
    assert send(make(1))[1]["format"] == "grid/1"


def test_a_codec_is_loaded_for_its_class_alone(tmp_path: Path) -> None:
    site = install(tmp_path, "geo", {"geo": GEO, "things": "class Thing: ..."}, {})
    register(site)
    script = (
        "import sys\n"
        "from dagwright.contract.types import parse\n"
        "from dagwright.values import Codec\n"
        "codec = Codec({}, warn=lambda _: None)\n"
        "codec.normalise({'a': [1, 2.5]}, parse('dict[str, union[list[float], str]]'))\n"
        "assert 'dagwright.values.registered' not in sys.modules\n"
        "import things\n"
        "codec.normalise(things.Thing(), parse('opaque[things.Thing]'))\n"
        "assert 'geo_codecs' not in sys.modules and 'geo' not in sys.modules\n"
        "import geo\n"
        "codec.normalise(geo.Grid([1]), parse('opaque[geo.Grid]'))\n"
        "assert 'geo_codecs' in sys.modules\n"
        "print('fine')\n"
    )
    environment = {"PYTHONPATH": str(site)}
    ran = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert ran.stdout == "fine\n", ran.stderr


def test_an_image_that_registers_nothing_pays_nothing() -> None:
    script = (
        "import sys\n"
        "from dagwright.contract.types import parse\n"
        "from dagwright.values import Codec\n"
        "import fractions; before = set(sys.modules)\n"
        "Codec({}, warn=lambda _: None).normalise(fractions.Fraction(1, 2), parse('opaque[fractions.Fraction]'))\n"
        "print(sorted(name for name in set(sys.modules) - before if name.startswith(('importlib.metadata', 'email', 'zipfile'))))\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout == "[]\n"


@pytest.mark.parametrize("python", [interpreters.oldest, interpreters.newest])
def test_other_interpreters_find_it(tmp_path: Path, python: Callable[[], str]) -> None:
    site = install(tmp_path, "geo", {"geo": GEO}, {})
    register(site, CODEC.replace("class GridCodec:", "import dagwright\nclass GridCodec(dagwright.ValueCodec[geo.Grid]):"))
    script = (
        "import geo\n"
        "from dagwright.contract.types import parse\n"
        "from dagwright.values import Codec\n"
        "declared = parse('opaque[geo.Grid]')\n"
        "blobs = {}\n"
        "data = Codec({}).encode(geo.Grid([1, 2]), declared, blobs)\n"
        "print(data['by'], Codec({}).decode(data, declared, blobs.__getitem__).cells)\n"
    )
    paths = os.pathsep.join([str(site), str(Path(dagwright.__file__).parents[1])])
    ran = subprocess.run(
        [python(), "-S", "-c", script], env={"PYTHONPATH": paths}, capture_output=True, text=True, check=False, timeout=60
    )
    assert ran.stdout == "geo-dagwright [1, 2]\n", ran.stderr
