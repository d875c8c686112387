"""What stands for values in cache keys where the user says so: ``-> Annotated[DataFrame, HashMethod(rows_of)]``.

The producer calls the user's function on what it returns and notes the text beside the value; consumers take the text into their
keys and never look at the value. A stand-in is a text (``h:`` and what the user gave, ``v:`` and the digest of a value), or a list
of stand-ins where a list holds such values; for a dict, a list of keys and stand-ins, by key.
"""

from __future__ import annotations

from dagwright.contract.keys import canonical, sha256_hex, value_digest
from dagwright.execution.faults import UserFailure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Mapping, Optional, Sequence

    from dagwright.contract.schema import ClassDef
    from dagwright.contract.types import Type
    from dagwright.execution.plan_view import TaskView

    StandIn = Any


def digest_of(declared: Type, stand_in: StandIn) -> str:
    """Digest of an input from what stands for its value."""
    return sha256_hex(declared.text.encode("utf-8", "surrogatepass") + b"\x00key\x00" + canonical(stand_in))


def of_parts(parts: Sequence[tuple[Optional[StandIn], Type, Any]], classes: Mapping[str, ClassDef]) -> Optional[list[StandIn]]:
    """Stand-ins of parts that are brought together, each given by its own, its type and its wire data; ``None`` where none has one."""
    if all(stand_in is None for stand_in, _, _ in parts):
        return None
    return [f"v:{value_digest(declared, data, classes)}" if stand_in is None else stand_in for stand_in, declared, data in parts]


def of_outputs(function: Callable[..., Any], task: TaskView, values: Mapping[str, Any]) -> dict[str, StandIn]:
    """Call the user's functions on the outputs of a task; give what stands for those that have one.

    Raises:
        UserFailure: One of them raised, gave no text, or the annotation is not the one that was compiled.
    """
    try:
        annotations = _annotations(function, task)
        found = {field.name: _stand_in(annotation, values[field.name]) for field, annotation in zip(task.outputs, annotations)}
    except Exception as error:
        raise UserFailure(error) from error
    return {name: stand_in for name, stand_in in found.items() if stand_in is not None}


def _annotations(function: Any, task: TaskView) -> Sequence[Any]:
    """Annotations of the outputs of a function, in their order, with what stands in ``Annotated``."""
    from types import SimpleNamespace
    from typing import get_args, get_type_hints

    while hasattr(function, "__wrapped__"):  # the user's own decorators
        function = function.__wrapped__
    returned = function.__annotations__["return"]
    if not isinstance(returned, tuple):
        # Only this one: another may be spelt in a way that the interpreter cannot evaluate.
        alone: Any = SimpleNamespace(__annotations__={"return": returned})
        returned = get_type_hints(alone, function.__globals__, include_extras=True)["return"]
    if task.returns == "single":
        return (returned,)
    if task.returns == "namedtuple":
        hints = get_type_hints(returned, include_extras=True)
        return [hints[field.name] for field in task.outputs]
    return returned if isinstance(returned, tuple) else get_args(returned)


def _stand_in(annotation: Any, value: Any) -> StandIn:
    """What stands for a value of an annotated type; ``None`` for the value itself."""
    from typing import get_args, get_origin

    for extra in getattr(annotation, "__metadata__", ()):
        if type(extra).__name__ == "HashMethod":
            text = extra.calculate(value)
            if not isinstance(text, str):
                raise TypeError(f"a HashMethod gives text, not {type(text).__name__}")
            return f"h:{text}"
    if hasattr(annotation, "__metadata__"):
        return _stand_in(annotation.__origin__, value)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if isinstance(value, list) and origin is list:
        found = [_stand_in(arguments[0], item) for item in value]
        return found if found and None not in found else None
    if isinstance(value, dict) and origin is dict and arguments[0] is str:
        named = [[name, _stand_in(arguments[1], item)] for name, item in sorted(value.items())]
        return named if named and all(stand_in is not None for _, stand_in in named) else None
    if value is not None and type(None) in arguments and len(arguments) == 2:
        return _stand_in(next(argument for argument in arguments if argument is not type(None)), value)
    return None
