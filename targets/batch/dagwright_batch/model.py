"""A Batch plan as frozen values: requests of the Batch API with symbols where only the submitter knows the value.

``to_data`` of a ``BatchPlan`` is exactly what its YAML text parses to; a test holds both to each other.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

API_VERSION = "dagwright/v1"
KIND = "BatchPlan"


class Frozen(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """Base: immutable, keyword-only, spelled as the API spells it, defaults left out."""

    def to_data(self) -> dict[str, Any]:
        """The value as plain data, as its text parses."""
        data: dict[str, Any] = msgspec.to_builtins(self)
        return data


class Param(Frozen, frozen=True, kw_only=True, rename={"param": "$param"}):
    """A parameter of the plan."""

    param: str


class Len(Frozen, frozen=True, kw_only=True, rename={"len": "$len"}):
    """The length of a list: ``inputs.<name>``."""

    len: str


class InputText(Frozen, frozen=True, kw_only=True, rename={"input": "$input"}):
    """A workflow input as JSON text, or as a reference into the store where it is long."""

    input: str


class JobOf(Frozen, frozen=True, kw_only=True, rename={"job": "$job"}):
    """The id of the job that an earlier submission became."""

    job: str


class DefinitionOf(Frozen, frozen=True, kw_only=True, rename={"definition": "$def"}):
    """The ARN of a registered definition."""

    definition: str


class Hashed(Frozen, frozen=True, kw_only=True, rename={"hashed": "$hashed"}):
    """This name and the first digits of the digest of the whole definition, once its parameters are filled in.

    Equal definitions are registered once, whoever submits; and no digest stands in the manifest for a diff to repeat.
    """

    hashed: str


Text = str | Param


class Variable(Frozen, frozen=True, kw_only=True):
    """One variable of a container's environment."""

    name: str
    value: str | Param | InputText


class Requirement(Frozen, frozen=True, kw_only=True):
    """An amount of ``VCPU``, ``MEMORY`` (MiB) or ``GPU``; Batch takes text."""

    type: Literal["VCPU", "MEMORY", "GPU"]
    value: str


class ExitRule(Frozen, frozen=True, kw_only=True):
    """One rule of ``evaluateOnExit``; all given patterns must match."""

    on_status_reason: str | None = None
    on_reason: str | None = None
    on_exit_code: str | None = None
    action: Literal["RETRY", "EXIT"]


class RetryStrategy(Frozen, frozen=True, kw_only=True):
    """How often a job runs, and which ends are tried again."""

    attempts: int
    evaluate_on_exit: tuple[ExitRule, ...]


class Timeout(Frozen, frozen=True, kw_only=True):
    """The orchestrator's own deadline of an attempt."""

    attempt_duration_seconds: int


class Storage(Frozen, frozen=True, kw_only=True):
    """Disk of a Fargate job."""

    size_in_gi_b: int = msgspec.field(name="sizeInGiB")


class SecretVariable(Frozen, frozen=True, kw_only=True):
    """A variable whose value AWS Batch takes from Secrets Manager or the Parameter Store, by its ARN or name."""

    name: str
    value_from: str


class LinuxParameters(Frozen, frozen=True, kw_only=True):
    """``/dev/shm`` in MiB."""

    shared_memory_size: int


class Container(Frozen, frozen=True, kw_only=True):
    """What runs, with which resources."""

    image: Text
    command: tuple[str, ...]
    job_role_arn: str | None = None
    execution_role_arn: str | None = None
    resource_requirements: tuple[Requirement, ...]
    environment: tuple[Variable, ...] = ()
    secrets: tuple[SecretVariable, ...] = ()
    linux_parameters: LinuxParameters | None = None
    ephemeral_storage: Storage | None = None


class Definition(Frozen, frozen=True, kw_only=True):
    """A ``RegisterJobDefinition`` request."""

    job_definition_name: Hashed
    type: Literal["container"]
    platform_capabilities: tuple[str]
    container_properties: Container
    retry_strategy: RetryStrategy
    timeout: Timeout | None = None
    scheduling_priority: int | None = None
    propagate_tags: bool = False
    tags: dict[str, str] | None = None


class ArraySize(Frozen, frozen=True, kw_only=True):
    """``arrayProperties``."""

    size: int | Len


class Dependency(Frozen, frozen=True, kw_only=True):
    """A job that must succeed first; ``N_TO_N``: a child of it for the child of the same index."""

    job_id: JobOf
    type: Literal["N_TO_N"] | None = None


class Overrides(Frozen, frozen=True, kw_only=True):
    """``containerOverrides``: the environment on top of the definition's."""

    environment: tuple[Variable, ...]


class UnitParameter(Frozen, frozen=True, kw_only=True):
    """``parameters``: what stands for ``Ref::unit`` in the definition's command."""

    unit: str


class JobRequest(Frozen, frozen=True, kw_only=True):
    """A ``SubmitJob`` request."""

    job_name: str
    job_queue: Text
    job_definition: DefinitionOf
    parameters: UnitParameter | None = None
    array_properties: ArraySize | None = None
    depends_on: tuple[Dependency, ...] = ()
    container_overrides: Overrides | None = None


class Fanout(Frozen, frozen=True, kw_only=True):
    """How a map is spread: ``exact`` has one child per element, ``pool`` has ``workers`` children that share them."""

    mode: Literal["exact", "pool"]
    workers: int = 0


class Submission(Frozen, frozen=True, kw_only=True):
    """One job of the plan; ``id`` is the node's."""

    id: str
    fanout: Fanout | None = None
    request: JobRequest


class Parameter(Frozen, frozen=True, kw_only=True, omit_defaults=True):
    """A value that the submitter gives, unless it has a default."""

    default: str | None = None
    required: bool = False


class Input(Frozen, frozen=True, kw_only=True):
    """A workflow input: the text of its type, and its default as JSON text; ``optional`` leaves the default to the task's function."""

    type: str
    default: str | None = None
    optional: bool = False


class Metadata(Frozen, frozen=True, kw_only=True):
    """Names of the plan."""

    name: str
    workflow: str


class BatchPlan(Frozen, frozen=True, kw_only=True, omit_defaults=False):
    """The manifest: what is registered, then what is submitted, in topological order."""

    api_version: str = API_VERSION
    kind: str = KIND
    metadata: Metadata
    parameters: dict[str, Parameter]
    inputs: dict[str, Input]
    job_definitions: dict[str, Definition]
    submissions: tuple[Submission, ...]
