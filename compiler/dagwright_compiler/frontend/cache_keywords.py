"""Keywords about the cache: ``cache``, what ``Cache(...)`` says, and the older keywords that say the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.frontend import option_advice
from dagwright_compiler.frontend.function_bodies import body_version
from dagwright_compiler.frontend.known_values import KnownCall
from dagwright_compiler.frontend.option_values import Arguments, WrongOption
from dagwright_compiler.frontend.wire_values import describe

if TYPE_CHECKING:
    from dagwright_compiler.frontend.entities import FunctionEntity
    from dagwright_compiler.frontend.findings import Place
    from dagwright_compiler.frontend.known_values import StaticValue
    from dagwright_compiler.frontend.policy_keywords import Draft
    from dagwright_compiler.ir.program import Policy

_BODY = "CacheFunctionBody"
IN_CACHE = {"cache_version": "version", "cache_ignore_input_vars": "ignored_inputs", "cache_serialize": "serialize"}
"""The older keywords, by what they are in a ``Cache(...)``."""


def read_cache(draft: Draft, value: StaticValue, place: Place) -> None:
    """``cache=True`` or ``cache=Cache(version="1")``."""
    draft.places["cache"] = place
    if isinstance(value, bool):
        draft.cache = value
        return
    if value == "auto":  # what newer versions of flytekit call the policy of the function's body
        draft.cache, draft.is_whole, draft.salt = True, True, ""
        draft.places["cache.version"] = place
        return
    if not (isinstance(value, KnownCall) and value.symbol == "Cache"):
        help_ = 'write `Cache(version="1")`' if isinstance(value, str) else "write `True`, and give a `cache_version`"
        raise WrongOption(f"`cache` takes `True`, `False` or `Cache(...)`, found {describe(value)}", help_)
    arguments = Arguments(value)
    draft.cache, draft.is_whole = True, True
    version = arguments.get("version")
    if version is not None:
        _version(draft, version, arguments.place("version") or place, "version")
    if arguments.get("ignored_inputs") is not None:
        _ignored(draft, arguments.get("ignored_inputs"), arguments.place("ignored_inputs") or place)
    if arguments.get("serialize") is not None:
        _serialize(draft, arguments.get("serialize"), arguments.place("serialize") or place, "serialize")
    salt, policies = arguments.text("salt") or "", arguments.get("policies")
    at = arguments.place("policies") or place
    for policy in policies if isinstance(policies, list | tuple) else [] if policies is None else [policies]:
        _check_policy(policy, at)
        inner = Arguments(policy).text("salt") or ""
        if version is None:  # a version wins over everything else, as in flytekit
            draft.salt = f"{salt}{inner}"
            draft.places["cache.version"] = at


def _check_policy(policy: StaticValue, place: Place) -> None:
    if not (isinstance(policy, KnownCall) and policy.symbol == _BODY):
        message = f"`policies` of `Cache` takes `{_BODY}()`, found {describe(policy)}"
        raise WrongOption(message, "other policies are code that compiling never runs: give a literal `version`", place)


def read_version(draft: Draft, value: StaticValue, place: Place) -> None:
    """``cache_version="1"``."""
    draft.note_older("cache_version", place)
    _version(draft, value, place, "cache_version")


def read_ignored(draft: Draft, value: StaticValue, place: Place) -> None:
    """``cache_ignore_input_vars=("seed",)``."""
    draft.note_older("cache_ignore_input_vars", place)
    _ignored(draft, value, place)


def read_serialize(draft: Draft, value: StaticValue, place: Place) -> None:
    """``cache_serialize=True``."""
    draft.note_older("cache_serialize", place)
    _serialize(draft, value, place, "cache_serialize")


def _version(draft: Draft, value: StaticValue, place: Place, keyword: str) -> None:
    if not isinstance(value, str):
        raise WrongOption(
            f"`{keyword}` takes text, found {describe(value)}",
            f'write `"{value}"`' if isinstance(value, int | float) else "",
            place,
        )
    draft.places["cache.version"] = place
    draft.version = value


def _ignored(draft: Draft, value: StaticValue, place: Place) -> None:
    names = (value,) if isinstance(value, str) else value
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
        raise WrongOption(f"ignored inputs are a tuple of names, found {describe(value)}", 'write `("name",)`', place)
    draft.places["cache.ignore"] = place
    draft.ignore = tuple(names)


def _serialize(draft: Draft, value: StaticValue, place: Place, keyword: str) -> None:
    if not isinstance(value, bool):
        raise WrongOption(f"`{keyword}` takes `True` or `False`, found {describe(value)}", option_advice.truth(value), place)
    draft.serialize = value
    draft.places["cache.serialize"] = place


def with_body_version(policy: Policy, salt: str, task: FunctionEntity) -> Policy:
    """A policy whose cache version is the digest of a task's function.

    Raises:
        WrongOption: The running interpreter cannot read the function.
    """
    assert policy.cache is not None
    node, lines = task.node, task.module.lines
    below = node.decorator_list if task.made_by is not None else node.decorator_list[1:]  # what runs whenever the function does
    texts = [f"@{lines.cut(decorator).decode('utf-8', 'surrogatepass')}" for decorator in below]
    texts.append(lines.cut(node).decode("utf-8", "surrogatepass"))
    try:
        version = body_version("\n".join(texts), salt)
    except SyntaxError as error:
        message = f"the body of `{node.name}` has grammar that this Python cannot read, and so no version: {error.msg}"
        raise WrongOption(message, "compile with a newer Python, or give a literal `version`", None, codes.NOT_STATIC) from None
    return replace(policy, cache=replace(policy.cache, version=version))
