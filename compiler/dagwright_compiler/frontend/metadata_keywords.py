"""Keywords that say something of a task or a workflow besides how it runs: labels, documentation, and what flytekit keeps for its console."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.frontend import option_advice
from dagwright_compiler.frontend.known_values import KnownCall
from dagwright_compiler.frontend.option_values import Arguments, WrongOption
from dagwright_compiler.frontend.wire_values import describe

if TYPE_CHECKING:
    from collections.abc import Callable

    from dagwright_compiler.frontend.findings import Place
    from dagwright_compiler.frontend.known_values import StaticValue
    from dagwright_compiler.frontend.policy_keywords import Draft

    Reader = Callable[[Draft, StaticValue, Place], None]


def _table_reader(name: str) -> Reader:
    def read(draft: Draft, value: StaticValue, place: Place) -> None:
        if not isinstance(value, dict) or not all(isinstance(part, str) for pair in value.items() for part in pair):
            wrong = (
                next((part for part in value.values() if not isinstance(part, str)), value) if isinstance(value, dict) else value
            )
            raise WrongOption(f"`{name}` takes a dict of texts, found {describe(wrong)}", option_advice.pairs(value))
        draft.policy[name] = tuple(value.items())
        draft.places[name] = place

    return read


read_labels = _table_reader("labels")
read_annotations = _table_reader("annotations")


def read_docs(_draft: Draft, value: StaticValue, _place: Place) -> None:
    """``docs=Documentation(...)``: for a console; nothing of it is compiled."""
    if not (isinstance(value, KnownCall) and value.symbol == "Documentation"):
        raise WrongOption(f"`docs` takes `Documentation(...)`, found {describe(value)}", "write a docstring")
    Arguments(value)


def read_deprecated(_draft: Draft, value: StaticValue, _place: Place) -> None:
    """``deprecated="use double"``: for a console."""
    if not isinstance(value, str):
        raise WrongOption(f"`deprecated` takes text, found {describe(value)}", 'write `deprecated="use ... instead"`')


def read_deck_fields(_draft: Draft, value: StaticValue, _place: Place) -> None:
    """``deck_fields=(DeckField.INPUT,)``: pages that flytekit writes by itself, which a deck here never has."""
    items = value if isinstance(value, list | tuple) else [value]
    if not all(isinstance(item, KnownCall) and item.symbol == "DeckField" for item in items):
        message = f"`deck_fields` takes a tuple of `DeckField`, found {describe(value)}"
        raise WrongOption(message, "write `(DeckField.INPUT, DeckField.OUTPUT)`, or leave it out")


def read_pickle_untyped(_draft: Draft, value: StaticValue, place: Place) -> None:
    """``pickle_untyped=False``."""
    if not isinstance(value, bool):
        raise WrongOption(f"`pickle_untyped` takes `True` or `False`, found {describe(value)}", option_advice.truth(value))
    if value:
        message = "`pickle_untyped` is not supported: every input and output has a type"
        raise WrongOption(message, "annotate every input and output", place, codes.UNSUPPORTED_OPTION)


def read_execution_mode(_draft: Draft, value: StaticValue, place: Place) -> None:
    """``execution_mode=PythonFunctionTask.ExecutionBehavior.DEFAULT``."""
    if not (isinstance(value, KnownCall) and value.symbol == "ExecutionBehavior"):
        raise WrongOption(f"`execution_mode` takes a `PythonFunctionTask.ExecutionBehavior`, found {describe(value)}")
    mode = value.arguments["member"]
    if mode != "DEFAULT":
        message = f"`execution_mode` {mode} is not supported yet"
        raise WrongOption(message, "leave it out, and write a `@workflow` for what calls tasks", place, codes.UNSUPPORTED_OPTION)


def read_aliases(_draft: Draft, value: StaticValue, _place: Place) -> None:
    """``aliases={"o0": "model"}``: other names of outputs, for a console."""
    if not isinstance(value, dict) or not all(isinstance(part, str) for pair in value.items() for part in pair):
        raise WrongOption(f"`aliases` takes a dict of texts, found {describe(value)}", "name the outputs with a NamedTuple")


def read_failure_policy(draft: Draft, value: StaticValue, _place: Place) -> None:
    """``failure_policy=WorkflowFailurePolicy.FAIL_IMMEDIATELY``."""
    if not (isinstance(value, KnownCall) and value.symbol == "WorkflowFailurePolicy"):
        message = f"`failure_policy` takes a `WorkflowFailurePolicy`, found {describe(value)}"
        raise WrongOption(message, "write `WorkflowFailurePolicy.FAIL_IMMEDIATELY`, or leave it out")
    draft.runs_on = value.arguments["member"] != "FAIL_IMMEDIATELY"


def refuse_on_failure(_draft: Draft, _value: StaticValue, _place: Place) -> None:
    """``on_failure`` among what ``**`` passes: it names a task, which is no value."""
    raise WrongOption("`on_failure` names a task or a workflow, and `**` passes values", "write `on_failure=...` out")
