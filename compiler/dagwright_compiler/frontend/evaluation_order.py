"""What the import of a module evaluates, in Python's order, and the names that hold nothing by then but get a value further down.

Bodies of functions do not run; neither does what stands under ``if __name__ == "__main__":``. Whatever may bind a name counts as if it did, and
a name counts as read only where the import must get to it: not in a branch, in a loop that may be empty, in a ``try`` that may catch what goes wrong.
Input: the statements of a module. Output: the names, each with its first use and its definition.
"""

from __future__ import annotations

import ast
import builtins
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from dagwright_compiler.frontend.hidden_bindings import may_bind_anything
from dagwright_compiler.frontend.names import BUILTINS
from dagwright_compiler.frontend.summary import absolute_module, is_main_guard, is_type_checking
from dagwright_compiler.frontend.type_parameters import declared_parameters, is_alias, parameter_names

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Sequence

    from dagwright_compiler.frontend.summary import FunctionNode

_ALWAYS_THERE = BUILTINS | set(dir(builtins)) | {"__path__", "__module__", "__qualname__", "__annotations__", "_"}
"""Names that need no definition in a module or class; ``_`` may come from ``gettext``."""
_PLAIN_BASES = frozenset(
    {
        *("object", "str", "int", "float", "dict", "list", "tuple", "Exception", "ValueError"),
        *("ABC", "Generic", "Protocol", "NamedTuple", "TypedDict", "BaseModel", "BaseSettings"),
        *("Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"),
    }
)
"""Bases whose classes find names as every class does; others may give them a meaning of their own."""


class Early(NamedTuple):
    """A name that is read while it holds nothing."""

    use: ast.Name
    reader: ast.stmt
    """The statement that reads it, of the module or of the class that defines it further down."""
    part: str
    """What of the statement does, in the words of its author; empty where that is the statement itself."""
    is_annotation: bool
    definition: ast.AST
    """What gives it a value, further down."""


class _Use(NamedTuple):
    use: ast.Name
    reader: ast.stmt
    part: str
    is_annotation: bool


def early_names(body: Sequence[ast.stmt], *, package: str = "") -> tuple[Early, ...]:
    """Names of a module that its import reads above their definitions, in the order of their uses.

    Args:
        body: The statements of the module.
        package: Its name, where it is a package: importing a module of it binds the module's name in the package.
    """
    reading = _Reading(body, package)
    try:
        reading.block(body)
        if not reading.found or may_bind_anything(body):
            return ()
    except RecursionError:  # as deep as the reader of expressions allows: what cannot be followed is in doubt
        return ()
    declared = {name for statement in body for node in ast.walk(statement) if isinstance(node, ast.Global) for name in node.names}
    found = (early for early in reading.found if early.use.id not in declared)
    return tuple(sorted(found, key=lambda early: (early.use.lineno, early.use.col_offset)))


def evaluates_annotations(body: Sequence[ast.stmt]) -> bool:
    """Whether Python, up to 3.13, evaluates annotations where they stand."""
    futures = (node for node in body if isinstance(node, ast.ImportFrom) and node.module == "__future__")
    return not any(alias.name == "annotations" for node in futures for alias in node.names)


class _Scope:
    """Names of the module, or of a class while its body runs."""

    def __init__(self, *, is_plain: bool = True) -> None:
        self.bound: set[str] = set()
        self.waiting: dict[str, _Use] = {}
        """Names that were read while they held nothing, with their first uses."""
        self.is_plain = is_plain


class _Reading:
    """Goes through the statements of a module as its import does."""

    def __init__(self, body: Sequence[ast.stmt], package: str) -> None:
        self.found: list[Early] = []
        self._package = package
        self._has_annotations = evaluates_annotations(body)
        self._module = _Scope()
        self._classes: list[_Scope] = []
        """Classes whose bodies run, the innermost last."""
        self._outer: ast.ClassDef | None = None
        """The outermost one."""
        self._hidden: list[set[str]] = []
        """Names of comprehensions and type parameters around what is read."""
        self._comprehensions = 0
        """How many comprehensions are around what is read: none of them sees the names of a class."""
        self._doubts = 0
        """How many things around what is read may keep it from being reached."""
        self._is_open = False
        """Whether ``from ... import *`` may have bound any name."""
        self._is_imagined = False
        """Whether what is read never runs when the module is imported."""
        self._first_import: int | None = None
        self._reader: ast.stmt = ast.Pass()
        self._part = ""
        self._is_annotation = False

    def block(self, statements: Iterable[ast.stmt], *, in_loop: bool = False) -> None:
        """Go through statements, one after the other."""
        doubts, reader = self._doubts, self._reader
        for statement in statements:
            self._reader = statement
            self._statement(statement)
            if isinstance(statement, ast.Raise) or (in_loop and _may_leave(statement)):
                self._doubts += 1  # what follows may not run
        self._doubts, self._reader = doubts, reader

    @contextmanager
    def _doubtful(self, *, when: bool = True) -> Generator[None]:
        self._doubts += when
        yield
        self._doubts -= when

    @contextmanager
    def _of(self, part: str, *, is_annotation: bool = False) -> Generator[None]:
        before = self._part, self._is_annotation
        self._part, self._is_annotation = part, is_annotation
        yield
        self._part, self._is_annotation = before

    # Statements

    def _statement(self, node: ast.stmt) -> None:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._function(node)
            case ast.ClassDef():
                self._class(node)
            case ast.Assign():
                self._parts([] if is_alias(node) else [node.value])
                self._targets(node.targets)
            case ast.AugAssign():
                self._present([node.target])  # before the value
                self._parts([node.value])
                self._targets([node.target])
            case ast.AnnAssign():
                if node.value is not None:
                    self.expression(node.value)
                    self._targets([node.target])
                if self._has_annotations:
                    with self._of(f"the annotation of `{ast.unparse(node.target)}`", is_annotation=True):
                        self.expression(node.annotation)
            case ast.Import() | ast.ImportFrom():
                self._import(node)
            case ast.If():
                self._if(node)
            case ast.For() | ast.AsyncFor():
                self._for(node)
            case ast.While():
                self.expression(node.test)
                self._maybe(node.body, node.orelse)
            case ast.With() | ast.AsyncWith():
                for item in node.items:
                    self.expression(item.context_expr)
                    if item.optional_vars is not None:
                        self._targets([item.optional_vars])
                self._maybe(node.body)  # what it opens may catch what goes wrong
            case ast.Try() | ast.TryStar():
                self._try(node)
            case ast.Match():
                self._match(node)
            case ast.Assert():
                self.expression(node.test)
                with self._doubtful():
                    self._parts([node.msg])
            case ast.Delete():
                self._present(node.targets)
            case ast.Global():
                self._module.bound.update(node.names)
            case _ if is_alias(node):
                alias: Any = node
                self._targets([alias.name])
            case _:
                self._parts(ast.iter_child_nodes(node))

    def _function(self, node: FunctionNode) -> None:
        self._decorators(node.decorator_list)
        self._defaults(node.args)
        if self._has_annotations:
            self._hidden.append(_parameters(node))
            self._annotations(node)
            self._hidden.pop()
        self._bind(node.name, node)

    def _annotations(self, node: FunctionNode) -> None:
        taken = node.args
        for argument in (*taken.posonlyargs, *taken.args, taken.vararg, *taken.kwonlyargs, taken.kwarg):
            if argument is not None and argument.annotation is not None:
                with self._of(f"the annotation of `{argument.arg}`", is_annotation=True):
                    self.expression(argument.annotation)
        if node.returns is not None:
            with self._of("the annotation of the result", is_annotation=True):
                self.expression(node.returns)

    def _decorators(self, decorators: list[ast.expr]) -> None:
        for decorator in decorators:
            if not isinstance(decorator, ast.Call):
                with self._of("the decorator"):
                    self.expression(decorator)
                continue
            with self._of("the decorator"):
                self._parts([decorator.func, *decorator.args])
            for keyword in decorator.keywords:
                with self._of(f"`{keyword.arg}`" if keyword.arg is not None else "the decorator"):
                    self.expression(keyword.value)

    def _defaults(self, arguments: ast.arguments) -> None:
        positional = [*arguments.posonlyargs, *arguments.args]
        pairs = [*zip(reversed(positional), reversed(arguments.defaults), strict=False)][::-1]
        for argument, default in (*pairs, *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)):
            if default is not None:
                with self._of(f"the default of `{argument.arg}`"):
                    self.expression(default)

    def _class(self, node: ast.ClassDef) -> None:
        self._decorators(node.decorator_list)
        self._hidden.append(_parameters(node))
        self._parts([*node.bases, *node.keywords])
        metaclass = any(keyword.arg == "metaclass" and _last_name(keyword.value) != "ABCMeta" for keyword in node.keywords)
        scope = _Scope(is_plain=all(_last_name(base) in _PLAIN_BASES for base in node.bases))
        outer, self._outer = self._outer, self._outer or node
        self._classes.append(scope)
        with self._doubtful(when=metaclass):  # which may give names a meaning of its own
            self.block(node.body)
        self._classes.pop()
        self._hidden.pop()
        self._outer = outer
        self._bind(node.name, node)

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        if isinstance(node, ast.ImportFrom) and self._package:
            source = absolute_module(node, self._package, is_package=True)
            if source.startswith(f"{self._package}."):
                self._module.bound.add(source.removeprefix(f"{self._package}.").partition(".")[0])
        if self._first_import is None:
            self._first_import = node.lineno
        for alias in node.names:
            if alias.name == "*":
                self._is_open = True
            else:
                self._bind(alias.asname or alias.name.partition(".")[0], alias)

    def _if(self, node: ast.If) -> None:
        self.expression(node.test)
        before = self._is_imagined
        self._is_imagined = before or is_main_guard(node.test) or is_type_checking(node.test)
        self._maybe(node.body)
        self._is_imagined = before
        self._maybe(node.orelse)

    def _for(self, node: ast.For | ast.AsyncFor) -> None:
        self.expression(node.iter)
        with self._doubtful(when=not _has_items(node.iter)):
            self._targets([node.target])
            self.block(node.body, in_loop=True)
        self._maybe(node.orelse)

    def _try(self, node: ast.Try | ast.TryStar) -> None:
        with self._doubtful(when=bool(node.handlers)):
            self.block(node.body)
        for handler in node.handlers:
            with self._doubtful():
                self._parts([handler.type])
                if handler.name is not None:
                    self._bind(handler.name, handler)
                self.block(handler.body)
        with self._doubtful(when=bool(node.handlers)):
            self.block(node.orelse)
        self.block(node.finalbody)

    def _match(self, node: ast.Match) -> None:
        self.expression(node.subject)
        for case in node.cases:
            for part in ast.walk(case.pattern):
                name = part.rest if isinstance(part, ast.MatchMapping) else getattr(part, "name", None)
                if name is not None:
                    self._bind(name, part)
            with self._doubtful():
                self._parts([case.guard])
            self._maybe(case.body)

    def _maybe(self, *blocks: Sequence[ast.stmt]) -> None:
        with self._doubtful():
            for block in blocks:
                self.block(block)

    def _present(self, targets: Iterable[ast.expr]) -> None:
        """Go through targets that have to be there."""
        for target in targets:
            if isinstance(target, ast.Name):
                self._read(target)
            elif isinstance(target, ast.Tuple | ast.List):
                self._present(target.elts)
            else:
                self._parts(ast.iter_child_nodes(target))

    # Expressions

    def expression(self, node: ast.AST) -> None:
        """Go through an expression."""
        kind = type(node)
        if kind is ast.Constant:
            return
        if isinstance(node, ast.Name):
            if kind is ast.Name and isinstance(node.ctx, ast.Load):  # a type parameter is none to look for
                self._read(node)
        elif isinstance(node, ast.Lambda):
            self._defaults(node.args)
        elif isinstance(node, ast.NamedExpr):
            self.expression(node.value)
            self._targets([node.target])
        elif isinstance(node, ast.BoolOp):
            self._first_of(node.values, certain=1)
        elif isinstance(node, ast.Compare):
            self._first_of([node.left, *node.comparators], certain=2)
        elif isinstance(node, ast.IfExp):
            self._first_of([node.test, node.body, node.orelse], certain=1)
        elif isinstance(node, ast.Dict):
            self._parts([part for pair in zip(node.keys, node.values, strict=True) for part in pair])
        elif isinstance(node, _COMPREHENSIONS):
            self._comprehension(node)
        else:
            self._parts(ast.iter_child_nodes(node))

    def _parts(self, nodes: Iterable[ast.AST | None]) -> None:
        for node in nodes:
            if node is not None:
                self.expression(node)

    def _first_of(self, nodes: Sequence[ast.expr], *, certain: int) -> None:
        """Go through expressions of which Python may leave out all but the first ones."""
        self._parts(nodes[:certain])
        with self._doubtful():
            self._parts(nodes[certain:])

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> None:
        doubts = self._doubts
        for position, generator in enumerate(node.generators):
            self.expression(generator.iter)
            if not position:
                self._comprehensions += 1
                targets = (each.target for each in node.generators)
                self._hidden.append({part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)})
                self._doubts += isinstance(node, ast.GeneratorExp)  # which does nothing until it is asked
            self._doubts += not _has_items(generator.iter)
            for condition in generator.ifs:
                self.expression(condition)
                self._doubts += 1
        self._parts([node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt])
        self._hidden.pop()
        self._comprehensions -= 1
        self._doubts = doubts

    def _targets(self, targets: Iterable[ast.expr]) -> None:
        for target in targets:
            if isinstance(target, ast.Name):
                self._bind(target.id, target)
            elif isinstance(target, ast.Tuple | ast.List):
                self._targets(target.elts)
            elif isinstance(target, ast.Starred):
                self._targets([target.value])
            else:
                self._parts(ast.iter_child_nodes(target))

    # Names

    def _read(self, node: ast.Name) -> None:
        name = node.id
        if self._doubts or self._is_open or name in self._module.bound or name in _ALWAYS_THERE:
            return
        seen = [] if self._comprehensions else self._classes[-1:]
        if any(name in names for names in self._hidden) or any(name in scope.bound for scope in seen):
            return
        for scope in (self._module, *seen):
            reader = self._reader if scope is not self._module else self._outer or self._reader
            scope.waiting.setdefault(name, _Use(node, reader, self._part, self._is_annotation))

    def _bind(self, name: str, definition: ast.AST) -> None:
        scope = self._classes[-1] if self._classes else self._module
        scope.bound.add(name)
        use = None if self._is_imagined else scope.waiting.pop(name, None)
        if use is None:
            return
        if self._classes and (outside := self._module.waiting.get(name)) is not None and outside.use is use.use:
            del self._module.waiting[name]
        if scope.is_plain and not self._is_submodule(definition, use):
            self.found.append(Early(*use, definition))

    def _is_submodule(self, definition: ast.AST, use: _Use) -> bool:
        """Whether a name that a package imports may be that of a module in it, which an import above the use has bound already."""
        first = self._first_import
        return bool(self._package) and isinstance(definition, ast.alias) and first is not None and first < use.use.lineno


_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def _may_leave(statement: ast.stmt) -> bool:
    """Whether a statement in a loop may end it, or this turn of it."""
    return any(isinstance(node, ast.Break | ast.Continue) for node in ast.walk(statement))


def _has_items(node: ast.expr) -> bool:
    """Whether a loop over a value has a first turn for certain."""
    match node:
        case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
            return any(not isinstance(item, ast.Starred) for item in items)
        case ast.Dict(keys=keys):
            return any(key is not None for key in keys)
        case ast.Constant(value=str() | bytes() as text):
            return bool(text)
        case ast.Call(func=ast.Name(id="range"), args=[ast.Constant(value=int() as count)], keywords=[]):
            return count > 0
        case _:
            return False


def _parameters(node: FunctionNode | ast.ClassDef) -> set[str]:
    """Type parameters of a definition, as either grammar tells them."""
    return {*declared_parameters(node), *parameter_names(node)}


def _last_name(node: ast.expr) -> str:
    """``Base`` of ``Base``, ``module.Base`` and ``Base[T]``."""
    while isinstance(node, ast.Subscript):
        node = node.value
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
