"""Values that only pickle can carry."""

from __future__ import annotations

import datetime as dt
import decimal
import pickle
import subprocess
import sys
import threading
import types
from pathlib import Path

import numpy as np
import pytest
from value_samples import CLASSES

import dagwright
from dagwright.contract.types import parse
from dagwright.values import Codec, PickleDenied, ValueMismatch

DECIMAL = parse("opaque[decimal.Decimal]")


class Model:
    def __init__(self, weights):
        self.weights = weights


MODEL = parse(f"opaque[{Model.__module__}.Model]")


class Bomb:
    fired = 0

    def __reduce__(self):
        return (_fire, ())


def _fire():
    Bomb.fired += 1
    return decimal.Decimal(0)


def send(codec, value, declared):
    blobs: dict[str, bytes] = {}
    data = codec.encode(codec.normalise(value, declared), declared, blobs)
    return codec.decode(data, declared, blobs.__getitem__)


def test_an_opaque_value_arrives_as_a_copy():
    model = Model([1, 2])
    arrived = send(Codec({}, warn=lambda _: None), model, MODEL)
    assert type(arrived) is Model
    assert arrived.weights == [1, 2]
    assert arrived is not model


def test_a_class_is_warned_about_once():
    warnings = []
    codec = Codec({}, warn=warnings.append)
    for _ in range(3):
        send(codec, decimal.Decimal(1), DECIMAL)
    send(codec, Model(1), MODEL)
    assert len(warnings) == 2
    assert warnings[0].startswith("values of decimal.Decimal are pickled")


def test_the_default_warning_goes_to_stderr(capsys):
    send(Codec({}), decimal.Decimal(1), DECIMAL)
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "warning: values of decimal.Decimal are pickled: dagwright knows no other form for them\n"


def test_denied_values_are_neither_written_nor_read():
    codec = Codec({}, pickle="deny")
    with pytest.raises(PickleDenied, match=r"one of decimal\.Decimal \(allow it with pickle = \[\"decimal\.Decimal\"\]"):
        codec.normalise(decimal.Decimal(1), DECIMAL)
    with pytest.raises(PickleDenied):
        codec.decode({"$blob": "x", "size": 1, "enc": "pickle"}, DECIMAL, lambda _: pickle.dumps(Bomb()))
    assert Bomb.fired == 0


def test_a_list_allows_its_classes_only():
    codec = Codec({}, pickle=("decimal.Decimal",))
    assert send(codec, decimal.Decimal(1), DECIMAL) == 1
    with pytest.raises(PickleDenied, match="Model"):
        codec.normalise(Model(1), MODEL)


def test_a_policy_of_another_kind_is_refused():
    with pytest.raises(ValueError, match="pickle must be"):
        Codec({}, pickle="allow").normalise(decimal.Decimal(1), DECIMAL)


@pytest.mark.parametrize("value", [1, "x", None, [decimal.Decimal(1)]])
def test_a_value_of_another_class_is_refused(value):
    with pytest.raises(ValueMismatch, match=r"expected decimal\.Decimal, got"):
        Codec({}, warn=lambda _: None).normalise(value, DECIMAL)


def test_a_class_under_its_public_name_is_known():
    # as pandas.DataFrame is pandas.core.frame.DataFrame
    codec = Codec({}, warn=lambda _: None)
    assert (
        send(codec, np.random.default_rng(1), parse("opaque[numpy.random.Generator]")).random()
        == np.random.default_rng(1).random()
    )
    assert send(codec, dt.date(2024, 1, 1), parse("opaque[datetime.date]")) == dt.date(2024, 1, 1)


def test_what_cannot_be_pickled_says_why():
    with pytest.raises(ValueMismatch, match=r"expected _thread\.lock, got one that cannot be pickled \(TypeError: cannot pickle"):
        Codec({}, warn=lambda _: None).normalise(threading.Lock(), parse("opaque[_thread.lock]"))


def test_a_damaged_pickle_says_so():
    with pytest.raises(ValueMismatch, match="a pickle that cannot be read"):
        Codec({}, warn=lambda _: None).decode({"$blob": "x", "size": 1, "enc": "pickle"}, DECIMAL, lambda _: b"\x80\x05.")


def test_an_undeclared_value_that_json_lacks_is_pickled_under_its_own_name():
    warnings = []
    codec = Codec(CLASSES, warn=warnings.append)
    blobs: dict[str, bytes] = {}
    unknown = parse("unknown")
    sent = codec.normalise({"a": [1 + 2j]}, unknown)
    data = codec.encode(sent, unknown, blobs)
    assert data["$d"][0][1][0]["$u"] == "opaque[builtins.complex]"
    assert codec.decode(data, unknown, blobs.__getitem__) == {"a": [1 + 2j]}
    assert len(warnings) == 1
    with pytest.raises(PickleDenied, match=r"one of builtins\.complex at \['a'\]\[0\] \(allow it"):
        Codec(CLASSES, pickle="deny").normalise({"a": [1 + 2j]}, unknown)


def test_an_undeclared_array_is_no_pickle():
    codec, unknown = Codec({}, pickle="deny"), parse("unknown")
    blobs: dict[str, bytes] = {}
    data = codec.encode(codec.normalise([np.arange(3)], unknown), unknown, blobs)
    assert data[0]["$u"] == "ndarray"
    assert codec.decode(data, unknown, blobs.__getitem__)[0].tolist() == [0, 1, 2]


SOURCE = """
import enum
class Kind(enum.Enum):
    A = 1
class Model:
    class Part:
        pass
    def __init__(self):
        self.parts = [self.Part(), self.Part()]
        self.kind = Kind.A
        self.call = helper
        self.more = {"other": Model, "numbers": [1.5, 2], "text": "x"}
def helper():
    pass
"""


@pytest.fixture
def modules(monkeypatch):
    """One file loaded twice: as the script that it is here, and as the module of the project."""
    for name in ("live_script", "flow_of_project"):
        module = types.ModuleType(name)
        exec(SOURCE, vars(module))
        monkeypatch.setitem(sys.modules, name, module)
    return sys.modules["live_script"], sys.modules["flow_of_project"]


@pytest.mark.parametrize("text", ["opaque[flow_of_project.Model]", "unknown", "list[opaque[flow_of_project.Model]]"])
def test_a_scripts_pickle_is_that_of_every_other_process(modules, text):
    live, project = modules
    declared = parse(text)
    here, there = Codec({}, warn=lambda _: None, aliases={"live_script": "flow_of_project"}), Codec({}, warn=lambda _: None)

    def sent(codec, module):
        blobs: dict[str, bytes] = {}
        model = module.Model()
        return codec.encode(codec.normalise([model] if text.startswith("list") else model, declared), declared, blobs), blobs

    written, blobs = sent(here, live)
    assert (written, blobs) == sent(there, project)
    for codec, module in ((here, live), (there, project)):
        arrived = codec.decode(written, declared, blobs.__getitem__)
        model = arrived[0] if text.startswith("list") else arrived
        assert type(model) is module.Model
        assert type(model.parts[0]) is module.Model.Part
        assert model.kind is module.Kind.A
        assert model.call is module.helper


def test_what_a_script_defines_nowhere_cannot_be_pickled(modules):
    live, _ = modules
    model = live.Model()
    model.call = lambda: None
    model.call.__module__ = "live_script"
    with pytest.raises(ValueMismatch, match="cannot be pickled"):
        Codec({}, warn=lambda _: None, aliases={"live_script": "flow_of_project"}).normalise(model, parse("unknown"))


def test_numpy_and_pickle_stay_out_of_programs_that_need_neither():
    script = """
import sys
from dagwright.contract.types import parse
from dagwright.values import Codec
codec = Codec({})
for text, value in [("dict[str, list[float]]", {"a": [1]}), ("unknown", {"a": 1}), ("union[int, str]", 1)]:
    codec.decode(codec.encode(codec.normalise(value, parse(text)), parse(text), {}), parse(text), None)
print(sorted({"numpy", "pickle", "datetime", "dataclasses", "typing", "re", "json", "hashlib", "inspect"} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-S", "-c", script],
        env={"PYTHONPATH": str(Path(dagwright.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n"


def test_a_pickles_classes_come_through_the_loader_and_its_errors_pass():
    asked = []

    def load(module, qualname):
        asked.append((module, qualname))
        if qualname == "Model":
            raise LookupError("no code here")
        return getattr(sys.modules[module], qualname)

    blobs: dict[str, bytes] = {}
    data = Codec({}, warn=lambda _: None).encode(Model(1), MODEL, blobs)
    with pytest.raises(LookupError, match="no code here"):
        Codec({}, load_class=load, warn=lambda _: None).decode(data, MODEL, blobs.__getitem__)
    assert (Model.__module__, "Model") in asked


def test_what_cannot_be_pickled_says_so():
    with pytest.raises(ValueMismatch, match=r"one that cannot be pickled \((PicklingError|AttributeError): "):
        Codec({}, warn=lambda _: None).normalise(lambda: 1, parse("unknown"))
