"""The interface of a decorated function: its inputs with types and defaults, its outputs, how it returns them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import msgspec

from dagwright.contract.types import NONE, Type
from dagwright_compiler.diagnostics import codes
from dagwright_compiler.frontend.constant_parts import locate
from dagwright_compiler.frontend.far_values import OF_PATH
from dagwright_compiler.frontend.findings import Findings, Place
from dagwright_compiler.frontend.not_static import WRONG_WHERE_IT_STANDS, NotStatic
from dagwright_compiler.frontend.unfit_defaults import instead_of_default
from dagwright_compiler.frontend.unread_types import UNREAD
from dagwright_compiler.frontend.wire_values import Mismatch
from dagwright_compiler.ir.program import Field, Returns

if TYPE_CHECKING:
    from dagwright_compiler.frontend.annotations import Annotations
    from dagwright_compiler.frontend.classes import Classes
    from dagwright_compiler.frontend.modules import Module
    from dagwright_compiler.frontend.resolution import Resolver
    from dagwright_compiler.frontend.static_values import Evaluator
    from dagwright_compiler.frontend.summary import FunctionNode


class Interface(msgspec.Struct, frozen=True, eq=False):
    """Inputs and outputs in order."""

    inputs: tuple[Field, ...]
    outputs: tuple[Field, ...]
    returns: Returns
    keyword_only: frozenset[str]
    by_name: dict[str, Field]
    has_hashes: bool = False
    """Whether some output is ``Annotated[..., HashMethod(...)]``."""


class Interfaces:
    """Reads interfaces of functions."""

    def __init__(
        self,
        *,
        resolver: Resolver,
        annotations: Annotations,
        evaluator: Evaluator,
        classes: Classes,
        findings: Findings,
    ) -> None:
        self._resolver = resolver
        self._annotations = annotations
        self._evaluator = evaluator
        self._classes = classes
        self._findings = findings

    def read(self, node: FunctionNode, module: Module, *, is_workflow: bool) -> Interface:
        """Interface of a function; a default that only the task can compute is deferred, in a workflow it is a finding.

        Functions of one module with equal texts from the name to the result share one: of tasks, where nothing was found.
        """
        text = b"" if is_workflow else _signature_text(node, module)
        found: Interface | None = module.interfaces.get(text)
        if found is None:
            before = self._findings.count
            found = self._read(node, module, is_workflow=is_workflow)
            if text and self._findings.count == before:
                module.interfaces[text] = found
        return found

    def _read(self, node: FunctionNode, module: Module, *, is_workflow: bool) -> Interface:
        arguments = node.args
        for kind, wrong in (("*", arguments.vararg), ("**", arguments.kwarg)):
            if wrong is not None:
                message = f"`{kind}{wrong.arg}` cannot be an input: its names are not known"
                self._findings.add(
                    codes.UNSUPPORTED_PARAMETER, message, Place(module, wrong), help="write every input as a parameter of its own"
                )
        for parameter in arguments.posonlyargs:
            message = f"the input `{parameter.arg}` cannot be positional only"
            self._findings.add(
                codes.UNSUPPORTED_PARAMETER, message, Place(module, parameter), help="remove the `/`: inputs are passed by name"
            )
        parameters = [*arguments.posonlyargs, *arguments.args]
        defaults: list[ast.expr | None] = [None] * (len(parameters) - len(arguments.defaults))
        defaults.extend(arguments.defaults)
        inputs = [
            self._input(parameter, default, module, is_workflow) for parameter, default in zip(parameters, defaults, strict=True)
        ]
        for parameter, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
            inputs.append(self._input(parameter, default, module, is_workflow))
        before = self._annotations.hashes
        outputs, returns = self.outputs(node.returns, module)
        has_hashes = self._annotations.hashes != before
        keyword_only = frozenset(parameter.arg for parameter in arguments.kwonlyargs)
        return Interface(tuple(inputs), outputs, returns, keyword_only, {field.name: field for field in inputs}, has_hashes)

    def outputs(self, node: ast.expr | None, module: Module) -> tuple[tuple[Field, ...], Returns]:
        """Outputs that a return annotation declares."""
        if node is None:
            return (), "none"
        if isinstance(node, ast.Name):
            declared = self._annotations.read(node, module)
            if declared.kind != "class":
                return _plain_outputs(declared)
        fields = self._named_outputs(node, module)
        if fields is not None:
            return tuple(Field(name=field.name, type=field.type) for field in fields), "namedtuple"
        return _plain_outputs(self._annotations.read(node, module))

    def _named_outputs(self, node: ast.expr, module: Module) -> tuple[Field, ...] | None:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            try:
                node = ast.parse(node.value.strip(), mode="eval").body
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                return None  # the annotation's reader reports it
        definition = self._classes.named_tuple(self._resolver.expression(node, module))
        if definition is not None:
            self._annotations.hashes += f"{definition.module}.{definition.qualname}" in self._classes.hashing
            return definition.fields
        return self._classes.inline_named_tuple(node, module)

    def _input(self, node: ast.arg, default: ast.expr | None, module: Module, is_workflow: bool) -> Field:  # noqa: FBT001 - internal
        if node.annotation is None:
            message = f"the parameter `{node.arg}` has no type annotation"
            self._findings.add(
                codes.MISSING_ANNOTATION,
                message,
                Place(module, node),
                help=f"write `{node.arg}: int`, with the type that it takes",
            )
            declared = UNREAD
        else:
            declared = self._annotations.read(node.annotation, module)
        if default is None:
            return Field(name=node.arg, type=declared)
        try:
            value = self._evaluator.evaluate(default, module)
        except NotStatic as error:
            if is_workflow or error.code in WRONG_WHERE_IT_STANDS:
                if error.code is not codes.UNRESOLVED_NAME:
                    error.help = error.help or "write the value itself, or leave the default out: whoever runs it gives the value"
                error.inside = ""
                error.report(self._findings, f"the default of the workflow input `{node.arg}`")
            return Field(name=node.arg, type=declared, deferred=True)
        try:
            literal = self._classes.encoder.literal(value, declared)
        except Mismatch as error:
            found = locate(error, default, declared)
            message = f"the default of `{node.arg}` does not fit its annotation: {found.reason}"
            help_ = error.help or instead_of_default(node.arg, declared, value)
            if error.help == OF_PATH:
                path = value if isinstance(value, str) and len(value.split()) == 1 else "..."
                gives = f"give it when the workflow is run: `--{node.arg} {path}`" if is_workflow else "pass it in the workflow"
                help_ = f"remove the default, and {gives}, or write a URL"
            self._findings.add(
                codes.DEFAULT_MISMATCH,
                message,
                Place(module, found.node),
                label=found.label if found.node is not default else "",
                related=[(Place(module, node), "declared here")],
                help=help_,
            )
            return Field(name=node.arg, type=UNREAD, deferred=True)
        if literal.through and not is_workflow:
            return Field(name=node.arg, type=declared, deferred=True)
        return Field(name=node.arg, type=declared, has_default=True, default=literal.value, deferred=bool(literal.through))


def _plain_outputs(declared: Type) -> tuple[tuple[Field, ...], Returns]:
    if declared == NONE:
        return (), "none"
    if declared.kind == "tuple":
        return tuple(Field(name=f"o{index}", type=item) for index, item in enumerate(declared.args)), "tuple"
    return (Field(name="o0", type=declared),), "single"


def _signature_text(node: FunctionNode, module: Module) -> bytes:
    """The source between a function's name and the end of its result's annotation; empty where it cannot be cut out."""
    returns = node.returns
    if returns is None:
        return b""
    assert returns.end_lineno is not None
    assert returns.end_col_offset is not None
    lines, name = module.lines, node.name.encode("utf-8", "surrogatepass")
    start = lines.position(node.lineno, node.col_offset) + len("def ")
    end = start + len(name)
    # Whatever stands elsewhere (two blanks, a name that Python normalises) is read anew.
    return lines.data[end : lines.position(returns.end_lineno, returns.end_col_offset)] if lines.data[start:end] == name else b""
