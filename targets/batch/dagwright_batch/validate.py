"""Rules of AWS Batch that its own client does not check: botocore knows names and types of fields, nothing else.

Works on requests as plain data, at compile time (symbols such as ``{$param: queue}`` are passed over) and again on the
finished requests before they are sent: one list of rules for both.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from dagwright_batch.limits import (
    MAX_ARRAY,
    MAX_ATTEMPTS,
    MAX_DEFINITION_BYTES,
    MAX_DEPENDENCIES,
    MAX_EXIT_RULES,
    MAX_JOB_BYTES,
    MAX_NAME,
    MAX_OVERRIDES,
    MAX_PATTERN,
    MIN_ARRAY,
    MIN_TIMEOUT_S,
    NAME,
    RESERVED_ENVIRONMENT,
)
from dagwright_batch.resources import FARGATE

Json = Any
Data = Mapping[str, Any]

_EXIT_CODE = re.compile(r"\d*\*?")
_NO_TEXT = re.compile("[\0\ud800-\udfff]")
_json = json.JSONEncoder(separators=(",", ":")).encode  # json.dumps makes a new encoder for every call


def broken_definition_rules(definition: Data) -> Iterator[str]:
    """What AWS Batch would refuse in a ``RegisterJobDefinition`` request, as clauses (lower case, no full stop)."""
    container = definition["containerProperties"]
    yield from _name(definition["jobDefinitionName"], "definition name")
    yield from _retry(definition.get("retryStrategy", {}))
    seconds = definition.get("timeout", {}).get("attemptDurationSeconds")
    if seconds is not None and seconds < MIN_TIMEOUT_S:
        yield f"a timeout of {seconds} s is under {MIN_TIMEOUT_S} s"
    if "" in container.get("command", ()):
        yield "the command holds an empty text"
    yield from _environment(container.get("environment", ()))
    yield from _secrets(container)
    if not _is_text(container["image"]):
        yield f"image {container['image']!r} is not text"
    granted = {item["type"]: item["value"] for item in container["resourceRequirements"]}
    if "FARGATE" in definition.get("platformCapabilities", ()):
        yield from _fargate(granted, container)
    else:
        yield from _ec2(granted)
    size = len(_json(definition))
    if size > MAX_DEFINITION_BYTES:
        yield f"the definition has {size} bytes, over {MAX_DEFINITION_BYTES}"


def broken_job_rules(request: Data, *, counted_later: bool = False) -> Iterator[str]:
    """What AWS Batch would refuse in a ``SubmitJob`` request; ``counted_later`` leaves an array of 0 or 1 to the submitter."""
    yield from _name(request["jobName"], "job name")
    size = request.get("arrayProperties", {}).get("size")
    if isinstance(size, int) and not (0 if counted_later else MIN_ARRAY) <= size <= MAX_ARRAY:
        yield f"an array of {size} children is outside {MIN_ARRAY} to {MAX_ARRAY}"
    yield from _dependencies(request.get("dependsOn", ()), is_array="arrayProperties" in request)
    overrides = request.get("containerOverrides", {})
    yield from _environment(overrides.get("environment", ()))
    total = len(_json(request))
    if total > MAX_OVERRIDES:  # else its part is not over it either
        length = len(_json({name: overrides[name] for name in ("command", "environment") if name in overrides}))
        if length > MAX_OVERRIDES:
            yield f"command and environment have {length} characters, over {MAX_OVERRIDES}"
    if total > MAX_JOB_BYTES:
        yield f"the request has {total} bytes, over {MAX_JOB_BYTES}"


def _name(name: Json, what: str) -> Iterator[str]:
    if isinstance(name, str) and not (len(name) <= MAX_NAME and NAME.fullmatch(name)):
        yield f"{what} {name!r} is not 1 to {MAX_NAME} letters, digits, - and _"


def _retry(strategy: Data) -> Iterator[str]:
    attempts = strategy.get("attempts", 1)
    if not 1 <= attempts <= MAX_ATTEMPTS:
        yield f"{attempts} attempts are outside 1 to {MAX_ATTEMPTS}"
    rules = strategy.get("evaluateOnExit", ())
    if len(rules) > MAX_EXIT_RULES:
        yield f"{len(rules)} exit rules are over {MAX_EXIT_RULES}"
    for rule in rules:
        for field, pattern in rule.items():
            if field == "action":
                continue
            if len(pattern) > MAX_PATTERN or "*" in pattern[:-1]:
                yield f"pattern {pattern!r} of an exit rule has * before its end or over {MAX_PATTERN} characters"
            elif field == "onExitCode" and not _EXIT_CODE.fullmatch(pattern):
                yield f"exit code pattern {pattern!r} is not digits"


def _environment(variables: Any) -> Iterator[str]:
    for variable in variables:
        name, value = variable["name"], variable["value"]
        if not (_is_text(name) and _is_text(value)):
            yield f"environment variable {name!r} holds a NUL or half a character"
        if not name or name.startswith(RESERVED_ENVIRONMENT):
            yield f"environment variable {name!r} is reserved by AWS Batch"


def _secrets(container: Data) -> Iterator[str]:
    secrets = container.get("secrets", ())
    if secrets and not container.get("executionRoleArn"):
        yield "secrets need an execution role that may read them: set execution_role_arn"
    taken = {variable["name"] for variable in container.get("environment", ())}
    for secret in secrets:
        if secret["name"].startswith(RESERVED_ENVIRONMENT):
            yield f"environment variable {secret['name']!r} is reserved by AWS Batch"
        if secret["name"] in taken:
            yield f"variable {secret['name']!r} is set as text and as a secret"


def _is_text(value: Json) -> bool:
    """Whether an environment and a YAML file can hold it; a symbol passes."""
    return not isinstance(value, str) or not _NO_TEXT.search(value)


def _dependencies(dependencies: Any, *, is_array: bool) -> Iterator[str]:
    if len(dependencies) > MAX_DEPENDENCIES:
        yield f"{len(dependencies)} dependencies are over {MAX_DEPENDENCIES}"
    for dependency in dependencies:
        kind = dependency.get("type")
        if (kind == "SEQUENTIAL") == ("jobId" in dependency):
            yield f"a dependency of type {kind} {'has' if 'jobId' in dependency else 'needs'} a job id"
        if kind and not is_array:
            yield f"a dependency of type {kind} belongs to an array"


def _ec2(granted: Mapping[str, str]) -> Iterator[str]:
    vcpu, memory = granted.get("VCPU", ""), granted.get("MEMORY", "")
    if not (vcpu.isdecimal() and int(vcpu) >= 1):
        yield f"{vcpu!r} vCPUs are not a whole number from 1"
    if not (memory.isdecimal() and int(memory) >= 4):
        yield f"{memory!r} MiB of memory are not a whole number from 4"


def _fargate(granted: Mapping[str, str], container: Data) -> Iterator[str]:
    vcpu, memory = granted.get("VCPU", ""), granted.get("MEMORY", "")
    sizes = {Fraction(name): grid for name, grid in FARGATE}
    try:
        fits = int(memory) in sizes.get(Fraction(vcpu), ())
    except ValueError:
        fits = False
    if not fits:
        yield f"Fargate has no size of {vcpu!r} vCPUs with {memory!r} MiB"
    if "GPU" in granted:
        yield "Fargate has no GPUs"
    if not container.get("executionRoleArn"):
        yield "Fargate needs an execution role"
