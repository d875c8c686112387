"""Bodies of workflows, and the values that calls and signatures give."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics.model import Fix
from dagwright_compiler.fixes.imports import available
from dagwright_compiler.fixes.literals import is_number, text_at

if TYPE_CHECKING:
    from dagwright_compiler.diagnostics.model import Diagnostic, Edit
    from dagwright_compiler.fixes.view import View

_NUMBER = {"int": re.compile(r"[0-9]{1,9}"), "float": re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")}
_LIST = re.compile(r"(?:typing\.)?[Ll]ist(?:\[.*)?", re.DOTALL)
_EXPECTED = re.compile(r"expected `([^`]*)`")
_BLOCKS = ("body", "orelse", "finalbody")


def remove_print(found: Diagnostic, view: View) -> Fix | None:
    """Remove a ``print`` that does nothing."""
    block = _block(found, view)
    if block is None:
        return None
    statement, siblings = block
    is_plain = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
    if not is_plain or not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return None
    # A call within its arguments is a task that would no longer run.
    parts = [*statement.value.args, *statement.value.keywords]
    calls = any(isinstance(node, ast.Call | ast.NamedExpr | ast.Await) for part in parts for node in ast.walk(part))
    edit = _removed(view, [statement], siblings)
    return Fix("remove the `print`", "maybe-incorrect" if calls else "machine-applicable", (edit,))


def remove_unreachable(found: Diagnostic, view: View) -> Fix | None:
    """Remove statements that are never reached."""
    block = _block(found, view)
    if block is None:
        return None
    statement, siblings = block
    edit = _removed(view, siblings[siblings.index(statement) :], siblings)
    return Fix("remove what is never reached", "maybe-incorrect", (edit,))


def map_of_a_call(found: Diagnostic, view: View) -> Fix | None:
    """``map_task(f)(x=xs)`` for ``map_task(f(x=xs))``."""
    chain = view.chain(found.span) if found.span is not None else ()
    if len(chain) < 3:
        return None
    inner, outer, around = chain[-1], chain[-2], chain[-3]
    if not (isinstance(inner, ast.Call) and isinstance(outer, ast.Call)) or not outer.args or outer.args[0] is not inner:
        return None
    if isinstance(around, ast.Call) and around.func is outer:
        return None  # it is called already: which arguments are meant is anybody's guess
    behind_name, end = view.offsets(inner.func)[1], view.offsets(inner)[1]
    arguments = view.lines.data[behind_name:end].decode("utf-8", "surrogatepass")
    close = view.offsets(outer)[1]
    edits = (view.between(behind_name, end, ""), view.between(close, close, arguments))
    name = view.text_of(inner.func)
    return Fix(f"write `map_task({name})(...)`", "maybe-incorrect", edits)


def constant_form(found: Diagnostic, view: View) -> Fix | None:
    """Write a constant in the type that is wanted: quotes added or taken away, a list for a tuple."""
    node = view.node(found.span) if found.span is not None else None
    wanted = _wanted(found, view, node)
    if node is None or not wanted:
        return None
    if isinstance(node, ast.Tuple) and _LIST.fullmatch(wanted) and "`[...]`" in found.help:  # its items fit as well
        return Fix("write a list", "machine-applicable", _brackets(view, node))
    text = text_at(node)
    if wanted == "str" and is_number(node):
        new = f'"{view.text_of(node)}"'
    elif text is not None and wanted in _NUMBER and _NUMBER[wanted].fullmatch(text):
        new = str(int(text)) if wanted == "int" else text
    elif wanted == "int" and isinstance(node, ast.Constant) and type(node.value) is float and node.value.is_integer():
        new = str(int(node.value))
    elif wanted == "bool" and isinstance(node, ast.Constant) and type(node.value) is int and node.value in (0, 1):
        new = str(bool(node.value))
    else:
        return None
    return Fix(f"write `{new}`", "maybe-incorrect", (view.replace(node, new),))


def optional_annotation(found: Diagnostic, view: View) -> Fix | None:
    """``x: Optional[int] = None`` for ``x: int = None``."""
    chain = view.chain(found.span) if found.span is not None else ()
    function = next((node for node in reversed(chain) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)), None)
    default = chain[-1] if chain else None
    if function is None or not isinstance(default, ast.Constant) or default.value is not None:
        return None
    name = next((name for name, node in _defaults(function.args).items() if node is default), None)
    argument = next((argument for argument in _all(function.args) if argument.arg == name), None)
    if argument is None or argument.annotation is None:
        return None
    first = min([function.lineno, *(decorator.lineno for decorator in function.decorator_list)])
    written = available(view, "typing", "Optional", before=first)
    if written is None:
        return None
    start, end = view.offsets(argument.annotation)
    edits = (view.between(start, start, f"{written.text}["), view.between(end, end, "]"), *written.edits)
    return Fix(f"write `{written.text}[{view.text_of(argument.annotation)}]`", "maybe-incorrect", edits)


def annotation_of_default(found: Diagnostic, view: View) -> Fix | None:
    """Annotate a parameter with the type of its default."""
    chain = view.chain(found.span) if found.span is not None else ()
    argument = chain[-1] if chain else None
    function = next((node for node in reversed(chain) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)), None)
    if not isinstance(argument, ast.arg) or function is None or argument.annotation is not None:
        return None
    default = _defaults(function.args).get(argument.arg)
    if not isinstance(default, ast.Constant) or type(default.value) not in (bool, int, float, str):
        return None
    name = type(default.value).__name__
    end, start = view.offsets(argument)[1], view.offsets(default)[0]
    between = view.lines.data[end:start]
    if between.strip() != b"=":
        return None
    edit = view.between(end, start, f": {name} = ") if between == b"=" else view.between(end, end, f": {name}")
    return Fix(f"write `{argument.arg}: {name}`", "maybe-incorrect", (edit,))


def without_repetition(found: Diagnostic, view: View) -> Fix | None:
    """Take out an argument that is passed again with the very same text."""
    from dagwright_compiler.fixes.calls import remove_keyword

    chain = view.chain(found.span) if found.span is not None else ()
    for at in range(len(chain) - 1, 0, -1):
        keyword, call = chain[at], chain[at - 1]
        if isinstance(keyword, ast.keyword) and isinstance(call, ast.Call):
            same = [argument for argument in call.args if view.data_of(argument) == view.data_of(keyword.value)]
            edit = remove_keyword(view, call, keyword) if len(same) == 1 else None
            return Fix(f"remove `{keyword.arg}=`", "maybe-incorrect", (edit,)) if edit is not None else None
    return None


def _block(found: Diagnostic, view: View) -> tuple[ast.stmt, list[ast.stmt]] | None:
    """The statement that a finding marks, and all of its block."""
    chain = view.chain(found.span) if found.span is not None else ()
    for at in range(len(chain) - 1, 0, -1):
        statement = chain[at]
        if isinstance(statement, ast.stmt):
            for name in _BLOCKS:
                siblings = getattr(chain[at - 1], name, None)
                if isinstance(siblings, list) and statement in siblings:
                    return statement, siblings
            return None
    return None


def _removed(view: View, statements: list[ast.stmt], siblings: list[ast.stmt]) -> Edit:
    """Remove neighbouring statements with their lines; ``pass`` takes their place where something has to stand."""
    start, end = view.offsets(statements[0])[0], view.offsets(statements[-1])[1]
    first = view.lines.position(statements[0].lineno)
    behind = view.lines.position((statements[-1].end_lineno or statements[-1].lineno) + 1)
    data = view.lines.data
    rest = data[end:behind].lstrip(b" \t\f")
    is_alone = not data[first:start].strip() and (not rest.strip() or rest.startswith(b"#"))
    if len(statements) == len(siblings) or not is_alone:
        return view.between(start, end, "pass")
    return view.between(first, behind, "")


def _brackets(view: View, node: ast.Tuple) -> tuple[Edit, ...]:
    start, end = view.offsets(node)
    if view.lines.data[start : start + 1] == b"(" and view.lines.data[end - 1 : end] == b")":
        return (view.between(start, start + 1, "["), view.between(end - 1, end, "]"))
    return (view.between(start, start, "["), view.between(end, end, "]"))


def _wanted(found: Diagnostic, view: View, node: ast.AST | None) -> str:
    """The type that a constant should have, as its finding or its annotation spells it."""
    label = _EXPECTED.search(found.label)
    if label is not None:
        return label[1]
    chain = view.chain(found.span) if found.span is not None else ()
    function = next((other for other in reversed(chain) if isinstance(other, ast.FunctionDef | ast.AsyncFunctionDef)), None)
    if function is None:
        return ""
    for name, default in _defaults(function.args).items():
        if default is node:
            argument = next(argument for argument in _all(function.args) if argument.arg == name)
            return ast.unparse(argument.annotation) if argument.annotation is not None else ""
    statement = next((other for other in reversed(chain) if isinstance(other, ast.stmt)), None)
    if isinstance(statement, ast.Return) and statement.value is node and function.returns is not None:
        return ast.unparse(function.returns)
    return ""


def _all(arguments: ast.arguments) -> list[ast.arg]:
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]


def _defaults(arguments: ast.arguments) -> dict[str, ast.expr]:
    """Defaults by the names of their parameters."""
    positional = [*arguments.posonlyargs, *arguments.args]
    found = dict(
        zip(
            [argument.arg for argument in positional[len(positional) - len(arguments.defaults) :]],
            arguments.defaults,
            strict=True,
        )
    )
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if default is not None:
            found[argument.arg] = default
    return found
