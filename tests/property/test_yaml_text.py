"""Any text comes back from YAML as it was."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dagwright_compiler.yaml_text import yaml_string

TRAPS = [
    *(
        "",
        "y",
        "n",
        "NO",
        "on",
        "~",
        "null",
        "1e3",
        "1E+3",
        "0o17",
        "12:30:45",
        "2024-01-01",
        ".inf",
        "- a",
        "a: b",
        "#",
        "&a",
        "*a",
    ),
    *(
        "!!python/object:os.system",
        "%TAG",
        "@x",
        "`x`",
        "{{workflow.name}}",
        "{% raw %}",
        "$(id)",
        "Ref::x",
        "'",
        '"',
        "\\",
        "\\n",
    ),
    *(
        "\n",
        "a\n b\n\n",
        "\r\n",
        "\t",
        " leading",
        "trailing ",
        "\0",
        "\x7f",
        "\x85",
        "\xa0",
        "\u2028",
        "\u2029",
        "\ufeff",
        "\ufffe",
        "\uffff",
    ),
    *("\U0001f525", "e\u0301", "\u202e", "x" * 10_000, "{", "}", "[", "]", ",", "a, b"),
]


@pytest.mark.parametrize("text", TRAPS)
def test_a_trap_comes_back_unchanged(text):
    assert yaml.safe_load(yaml_string(text)) == text


@given(st.text())
def test_any_text_comes_back_unchanged_in_block_and_flow_context(text):
    quoted = yaml_string(text)
    assert yaml.load(f"a: {quoted}\n{quoted}: [{quoted}, {{{quoted}: {quoted}}}]", yaml.CSafeLoader) == (
        {"a": text, text: [text, {text: text}]} if text != "a" else {"a": [text, {text: text}]}
    )


@given(st.text())
def test_quoted_text_stays_on_one_line(text):
    assert len(yaml_string(text).splitlines()) == 1


@pytest.mark.parametrize("text", ["\ud800", "a\udfff", "\ud83d \udd25"])
def test_a_lone_surrogate_is_refused(text):
    with pytest.raises(ValueError, match="surrogates not allowed"):
        yaml_string(text)
