"""Decorator keywords and overrides to a ``Policy``.

Every keyword has one reader; a keyword that is unknown, not supported yet, or has a wrong value gives one finding and leaves
the policy as it is.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.diagnostics.suggestions import did_you_mean
from dagwright_compiler.frontend.findings import Findings, Place
from dagwright_compiler.frontend.quantities import amount, suggestion
from dagwright_compiler.frontend.static_values import Evaluator, KnownCall, NotStatic, StaticValue
from dagwright_compiler.frontend.wire_values import describe
from dagwright_compiler.ir.program import Cache, Policy, Resources

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Iterable

    from dagwright_compiler.frontend.modules import Module

_NOT_YET = {
    "accelerator": 'ask for the device with `requests=Resources(gpu="1")`',
    "deck_fields": "leave it out",
    "deprecated": "leave it out",
    "disable_deck": "leave it out",
    "docs": "write a docstring",
    "enable_deck": "write the report as a `str` output",
    "execution_mode": "leave it out",
    "node_dependency_hints": "leave it out",
    "pickle_untyped": "annotate every input and output",
    "pod_template": "set what is needed for the target in `[tool.dagwright.argo]`",
    "pod_template_name": "set what is needed for the target in `[tool.dagwright.argo]`",
    "resources": "write `requests=Resources(...)` and `limits=Resources(...)`",
    "secret_requests": "mount the secret where the manifest runs and read it inside the task",
    "shared_memory": "leave it out",
    "task_config": "the task runs as plain Python in its own image; leave the plugin out",
    "task_resolver": "leave it out",
    "labels": "set labels for the target in `[tool.dagwright.argo]`",
    "annotations": "set annotations for the target in `[tool.dagwright.argo]`",
    "failure_policy": "leave it out: a failed task ends the workflow",
    "on_failure": "leave it out: a failed task ends the workflow",
    "default_options": "leave it out",
    "aliases": "name the outputs with a NamedTuple",
}
"""Keywords of flytekit that this version does not compile, with what to write instead."""

_RESOURCES = ("cpu", "mem", "gpu", "ephemeral_storage")
_MOST_RETRIES = 10


class _Draft(msgspec.Struct, eq=False):
    """Keywords on the way to a policy."""

    policy: dict[str, object]
    places: dict[str, Place]
    cache: bool | None = None
    version: str | None = None
    ignore: tuple[str, ...] | None = None
    serialize: bool | None = None


class _Wrong(Exception):  # noqa: N818 - a finding on its way
    """A value has the wrong form."""

    def __init__(self, message: str, help_: str = "", place: Place | None = None, code: object = codes.WRONG_OPTION) -> None:
        super().__init__(message)
        self.message, self.help, self.place, self.code = message, help_, place, code


class Policies:
    """Reads policies from keywords."""

    def __init__(self, evaluator: Evaluator, findings: Findings) -> None:
        self._evaluator = evaluator
        self._findings = findings

    def read(
        self, keywords: Iterable[ast.keyword], module: Module, what: str, *, base: Policy | None = None, scope: object = None
    ) -> tuple[Policy, dict[str, Place]]:
        """Policy of a decorator or an override.

        Args:
            keywords: The keywords as written.
            module: Where they stand.
            what: ``@task`` or ``with_overrides``, for messages.
            base: The policy that an override starts from.
            scope: Local names that values may use.

        Returns:
            The policy, and where each of its fields was written.
        """
        start = base or Policy()
        draft = _Draft({}, {})
        for keyword in keywords:
            self._keyword(keyword, module, what, draft, scope)
        self._cache(draft, start)
        policy = msgspec.structs.replace(start, **draft.policy) if draft.policy else start
        if "limits" in draft.policy or "requests" in draft.policy:
            self._compare(policy, draft.places)
        return policy, draft.places

    def refuse(self, keywords: Iterable[ast.keyword], module: Module, what: str, known: frozenset[str]) -> None:
        """Report every keyword that is not ``known`` (for ``@workflow``)."""
        for keyword in keywords:
            if keyword.arg not in known:
                self._unknown(keyword, module, what, known)

    def _keyword(self, keyword: ast.keyword, module: Module, what: str, draft: _Draft, scope: object) -> None:
        place = Place(module, keyword.value)
        reader = _READERS.get(keyword.arg or "")
        if reader is None:
            self._unknown(keyword, module, what, frozenset(_READERS))
            return
        assert keyword.arg is not None
        try:
            value = self._evaluator.evaluate(keyword.value, module, scope)
            reader(draft, value, place)
        except NotStatic as error:
            if not error.reported:
                message = (
                    f"the value of `{keyword.arg}` cannot be read statically: {error.message}"
                    if error.code is codes.NOT_STATIC
                    else error.message
                )
                self._findings.add(error.code, message, error.place, help=error.help)
        except _Wrong as error:
            code = error.code if isinstance(error.code, type(codes.WRONG_OPTION)) else codes.WRONG_OPTION
            self._findings.add(code, error.message, error.place or place, help=error.help)

    def _unknown(self, keyword: ast.keyword, module: Module, what: str, known: frozenset[str]) -> None:
        place = Place(module, keyword.value)
        if keyword.arg is None:
            self._findings.add(
                codes.UNKNOWN_OPTION, f"`**` in `{what}` cannot be read statically", place, help="write the keywords out"
            )
        elif keyword.arg in _NOT_YET:
            self._findings.add(
                codes.UNSUPPORTED_OPTION, f"`{keyword.arg}` of `{what}` is not supported yet", place, help=_NOT_YET[keyword.arg]
            )
        else:
            help_ = did_you_mean(keyword.arg, [*known, *_NOT_YET]) or f"known are {', '.join(sorted(known))}"
            self._findings.add(codes.UNKNOWN_OPTION, f"`{what}` has no keyword `{keyword.arg}`", place, help=help_)

    def _cache(self, draft: _Draft, start: Policy) -> None:
        """Join the cache keywords, which only mean something together."""
        given = (draft.cache, draft.version, draft.ignore, draft.serialize)
        if given == (None, None, None, None):
            return
        if draft.cache is False:
            draft.policy["cache"] = None
            return
        place = draft.places.get("cache") or draft.places.get("cache.version") or next(iter(draft.places.values()))
        if draft.cache is None and start.cache is None:
            self._findings.add(
                codes.INCONSISTENT_CACHE, "cache keywords stand without `cache=True`", place, help="add `cache=True`"
            )
            return
        version = draft.version if draft.version is not None else start.cache.version if start.cache else None
        if not version:
            message = "a cached task needs a version" if version is None else "the cache version is empty"
            self._findings.add(
                codes.CACHE_WITHOUT_VERSION, message, place, help='add `cache_version="1"` and raise it when the result changes'
            )
            return
        before = start.cache or Cache(version=version)
        draft.policy["cache"] = Cache(
            version=version,
            ignore=before.ignore if draft.ignore is None else draft.ignore,
            serialize=before.serialize if draft.serialize is None else draft.serialize,
        )

    def _compare(self, policy: Policy, places: dict[str, Place]) -> None:
        if policy.requests is None or policy.limits is None:
            return
        for name in _RESOURCES:
            request, limit = getattr(policy.requests, name), getattr(policy.limits, name)
            if request is None or limit is None:
                continue
            least, most = amount(request), amount(limit)
            if least is not None and most is not None and most < least:
                at = places.get(f"limits.{name}") or places.get("limits") or places.get("requests")
                message = f"the limit of `{name}` is {limit}, lower than the request {request}"
                asked = places.get(f"requests.{name}") or places.get("requests")
                self._findings.add(
                    codes.LIMIT_BELOW_REQUEST,
                    message,
                    at,
                    related=[(asked, "the request")],
                    help="raise the limit or lower the request",
                )


def _read_cache(draft: _Draft, value: StaticValue, place: Place) -> None:
    draft.places["cache"] = place
    if isinstance(value, bool):
        draft.cache = value
        return
    if not (isinstance(value, KnownCall) and value.symbol == "Cache"):
        raise _Wrong(f"`cache` takes `True`, `False` or `Cache(...)`, found {describe(value)}")
    draft.cache = True
    for name, argument in value.arguments.items():
        at = value.places[name]
        if name == "version":
            _read_version(draft, argument, at)
        elif name == "ignored_inputs":
            _read_ignored(draft, argument, at)
        elif name == "serialize":
            _read_serialize(draft, argument, at)
        elif name in ("salt", "policies"):
            raise _Wrong(f"`{name}` of `Cache` is not supported yet", "give a literal `version`", at, codes.UNSUPPORTED_OPTION)
        else:
            raise _Wrong(
                f"`Cache` has no keyword `{name}`",
                did_you_mean(name, ("version", "ignored_inputs", "serialize")),
                at,
                codes.UNKNOWN_OPTION,
            )


def _read_version(draft: _Draft, value: StaticValue, place: Place) -> None:
    if not isinstance(value, str):
        raise _Wrong(
            f"`cache_version` takes text, found {describe(value)}",
            f'write `"{value}"`' if isinstance(value, int | float) else "",
            place,
        )
    draft.places["cache.version"] = place
    draft.version = value


def _read_ignored(draft: _Draft, value: StaticValue, place: Place) -> None:
    names = (value,) if isinstance(value, str) else value
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
        raise _Wrong(f"ignored inputs are a tuple of names, found {describe(value)}", 'write `("name",)`', place)
    draft.places["cache.ignore"] = place
    draft.ignore = tuple(names)


def _read_serialize(draft: _Draft, value: StaticValue, place: Place) -> None:
    if not isinstance(value, bool):
        raise _Wrong(f"`cache_serialize` takes `True` or `False`, found {describe(value)}", "", place)
    draft.serialize = value
    draft.places["cache.serialize"] = place


def _read_retries(draft: _Draft, value: StaticValue, place: Place) -> None:
    if type(value) is not int:
        raise _Wrong(f"`retries` takes an int, found {describe(value)}")
    if not 0 <= value <= _MOST_RETRIES:
        raise _Wrong(f"retries are between 0 and {_MOST_RETRIES}, not {value}", "", None, codes.RETRIES_OUT_OF_RANGE)
    draft.policy["retries"] = value
    draft.places["retries"] = place


def _read_timeout(draft: _Draft, value: StaticValue, place: Place) -> None:
    if value is None:
        return
    if isinstance(value, timedelta):
        seconds = value.total_seconds()
    elif type(value) is int:
        seconds = float(value) if value < 10**15 else 10.0**15
    else:
        help_ = f"write `timedelta(seconds={value})`" if type(value) is float else "write `timedelta(minutes=5)`"
        raise _Wrong(f"`timeout` takes whole seconds or a timedelta, found {describe(value)}", help_)
    if seconds < 0 or (seconds == 0 and isinstance(value, timedelta)):
        raise _Wrong("a timeout is longer than nothing", "leave `timeout` out for no limit", None, codes.INVALID_TIMEOUT)
    draft.policy["timeout_s"] = int(seconds) if seconds == int(seconds) else seconds
    draft.places["timeout_s"] = place


def _resources_reader(field: str) -> Callable[[_Draft, StaticValue, Place], None]:
    def read(draft: _Draft, value: StaticValue, place: Place) -> None:
        if value is None:
            return
        if not (isinstance(value, KnownCall) and value.symbol == "Resources"):
            raise _Wrong(f"`{field}` takes `Resources(...)`, found {describe(value)}", 'write `Resources(cpu="1", mem="500Mi")`')
        quantities: dict[str, str] = {}
        for name, argument in value.arguments.items():
            at = value.places[name]
            if name not in _RESOURCES:
                raise _Wrong(
                    f"`Resources` has no keyword `{name}`",
                    did_you_mean(name, _RESOURCES) or f"known are {', '.join(_RESOURCES)}",
                    at,
                    codes.UNKNOWN_OPTION,
                )
            if argument is not None:
                quantities[name] = _quantity(name, argument, at)
                draft.places[f"{field}.{name}"] = at
        draft.policy[field] = Resources(**quantities)
        draft.places[field] = place

    return read


def _quantity(name: str, value: StaticValue, place: Place) -> str:
    if isinstance(value, list | tuple):
        raise _Wrong(
            f"a pair for `{name}` is not supported yet",
            "write the request in `requests` and the limit in `limits`",
            place,
            codes.UNSUPPORTED_OPTION,
        )
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise _Wrong(f"`{name}` takes a quantity as text, found {describe(value)}", "", place)
    text = (
        value
        if isinstance(value, str)
        else format(value, "f").rstrip("0").rstrip(".")
        if isinstance(value, float)
        else str(value)
    )
    number = amount(text)
    if number is None:
        meant = suggestion(text)
        raise _Wrong(
            f"`{text}` is no quantity",
            f"did you mean `{meant}`?" if meant else 'write a number and a unit: `"500Mi"`, `"2"`, `"250m"`',
            place,
            codes.INVALID_QUANTITY,
        )
    if number < 0 or (number == 0 and name == "mem"):
        raise _Wrong(f"`{name}` is more than nothing, not `{text}`", "", place, codes.INVALID_QUANTITY)
    if name == "gpu" and number.denominator != 1:
        raise _Wrong(f"`gpu` is a whole number, not `{text}`", "", place, codes.INVALID_QUANTITY)
    if name in ("mem", "ephemeral_storage") and text.endswith("m"):
        raise _Wrong(f"`{text}` is thousandths of a byte", f"did you mean `{text[:-1]}Mi`?", place, codes.INVALID_QUANTITY)
    return text


def _read_image(draft: _Draft, value: StaticValue, place: Place) -> None:
    if value is None:
        return
    if not isinstance(value, str):
        raise _Wrong(f"`container_image` takes the name of an image, found {describe(value)}")
    if "{{" in value:
        raise _Wrong("image templates are not supported yet", "write the image's full name", None, codes.UNSUPPORTED_OPTION)
    if value.split() != [value] or not value.isprintable():
        raise _Wrong("the name of an image is text without spaces")
    draft.policy["image"] = value
    draft.places["image"] = place


def _read_environment(draft: _Draft, value: StaticValue, place: Place) -> None:
    if value is None:
        return
    if not isinstance(value, dict):
        raise _Wrong(f"`environment` takes a dict of text, found {describe(value)}")
    for name, content in value.items():
        if not isinstance(name, str) or not isinstance(content, str):
            wrong = content if isinstance(name, str) else name
            raise _Wrong(
                f"`environment` takes a dict of text, found {describe(wrong)}",
                f'write `"{wrong}"`' if isinstance(wrong, int | float) else "",
            )
        if not name or "=" in name or "\0" in name + content:
            raise _Wrong(f"`{name}` cannot be the name of an environment variable")
    draft.policy["environment"] = tuple(value.items())
    draft.places["environment"] = place


def _read_interruptible(draft: _Draft, value: StaticValue, place: Place) -> None:
    if value is not None and not isinstance(value, bool):
        raise _Wrong(f"`interruptible` takes `True` or `False`, found {describe(value)}")
    draft.policy["interruptible"] = value
    draft.places["interruptible"] = place


_READERS: dict[str, Callable[[_Draft, StaticValue, Place], None]] = {
    "cache": _read_cache,
    "cache_version": _read_version,
    "cache_ignore_input_vars": _read_ignored,
    "cache_serialize": _read_serialize,
    "retries": _read_retries,
    "timeout": _read_timeout,
    "requests": _resources_reader("requests"),
    "limits": _resources_reader("limits"),
    "container_image": _read_image,
    "environment": _read_environment,
    "interruptible": _read_interruptible,
}
