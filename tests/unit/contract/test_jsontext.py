from __future__ import annotations

import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagwright.contract import jsontext

TEXT = st.text(st.characters(exclude_categories=[]))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
)
BOTH = [jsontext._c_code(), jsontext._package()]


@given(JSON, st.booleans())
def test_text_is_that_of_the_json_package(data, sort_keys):
    expected = json.dumps(data, sort_keys=sort_keys, separators=(",", ":"))
    assert jsontext.dumps(data, sort_keys=sort_keys) == expected
    assert [write(data, sort_keys) for _, write in BOTH] == [expected] * 2


@given(JSON)
def test_what_is_written_is_read_as_the_json_package_reads_it(data):
    text = json.dumps(data, indent=1)
    assert repr(jsontext.loads(f"\n {text}\t")) == repr(json.loads(text))
    assert repr(jsontext.loads(text.encode())) == repr(json.loads(text))


@pytest.mark.parametrize("text", ["", " ", "{", "[1,]", "{'a':1}", '"a', "1 2", "[] x", "nul", '{"a":1,}', '"\n"', "\ufeff1"])
def test_what_is_no_json_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        jsontext.loads(text)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_numbers_that_json_lacks_are_refused_when_writing(value):
    for _, write in BOTH:
        with pytest.raises(ValueError, match="Out of range"):
            write([value], False)


def test_other_values_are_refused_when_writing():
    with pytest.raises(TypeError, match="a set is no JSON"):
        jsontext.dumps({"a": {1}})
    circle: list[object] = []
    circle.append(circle)
    with pytest.raises(ValueError, match="Circular"):
        jsontext.dumps(circle)


def test_without_the_c_code_the_package_does_the_work():
    script = """
import sys
sys.modules["_json"] = None
from dagwright.contract import jsontext
assert "json" in sys.modules
assert jsontext.loads(jsontext.dumps({"b": [1, None], "a": "\\u00e9"}, sort_keys=True)) == {"a": "\\u00e9", "b": [1, None]}
"""
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.parametrize("text", ['{"a', '{"a":1 "b"}', "[1 2]", r'"\x"', '{"a"}', "[1,]"])
def test_what_is_no_json_is_refused_where_the_package_is_not_loaded(text):
    """The C code raises nothing at all then."""
    program = (
        "import sys\nfrom dagwright.contract import jsontext\nassert 'json.decoder' not in sys.modules\n"
        "try:\n    jsontext.loads(sys.argv[1])\nexcept ValueError:\n    print('refused')\n"
    )
    ended = subprocess.run([sys.executable, "-c", program, text], capture_output=True, text=True, check=False)
    assert (ended.stdout, ended.stderr) == ("refused\n", "")
