"""The submitter's part: a plan, parameters and inputs to finished requests, sent through any client of the Batch API.

Symbols become values, lists are counted, long inputs go into the store by reference. The client is boto3's or the emulator's: the
same calls either way.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Protocol

from dagwright.contract.names import blob_key
from dagwright.contract.references import refer
from dagwright_batch.limits import MAX_ARRAY
from dagwright_batch.lower import json_text
from dagwright_batch.validate import broken_definition_rules, broken_job_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

Json = Any

_LONGEST_INPUT = 4096
"""Characters of JSON text; longer inputs go by reference. Batch allows 8192 for all of a job's environment."""


class PlanError(Exception):
    """A plan cannot be submitted as asked; the text says why (lower case, no full stop)."""


class Client(Protocol):
    """The calls of the Batch API that a submitter makes."""

    def describe_job_definitions(self, **request: Json) -> Mapping[str, Json]:
        """Find revisions of a definition by its name."""
        ...

    def register_job_definition(self, **request: Json) -> Mapping[str, Json]:
        """Make a definition."""
        ...

    def submit_job(self, **request: Json) -> Mapping[str, Json]:
        """Queue a job."""
        ...


class Blobs(Protocol):
    """What the submitter needs of a store."""

    def create(self, key: str, data: bytes, /) -> bool:
        """Write an object unless it is there."""
        ...

    def put(self, key: str, data: bytes, /) -> None:
        """Write an object over what is there."""
        ...


def submit(
    plan: Mapping[str, Json], client: Client, store: Blobs, *, parameters: Mapping[str, str], inputs: Mapping[str, Json]
) -> dict[str, str | None]:
    """Register what is new and submit every job, in the plan's order.

    Args:
        plan: The parsed plan.
        client: Where requests go.
        store: Takes inputs that are too long for a request.
        parameters: Values of the plan's parameters.
        inputs: The workflow's inputs as JSON data.

    Returns:
        Submission id -> job id; ``None`` for a map over nothing, which needs no job.

    Raises:
        PlanError: A parameter or input is missing or unknown, or a finished request breaks a rule of Batch.
    """
    values = _given(plan["parameters"], parameters, "parameter")
    texts = _input_texts(plan["inputs"], inputs)
    resolver = _Resolver(values, texts, store)
    for key, definition in plan["jobDefinitions"].items():
        resolver.definitions[key] = _register(resolver.resolve(definition), client)
    for submission in plan["submissions"]:
        request = _counted(submission, resolver)
        if request is None:
            resolver.jobs[submission["id"]] = None
            continue
        _refuse_broken(f"job {submission['id']}", broken_job_rules(request))
        resolver.jobs[submission["id"]] = client.submit_job(**request)["jobId"]
    return resolver.jobs


def _given(declared: Mapping[str, Json], given: Mapping[str, str], what: str) -> dict[str, str]:
    unknown = [name for name in given if name not in declared]
    if unknown:
        raise PlanError(f"the plan has no {what} {', '.join(unknown)}")
    values = {name: known["default"] for name, known in declared.items() if "default" in known} | dict(given)
    missing = [name for name, known in declared.items() if name not in values and not known.get("optional")]
    if missing:
        raise PlanError(f"{what} {', '.join(missing)} not given")
    return values


def _input_texts(declared: Mapping[str, Json], inputs: Mapping[str, Json]) -> dict[str, str]:
    return _given(declared, {name: json_text(value) for name, value in inputs.items()}, "input")


class _Resolver:
    """Turns symbols into values; ``definitions`` and ``jobs`` fill as the submission goes on."""

    def __init__(self, parameters: Mapping[str, str], inputs: Mapping[str, str], store: Blobs) -> None:
        self.definitions: dict[str, str] = {}
        self.jobs: dict[str, str | None] = {}
        self.inherited: dict[str, list[Json]] = {}
        self._inputs = inputs
        self._store = store
        self._meanings: dict[str, Callable[[str], Json]] = {
            "$param": parameters.__getitem__,
            "$def": self.definitions.__getitem__,
            "$job": self.jobs.__getitem__,
            "$len": self._length,
            "$input": self._input,
        }

    def resolve(self, data: Json) -> Json:
        """A copy of ``data`` without symbols, but for ``$hashed``."""
        if isinstance(data, list):
            return [self.resolve(item) for item in data if not self._is_left_out(item)]
        if not isinstance(data, dict):
            return data
        if len(data) == 1:
            ((symbol, name),) = data.items()
            if symbol in self._meanings:
                return self._meanings[symbol](name)
        return {name: self.resolve(item) for name, item in data.items()}

    def _is_left_out(self, item: Json) -> bool:
        """Whether it is the variable of an input that was not given and whose default is the function's business."""
        symbol = item.get("value") if isinstance(item, dict) else None
        return isinstance(symbol, dict) and "$input" in symbol and symbol["$input"] not in self._inputs

    def _length(self, path: str) -> int:
        name = path.removeprefix("inputs.")
        length = len(json.loads(self._inputs[name]))
        if length > MAX_ARRAY:
            raise PlanError(f"input {name} has {length} elements, over the {MAX_ARRAY} of an array: give its map a concurrency")
        return length

    def _input(self, name: str) -> str:
        return refer(self._inputs[name], self._put_blob, longest=_LONGEST_INPUT)

    def _put_blob(self, digest: str, data: bytes) -> None:
        if not self._store.create(blob_key(digest), data):
            self._store.put(
                blob_key(digest), data
            )  # an old one becomes young: no collection of garbage takes it before the run names it


def _register(definition: dict[str, Json], client: Client) -> str:
    """ARN of the definition under a name that holds its digest: an equal one that is there already serves."""
    base = definition["jobDefinitionName"]["$hashed"]
    body = json.dumps({**definition, "jobDefinitionName": base}, sort_keys=True, separators=(",", ":"))
    name = definition["jobDefinitionName"] = f"{base}-{sha256(body.encode()).hexdigest()[:8]}"
    _refuse_broken(f"definition {base}", broken_definition_rules(definition))
    known = client.describe_job_definitions(jobDefinitionName=name, status="ACTIVE")["jobDefinitions"]
    arn: str = (known[0] if known else client.register_job_definition(**definition))["jobDefinitionArn"]
    return arn


def _counted(submission: Mapping[str, Json], resolver: _Resolver) -> dict[str, Json] | None:
    """The finished request; ``None`` for an exact array of nothing. An array of one is a plain job, whose index the runtime takes as 0."""
    request: dict[str, Json] = dict(submission["request"])
    request["dependsOn"] = _dependencies(request.get("dependsOn", ()), resolver)
    size = resolver.resolve(request.get("arrayProperties", {})).get("size")
    if size == 0:
        resolver.inherited[submission["id"]] = request["dependsOn"]
        return None
    if size == 1:
        del request["arrayProperties"]
        request["dependsOn"] = [{"jobId": item["jobId"]} for item in request["dependsOn"]]
    if not request["dependsOn"]:
        del request["dependsOn"]
    resolved: dict[str, Json] = resolver.resolve(request)
    return resolved


def _dependencies(symbols: Iterable[Json], resolver: _Resolver) -> list[Json]:
    """Who waits for a map over nothing waits for what that map would have waited for, for whole jobs."""
    found: dict[str, Json] = {}
    for symbol in symbols:
        earlier = symbol["jobId"]["$job"]
        if resolver.jobs[earlier] is None:
            for item in resolver.inherited[earlier]:
                found[item["jobId"]] = {"jobId": item["jobId"]}
        else:
            found.setdefault(resolver.jobs[earlier] or "", resolver.resolve(symbol))
    return list(found.values())


def _refuse_broken(what: str, rules: Iterable[str]) -> None:
    broken = "; ".join(rules)
    if broken:
        raise PlanError(f"{what}: {broken}")
