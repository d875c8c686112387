"""Any text comes back from YAML as it was."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dagwright_compiler.yaml_text import yaml_scalar, yaml_string

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


@given(st.one_of(st.sampled_from(TRAPS), st.text(), st.from_regex(r"[A-Za-z0-9_./:-]{1,12}", fullmatch=True)))
def test_a_scalar_comes_back_as_text_whether_plain_or_quoted(text):
    assert yaml.safe_load(f"[{yaml_scalar(text)}]") == [text]
    if len(yaml_scalar(text)) < 1024:  # YAML 1.2, 7.4.2: a key without a mark ends within 1024 characters
        assert yaml.safe_load(f"{{{yaml_scalar(text)}: 1}}") == {text: 1}


@pytest.mark.parametrize("text", ["resize-thumb", "flow.wf", "repo/image", "dagwright/v1", "n0", "None_", "VCPU"])
def test_a_name_stands_without_quotes(text):
    assert yaml_scalar(text) == text


@pytest.mark.parametrize("text", ["Yes", "n", "NULL", "1e3", "0x10", "12:30", "a: b", "-m", "a-", "a--b", "true", "é"])
def test_what_a_reader_could_take_for_something_else_is_quoted(text):
    assert yaml_scalar(text) == yaml_string(text)
