"""The outputs of a run as people read them."""

from __future__ import annotations

import json

import pytest

from dagwright_local.collect import laid_out


@pytest.mark.parametrize("data", [None, 1.5, "x" * 100, [], {}, [1, [2, {"a": None}]], {"a": [], "b": {"c": 1}}])
def test_what_fits_stands_on_one_line(data: object) -> None:
    assert laid_out(data) == json.dumps(data)


def test_what_does_not_fit_has_an_item_a_line() -> None:
    data = {"points": [{"x": 1, "y": [2, 3]}, {"x": 4, "y": list(range(40))}], "": "é", "none": {}}
    text = laid_out(data)
    assert json.loads(text) == data
    assert text.splitlines()[:6] == ["{", '  "points": [', '    {"x": 1, "y": [2, 3]},', "    {", '      "x": 4,', '      "y": [']
    assert text.splitlines()[-4:] == ["  ],", '  "": "é",', '  "none": {}', "}"]
