"""Modules of a few statements, run by Python: where it finds a name that is defined further down, so does ``check``, and nowhere else."""

from __future__ import annotations

import ast
import builtins
from typing import NamedTuple

from frontend_sources import front
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

HEAD = """\
from dagwright import task


def keep(*given, **named):
    return lambda made: made


def plain(*given):
    return object


"""
NAMES = st.sampled_from(["a", "b", "c", "limit_1", "limit_2"])
INDENT = "    "


class Lines(NamedTuple):
    """Some lines of a module; in straight ones, every statement runs, and every name that is read is."""

    lines: tuple[str, ...]
    is_straight: bool = True

    def indented(self) -> tuple[str, ...]:
        return tuple(INDENT + line for line in self.lines)


@st.composite
def _expressions(draw: st.DrawFn) -> Lines:
    one, two, own = draw(NAMES), draw(NAMES), draw(NAMES)
    straight = st.sampled_from(
        [
            *("1", one, f"({one}, {two})", f"[{one}, *[{two}]]", f"{{{one!r}: {two}}}", f"f'{{{one}}}'", f"str({one})"),
            *(f"lambda x={one}: {two}", f"[({own}, {one}) for {own} in (1, 2)]", f"({own} for {own} in [{one}])"),
            *(f"({own} := {one})", f"({one}, {own} := 1, {two})", f"1 if {one} is {two} else 2"),
        ]
    )
    crooked = st.sampled_from([f"1 or {one}", f"1 if {one} is None else {two}", f"[{one} for x in []]", f"({one} for x in (1,))"])
    text = draw(straight)
    return Lines((text,)) if draw(st.integers(0, 9)) else Lines((draw(crooked),), is_straight=False)


@st.composite
def _definitions(draw: st.DrawFn) -> Lines:
    name, value, other = draw(NAMES), draw(_expressions()), draw(_expressions())
    annotation = draw(st.sampled_from(["int", "'a'", "a", "list['b']", "dict[str, b]"]))
    decorator = draw(st.sampled_from(["", f"@keep({value.lines[0]})", f"@keep(1, x={value.lines[0]})", "@keep()"]))
    default = draw(st.sampled_from(["x: ANY", "x: ANY = OTHER", "*, x: ANY = OTHER", "x=lambda: OTHER"]))
    signature = default.replace("ANY", annotation).replace("OTHER", other.lines[0])
    head = f"{draw(st.sampled_from(['def', 'async def']))} {name}({signature}) -> {draw(st.sampled_from(['int', annotation]))}:"
    body = draw(st.sampled_from([" return a, b, c", "\n    return a, b, c"]))
    lines = (*([decorator] if decorator else []), *f"{head}{body}".split("\n"))
    return Lines(lines, value.is_straight and other.is_straight)


@st.composite
def _simple(draw: st.DrawFn) -> Lines:
    value, name, other = draw(_expressions()), draw(NAMES), draw(NAMES)
    annotation = draw(st.sampled_from(["'a'", "a", "int"]))
    text = draw(
        st.sampled_from(
            [
                *(f"{name} = {value.lines[0]}", f"{name} = {other} = {value.lines[0]}", f"{name}, {other} = 1, {value.lines[0]}"),
                *(f"{name}: {annotation} = {value.lines[0]}", f"{name} = {other}; {other} = {value.lines[0]}"),
                f"import math as {name}",
            ]
        )
    )
    return Lines((text,), value.is_straight)


@st.composite
def _classes(draw: st.DrawFn, statements: st.SearchStrategy[Lines]) -> Lines:
    inner = draw(st.lists(statements, min_size=1, max_size=3))
    base = draw(st.sampled_from(["", f"(plain({draw(NAMES)}))", "(Exception)"]))
    lines = [f"class {draw(NAMES)}{base}:", *(line for part in inner for line in part.indented())]
    # Who reads a class with bases of its own cannot tell what its names mean: one that the class binds later is in doubt.
    return Lines(tuple(lines), all(part.is_straight for part in inner) and "plain" not in base)


@st.composite
def _branches(draw: st.DrawFn, statements: st.SearchStrategy[Lines]) -> Lines:
    first, second = draw(statements).indented(), draw(statements).indented()
    name = draw(NAMES)
    lines = draw(
        st.sampled_from(
            [
                (f"if {name} is None:", *first, "else:", *second),
                ("if keep:", *first),
                ("if not keep:", *first, "else:", *second),
                ("try:", *first, "except NameError:", *second),
                ("try:", *first, f"except ImportError as {name}:", *second, "finally:", *second),
                (f"for {name} in (1, 2):", *first),
                (f"for {name} in ():", *first, "else:", *second),
                ("while keep:", *first, f"{INDENT}break"),
            ]
        )
    )
    return Lines(lines, is_straight=False)


_LEAVES = _simple() | _definitions()
_STATEMENTS = st.recursive(_LEAVES, lambda inner: _classes(inner) | _branches(inner), max_leaves=4)


@st.composite
def modules(draw: st.DrawFn, statements: st.SearchStrategy[Lines]) -> tuple[str, bool]:
    """A module, and whether it is a straight one."""
    above = draw(st.lists(NAMES, max_size=5))
    parts = draw(st.lists(statements, min_size=1, max_size=5))
    lines = [*(f"{name} = 1" for name in above), *(line for part in parts for line in part.lines)]
    return HEAD + "\n".join(lines) + "\n", all(part.is_straight for part in parts)


def _failing(source: str) -> tuple[str, int] | None:
    """The name that Python does not find when it runs a module, and its line; the programs have no other mistakes."""
    try:
        exec(compile(source, "flow.py", "exec", dont_inherit=True), {"__name__": "flow", "__builtins__": builtins})
    except NameError as error:
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        assert trace is not None
        return str(error.name), trace.tb_lineno
    return None


def _bound_from(source: str, line: int) -> set[str]:
    """Names that the statements of a module bind from a line on."""
    waiting: list[ast.AST] = [ast.parse(source)]
    found: set[str] = set()
    for node in waiting:  # which grows
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found |= {node.name} if node.lineno >= line else set()
        elif isinstance(node, ast.alias):
            found |= {node.asname or node.name} if node.lineno >= line else set()
        elif isinstance(node, ast.Name):
            found |= {node.id} if node.lineno >= line and isinstance(node.ctx, ast.Store) else set()
        elif not isinstance(node, ast.Lambda | ast.comprehension):
            waiting += ast.iter_child_nodes(node)
    return found


def _check(source: str, *, is_straight: bool) -> None:
    found = [
        (each.message.split("`")[1], each.span.line) for each in front(source).found if each.code.id == "DW209" and each.span
    ]
    failing = _failing(source)
    if failing is None:
        assert not found, "python runs it"
        return
    assert all(line >= failing[1] for _, line in found), "python got further"
    if is_straight and failing[0] in _bound_from(source, failing[1]):
        assert failing in found


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(modules(_LEAVES | _classes(_LEAVES)))
def test_a_name_that_python_finds_further_down_is_found(module: tuple[str, bool]) -> None:
    _check(module[0], is_straight=module[1])


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(modules(_STATEMENTS))
def test_nothing_that_python_runs_is_found(module: tuple[str, bool]) -> None:
    _check(module[0], is_straight=module[1])
