"""Text that engines would expand."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagwright_argo.expansion import EMPTY_VARIABLE, LOST_ON_THE_WAY, json_text, variable_text

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
BRACES = st.text(alphabet='{}"\\=$( )a', max_size=30)


@given(JSON | st.dictionaries(BRACES, st.lists(BRACES)))
def test_json_without_tags_reads_back_as_it_was(data):
    text = json_text(data)
    assert "{{" not in text
    assert not LOST_ON_THE_WAY.search(text)
    assert json.loads(text) == data


def kubelet(value, variables):
    """How the kubelet expands a variable's value: ``$$`` is ``$``, ``$(NAME)`` is replaced if NAME is known."""
    return re.sub(
        r"\$(\$|\(([^)]*)\))",
        lambda found: "$" if found[1] == "$" else variables.get(found[2], found[0]),
        value,
    )


@given(st.text() | BRACES | st.text(alphabet="${}()AB"))
def test_a_variable_arrives_as_it_was_and_holds_no_tag(value):
    text = variable_text(value)
    assert "{{" not in text
    assert kubelet(text, {EMPTY_VARIABLE: "", "A": "expanded", "HOME": "/root"}) == value


@pytest.mark.parametrize("value", ["plain", "$HOME", "a$", "{", "}}", "cost: $5"])
def test_harmless_text_stays_as_the_user_wrote_it(value):
    assert variable_text(value) == value
