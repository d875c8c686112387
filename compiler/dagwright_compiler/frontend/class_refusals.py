"""What Python refuses of a class while its module is imported: no task of that module would ever start.

Input: the syntax of a class of the project, and its fields. Output: what is wrong, where, and what to write instead.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from dagwright_compiler.frontend.constructors import is_positional
from dagwright_compiler.frontend.entities import External

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from dagwright_compiler.frontend.class_bodies import FieldNode
    from dagwright_compiler.frontend.class_kinds import ClassInfo
    from dagwright_compiler.frontend.entities import ClassEntity
    from dagwright_compiler.frontend.modules import Module
    from dagwright_compiler.frontend.resolution import Resolver
    from dagwright_compiler.ir.program import Field

_MUTABLE = frozenset({"list", "dict", "set"})
_DISPLAYS: dict[type[ast.expr], str] = {
    ast.List: "list",
    ast.ListComp: "list",
    ast.Dict: "dict",
    ast.DictComp: "dict",
    ast.Set: "set",
    ast.SetComp: "set",
}


class Refusal(NamedTuple):
    """One reason why a class cannot be made."""

    message: str
    node: ast.AST
    help: str
    late: str = ""
    """A field whose default is missing: nothing else is said of it."""


def refusals(
    info: ClassInfo, entity: ClassEntity, inherited: Mapping[str, Field], nodes: Sequence[FieldNode], resolver: Resolver
) -> Iterator[Refusal]:
    """What is wrong with the fields of a dataclass or named tuple; other classes check theirs in ways of their own.

    Args:
        info: The class, with its bases.
        entity: Where it stands.
        inherited: Fields of its bases.
        nodes: Its own fields.
        resolver: Reads what decorators and defaults call.
    """
    if info.kind not in ("dataclass", "namedtuple"):
        return
    parameters: dict[str, tuple[bool, ast.AST | None]] = {
        name: (field.has_default or field.deferred, None) for name, field in inherited.items()
    }
    for node in nodes:
        found = shared_default(node, resolver, entity.module) if info.kind == "dataclass" else hidden_name(node.name, node.node)
        if found is not None:
            yield found
        parameters[node.name] = (node.default is not None or node.deferred, node.node)
    if info.kind == "namedtuple" or is_positional(info, resolver):
        found = default_before((name, *said) for name, said in parameters.items())
        if found is not None:
            yield found


def shared_default(field: FieldNode, resolver: Resolver, module: Module) -> Refusal | None:
    """A list, dict or set that all instances of a dataclass would share."""
    statement = field.node
    written = statement.value if isinstance(statement, ast.AnnAssign) else None
    made = _mutable(written, resolver, module)
    place: ast.AST | None = written
    if not made and isinstance(written, ast.Call):
        called = resolver.expression(written.func, module)
        if isinstance(called, External) and called.symbol == "dataclass.field":
            place = next((keyword.value for keyword in written.keywords if keyword.arg == "default"), None)
            made = _mutable(place, resolver, module)
    if not made or place is None:
        return None
    factory = made if ast.unparse(place) in ("[]", "{}", f"{made}()") else f"lambda: {ast.unparse(place)}"
    message = f"Python does not take a {made} as the default of `{field.name}`: all instances of the dataclass would share it"
    return Refusal(message, place, f"write `field(default_factory={factory})`")


def _mutable(node: ast.expr | None, resolver: Resolver, module: Module) -> str:
    """The built-in mutable type of what an expression makes; nothing for anything else."""
    if isinstance(node, ast.Call):
        called = resolver.expression(node.func, module)
        return called.symbol if isinstance(called, External) and called.symbol in _MUTABLE else ""
    return _DISPLAYS.get(type(node), "") if node is not None else ""


def default_before(fields: Iterable[tuple[str, bool, ast.AST | None]]) -> Refusal | None:
    """A field without a default behind one with a default.

    Args:
        fields: Names in the order of the parameters, whether each has a default, and where it is written if that is in the class itself.
    """
    earlier, is_own = "", False
    for name, has_default, node in fields:
        if has_default:
            earlier, is_own = name, node is not None
        elif earlier and node is not None:
            message = f"Python takes no field without a default (`{name}`) behind one that has a default (`{earlier}`)"
            help_ = f"move `{name}` before `{earlier}`, or give it a default" if is_own else f"give `{name}` a default"
            return Refusal(message, node, help_, name)
    return None


def hidden_name(name: str, node: ast.AST) -> Refusal | None:
    """A field of a named tuple that begins with an underscore."""
    if not name.startswith("_"):
        return None
    plain = name.lstrip("_")
    help_ = f"call it `{plain}`" if plain.isidentifier() else "give it another name"
    return Refusal(f"Python takes no field of a named tuple that begins with an underscore: `{name}`", node, help_)


def repeated_members(node: ast.ClassDef) -> Iterator[Refusal]:
    """Members of an enum that are defined twice."""
    seen: set[str] = set()
    for statement in node.body:
        for target in statement.targets if isinstance(statement, ast.Assign) else ():
            if not isinstance(target, ast.Name) or target.id.startswith("_"):
                continue
            if target.id in seen:
                yield Refusal(f"Python takes no enum with two members `{target.id}`", target, "give one of them another name")
            seen.add(target.id)
