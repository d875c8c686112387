"""How a file can write a name of a module, and the import that this takes."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from dagwright_compiler.diagnostics.model import Edit
    from dagwright_compiler.fixes.view import View


class Written(NamedTuple):
    """A name as an expression of one file, and the edits that make it available."""

    text: str
    edits: tuple[Edit, ...]


def available(view: View, module: str, name: str, *, before: int) -> Written | None:
    """The name as it can be written at a line: imported already, or imported by an edit.

    Args:
        view: The file.
        module: Dotted name of the module that has it.
        name: The name in that module.
        before: Line from 1 that the import has to stand above.

    Returns:
        ``None`` when the file uses the name for something else.
    """
    if view.tree is None:
        return None
    above = [node for node in view.tree.body if node.lineno < before]
    known = _known(above, module, name)
    if known is not None:
        return Written(known, ())
    if name in _bound(view.tree):
        return None
    extended = _extended(view, above, module, name)
    return Written(name, (extended if extended is not None else _new_line(view, module, name),))


def _known(body: list[ast.stmt], module: str, name: str) -> str | None:
    for node in body:
        if isinstance(node, ast.ImportFrom) and node.module == module and not node.level:
            for alias in node.names:
                if alias.name == name:
                    return alias.asname or name
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name == module:
                    return f"{alias.asname or module}.{name}"
    return None


def _bound(tree: ast.Module) -> set[str]:
    """Every name that is bound anywhere in a file."""
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.alias():
                found.add((node.asname or node.name).partition(".")[0])
            case ast.Name(ctx=ast.Store()):
                found.add(node.id)
            case ast.arg():
                found.add(node.arg)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                found.add(node.name)
            case _:
                pass
    return found


def _extended(view: View, body: list[ast.stmt], module: str, name: str) -> Edit | None:
    """Add the name to an import of the module that stands there."""
    node = next((node for node in body if isinstance(node, ast.ImportFrom) and node.module == module and not node.level), None)
    if node is None or node.names[0].name == "*":
        return None
    import libcst as cst

    from dagwright_compiler.fixes.separators import after, between, continued, uncommented

    text = view.text_of(node)
    try:
        line = cst.parse_statement(text)
    except cst.ParserSyntaxError:
        return None
    printer = cst.Module([])
    found = line.body[0] if isinstance(line, cst.SimpleStatementLine) else None
    if not isinstance(found, cst.ImportFrom) or isinstance(found.names, cst.ImportStar) or printer.code_for_node(found) != text:
        return None
    names = list(found.names)
    # In the place that sorting gives it, if the others are sorted; laid out as its neighbour.
    spelled = [alias.evaluated_name for alias in names]
    at = next((at for at, other in enumerate(spelled) if _order(other) > _order(name)), len(names))
    new = cst.ImportAlias(cst.Name(name))
    opening = found.lpar.whitespace_after if found.lpar is not None else cst.SimpleWhitespace("")
    inner = between(names[0].comma if len(names) > 1 else cst.MaybeSentinel.DEFAULT, opening)
    if at < len(names):
        names.insert(at, new.with_changes(comma=cst.Comma(whitespace_after=uncommented(inner))))
    else:
        last = names[-1]
        ending = after(last.comma)
        names[-1] = last.with_changes(comma=cst.Comma(whitespace_after=continued(ending, inner)))
        if isinstance(last.comma, cst.Comma):
            new = new.with_changes(comma=cst.Comma(whitespace_after=uncommented(ending)))
        names.append(new)
    return view.change(node, printer.code_for_node(found.with_changes(names=names)))


def _order(name: str) -> tuple[int, str]:
    """Isort's order of names: constants, classes, functions."""
    return (0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2, name)


def _new_line(view: View, module: str, name: str) -> Edit:
    """A line of its own among the imports at the top, where sorting them would put it."""
    assert view.tree is not None
    line = f"from {module} import {name}{view.newline}"
    body = view.tree.body
    at = 1 if body and _is_docstring(body[0]) else 0
    while at < len(body) and isinstance(node := body[at], ast.ImportFrom) and node.module == "__future__":
        at += 1
    first = at
    while at < len(body) and isinstance(body[at], ast.Import | ast.ImportFrom):
        at += 1
    imports = body[first:at]
    section = _section(module)
    peers = [node for node in imports if _section(_module_of(node)) == section]
    later = next((node for node in peers if _key(node) > (1, module)), None)
    if later is not None:
        return _insert(view, later, line)
    if peers:
        return _append(view, peers[-1], line)
    following = next((node for node in imports if _section(_module_of(node)) > section), None)
    if following is not None:
        return _insert(view, following, line + view.newline)
    if imports:
        return _append(view, imports[-1], view.newline + line)
    if first:
        return _append(view, body[first - 1], view.newline + line)
    return _insert(view, body[0], line + view.newline * 2)


def _insert(view: View, node: ast.stmt, text: str) -> Edit:
    """Put lines above a statement, its decorators and the comments that belong to it."""
    decorators = getattr(node, "decorator_list", ())
    number = min([node.lineno, *(decorator.lineno for decorator in decorators)])
    if not isinstance(node, ast.Import | ast.ImportFrom):
        lines = view.lines.data.splitlines()
        while number > 2 and lines[number - 2].lstrip().startswith(b"#"):
            number -= 1
    start = view.lines.position(number)
    return view.between(start, start, text)


def _append(view: View, node: ast.stmt, text: str) -> Edit:
    """Put lines below a statement."""
    end_line = node.end_lineno or node.lineno
    start = view.lines.position(end_line + 1)
    if not view.lines.data[:start].endswith((b"\n", b"\r")):  # the last line of the file has no end
        text = view.newline + text.removesuffix(view.newline)
    return view.between(start, start, text)


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _module_of(node: ast.stmt) -> str:
    if isinstance(node, ast.ImportFrom):
        return "." * node.level + (node.module or "")
    return node.names[0].name if isinstance(node, ast.Import) else ""


def _section(module: str) -> int:
    """Where sorting puts imports of a module: standard library, others, relative ones."""
    if module.startswith("."):
        return 2
    return 0 if module.partition(".")[0] in sys.stdlib_module_names else 1


def _key(node: ast.stmt) -> tuple[int, str]:
    return (1 if isinstance(node, ast.ImportFrom) else 0, _module_of(node))
