"""Argo manifests as frozen values, spelled as Kubernetes spells them.

``msgspec.to_builtins`` of an object here is exactly what its YAML text parses to; a test holds both to each other. Only the
fields that this target emits stand here.
"""

from __future__ import annotations

from typing import Any

import msgspec

Json = Any
"""Data of a user's pod template, as Kubernetes spells it; ``Any`` only because JSON is untyped."""
Fields = dict[str, Json]
"""An object of such data."""


class Frozen(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """Base: immutable, keyword-only, camel case outside, defaults left out."""


class ValueFrom(Frozen, frozen=True, kw_only=True):
    """Where an output parameter comes from: a file of the pod, a parameter of an inner task, or a person (``supplied``, which is empty)."""

    path: str | None = None
    parameter: str | None = None
    supplied: dict[str, str] | None = None


class Parameter(Frozen, frozen=True, kw_only=True):
    """A declared or bound parameter; without a value it has to be given."""

    name: str
    value: str | None = None
    description: str | None = None
    enum: tuple[str, ...] | None = None
    value_from: ValueFrom | None = None


class Parameters(Frozen, frozen=True, kw_only=True):
    """What Argo calls inputs, outputs and arguments."""

    parameters: tuple[Parameter, ...]


class Sequence(Frozen, frozen=True, kw_only=True):
    """A loop over 0 to ``count`` - 1; ``count`` may be a reference."""

    count: str


class DagTask(Frozen, frozen=True, kw_only=True):
    """One call of a template within a DAG."""

    name: str
    template: str
    depends: str | None = None
    arguments: Parameters | None = None
    with_sequence: Sequence | None = None


class ContinueOn(Frozen, frozen=True, kw_only=True):
    """What of a step does not keep those behind it from running."""

    failed: bool
    error: bool


class Step(Frozen, frozen=True, kw_only=True):
    """One call of a template, by itself."""

    name: str
    template: str
    when: str | None = None
    continue_on: ContinueOn | None = None
    arguments: Parameters | None = None


class Dag(Frozen, frozen=True, kw_only=True):
    """A graph of calls, in source order."""

    fail_fast: bool | None = None
    tasks: tuple[DagTask, ...]


class SecretKey(Frozen, frozen=True, kw_only=True):
    """One key of a Secret; ``optional`` lets the pod start without it."""

    name: str
    key: str
    optional: bool | None = None


class VariableSource(Frozen, frozen=True, kw_only=True):
    """Where a variable's value comes from when its container starts."""

    secret_key_ref: SecretKey


class Variable(Frozen, frozen=True, kw_only=True):
    """One variable of a container's environment: a value, or where it comes from."""

    name: str
    value: str | None = None
    value_from: VariableSource | None = None


class SecretRef(Frozen, frozen=True, kw_only=True):
    """A Secret of the same namespace; ``optional`` lets the pod start without it."""

    name: str
    optional: bool | None = None


class EnvironmentSource(Frozen, frozen=True, kw_only=True):
    """A Secret all of whose keys become variables; ``prefix`` stands before their names."""

    prefix: str | None = None
    secret_ref: SecretRef


class Mount(Frozen, frozen=True, kw_only=True):
    """Where a container sees a volume."""

    name: str
    mount_path: str
    sub_path: str | None = None
    read_only: bool | None = None


class KeyPath(Frozen, frozen=True, kw_only=True):
    """A key of a ConfigMap or a Secret and the file that it becomes."""

    key: str
    path: str


class ConfigMapSource(Frozen, frozen=True, kw_only=True):
    """A volume of a ConfigMap's keys."""

    name: str
    items: tuple[KeyPath, ...] | None = None


class ProjectedSource(Frozen, frozen=True, kw_only=True):
    """One of the sources that share a volume."""

    config_map: ConfigMapSource


class Projected(Frozen, frozen=True, kw_only=True):
    """A volume put together from several sources, whose paths must not repeat."""

    sources: tuple[ProjectedSource, ...]


class EmptyDir(Frozen, frozen=True, kw_only=True):
    """A volume that lives as long as its pod; ``medium`` is ``Memory`` or the node's disk."""

    medium: str | None = None
    size_limit: str | None = None


class HostPath(Frozen, frozen=True, kw_only=True):
    """A folder of the node."""

    path: str


class Claim(Frozen, frozen=True, kw_only=True):
    """A persistent volume claim."""

    claim_name: str


class SecretSource(Frozen, frozen=True, kw_only=True):
    """A volume of a Secret's keys; ``optional`` lets the pod start without it."""

    secret_name: str
    items: tuple[KeyPath, ...] | None = None
    optional: bool | None = None


class Volume(Frozen, frozen=True, kw_only=True):
    """A volume of a pod: exactly one source is set."""

    name: str
    empty_dir: EmptyDir | None = None
    config_map: ConfigMapSource | None = None
    projected: Projected | None = None
    host_path: HostPath | None = None
    persistent_volume_claim: Claim | None = None
    secret: SecretSource | None = None


class Resources(Frozen, frozen=True, kw_only=True):
    """Quantities by resource name; ``claims`` as a user's pod template has them."""

    requests: dict[str, str] | None = None
    limits: dict[str, str] | None = None
    claims: Json = None


class Container(Frozen, frozen=True, kw_only=True):
    """The one container of a pod that we describe; Argo adds its own. What is ``Json`` is a user's."""

    image: str
    command: tuple[str, ...]
    args: tuple[str, ...]
    env: tuple[Variable | Fields, ...]
    env_from: tuple[EnvironmentSource | Fields, ...] | None = None
    resources: Resources | None = None
    volume_mounts: tuple[Mount | Fields, ...]
    image_pull_policy: Json = None
    lifecycle: Json = None
    liveness_probe: Json = None
    ports: Json = None
    readiness_probe: Json = None
    resize_policy: Json = None
    security_context: Json = None
    startup_probe: Json = None
    stdin: Json = None
    stdin_once: Json = None
    termination_message_policy: Json = None
    tty: Json = None
    volume_devices: Json = None
    working_dir: Json = None


class Backoff(Frozen, frozen=True, kw_only=True):
    """Pause before a retry: ``duration`` times ``factor`` to the power of earlier retries, at most ``cap``."""

    duration: str
    factor: int
    cap: str


class RetryStrategy(Frozen, frozen=True, kw_only=True):
    """How often a pod is tried again, and after which ends."""

    limit: int
    retry_policy: str
    expression: str
    backoff: Backoff


class Toleration(Frozen, frozen=True, kw_only=True):
    """A taint of nodes that a pod accepts."""

    key: str
    operator: str = "Equal"
    value: str = ""
    effect: str = ""


class Metadata(Frozen, frozen=True, kw_only=True):
    """Labels and annotations, and for top-level objects their name."""

    name: str | None = None
    generate_name: str | None = None
    namespace: str | None = None
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None


class Suspend(Frozen, frozen=True, kw_only=True):
    """A wait without a pod, until somebody resumes it or the time is over."""

    duration: str


class Template(Frozen, frozen=True, kw_only=True):
    """A DAG template (``dag``), a container template (``container``) or a wait (``suspend``); what is ``Json`` is a user's."""

    name: str
    metadata: Metadata | None = None
    inputs: Parameters | None = None
    outputs: Parameters | None = None
    parallelism: int | None = None
    dag: Dag | None = None
    steps: tuple[tuple[Step, ...], ...] | None = None
    suspend: Suspend | None = None
    node_selector: dict[str, str] | None = None
    affinity: Json = None
    tolerations: tuple[Toleration | Fields, ...] | None = None
    automount_service_account_token: Json = None
    host_aliases: Json = None
    priority_class_name: Json = None
    scheduler_name: Json = None
    security_context: Json = None
    service_account_name: str | None = None
    active_deadline_seconds: int | None = None
    retry_strategy: RetryStrategy | None = None
    pod_spec_patch: str | None = None
    init_containers: Json = None
    container: Container | None = None
    sidecars: Json = None
    volumes: tuple[Volume | Fields, ...] | None = None


class WorkflowSpec(Frozen, frozen=True, kw_only=True):
    """What a workflow runs; what is ``Json`` comes from the settings."""

    entrypoint: str
    on_exit: str | None = None
    arguments: Parameters
    workflow_metadata: Metadata | None = None
    pod_metadata: Metadata
    pod_spec_patch: str
    image_pull_secrets: Json = None
    node_selector: Json = None
    affinity: Json = None
    tolerations: Json = None
    scheduler_name: Json = None
    pod_priority_class_name: Json = None
    security_context: Json = None
    parallelism: Json = None
    synchronization: Json = None
    pod_gc: Json = msgspec.field(name="podGC", default=None)
    ttl_strategy: Json = None
    archive_logs: Json = None
    templates: tuple[Template, ...]


class WorkflowTemplate(Frozen, frozen=True, kw_only=True, omit_defaults=False):
    """The manifest of one workflow."""

    api_version: str = "argoproj.io/v1alpha1"
    kind: str = "WorkflowTemplate"
    metadata: Metadata
    spec: WorkflowSpec


class Workflow(Frozen, frozen=True, kw_only=True, omit_defaults=False):
    """One run, with all that it runs."""

    api_version: str = "argoproj.io/v1alpha1"
    kind: str = "Workflow"
    metadata: Metadata
    spec: WorkflowSpec


class TemplateRef(Frozen, frozen=True, kw_only=True):
    """A WorkflowTemplate of the same namespace."""

    name: str


class ReferringSpec(Frozen, frozen=True, kw_only=True):
    """What a schedule runs: a WorkflowTemplate, with values for its parameters."""

    workflow_template_ref: TemplateRef
    arguments: Parameters | None = None


class CronSpec(Frozen, frozen=True, kw_only=True):
    """When a workflow runs by itself."""

    schedules: tuple[str, ...]
    timezone: str
    concurrency_policy: str
    starting_deadline_seconds: int
    successful_jobs_history_limit: int
    failed_jobs_history_limit: int
    suspend: bool | None = None
    workflow_spec: ReferringSpec


class CronWorkflow(Frozen, frozen=True, kw_only=True, omit_defaults=False):
    """A schedule."""

    api_version: str = "argoproj.io/v1alpha1"
    kind: str = "CronWorkflow"
    metadata: Metadata
    spec: CronSpec


class ConfigMap(Frozen, frozen=True, kw_only=True, omit_defaults=False):
    """Code that travels with a manifest: text by key, and base64 by key for what text cannot carry. Empty tables are left out of the text."""

    api_version: str = "v1"
    kind: str = "ConfigMap"
    metadata: Metadata
    immutable: bool = True
    data: dict[str, str]
    binary_data: dict[str, str]


Document = ConfigMap | WorkflowTemplate | Workflow | CronWorkflow
"""Everything that stands in a manifest by itself."""
