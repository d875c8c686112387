"""The inputs of a workflow on the command line: options made from its signature, and a file of values.

Output: the text of each input that was given, as an attempt reads it. Values are checked here where that takes no code of the user's,
whose module is never imported; the attempt checks the rest.
"""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NoReturn

import click

from dagwright.contract.types import is_bare_text, parse
from dagwright_compiler.diagnostics.suggestions import did_you_mean
from dagwright_compiler.ir.codec import to_data

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from dagwright.contract.types import Type
    from dagwright.execution.plan_view import FieldView, ProgramView
    from dagwright.values.form import Blobs
    from dagwright_compiler.cli.given_files import Asked
    from dagwright_compiler.ir.program import Program

_HELP = ("--help", "-h")


class WrongInput(click.UsageError):
    """What was given for a workflow is wrong. The command was typed right, so its own usage, which click would show, helps nobody."""

    def show(self, file: IO[Any] | None = None) -> None:
        """Write the message alone."""
        click.ClickException.show(self, file)


@dataclass(frozen=True, slots=True)
class Inputs:
    """What was given for a workflow: the text of each input, and the files of this machine that must be stored before a task reads them."""

    texts: Mapping[str, str]
    blobs: Blobs


def read_inputs(program: Program, arguments: Sequence[str], inputs_file: str | None, usage: str) -> Inputs | None:
    """Read options and file into texts by input, for a program that was just compiled: see ``inputs_of``."""
    from dagwright.execution.plan_view import ProgramView

    # The schema's shapes, as a test holds ``to_data`` to them.
    return inputs_of(ProgramView(to_data(program)), arguments, inputs_file, usage)  # type: ignore[arg-type]


def inputs_of(
    program: ProgramView, arguments: Sequence[str], inputs_file: str | None, usage: str, *, given: Collection[str] = ()
) -> Inputs | None:
    """Read options and file into texts by input.

    Args:
        program: The program whose workflow takes the inputs.
        arguments: What stands after the target.
        inputs_file: Path of a JSON or YAML object, ``-`` for standard input, or none.
        usage: The command so far, for help.
        given: Inputs that have a value already, so that none need be given.

    Returns:
        The inputs; ``None`` when help was asked for and shown.

    Raises:
        WrongInput: An input is unknown, missing, given twice or no value of its type.
    """
    fields = program.inputs
    if any(argument in _HELP for argument in arguments):
        click.echo(_help(program, usage))
        return None
    texts = _file_texts(program, inputs_file)
    texts.update(_Options(fields).read(arguments))
    missing = [
        f"--{_dashed(name)}"
        for name, field in fields.items()
        if name not in texts and name not in given and not (field.has_default or field.deferred)
    ]
    if missing:
        raise WrongInput(f"missing input {', '.join(missing)}; `{usage} --help` shows all inputs")
    return checked(program, texts)


def _file_texts(program: ProgramView, source: str | None) -> dict[str, str]:
    """Read the file of values into texts by input."""
    fields, texts = program.inputs, dict[str, str]()
    for name, value in _file_values(source).items():
        if name not in fields:
            _unknown(name, fields, f"{_shown(source)}: ")
        try:
            texts[name] = _text(value)
        except ValueError as error:
            raise WrongInput(f"{_shown(source)}: input {name!r}: {error}") from None
        if is_bare_text(fields[name].type, value):
            declared = _spelled(fields[name].type, program)
            raise WrongInput(f"{_shown(source)}: input {name!r}: expected {declared}, got {texts[name]}; put it in quotes")
    return texts


class _Options:
    """Reads ``--name value``, ``--name=value``, ``--flag`` and ``--no-flag``."""

    def __init__(self, fields: Mapping[str, FieldView]) -> None:
        self._fields = fields
        self._texts: dict[str, str] = {}

    def read(self, arguments: Sequence[str]) -> dict[str, str]:
        rest = list(arguments)
        while rest:
            option = rest.pop(0)
            if not option.startswith("--") or option == "--":
                _misplaced(option)
                raise WrongInput(
                    f"`{option}` is not an option; inputs are given by name, as in --{next(iter(self._fields), 'name')}"
                )
            name, assigned, text = option[2:].partition("=")
            field = self._fields.get(name.replace("-", "_")) or self._fields.get(name)
            if field is None:
                self._negated(name, assigned)
            elif assigned:
                self._give(field.name, text)
            elif field.type.kind == "bool" and not (rest and rest[0].lower() in ("true", "false")):
                self._give(field.name, "true")
            elif rest:
                self._give(field.name, rest.pop(0))
            else:
                raise WrongInput(f"--{name} takes a value ({field.type})")
        return self._texts

    def _negated(self, name: str, assigned: str) -> None:
        field = self._fields.get(name[3:].replace("-", "_")) if name.startswith("no-") and not assigned else None
        if field is None or field.type.kind != "bool":
            _misplaced(f"--{name}")
            _unknown(name.replace("-", "_"), self._fields, "")
        self._give(field.name, "false")

    def _give(self, name: str, text: str) -> None:
        if name in self._texts:
            raise WrongInput(f"--{_dashed(name)} is given twice")
        kind = self._fields[name].type.kind
        self._texts[name] = text.lower() if kind == "bool" else text


def _file_values(source: str | None) -> dict[str, Any]:
    if source is None:
        return {}
    try:
        text = sys.stdin.read() if source == "-" else Path(source).read_text("utf-8")
        values = _parsed(text)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is not UTF-8 text"
        raise WrongInput(f"{_shown(source)} cannot be read: {reason.lower()}") from error
    if not isinstance(values, dict) or not all(isinstance(name, str) for name in values):
        raise WrongInput(f"{_shown(source)} holds no object of inputs by name, neither as JSON nor as YAML")
    return values


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        import yaml

        try:
            return yaml.safe_load(text)
        except (yaml.YAMLError, ValueError, RecursionError):  # a date that no calendar has is a ValueError of datetime's
            return None


def _text(value: Any) -> str:
    """Write a value of a file as an attempt reads it; what YAML made of dates becomes their text again.

    Raises:
        ValueError: JSON has no such value; the message says why.
    """
    try:
        return json.dumps(value, default=lambda other: other.isoformat() if hasattr(other, "isoformat") else str(other))
    except TypeError:
        raise ValueError("a key in it is neither text nor a number; put it in quotes") from None
    except (ValueError, RecursionError):
        raise ValueError("it holds itself, or is nested too deep") from None


def checked(asked: Asked, texts: Mapping[str, str]) -> Inputs:
    """Hold the texts against their types, as far as no code of the user's is needed; files must be there, and are read here.

    Args:
        asked: What is asked for.
        texts: What was given, by name.

    Raises:
        WrongInput: One is no value of its type.
    """
    from dagwright.execution.input_text import InputMismatch, UncheckedInput, parse_input
    from dagwright.files.access import MachineAccess
    from dagwright.values import Codec
    from dagwright_compiler.cli.given_files import GivenAccess, given_files
    from dagwright_compiler.cli.stand_in_classes import stand_in_classes

    try:
        kept, blobs = given_files(asked, texts)
        codec = Codec(asked.classes, stand_in_classes(asked.classes), files=GivenAccess(blobs, MachineAccess()))
        for name, text in kept.items():
            declared = asked.inputs[name].type.text
            # What stands under the URL of a table is read by the task, with its own rights.
            if "opaque[" not in declared and not ("table" in declared and "://" in text):
                with suppress(UncheckedInput):
                    parse_input(codec, asked.inputs[name], text)
    except InputMismatch as mismatch:
        raise WrongInput(str(mismatch)) from None
    return Inputs(kept, blobs)


def _unknown(name: str, fields: Mapping[str, FieldView], where: str) -> NoReturn:
    suggestion = did_you_mean(name, fields)
    known = f"the inputs are {', '.join(fields)}" if fields else "there are none"
    raise WrongInput(f"{where}no input `{name}` is known; {suggestion or known}")


def _misplaced(option: str) -> None:
    """Refuse an option of the command itself: what stands behind the file is the workflow's, which may have one of that name.

    Raises:
        WrongInput: It is one.
    """
    context = click.get_current_context(silent=True)
    if context is not None and any(option in parameter.opts for parameter in context.command.params):
        raise WrongInput(f"`{option}` is an option of `{context.command_path}`, not an input: it stands before the file")


def _shown(source: str | None) -> str:
    return "standard input" if source == "-" else str(source)


def _help(program: ProgramView, usage: str) -> str:
    """List the inputs with types and defaults, and what the outputs are."""
    rows = [(_option(field), _described(field, program)) for field in program.inputs.values()]
    width = max((len(option) for option, _ in rows), default=0)
    lines = [f"Usage: {usage} [INPUTS]...", "", f"  {program.workflow}", "", "Inputs:" if rows else "It takes no inputs."]
    lines += [f"  {option:<{width}}  {text}" for option, text in rows]
    outputs = ", ".join(f"{output['name']}: {_spelled(parse(output['type']), program)}" for output in program.outputs) or "none"
    return "\n".join([*lines, "", f"Outputs: {outputs}"])


def _option(field: FieldView) -> str:
    name = _dashed(field.name)
    return f"--{name} / --no-{name}" if field.type.kind == "bool" else f"--{name}"


def _described(field: FieldView, program: ProgramView) -> str:
    declared = _spelled(field.type, program)
    if field.has_default:
        return f"{declared}  [default: {json.dumps(field.default, ensure_ascii=False)}]"
    return declared if field.deferred else f"{declared}  [required]"


def _spelled(declared: Type, program: ProgramView) -> str:
    """Write a type as Python does."""
    from dagwright.values.spelling import spell

    spelled = spell(declared, program.classes)
    members = program.classes[declared.name].get("members") if declared.kind == "class" else None
    return f"{spelled}: {' | '.join(members)}" if members else spelled


def _dashed(name: str) -> str:
    return name.replace("_", "-")
