"""The tables of the tests on a live cluster name tests that exist and run on the stores that they say, and leave out no command."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import click
import pytest

from dagwright_compiler.cli.main import cli

TESTS = Path(__file__).parents[1]
TABLE = TESTS / "cluster" / "README.md"
_NAMED = re.compile(r"`((?:cluster|unit)/[\w/]+\.py)::(\w+)`")
_ROW = re.compile(r"(?m)^\| (?!what was seen|what is typed)(?!---)(.*) \|$")
_COMMANDS, _, _LOSSES = TABLE.read_text("utf-8").partition("# What may lose or hang a run,")
COMMANDS = [tuple(found[1].split(" | ")) for found in _ROW.finditer(_COMMANDS)]
LIFE = ("submit", "runs", "status", "logs", "outputs", "retry", "stop", "approve", "gc")
FOLLOWING = {"--watch", "--wait", "--log", "--timeout"}
"""Options of all commands that follow a run, with one meaning: shown with ``submit`` and ``status``."""
ELSEWHERE = {"--project", "--domain", "--set", "--color"}
"""Options of every command, which concern what is compiled and how it is printed."""


def test_every_row_is_shown_by_tests_that_exist() -> None:
    rows = [found[1] for found in _ROW.finditer(_LOSSES)]
    assert len(rows) > 30
    for row in rows:
        named = _NAMED.findall(row.rpartition(" | ")[2])
        assert named, row
        for path, name in named:
            assert name in functions(TESTS / path), f"{path}::{name}"


@pytest.mark.parametrize("row", COMMANDS, ids=lambda row: row[0])
def test_a_command_is_typed_by_a_test_on_the_stores_of_its_row(row: tuple[str, str, str]) -> None:
    typed, shown_by, stores = row
    ((path, name),) = _NAMED.findall(shown_by)
    assert stores == stores_of(TESTS / path, name)
    literals = words_of(TESTS / path)
    for command in re.findall(r"`([^`]+)`", typed):
        for word in re.findall(r"(?<!\S)(?:--?)?[a-z][a-z-]*(?!\S)", command):
            assert word in literals, f"{path} does not type {word}"


def test_no_command_and_no_option_is_missing() -> None:
    typed = [command.split() for row in COMMANDS for command in re.findall(r"`([^`]+)`", row[0])]
    context = click.Context(cli)
    followed = {word for words in typed if words[0] in ("submit", "status") for word in words} & FOLLOWING
    assert followed == FOLLOWING
    for name in LIFE:
        command = cli.get_command(context, name)
        assert command is not None
        shown = {word for words in typed if words[0] == name or words[0].startswith("--") for word in words}
        options = [option.opts for option in command.params if isinstance(option, click.Option)]
        missing = [names for names in options if not shown & set(names) and not set(names) & (FOLLOWING | ELSEWHERE | {"-n"})]
        assert missing == [], name
        assert any(words[0] == name for words in typed), name
    assert any("-n" in words for words in typed)


@cache
def functions(path: Path) -> dict[str, ast.FunctionDef]:
    """Functions of a module by name."""
    return {item.name: item for item in ast.parse(path.read_text("utf-8")).body if isinstance(item, ast.FunctionDef)}


@cache
def words_of(path: Path) -> set[str]:
    """Words of all texts of a module: what its tests type stands among them."""
    texts = (item.value for item in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(item, ast.Constant))
    return {word for text in texts if isinstance(text, str) for word in text.split()}


def stores_of(path: Path, test: str) -> str:
    """Stores on which a test runs, by the fixtures that it asks for, directly or through others of its module."""
    own = functions(path)
    asked, left = set[str](), [test]
    while left:
        name = left.pop()
        if name not in asked:
            asked.add(name)
            left += [argument.arg for argument in own[name].args.args] if name in own else []
    restricted = any("settings" in ast.unparse(item) and "'file'" in ast.unparse(item) for item in own[test].decorator_list)
    both = ("settings" in asked and "settings" not in own and not restricted) or {"argo", "s3_settings"} <= asked
    return "file, S3" if both else "file"
