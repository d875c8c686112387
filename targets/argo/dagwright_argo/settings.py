"""The table ``[tool.dagwright.argo]``.

The texts beside the fields are the reference in ``docs/reference/settings.md``; a test holds it to them.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

import msgspec

from dagwright.contract.names import SYSTEM_RETRIES
from dagwright_compiler.ir.program import PodTemplate

TABLE = "[tool.dagwright.argo]"


def _is(description: str) -> msgspec.Meta:
    return msgspec.Meta(description=description)


_MOST = 2**31 - 1
"""Argo's controller reads most numbers into 32 bits, and no object that holds a larger one."""
_Count = Annotated[int, msgspec.Meta(ge=1, le=_MOST)]
_Seconds = Annotated[int, msgspec.Meta(ge=0, le=_MOST)]
_Few = Annotated[int, msgspec.Meta(ge=0, le=5)]


class VolumeSetting(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A volume for every pod: exactly one of the sources ``host_path``, ``claim``, ``config_map``, ``secret``."""

    name: str
    mount_path: str
    host_path: str = ""
    claim: str = ""
    config_map: str = ""
    secret: str = ""
    read_only: bool = False


class TolerationSetting(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A taint that pods accept, as Kubernetes has it."""

    key: str
    operator: Literal["Equal", "Exists"] = "Equal"
    value: str = ""
    effect: Literal["", "NoSchedule", "PreferNoSchedule", "NoExecute"] = ""


class SemaphoreSetting(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many workflows run at a time: the number stands in a key of a ConfigMap."""

    config_map: str
    key: str


class PodTemplateSetting(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A pod template by name: ``pod_spec`` is a PodSpec as the Kubernetes API spells it."""

    primary_container: str = "primary"
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    pod_spec: dict[str, Any] = {}

    def template(self) -> PodTemplate:
        """The same as a task would carry it."""
        return PodTemplate(
            primary_container=self.primary_container,
            labels=tuple(self.labels.items()),
            annotations=tuple(self.annotations.items()),
            pod_spec=json.dumps(self.pod_spec) if self.pod_spec else "",
        )


class ScheduleSetting(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a workflow runs by itself: one CronWorkflow.

    ``workflow`` is the function's name, with its module where several have it; ``inputs`` are values by name, and ``kickoff_input`` is the
    input that gets the time for which a run was due.
    """

    workflow: str
    cron: tuple[str, ...]
    timezone: str = "UTC"
    concurrency: Literal["Allow", "Forbid", "Replace"] = "Forbid"
    starting_deadline_s: int = 0
    successful_history: int = 3
    failed_history: int = 3
    suspended: bool = False
    inputs: dict[str, Any] = {}
    kickoff_input: str = ""


class TaskSetting(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What holds for one task, in the place of the settings of these names."""

    service_account: str = ""
    runtime: Literal["", "archive", "image"] = ""
    oom_retries: _Few | None = None


class ArgoSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of the target; an empty text or table, and ``None``, is unset."""

    store: Annotated[
        str, _is("URL of the store, for instance `s3://bucket/prefix`; unset, the workflow takes it as a required parameter")
    ] = ""
    namespace: Annotated[str, _is("where everything lives; unset, wherever it is applied")] = ""
    service_account: Annotated[str, _is("whom pods run as; unset, the account `default`")] = ""
    image: Annotated[str, _is("image of tasks that name none")] = "python:3.11-slim"
    image_pull_secrets: Annotated[tuple[str, ...], _is("Secrets of type dockerconfigjson with which images are pulled")] = ()
    python: Annotated[str, _is("interpreter in the images")] = "python3"
    runtime: Annotated[
        Literal["archive", "image"],
        _is("`archive`: the runtime travels in a ConfigMap; `image`: it is installed in the images"),
    ] = "archive"
    bundle: Annotated[
        Literal["manifest", "store"],
        _is(
            "where plan and modules are: in ConfigMaps of the manifest, or in the store; see [code in the store](../deploying.md#code-in-the-store)"
        ),
    ] = "manifest"
    env: Annotated[dict[str, str], _is("variables of every task")] = {}
    env_secrets: Annotated[tuple[str, ...], _is("Secrets all of whose keys become variables of every task")] = ()
    volumes: Annotated[
        tuple[VolumeSetting, ...],
        _is(
            "volumes of every task: tables with `name`, `mount_path`, one of `host_path`, `claim`, `config_map`, `secret`; `read_only`"
        ),
    ] = ()
    cpu: Annotated[str, _is("what a task requests that says neither a request nor a limit")] = "100m"
    memory: Annotated[str, _is("the same for memory")] = "256Mi"
    cpu_limit: Annotated[str, _is("the limit of a task that says neither; unset, none")] = ""
    memory_limit: Annotated[str, _is("the same for memory")] = ""
    gpu: Annotated[str, _is("the resource that `Resources(gpu=...)` means")] = "nvidia.com/gpu"
    accelerator_label: Annotated[
        str, _is("label (and taint) of nodes with a device, as Flyte has it; on GKE `cloud.google.com/gke-accelerator`")
    ] = "k8s.amazonaws.com/accelerator"
    partition_label: Annotated[str, _is("the same for a part of a device; on GKE `cloud.google.com/gke-gpu-partition-size`")] = (
        "k8s.amazonaws.com/gpu-partition-size"
    )
    node_selector: Annotated[dict[str, str], _is("labels of the nodes that pods may run on; a task's own go over them")] = {}
    tolerations: Annotated[
        tuple[TolerationSetting, ...], _is("taints that all pods accept: tables with `key`, `operator`, `value`, `effect`")
    ] = ()
    interruptible_tolerations: Annotated[
        tuple[TolerationSetting, ...], _is("taints that pods of `interruptible=True` accept beyond those")
    ] = ()
    affinity: Annotated[
        dict[str, Any], _is("affinity of all pods, spelled as the Kubernetes API does; a task's own takes its place")
    ] = {}
    topology_spread: Annotated[
        tuple[dict[str, Any], ...], _is("topologySpreadConstraints of all pods, as the API spells them")
    ] = ()
    scheduler: Annotated[str, _is("name of the scheduler")] = ""
    priority_class: Annotated[str, _is("PriorityClass of all pods")] = ""
    pod_security_context: Annotated[dict[str, Any], _is("securityContext of all pods, as the API spells it")] = {}
    security_context: Annotated[
        dict[str, Any], _is("securityContext of the tasks' containers; a task's own pod template goes over it, key by key")
    ] = {}
    labels: Annotated[dict[str, str], _is("labels of every object, of runs and of pods")] = {}
    annotations: Annotated[dict[str, str], _is("annotations of templates and schedules, of runs and of pods")] = {}
    patch: Annotated[
        dict[str, Any], _is("fields of every pod's PodSpec, as a last resort: merged by Argo as `podSpecPatch`")
    ] = {}
    pod_templates: Annotated[
        dict[str, PodTemplateSetting],
        _is("what `pod_template_name` stands for: tables with `pod_spec`, `labels`, `annotations`, `primary_container`"),
    ] = {}
    secret_group: Annotated[str, _is("the Secret of keys without a group")] = ""
    secret_names: Annotated[dict[str, str], _is("the Secret of a group, where its name is another")] = {}
    system_retries: Annotated[int, _is("attempts beyond the user's retries, for lost pods and stores")] = SYSTEM_RETRIES
    oom_retries: Annotated[
        _Few, _is("attempts beyond those for pods that were killed for want of memory, each with more of it: 0 to 5")
    ] = 0
    oom_factor: Annotated[float, _is("by what memory grows from one of those attempts to the next, requests and limits both")] = (
        2.0
    )
    oom_memory_max: Annotated[str, _is("the most memory that such an attempt gets; unset, no bound but the factor")] = ""
    tasks: Annotated[
        dict[str, TaskSetting],
        _is("what holds for single tasks, by the function's name, with its module where several have it"),
    ] = {}
    parallelism: Annotated[_Count | None, _is("most pods of one run at a time; unset, no limit but the controller's")] = None
    mutexes: Annotated[tuple[str, ...], _is("names of locks that a run holds: no two runs with the same one at a time")] = ()
    semaphores: Annotated[
        tuple[SemaphoreSetting, ...],
        _is("the same with a number of places, in a key of a ConfigMap: tables with `config_map`, `key`"),
    ] = ()
    pod_gc: Annotated[
        Literal["", "OnPodCompletion", "OnPodSuccess", "OnWorkflowCompletion", "OnWorkflowSuccess"],
        _is("when pods are removed; unset, with their workflow. Logs of removed pods are gone from the cluster"),
    ] = ""
    pod_gc_delay_s: Annotated[_Seconds | None, _is("seconds between that moment and the removal")] = None
    ttl_s: Annotated[_Seconds | None, _is("seconds that a finished run is kept in the cluster; unset, for good")] = None
    ttl_success_s: Annotated[_Seconds | None, _is("the same for runs that succeeded")] = None
    ttl_failure_s: Annotated[_Seconds | None, _is("the same for runs that failed")] = None
    archive_logs: Annotated[
        bool | None, _is("whether Argo keeps logs in its artifact repository; unset, as the controller does")
    ] = None
    schedules: Annotated[
        dict[str, ScheduleSetting], _is("CronWorkflows by name; see [schedules](../deploying.md#schedules)")
    ] = {}
    max_workflow_bytes: Annotated[int, _is("the controller's `MAX_WORKFLOW_SIZE`")] = 1_048_576
    max_code_bytes: Annotated[int, _is("plan and modules in one ConfigMap; above, they are spread over several")] = 1_000_000

    def of_task(self, name: str) -> TaskSetting:
        """What is set for a task, by its full name or its function's."""
        return self.tasks.get(name) or self.tasks.get(name.rpartition(".")[2]) or _NOTHING_SET


_NOTHING_SET = TaskSetting()
