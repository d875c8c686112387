"""From an annotation in the source to a type of the contract."""

from __future__ import annotations

import ast
import json
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

from dagwright.contract import types
from dagwright.contract.failures import FAILURE
from dagwright.contract.flytekit_names import tail_of
from dagwright.contract.types import Type, dict_of, list_of, opaque, tuple_of, union_of
from dagwright_compiler.diagnostics import codes
from dagwright_compiler.diagnostics.suggestions import did_you_mean
from dagwright_compiler.frontend.entities import (
    ClassEntity,
    Constant,
    Entity,
    External,
    FunctionEntity,
    MemberEntity,
    Unresolved,
    UnstableEntity,
)
from dagwright_compiler.frontend.file_types import LOCATED, as_written, of_format
from dagwright_compiler.frontend.findings import Findings, Place
from dagwright_compiler.frontend.names import NOT_YET, SUPPORTED
from dagwright_compiler.frontend.type_parameters import TypeParameter, declared_parameters
from dagwright_compiler.frontend.type_variables import type_variable, type_variables
from dagwright_compiler.frontend.unread_types import UNREAD

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    from dagwright_compiler.frontend.modules import Module
    from dagwright_compiler.frontend.resolution import Resolver

_FRAMES = ("pandas.DataFrame", "polars.DataFrame", "polars.LazyFrame", "pyarrow.Table")
_FAILURE = types.class_named(FAILURE)
_PLAIN = {
    **dict.fromkeys(("RunFailure", "FlyteError"), _FAILURE),
    "int": types.INT,
    "float": types.FLOAT,
    "bool": types.BOOL,
    "str": types.STR,
    "bytes": types.BYTES,
    "none": types.NONE,
    "datetime": types.DATETIME,
    "timedelta": types.TIMEDELTA,
    "date": types.DATE,
    "time": types.TIME,
    "decimal": types.DECIMAL,
    "uuid": types.UUID,
    "path": types.PATH,
    "ndarray": types.NDARRAY,
    "tensor": types.TENSOR,
    "StructuredDataset": types.TABLE,
    **{f"table[{name}]": types.table_of(name) for name in _FRAMES},
    "typing.Any": types.UNKNOWN,
    "file": types.FILE,
    "directory": types.DIRECTORY,
    "tuple": types.vartuple_of(types.UNKNOWN),
}
_OF_ITEMS = {
    "list": (list_of,),
    "set": (types.set_of,),
    "frozenset": (types.frozenset_of,),
    "typing.AbstractSet": (types.set_of, types.frozenset_of),
    "typing.Sequence": (list_of, types.vartuple_of),
    "typing.MutableSequence": (list_of,),
    "typing.Collection": (list_of, types.vartuple_of, types.set_of, types.frozenset_of),
    "typing.Iterable": (list_of, types.vartuple_of, types.set_of, types.frozenset_of),
}
"""Containers with one type argument; an abstract one may be any of the concrete."""
_WRITE_A_TYPE = "write a type, as in `int`, `list[str]` or the name of a dataclass"
_OF_PAIRS = ("dict", "typing.Mapping", "typing.MutableMapping")
_IN_LIST = "write `list[...]`"
_REFUSED = {
    **dict.fromkeys(("typing.Iterator", "typing.Generator", "typing.AsyncIterator", "typing.AsyncGenerator"), _IN_LIST),
    **dict.fromkeys(("typing.AsyncIterable", "typing.Awaitable", "typing.Coroutine"), "write the type of what it gives"),
    **dict.fromkeys(("typing.IO", "typing.TextIO", "typing.BinaryIO"), "write `dagwright.File`"),
    "typing.Literal": 'write the values: `Literal["a", "b"]`',
    "typing.Callable": "functions cannot travel between tasks",
    "typing.Type": "classes cannot travel between tasks",
    "typing.TypedDict": "write a dataclass",
    "typing.Protocol": "write a class",
    "typing.Generic": "write a class",
    "typing.NoReturn": "write `None`",
    "typing.Never": "write `None`",
}
_WRAPPERS = frozenset(
    {"typing.Final", "typing.ClassVar", "dataclass.InitVar", "typing.Required", "typing.NotRequired", "typing.ReadOnly"}
)
"""What says something of a field, and nothing of the values in it."""
_MOST_DEPTH = 60


class Annotations:
    """Reads annotations; findings go to ``findings`` and give the type ``UNREAD``, which fits everything."""

    def __init__(self, resolver: Resolver, findings: Findings) -> None:
        self._resolver = resolver
        self._findings = findings
        self._depth = 0
        self._bound: Mapping[str, Type] = {}
        self._is_lenient = False
        self.hashes = 0
        """How many times ``HashMethod`` was met in annotations: their readers compare."""
        self.class_type: Callable[[ClassEntity, tuple[Type, ...]], Type] = lambda entity, _: opaque(entity.qualified)
        """Type of a class of the project with type arguments; set by ``classes``."""
        self.failure_met: Callable[[], None] = lambda: None
        """Told where what tells of a failure is named; set by ``classes``."""
        self.parameters: Callable[[ClassEntity], int] = lambda _: 0
        """How many type arguments a class of the project takes; set by ``classes``."""
        self.functional: Callable[[Constant], Type | None] = lambda _: None
        """Type of a constant that is a functional named tuple or enum; set by ``classes``."""

    @contextmanager
    def scope(self, bound: Mapping[str, Type], *, lenient: bool = False) -> Generator[None]:
        """Let type parameters stand for types, by the names that ``type_variables`` gives them.

        Args:
            bound: The types; a parameter that is missing may be anything.
            lenient: Take what cannot be read for values of any type, and say nothing: others check them.
        """
        outer = self._bound, self._is_lenient
        self._bound, self._is_lenient = bound, lenient
        try:
            yield
        finally:
            self._bound, self._is_lenient = outer

    def read(self, node: ast.expr, module: Module) -> Type:
        """Type of an annotation that stands in ``module``."""
        if type(node) is ast.Name and not self._bound and not self._is_lenient:
            found = module.types.get(node.id)
            if isinstance(found, Type):
                return found
            before = self.hashes
            result = self._read(node, module)
            if result is not UNREAD and self.hashes == before:  # what there is to say of it is said at every place
                module.types[node.id] = result
            return result
        return self._read(node, module)

    def of_entity(self, entity: Entity, node: ast.expr, module: Module) -> Type:
        """Type that a name stands for, where the name is known otherwise: a variable of a workflow's body."""
        return self._entity(entity, node, module)

    def _read(self, node: ast.expr, module: Module) -> Type:
        if self._depth > _MOST_DEPTH:
            return self._unreadable(node, module, "the annotation is nested too deeply")
        self._depth += 1
        try:
            match node:
                case ast.Constant(value=None):
                    return types.NONE
                case ast.Constant(value=str() as text):
                    return self._quoted(text, node, module)
                case ast.Name(id=name) if isinstance(node, TypeParameter) or name in self._bound:
                    return self._bound.get(name, types.UNKNOWN)
                case ast.Name() | ast.Attribute():
                    return self._entity(self._resolver.expression(node, module), node, module)
                case ast.Subscript():
                    return self._subscript(node, module)
                case ast.BinOp(op=ast.BitOr()):
                    return self._alternatives(node, module)
                case ast.Call(func=ast.Name(id="type"), args=[ast.Constant(value=None)], keywords=[]):
                    return types.NONE
                case ast.Tuple(elts=items):
                    return tuple_of(*(self.read(item, module) for item in items))
                case _:
                    return self._unreadable(
                        node, module, f"`{_shortened(node)}` is not a type that is known while compiling", _WRITE_A_TYPE
                    )
        finally:
            self._depth -= 1

    def _alternatives(self, node: ast.BinOp, module: Module) -> Type:
        parts: list[ast.expr] = []
        left: ast.expr = node
        while isinstance(left, ast.BinOp) and isinstance(left.op, ast.BitOr):
            parts.append(left.right)
            left = left.left
        return union_of([self.read(part, module) for part in (left, *reversed(parts))])

    def _quoted(self, text: str, node: ast.expr, module: Module) -> Type:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                inner = ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return self._unreadable(node, module, "the text of the annotation is not valid Python")
        for part in ast.walk(inner):  # findings inside the text point to the whole text
            if isinstance(part, ast.expr):
                ast.copy_location(part, node)
        return self.read(inner, module)

    def _entity(self, entity: Entity | None, node: ast.expr, module: Module) -> Type:
        if isinstance(entity, External):
            return self._external(entity, node, module)
        if isinstance(entity, ClassEntity):
            return self.class_type(entity, ())
        if isinstance(entity, Constant):
            return self._alias(entity, node, module)
        text = _shortened(node)
        if isinstance(entity, Unresolved):
            if not entity.reported:
                self._findings.add(
                    codes.UNRESOLVED_NAME, f"`{text}` is not found: {entity.reason}", Place(module, node), help=entity.help
                )
            return UNREAD
        if isinstance(entity, UnstableEntity):
            if not isinstance(entity.node, ast.ClassDef | ast.Assign):
                return types.UNKNOWN
            return self._unreadable(node, module, f"`{text}` is not one type: {entity.reason}", "define it once, unconditionally")
        if isinstance(entity, MemberEntity):
            return self._unreadable(node, module, f"`{text}` is not a class", f"write `{entity.owner.qualname}`")
        what = "a function, not a type" if isinstance(entity, FunctionEntity) else "not a type"
        return self._unreadable(node, module, f"`{text}` is {what}")

    def _alias(self, entity: Constant, node: ast.expr, module: Module, arguments: tuple[Type, ...] = ()) -> Type:
        """``Rows = list[int]`` at module level, a TypeVar, a NewType, or a functional named tuple or typed dict."""
        if self._bound:
            variable = type_variable(entity, self._resolver)
            if variable is not None:
                return self._bound.get(variable, types.UNKNOWN)
        memo = None if arguments else entity.module.types.get(entity.name)
        if isinstance(memo, Type):
            return memo
        found = self.functional(entity)
        if found is not None:
            return found
        if isinstance(entity.value, ast.Call):
            called = self._resolver.expression(entity.value.func, entity.module)
            symbol = called.symbol if isinstance(called, External) else ""
            if symbol == "typing.TypeVar":
                return types.UNKNOWN
            if symbol == "typing.NewType" and len(entity.value.args) == 2:
                return self.read(entity.value.args[1], entity.module)
        if isinstance(entity.value, ast.Subscript | ast.BinOp | ast.Constant | ast.Name | ast.Attribute):
            parameters = declared_parameters(entity.node)
            if arguments and not parameters:
                parameters = type_variables(entity.value, entity.module, self._resolver)
            with self.scope(dict(zip(parameters, arguments, strict=False)), lenient=self._is_lenient):
                return self.read(entity.value, entity.module)
        return self._unreadable(node, module, f"`{_shortened(node)}` is a value, not a type")

    def _external(self, entity: External, node: ast.expr, module: Module) -> Type:
        symbol = entity.symbol
        plain = _PLAIN.get(symbol)
        if plain is _FAILURE:
            self.failure_met()
        if plain is not None:
            return as_written(plain, entity) if symbol in LOCATED else plain
        if symbol in _OF_ITEMS:
            return union_of([of(types.UNKNOWN) for of in _OF_ITEMS[symbol]])
        if symbol in _OF_PAIRS:
            return dict_of(types.UNKNOWN, types.UNKNOWN)
        if symbol in _REFUSED:
            return self._unsupported(node, module, _REFUSED[symbol])
        if symbol.startswith(("file[", "directory[")):
            return as_written(types.parse(symbol), entity)
        if symbol in NOT_YET and not self._is_lenient:
            message = f"`{symbol}` is not supported yet as a type"
            self._findings.add(codes.NOT_SUPPORTED_YET, message, Place(module, node), help=NOT_YET[symbol])
            return UNREAD
        if symbol.startswith("typing.") or symbol in SUPPORTED:
            return self._unreadable(node, module, f"`{_shortened(node)}` is not a type by itself")
        if self._is_lenient:
            return types.UNKNOWN
        if entity.qualified.startswith(("flytekit.", "flytekitplugins.")):  # in a container stands what only refuses
            message = f"`{_shortened(node)}` is not supported yet as a type"
            near = did_you_mean(tail_of(entity.qualified), ("FlyteDirectory", "FlyteFile", "StructuredDataset"))
            help_ = str(near) or "return a value of a type that travels, or a file"  # no fix: the import is wrong as well
            self._findings.add(codes.NOT_SUPPORTED_YET, message, Place(module, node), help=help_)
            return UNREAD
        return opaque(entity.qualified)

    def _subscript(self, node: ast.Subscript, module: Module) -> Type:
        entity = self._resolver.expression(node.value, module)
        symbol = entity.symbol if isinstance(entity, External) else ""
        inner = node.slice
        items = list(inner.elts) if isinstance(inner, ast.Tuple) else [inner]
        if symbol in _OF_ITEMS and len(items) == 1:
            item = self.read(items[0], module)
            return union_of([of(item) for of in _OF_ITEMS[symbol]])
        if symbol in _OF_PAIRS and len(items) == 2:
            return dict_of(self.read(items[0], module), self.read(items[1], module))
        if symbol == "tuple":
            if len(items) == 2 and isinstance(items[1], ast.Constant) and items[1].value is Ellipsis:
                return types.vartuple_of(self.read(items[0], module))
            return tuple_of(*(self.read(item, module) for item in items))
        if symbol == "typing.Optional" and len(items) == 1:
            return union_of([self.read(items[0], module), types.NONE])
        if symbol == "typing.Union":
            return union_of([self.read(item, module) for item in items])
        if symbol == "typing.Annotated":
            return self._annotated(items, module)
        if symbol in LOCATED:
            return self._located(entity, node, module)
        if symbol == "typing.Literal":
            return self._literal(items, node, module)
        if symbol in _WRAPPERS and len(items) == 1:
            return self.read(items[0], module)
        if symbol == "ndarray":
            return types.NDARRAY
        if symbol == "typing.Optional" or symbol in _OF_ITEMS or symbol in _OF_PAIRS:
            count, most = f"{len(items)} type argument{'' if len(items) == 1 else 's'}", 2 if symbol in _OF_PAIRS else 1
            return self._unreadable(
                node, module, f"`{_shortened(node)}` has {count}, but `{_shortened(node.value)}` takes {most}"
            )
        if isinstance(entity, ClassEntity):
            return self._generic(entity, items, node, module)
        if isinstance(entity, Constant):
            return self._alias(entity, node.value, module, tuple(self.read(item, module) for item in items))
        return self._entity(entity, node.value, module)

    def _generic(self, entity: ClassEntity, items: list[ast.expr], node: ast.expr, module: Module) -> Type:
        """``Box[int]`` of a class of the project; one without type parameters of its own takes what it likes."""
        most = self.parameters(entity)
        if not most:
            return self.class_type(entity, ())
        if len(items) > most:
            message = f"`{_shortened(node)}` has {len(items)} type arguments, but `{entity.qualname}` takes {most}"
            return self._unreadable(node, module, message)
        return self.class_type(entity, tuple(self.read(item, module) for item in items))

    def _located(self, entity: Entity | None, node: ast.Subscript, module: Module) -> Type:
        """A file or directory with what stands in its brackets."""
        item = node.slice
        assert isinstance(entity, External)
        if entity.qualified == "os.PathLike":  # `os.PathLike[str]`: of texts, not of a format
            return as_written(types.FILE, entity)
        found = of_format(entity.symbol, item, module, self._resolver)
        if found is None:
            name = _shortened(node.value)
            help_ = f'the brackets take the ending of a file\'s name, as text: `{name}["csv"]`'
            if isinstance(item, ast.Constant) and isinstance(item.value, str):
                help_ = f'write letters and digits, with `.`, `_`, `+` or `-` between them: `{name}["tar.gz"]`'
            elif isinstance(item, ast.Name) and isinstance(self._resolver.expression(item, module), Unresolved):
                help_ = f'write it as text: `{name}["{item.id}"]`'
            message = f"`{_shortened(item)}` does not name a file format"
            return self._unreadable(item, module, message, help_)
        return as_written(found, entity)

    def _literal(self, items: list[ast.expr], node: ast.expr, module: Module) -> Type:
        """``Literal["a", "b"]``: the values, in their order; ``None`` among them makes it optional."""
        values: list[bool | int | str] = []
        optional = False
        for item in items:
            value = item.operand if isinstance(item, ast.UnaryOp) and isinstance(item.op, ast.USub) else item
            found = value.value if isinstance(value, ast.Constant) else ...
            if found is None and value is item:
                optional = True
            elif isinstance(found, bool | int | str) and (value is item or type(found) is int):
                values.append(found if value is item or isinstance(found, str) else -found)
            else:
                message = f"`{_shortened(item)}` in `Literal` is not a text, a number or a truth value"
                return self._unreadable(node, module, message, "write the values as literals, or use an `Enum`")
        if not values:
            return types.NONE
        once = {(type(value), value): json.dumps(value) for value in values}
        declared = types.literal_of(", ".join(once.values()))
        return union_of([declared, types.NONE]) if optional else declared

    def _annotated(self, items: list[ast.expr], module: Module) -> Type:
        for extra in items[1:]:
            named = extra.func if isinstance(extra, ast.Call) else extra
            entity = self._resolver.expression(named, module)
            if isinstance(entity, Constant) and isinstance(entity.value, ast.Call):
                entity = self._resolver.expression(entity.value.func, entity.module)
            if isinstance(entity, External) and entity.symbol == "HashMethod":
                self.hashes += 1
            if isinstance(entity, External) and entity.symbol in NOT_YET:
                message = f"`{entity.symbol}` is not supported yet"
                self._findings.add(codes.NOT_SUPPORTED_YET, message, Place(module, extra), help=NOT_YET[entity.symbol])
        return self.read(items[0], module)

    def _unreadable(self, node: ast.expr, module: Module, message: str, help_: str = "") -> Type:
        if self._is_lenient:
            return types.UNKNOWN
        self._findings.add(codes.UNREADABLE_ANNOTATION, message, Place(module, node), help=help_)
        return UNREAD

    def _unsupported(self, node: ast.expr, module: Module, help_: str) -> Type:
        if self._is_lenient:
            return types.UNKNOWN
        self._findings.add(
            codes.UNSUPPORTED_TYPE,
            f"values of type `{_shortened(node)}` cannot travel between tasks",
            Place(module, node),
            help=help_,
        )
        return UNREAD


def _shortened(node: ast.expr) -> str:
    text = ast.unparse(node)
    return text if len(text) <= 60 else text[:57] + "..."
