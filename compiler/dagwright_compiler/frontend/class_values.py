"""Values of the project's classes that are known at compile time: instances that a call builds, and members of enums."""

from __future__ import annotations

import ast
import math
from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.diagnostics.suggestions import did_you_mean
from dagwright_compiler.diagnostics.wording import listed
from dagwright_compiler.frontend.class_bodies import EnumBody, enum_members
from dagwright_compiler.frontend.class_kinds import ClassInfo, Kind, defines
from dagwright_compiler.frontend.constructors import (
    fields_by_parameter,
    hidden_field,
    hidden_names,
    missing_field,
    refusal,
    repeated_field,
    too_many,
    unknown_field,
)
from dagwright_compiler.frontend.entities import ClassEntity, Constant, MemberEntity
from dagwright_compiler.frontend.findings import Place
from dagwright_compiler.frontend.known_values import EnumValue, Instance, StaticValue
from dagwright_compiler.frontend.not_static import NotStatic
from dagwright_compiler.frontend.typing_rules import spell
from dagwright_compiler.frontend.wire_values import Mismatch

if TYPE_CHECKING:
    from dagwright_compiler.frontend.classes import Classes
    from dagwright_compiler.frontend.constructors import Mistake
    from dagwright_compiler.frontend.resolution import Resolver
    from dagwright_compiler.frontend.static_values import Evaluator
    from dagwright_compiler.ir.program import ClassDef

_RUNS_CODE = ("__init__", "__post_init__", "__new__")
_MIXINS = frozenset({"int", "float", "str", "bytes"})


class ClassValues:
    """Builds them for the evaluator."""

    def __init__(self, classes: Classes, resolver: Resolver, evaluator: Evaluator) -> None:
        self._classes = classes
        self._resolver = resolver
        self._evaluator = evaluator
        self._enums: dict[str, EnumBody] = {}
        evaluator.construct = self.construct
        evaluator.member = self._member
        evaluator.functional_member = self._functional_member
        evaluator.members = self._all_members

    def plain_values(self, owner: ClassEntity) -> tuple[bool | int | float | str, ...]:
        """Values of an enum's members in their order, where all are known, plain and what the members give; else nothing."""
        found: list[bool | int | float | str] = []
        for name in self.enum(owner).members:
            value = self._member_named(owner, name).value
            if type(value) not in (bool, int, float, str) or value != value or value in (math.inf, -math.inf):  # noqa: PLR0124  # nan
                return ()
            found.append(value)
        return tuple(found)

    def construct(
        self, entity: ClassEntity | Constant, args: list[StaticValue], kwargs: dict[str, StaticValue], place: Place
    ) -> StaticValue:
        """Build an instance from static arguments.

        Raises:
            NotStatic: The class or the arguments do not allow it.
        """
        name, kind, qualname = self._constructible(entity, place)
        if kind == "enum":
            return self._member_by_value(entity, args, place)
        if kind == "typeddict" and not args:
            return kwargs
        definition = self._classes.definition(name)
        if definition is None:
            raise NotStatic(place, f"`{qualname}(...)` cannot be built while its own fields are read")
        self._refuse_arguments(self._classes.known(name), args, place)
        values = self._given(name, definition, args, kwargs, place)
        if kind == "pydantic":
            self._refuse_conversions(definition, values, place)
        values = {**self._classes.defaults.get(name, {}), **values}
        return Instance(name, {field.name: values[field.name] for field in definition.fields if field.name in values})

    def _given(
        self, name: str, definition: ClassDef, args: list[StaticValue], kwargs: dict[str, StaticValue], place: Place
    ) -> dict[str, StaticValue]:
        """The values that a call gives, by field."""
        qualname, positional = definition.qualname, [field.name for field in definition.fields]
        if len(args) > len(positional):
            raise _wrong_call(place, too_many(qualname, positional, len(args)), position=len(positional))
        values = dict(zip(positional, args, strict=False))
        aliases = self._classes.aliases.get(name, {})
        fields, hidden = fields_by_parameter(aliases), hidden_names(aliases, by_name=name in self._classes.by_name)
        for key, value in kwargs.items():
            if key in hidden and key not in fields:
                raise _wrong_call(place, hidden_field(qualname, key, hidden[key]), keyword=key)
            field = fields.get(key, key)
            if field in values:
                raise _wrong_call(place, repeated_field(qualname, field), keyword=key)
            if field not in positional:
                parameters = [name for name in positional if name not in fields.values()] + [*fields]
                free = [name for name in parameters if name not in kwargs and name not in values]
                raise _wrong_call(place, unknown_field(qualname, key, free, parameters), keyword=key)
            values[field] = value
        missing = [
            field.name for field in definition.fields if field.name not in values and not (field.has_default or field.deferred)
        ]
        if missing:
            raise _wrong_call(place, missing_field(qualname, missing[0]))
        return values

    def _refuse_conversions(self, definition: ClassDef, values: dict[str, StaticValue], place: Place) -> None:
        """Refuse what a model would turn into a value of the declared type itself: a text for a date, say."""
        for field in definition.fields:
            if field.name in values:
                try:
                    self._classes.encoder.encode(values[field.name], field.type)
                except Mismatch as error:
                    message = f"what is passed for `{field.name}` of `{definition.qualname}` is left to the model: {error.reason}"
                    at = _argument(place, field.name)
                    raise NotStatic(at, message, help_=f"pass a value of type `{spell(field.type)}`") from None

    def _constructible(self, entity: ClassEntity | Constant, place: Place) -> tuple[str, Kind, str]:
        if isinstance(entity, Constant):
            found = self._classes.functional_type(entity)
            if found is None:
                raise NotStatic(place, f"`{entity.name}` is a value, and compiling runs no calls of values")
            return found.name, self._classes.known(found.name).kind, entity.name
        info = self._classes.info(entity)
        if info.kind == "opaque":
            raise NotStatic(
                place, f"`{entity.qualname}(...)` is code that compiling never runs", help_="build the object in a task"
            )
        method = next((name for name in _RUNS_CODE if defines(info, name)), None)
        if method and info.kind not in ("enum", "typeddict"):
            raise NotStatic(
                place, f"`{entity.qualname}` defines `{method}`, which compiling never runs", help_="build the object in a task"
            )
        return entity.qualified, info.kind, entity.qualname

    def _refuse_arguments(self, info: ClassInfo, args: list[StaticValue], place: Place) -> None:
        """Refuse arguments of a class whose order or whose names are not those of its fields."""
        found = refusal(info, self._resolver, self._classes.aliases.get(info.name, {}), by_position=bool(args))
        if found is not None:
            raise NotStatic(place, found[0], help_=found[1])

    def enum(self, entity: ClassEntity) -> EnumBody:
        """Members of an enum class."""
        found = self._enums.get(entity.qualified)
        if found is None:
            found = self._enums[entity.qualified] = enum_members(entity.node)
        return found

    def note_enum(self, name: str, members: tuple[str, ...]) -> None:
        """Take the members of an enum made by a call, which numbers them."""
        self._enums[name] = EnumBody(dict.fromkeys(members), {})

    def _member(self, entity: MemberEntity, place: Place) -> StaticValue:
        owner = entity.owner
        if self._classes.info(owner).kind != "enum":
            raise NotStatic(
                place, f"`{owner.qualname}.{entity.name}` is not known while compiling", help_="write the value itself"
            )
        body = self.enum(owner)
        if entity.name not in body.members:
            names = list(body.members)
            help_ = did_you_mean(entity.name, names) or listed("member", names)
            code = codes.UNKNOWN_PART if not defines(self._classes.info(owner), entity.name) else codes.NOT_STATIC
            raise NotStatic(place, f"`{owner.qualname}` has no member `{entity.name}`", help_=help_, code=code)
        return self._member_named(owner, body.canonical(entity.name))

    def _all_members(self, owner: ClassEntity) -> tuple[EnumValue, ...] | None:
        """Members of an enum in the order in which Python goes over them, without second names; ``None`` for another class."""
        if self._classes.info(owner).kind != "enum":
            return None
        found: list[EnumValue] = []
        for name in self.enum(owner).members:
            member = self._member_named(owner, name)
            if not any(member.known and other.known and member.value == other.value for other in found):
                found.append(member)
        return tuple(found)

    def _functional_member(self, entity: Constant, name: str) -> EnumValue | None:
        """A member of an enum made by a call, which numbers them; ``None`` when there is none."""
        found = self._classes.functional_type(entity)
        body = self._enums.get(found.name) if found is not None else None
        if found is None or body is None or name not in body.members:
            return None
        return EnumValue(found.name, name, known=False, is_plain=True)

    def _member_named(self, owner: ClassEntity, name: str) -> EnumValue:
        node = self.enum(owner).members[name]
        info = self._classes.info(owner)
        mixins = info.ancestors & _MIXINS
        is_plain = not mixins and not any(defines(info, method) for method in ("__eq__", "__hash__", "__lt__"))
        if node is not None and not defines(info, "__new__"):
            try:
                value = self._evaluator.evaluate(node, owner.module)
                plain = type(value).__name__
                if not mixins or plain in mixins:  # else the value is what the mixin makes of it
                    return EnumValue(owner.qualified, name, value, mixin=plain if mixins else "", is_plain=is_plain)
            except NotStatic:
                pass  # `auto()` and the like: the member is known, its value is not
        return EnumValue(owner.qualified, name, known=False, is_plain=is_plain)

    def _member_by_value(self, entity: ClassEntity | Constant, args: list[StaticValue], place: Place) -> StaticValue:
        if isinstance(entity, ClassEntity) and len(args) == 1:
            for name in self.enum(entity).members:
                member = self._member_named(entity, name)
                if member.known and type(member.value) is type(args[0]) and member.value == args[0]:
                    return member
        raise NotStatic(place, "no member of the enum has this value", help_="name the member: `Color.RED`")


def _argument(place: Place, keyword: str) -> Place:
    """Where a keyword's value stands in a call, else the whole of that."""
    keywords = place.node.keywords if isinstance(place.node, ast.Call) else []
    return next((Place(place.module, each.value) for each in keywords if each.arg == keyword), place)


def _wrong_call(place: Place, mistake: Mistake, *, keyword: str = "", position: int | None = None) -> NotStatic:
    """What is wrong with a call, where the argument stands that is wrong, or the name of what is called."""
    call = place.node
    at: ast.AST = call
    if isinstance(call, ast.Call):
        at = call.func
        if keyword:
            at = next((argument for argument in call.keywords if argument.arg == keyword), call)
        elif position is not None:
            at = call.args[position] if position < len(call.args) else call
    return NotStatic(Place(place.module, at), mistake.message, help_=mistake.help, code=mistake.code)
