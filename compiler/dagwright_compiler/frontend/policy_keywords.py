"""The keywords of ``@task`` and ``with_overrides``: one reader for each, from a static value to a part of a policy."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.diagnostics.suggestions import did_you_mean
from dagwright_compiler.frontend import option_advice
from dagwright_compiler.frontend.cache_keywords import read_cache, read_ignored, read_serialize, read_version
from dagwright_compiler.frontend.findings import Place, name_of_argument
from dagwright_compiler.frontend.image_keywords import Images
from dagwright_compiler.frontend.known_values import KnownCall, StaticValue
from dagwright_compiler.frontend.metadata_keywords import (
    read_aliases,
    read_annotations,
    read_deck_fields,
    read_deprecated,
    read_docs,
    read_execution_mode,
    read_failure_policy,
    read_labels,
    read_pickle_untyped,
    refuse_on_failure,
)
from dagwright_compiler.frontend.option_values import WrongOption
from dagwright_compiler.frontend.pod_keywords import (
    read_accelerator,
    read_disable_deck,
    read_enable_deck,
    read_pod_template,
    read_pod_template_name,
    read_secrets,
    read_shared_memory,
    read_task_config,
)
from dagwright_compiler.frontend.wire_values import describe
from dagwright_compiler.ir.program import Resources
from dagwright_compiler.ir.quantities import amount, suggestion

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction

    Reader = Callable[["Draft", StaticValue, Place], None]

NOT_YET = {
    "node_dependency_hints": "leave it out: what a task needs is read from its source",
    "task_resolver": "leave it out: tasks are found by module and name",
    "default_options": "leave it out: set labels and annotations for the target in `[tool.dagwright.argo]`",
}
"""Keywords of flytekit that this version does not compile, with what to write instead."""

RESOURCES = ("cpu", "mem", "gpu", "ephemeral_storage")
OTHER_NAMES = {
    **dict.fromkeys(("cpus", "cores", "vcpu", "vcpus"), "cpu"),
    **dict.fromkeys(("memory", "ram"), "mem"),
    **dict.fromkeys(("gpus",), "gpu"),
    **dict.fromkeys(("disk", "storage", "ephemeral"), "ephemeral_storage"),
}
"""What other tools call resources."""
_COUNTED = ("cpu", "gpu")
_SIZES = ("Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "M", "G", "T", "P", "E")
_BYTES = ("mem", "ephemeral_storage")
_LEAST_BYTES = 2**20
"""Less than this starts no container, let alone Python."""
_MOST_GIBIBYTES = 64
"""A number up to this was meant as gibibytes, a larger one as mebibytes."""
_MOST_CPUS = 2000
_MOST_RETRIES = 10


class Draft(msgspec.Struct, eq=False):
    """Keywords on the way to a policy."""

    policy: dict[str, object]
    places: dict[str, Place]
    cache: bool | None = None
    version: str | None = None
    ignore: tuple[str, ...] | None = None
    serialize: bool | None = None
    salt: str | None = None
    """Of a version that is the digest of the task's function."""
    is_whole: bool = False
    """Whether ``cache`` is a ``Cache(...)``, which says everything."""
    older: tuple[str, Place] | None = None
    """The first of the older keywords about the cache, and where its value stands."""
    images: Images | None = None
    runs_on: bool = False
    """Of a workflow: whether what does not need a failed call runs all the same."""
    is_cache_partial: bool = False
    """What was written about the cache could not all be read."""

    def note_unread(self, keyword: str | None) -> None:
        """Note a keyword, or ``**`` with any of them, that could not be read."""
        self.is_cache_partial = self.is_cache_partial or keyword is None or keyword.startswith("cache")

    def note_older(self, keyword: str, place: Place) -> None:
        """Note one of the keywords that ``Cache(...)`` replaces."""
        self.older = self.older or (keyword, place)

    def take(self, other: Draft) -> None:
        """Add what another keyword said, without its places."""
        self.policy.update(other.policy)
        if other.cache is not None:
            self.cache = other.cache
        if other.version is not None:
            self.version = other.version
        if other.ignore is not None:
            self.ignore = other.ignore
        if other.serialize is not None:
            self.serialize = other.serialize
        if other.salt is not None:
            self.salt = other.salt
        self.is_whole = self.is_whole or other.is_whole
        self.older = self.older or other.older
        self.is_cache_partial = self.is_cache_partial or other.is_cache_partial


def _read_retries(draft: Draft, value: StaticValue, place: Place) -> None:
    if type(value) is not int:
        help_ = "write a whole number: `retries=3`" if type(value) is float else ""
        raise WrongOption(f"`retries` takes an int, found {describe(value)}", help_)
    if not 0 <= value <= _MOST_RETRIES:
        raise WrongOption(f"`retries` must be between 0 and {_MOST_RETRIES}, not {value}", "", None, codes.RETRIES_OUT_OF_RANGE)
    draft.policy["retries"] = value
    draft.places["retries"] = place


def _read_timeout(draft: Draft, value: StaticValue, place: Place) -> None:
    value = 0 if value is None else value  # no limit, also where a task has one and a call has none
    if isinstance(value, timedelta):
        seconds = value.total_seconds()
    elif type(value) is int:
        seconds = float(value) if value < 10**15 else 10.0**15
    else:
        message = f"`timeout` takes whole seconds or a timedelta, found {describe(value)}"
        raise WrongOption(message, option_advice.duration(value))
    if seconds < 0 or (seconds == 0 and isinstance(value, timedelta)):
        raise WrongOption(
            "a timeout must be more than 0 seconds", "leave `timeout` out for no limit", None, codes.INVALID_TIMEOUT
        )
    draft.policy["timeout_s"] = int(seconds) if seconds == int(seconds) else seconds
    draft.places["timeout_s"] = place


def _resources_reader(field: str) -> Reader:
    def read(draft: Draft, value: StaticValue, place: Place) -> None:
        if value is None:
            return
        quantities: dict[str, str] = {}

        def one(name: str, argument: StaticValue, at: Place) -> None:
            if isinstance(argument, list | tuple):
                raise WrongOption(
                    f"`{field}` takes one quantity for `{name}`, found {describe(argument)}",
                    f"write the pair in `resources=Resources({name}=...)`: request and limit",
                    at,
                )
            quantities[name] = _quantity(name, argument, at)
            draft.places[f"{field}.{name}"] = at

        _read_amounts(field, value, one)
        draft.policy[field] = Resources(**quantities)
        draft.places[field] = place

    return read


def _read_resources(draft: Draft, value: StaticValue, place: Place) -> None:
    """``resources=Resources(cpu=("1", "2"), mem="1Gi")``: a request, or a pair of request and limit."""
    requests: dict[str, str] = {}
    limits: dict[str, str] = {}

    def one(name: str, argument: StaticValue, at: Place) -> None:
        pair = argument if isinstance(argument, list | tuple) else (argument,)
        if not 1 <= len(pair) <= 2:
            raise WrongOption(f"`{name}` takes a request, or a pair of request and limit, found {describe(argument)}", "", at)
        for field, side, quantity in zip(("requests", "limits"), (requests, limits), pair, strict=False):
            side[name] = _quantity(name, quantity, at)
            draft.places[f"{field}.{name}"] = at

    _read_amounts("resources", value, one)
    draft.policy["requests"] = Resources(**requests) if requests else None
    draft.policy["limits"] = Resources(**limits) if limits else None
    draft.places["requests"] = draft.places["limits"] = place


def _read_amounts(field: str, value: StaticValue, read: Callable[[str, StaticValue, Place], None]) -> None:
    """Read what a ``Resources(...)`` says, where it says it.

    Raises:
        WrongOption: Something in it is wrong; all of that is reported at once.
    """
    if not (isinstance(value, KnownCall) and value.symbol == "Resources"):
        raise WrongOption(f"`{field}` takes `Resources(...)`, found {describe(value)}", option_advice.resources(value))
    wrong: list[WrongOption] = []
    for name, argument in value.arguments.items():
        at = value.places[name]
        if name not in RESOURCES:
            known = f"its keywords are {', '.join(RESOURCES)}"
            help_ = did_you_mean(name, RESOURCES) or (f"write `{OTHER_NAMES[name]}`" if name in OTHER_NAMES else known)
            named = name_of_argument(at)
            wrong.append(WrongOption(f"`Resources` has no keyword `{name}`", help_, named, codes.UNKNOWN_OPTION))
        elif argument is not None:
            try:
                read(name, argument, at)
            except WrongOption as error:
                wrong.append(error)
    if wrong:
        wrong[0].also = tuple(wrong[1:])
        raise wrong[0]


def _quantity(name: str, value: StaticValue, place: Place) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise WrongOption(f"`{name}` takes a quantity as text, found {describe(value)}", "", place)
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
        raise WrongOption(
            f"`{text}` is not a valid quantity" if text else "an empty text is not a valid quantity",
            f"did you mean `{meant}`?" if meant else option_advice.quantity(name),
            place,
            codes.INVALID_QUANTITY,
        )
    if number < 0 or (number == 0 and name == "mem"):
        raise WrongOption(f"`{name}` must be more than 0, not `{text}`", "", place, codes.INVALID_QUANTITY)
    if name == "gpu" and number.denominator != 1:
        message, help_ = f"`gpu` must be a whole number, not `{text}`", option_advice.quantity(name)
        raise WrongOption(message, help_, place, codes.INVALID_QUANTITY)
    if name == "gpu" and number >= _MOST_CPUS:
        message = f"`{text}` of `gpu` counts whole GPUs, and no machine has as many"
        raise WrongOption(message, option_advice.quantity(name), place, codes.INVALID_QUANTITY)
    if name in _COUNTED and text.endswith(_SIZES):
        message = f"`{text}` is a size, and `{name}` is a number of {name.upper()}s"
        raise WrongOption(message, option_advice.quantity(name), place, codes.INVALID_QUANTITY)
    if name in _BYTES and text.endswith("m"):
        raise WrongOption(
            f"`{text}` counts thousandths of a byte", f"did you mean `{text[:-1]}Mi`?", place, codes.INVALID_QUANTITY
        )
    if number and text.replace(".", "", 1).isdigit():
        _check_without_unit(name, text, number, place)
    return text


def _check_without_unit(name: str, text: str, number: Fraction, place: Place) -> None:
    """Refuse a number without a unit that no task can have meant: ``mem=4`` is four bytes."""
    if name in _BYTES and number < _LEAST_BYTES:
        message = f"`{text}` of `{name}` counts bytes, and is too little for any task"
        unit = "Gi" if number <= _MOST_GIBIBYTES else "Mi"
    elif name == "cpu" and number >= _MOST_CPUS:
        message, unit = f"`{text}` of `cpu` counts whole CPUs, and no machine has as many", "m"
    else:
        return
    raise WrongOption(message, f"did you mean `{text}{unit}`?", place, codes.INVALID_QUANTITY)


def _read_image(draft: Draft, value: StaticValue, place: Place) -> None:
    draft.policy["image"] = (draft.images or Images()).reference(value, place)
    draft.places["image"] = place


def _read_environment(draft: Draft, value: StaticValue, place: Place) -> None:
    if not isinstance(value, dict):
        raise WrongOption(f"`environment` takes a dict of texts, found {describe(value)}", option_advice.pairs(value))
    for name, content in value.items():
        if not isinstance(name, str) or not isinstance(content, str):
            wrong, of_what = (content, f" for `{name}`") if isinstance(name, str) else (name, "")
            message = f"`environment` takes a dict of texts, found {describe(wrong)}{of_what}"
            raise WrongOption(message, option_advice.pairs({"": wrong}))
        if not name or "=" in name or "\0" in name + content:
            named = f"`{name}`" if name else "an empty text"
            raise WrongOption(f"{named} cannot be the name of an environment variable")
    draft.policy["environment"] = tuple(value.items())
    draft.places["environment"] = place


def _read_interruptible(draft: Draft, value: StaticValue, place: Place) -> None:
    if not isinstance(value, bool):
        raise WrongOption(f"`interruptible` takes `True` or `False`, found {describe(value)}", option_advice.truth(value))
    draft.policy["interruptible"] = value
    draft.places["interruptible"] = place


READERS: dict[str, Reader] = {
    "cache": read_cache,
    "cache_version": read_version,
    "cache_ignore_input_vars": read_ignored,
    "cache_serialize": read_serialize,
    "retries": _read_retries,
    "timeout": _read_timeout,
    "requests": _resources_reader("requests"),
    "limits": _resources_reader("limits"),
    "container_image": _read_image,
    "environment": _read_environment,
    "interruptible": _read_interruptible,
    "resources": _read_resources,
    "secret_requests": read_secrets,
    "pod_template": read_pod_template,
    "pod_template_name": read_pod_template_name,
    "accelerator": read_accelerator,
    "shared_memory": read_shared_memory,
    "task_config": read_task_config,
    "enable_deck": read_enable_deck,
    "disable_deck": read_disable_deck,
    "labels": read_labels,
    "annotations": read_annotations,
    "deprecated": read_deprecated,
}
"""Of tasks and of calls."""
TASK_READERS = {
    **READERS,
    "docs": read_docs,
    "deck_fields": read_deck_fields,
    "pickle_untyped": read_pickle_untyped,
    "execution_mode": read_execution_mode,
}
WORKFLOW_READERS: dict[str, Reader] = {
    "interruptible": _read_interruptible,
    "failure_policy": read_failure_policy,
    "on_failure": refuse_on_failure,
    "docs": read_docs,
    "pickle_untyped": read_pickle_untyped,
}
NODE_NAMES = ("node_name", "name")
"""Keywords of ``with_overrides`` that name the call, and are no part of its policy."""
READERS_OF = {"@task": TASK_READERS, "with_overrides": {**READERS, "aliases": read_aliases}, "@workflow": WORKFLOW_READERS}
"""One reader for each keyword, by what takes it."""
OF_NONE = frozenset({_read_timeout})
"""Readers that ``None`` tells something."""
