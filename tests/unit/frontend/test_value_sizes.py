"""Values whose parts are shared are measured as they would be written out."""

from __future__ import annotations

import pytest
from frontend_sources import body, front

DOUBLING = "".join(f"A{step} = [A{step - 1}, A{step - 1}]\n" for step in range(1, 60))


def test_a_constant_that_doubles_again_and_again_is_refused() -> None:
    found = front("A0 = [1]\n" + DOUBLING + body("total(xs=A59)")).only
    assert (found.code.id, "parts when it is written out" in found.message) == ("DW411", True)


@pytest.mark.parametrize("pair", ["[a{0}, a{0}]", "(a{0}, a{0})", "{{'x': a{0}, 'y': a{0}}}"])
def test_a_list_of_results_that_doubles_again_and_again_is_refused(pair: str) -> None:
    lines = ["a0 = number(x=n)", *(f"a{step} = {pair.format(step - 1)}" for step in range(1, 60)), "total(xs=a59)"]
    found = front(body("\n".join(lines))).found
    assert [each.code.id for each in found] == ["DW411"]


def test_what_people_write_is_not_counted_as_large() -> None:
    lines = ["a = [number(x=n), 1]", "b = [*a, *a, 3]", "total(xs=b)"]
    source = "TABLE = [(n, [n, n]) for n in range(5000)]\nROWS = [TABLE[0], TABLE[0]]\n" + body("\n".join(lines))
    assert front(source).codes in ([], ["DW407"])
