"""Reads what one file binds at module level: a function of its bytes alone.

Looks at ``tree.body`` and never into the bodies of functions, except where the text says that one imports or rebinds a global, and where the module
calls one with a name as an argument.
Input: a parsed file. Output: a ``Summary``.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from dagwright_compiler.frontend.argument_effects import MUTATORS, changed_arguments
from dagwright_compiler.frontend.names import symbol_of
from dagwright_compiler.frontend.statement_search import statements_with
from dagwright_compiler.frontend.summary import (
    Assigned,
    Change,
    Defined,
    FunctionNode,
    Imported,
    ImportStatement,
    Star,
    Summary,
    Unstable,
    absolute_module,
    is_main_guard,
    is_type_checking,
)
from dagwright_compiler.frontend.type_parameters import mark, parameter_names
from dagwright_compiler.frontend.with_blocks import reason_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_ASSIGNMENTS = (ast.Assign, ast.AnnAssign, ast.AugAssign)
_CONDITIONALLY = "it is defined under a condition"
_IMPORTERS = frozenset({"import_module", "__import__"})
_CONDITIONAL = (ast.If, ast.Try, ast.With, ast.AsyncWith, ast.For, ast.AsyncFor, ast.While, ast.Match, ast.TryStar)


def summarise(tree: ast.Module, text: str, *, module: str, is_package: bool) -> Summary:
    """Collect the bindings of a module named ``module``."""
    reader = _Reader(module, is_package=is_package)
    for statement in tree.body:
        reader.statement(statement)
    for statement in statements_with("import", tree, text):
        reader.nested_imports(statement)
    for statement in statements_with("global", tree, text):
        reader.rebound_globals(statement)
    if ":=" in text:
        reader.summary.has_walrus = True
        for statement in tree.body:
            reader.walruses(statement)
    reader.summary.body = tree.body
    return reader.summary


class _Reader:
    """Fills a summary, statement by statement."""

    def __init__(self, module: str, *, is_package: bool) -> None:
        self._module = module
        self._is_package = is_package
        self.summary = Summary({}, [], [], [], [], [], open_names=False)

    def statement(self, node: ast.stmt) -> None:
        """Take one statement of the module's own body."""
        kind = type(node)
        if kind is ast.FunctionDef or kind is ast.AsyncFunctionDef or kind is ast.ClassDef:
            assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            self._define(node)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            self._import(node, certain=True)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                self._assign(target, node.value, node)
            self._effects(node.value, node)
        elif isinstance(node, ast.AnnAssign):
            if node.value is not None:
                self._assign(node.target, node.value, node)
                self._effects(node.value, node)
        elif isinstance(node, _CONDITIONAL):
            self._conditional(node)
        elif kind.__name__ == "TypeAlias":  # a class that only Python 3.12 has
            alias: Any = node
            mark(alias, parameter_names(alias))
            self._assign(alias.name, alias.value, alias)
        else:
            self._changing(node)

    def nested_imports(self, statement: ast.stmt) -> None:
        """Note the imports inside a statement, calls that import included: they bind nothing here, but the modules travel."""
        if isinstance(statement, ast.Import | ast.ImportFrom):
            return
        for node in ast.walk(statement):
            if isinstance(node, ast.Import | ast.ImportFrom):
                self._note_import(node)
            elif isinstance(node, ast.Call) and node.args:
                callee, name = node.func, node.args[0]
                called = callee.id if isinstance(callee, ast.Name) else callee.attr if isinstance(callee, ast.Attribute) else ""
                if called in _IMPORTERS and isinstance(name, ast.Constant) and isinstance(name.value, str):
                    module = self._named_module(name.value, [*node.args[1:], *(keyword.value for keyword in node.keywords)])
                    if module:
                        self.summary.imports.append(ImportStatement(module, ()))

    def _named_module(self, name: str, others: list[ast.expr]) -> str:
        """What a call imports: a name that begins with dots counts from a package, this module's own unless it is written out."""
        level = len(name) - len(name.lstrip("."))
        if not level:
            return name
        written = next((other.value for other in others if isinstance(other, ast.Constant)), None)
        node = ast.ImportFrom(name[level:] or None, [], level)
        if isinstance(written, str):
            return absolute_module(node, written, is_package=True)
        return absolute_module(node, self._module, is_package=self._is_package)

    def rebound_globals(self, statement: ast.stmt) -> None:
        """A function that declares a name global may rebind it."""
        for node in ast.walk(statement):
            if isinstance(node, ast.Global):
                for name in node.names:
                    self._spoil(name, node, "a function declares it `global` and may change it")

    def walruses(self, statement: ast.stmt) -> None:
        """``:=`` outside functions and classes binds names of the module, wherever it stands."""
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            return
        for node in ast.walk(statement):
            if isinstance(node, ast.NamedExpr):
                self._spoil(node.target.id, node, "it is set by `:=`")

    def _define(self, node: FunctionNode | ast.ClassDef) -> None:
        if getattr(node, "type_params", None):
            mark(node, parameter_names(node))
        bindings = self.summary.bindings
        earlier = bindings.get(node.name)
        if earlier is None or isinstance(earlier, Imported):
            bindings[node.name] = Defined(node)  # a definition after an import wins, as it does in Python
        elif isinstance(earlier, Defined):
            if not _is_overload(earlier.node):
                self.summary.redefined.append((node.name, earlier.node, node))
            bindings[node.name] = Defined(node)
        else:
            self._spoil(node.name, node, "it is defined more than once")
        if node.name == "__getattr__":
            self.summary.open_names = True

    def _import(self, node: ast.Import | ast.ImportFrom, *, certain: bool, fallback: bool = False) -> None:
        self._note_import(node)
        if isinstance(node, ast.Import):
            for alias in node.names:
                module = alias.name if alias.asname else alias.name.partition(".")[0]
                if certain and module != alias.name:
                    self.summary.below.append((alias, Imported(alias.name, "", node)))
                self._bind_import(alias.asname or module, Imported(module, "", node, certain), fallback=fallback)
            return
        module = absolute_module(node, self._module, is_package=self._is_package)
        for alias in node.names:
            if alias.name == "*":
                self.summary.stars.append(Star(module, node.lineno))
            else:
                self._bind_import(alias.asname or alias.name, Imported(module, alias.name, node, certain), fallback=fallback)

    def _note_import(self, node: ast.Import | ast.ImportFrom) -> None:
        imports = self.summary.imports
        if isinstance(node, ast.Import):
            imports.extend(ImportStatement(alias.name, ()) for alias in node.names)
        else:
            module = absolute_module(node, self._module, is_package=self._is_package)
            if module:
                imports.append(ImportStatement(module, tuple(alias.name for alias in node.names)))

    def _bind_import(self, name: str, found: Imported, *, fallback: bool) -> None:
        """Bind an import. In ``fallback`` (below ``try``) the first choice stays; the other one serves where it is absent."""
        earlier = self.summary.bindings.get(name)
        if earlier is None:
            self.summary.bindings[name] = found
        elif not isinstance(earlier, Imported):
            self._spoil(name, found.node, "it is defined more than once")
        elif (earlier.module, earlier.attribute) == (found.module, found.attribute):
            earlier.certain = earlier.certain or found.certain
        elif found.certain:
            self.summary.bindings[name] = found  # a later import wins, as it does in Python
        elif not fallback and not _same_symbol(earlier, found):
            self._spoil(name, found.node, "it is imported from different places")

    def _assign(self, target: ast.expr, value: ast.expr, node: ast.stmt) -> None:
        if isinstance(target, ast.Name):
            if target.id in self.summary.bindings:
                self._spoil(target.id, node, "it is defined more than once")
            else:
                self.summary.bindings[target.id] = Assigned(node, value)
        elif isinstance(target, ast.Tuple | ast.List):
            items = value.elts if isinstance(value, ast.Tuple | ast.List) else []
            pairwise = len(items) == len(target.elts) and not any(
                isinstance(item, ast.Starred) for item in [*items, *target.elts]
            )
            for position, part in enumerate(target.elts):
                if pairwise:
                    self._assign(part, items[position], node)
                else:
                    self._change(part, node, "it is unpacked from a value that is not written out as a tuple")
        else:
            self._change(target, node, "it is changed after its definition")

    def _changing(self, node: ast.stmt) -> None:
        """Take a statement that binds nothing new, but may change what is bound: wherever it stands, it may run."""
        if isinstance(node, ast.AugAssign):
            self._change(node.target, node, "it is changed by `+=` or the like")
        elif isinstance(node, ast.Delete):
            for target in node.targets:
                self._change(target, node, "it is deleted")
        elif isinstance(node, ast.Expr):
            self._effects(node.value, node)

    def _effects(self, value: ast.expr, node: ast.stmt) -> None:
        """Note what the calls in a value change. Only values that may hold a call are looked through."""
        if not isinstance(value, ast.Call | ast.ListComp | ast.Tuple):
            return
        for part in ast.walk(value):
            if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr in MUTATORS:
                self._change_part(part.func.value, node, f"it is changed by `.{part.func.attr}()`")
            elif isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and (part.args or part.keywords):
                for argument in changed_arguments(part, self.summary.bindings):
                    self._change_part(argument, node, f"it is changed by `{part.func.id}()`")

    def _conditional(self, node: ast.stmt) -> None:
        """Bind what a compound statement may bind: imports for certain enough, everything else as unstable."""
        if isinstance(node, ast.If) and is_main_guard(node.test):
            self._block(node.orelse)
            return
        checking = isinstance(node, ast.If) and is_type_checking(node.test)
        if isinstance(node, ast.For | ast.AsyncFor):
            self._change(node.target, node, "it is set by a loop")
        if isinstance(node, ast.With | ast.AsyncWith):
            for item in node.items:
                if item.optional_vars is not None:
                    self._change(item.optional_vars, node, "it is set by `with`")
            for statement in node.body:
                if isinstance(statement, _ASSIGNMENTS):
                    self._bind_conditionally(statement, typing_only=False, reason=reason_in(node, statement))
                else:
                    self._block([statement])
            return
        for name in _captured(node):
            self._spoil(name, node, _CONDITIONALLY)
        for block in _blocks(node):
            self._block(block, fallback=isinstance(node, ast.Try | ast.TryStar), typing_only=checking)

    def _block(self, block: Sequence[ast.stmt], *, fallback: bool = False, typing_only: bool = False) -> None:
        for statement in block:
            if isinstance(statement, ast.Import | ast.ImportFrom):
                self._import(statement, certain=False, fallback=fallback)
            elif isinstance(statement, _CONDITIONAL):
                self._conditional(statement)
            else:
                self._bind_conditionally(statement, typing_only=typing_only)

    def _bind_conditionally(self, node: ast.stmt, *, typing_only: bool, reason: str = _CONDITIONALLY) -> None:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if node.decorator_list:
                self.summary.misplaced.append(node)
            self._spoil(node.name, node, _CONDITIONALLY)
        elif isinstance(node, ast.ClassDef):
            if typing_only and node.name not in self.summary.bindings:
                self.summary.bindings[node.name] = Defined(node)
            else:
                self._spoil(node.name, node, _CONDITIONALLY)
        elif isinstance(node, _ASSIGNMENTS):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                self._bind_target_conditionally(target, node, reason)
            if node.value is not None:
                self._effects(node.value, node)
        else:
            self._changing(node)

    def _bind_target_conditionally(self, target: ast.expr, node: ast.stmt, reason: str) -> None:
        if isinstance(target, ast.Name) and isinstance(self.summary.bindings.get(target.id), Imported):
            return  # `except ImportError: name = None` leaves the import the first choice
        self._change(target, node, reason)

    def _change(self, target: ast.expr, node: ast.AST, reason: str) -> None:
        if isinstance(target, ast.Name):
            self._spoil(target.id, node, reason)
        elif isinstance(target, ast.Tuple | ast.List):
            for part in target.elts:
                self._change(part, node, reason)
        elif isinstance(target, ast.Starred):
            self._change(target.value, node, reason)
        elif isinstance(target, ast.Subscript | ast.Attribute):
            self._change_part(target, node, "it is changed after its definition")

    def _change_part(self, part: ast.expr, node: ast.AST, reason: str) -> None:
        """Note a change of a value that an expression leads to: of a constant of this module, or of what an import gave."""
        root = dotted = part
        while isinstance(root, ast.Subscript | ast.Attribute):
            if isinstance(root, ast.Subscript):
                dotted = root.value
            root = root.value
        if not isinstance(root, ast.Name):
            return
        earlier = self.summary.bindings.get(root.id)
        if isinstance(earlier, Assigned):
            self._spoil(root.id, node, reason)
        elif isinstance(earlier, Imported) or (earlier is None and self.summary.stars):
            self.summary.changes.append(Change(dotted, node, reason))

    def _spoil(self, name: str, node: ast.AST, reason: str) -> None:
        if not isinstance(self.summary.bindings.get(name), Unstable):
            self.summary.bindings[name] = Unstable(node, reason)


def _same_symbol(first: Imported, second: Imported) -> bool:
    """Whether two imports give the same known thing, as with ``typing`` and ``typing_extensions``."""
    symbols = [symbol_of(f"{found.module}.{found.attribute}" if found.attribute else found.module) for found in (first, second)]
    return bool(symbols[0]) and symbols[0] == symbols[1]


def _is_overload(node: FunctionNode | ast.ClassDef) -> bool:
    return any(
        (isinstance(d, ast.Name) and d.id == "overload") or (isinstance(d, ast.Attribute) and d.attr == "overload")
        for d in node.decorator_list
    )


def _captured(node: ast.stmt) -> Iterator[str]:
    """Names that ``except ... as name`` and the patterns of ``match`` bind."""
    if isinstance(node, ast.Try | ast.TryStar):
        yield from (handler.name for handler in node.handlers if handler.name is not None)
    elif isinstance(node, ast.Match):
        for part in (part for case in node.cases for part in ast.walk(case.pattern)):
            if isinstance(part, ast.MatchAs | ast.MatchStar) and part.name is not None:
                yield part.name
            elif isinstance(part, ast.MatchMapping) and part.rest is not None:
                yield part.rest


def _blocks(node: ast.stmt) -> Iterator[Sequence[ast.stmt]]:
    """The blocks of a compound statement in source order."""
    if isinstance(node, ast.Try | ast.TryStar):
        yield node.body
        for handler in node.handlers:
            yield handler.body
        yield node.orelse
        yield node.finalbody
    elif isinstance(node, ast.Match):
        for case in node.cases:
            yield case.body
    elif isinstance(node, ast.If | ast.For | ast.AsyncFor | ast.While):
        yield node.body
        yield node.orelse
    elif isinstance(node, ast.With | ast.AsyncWith):
        yield node.body
