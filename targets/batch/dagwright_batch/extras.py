"""What a policy asks for beyond resources: secrets, shared memory, pod templates, plugins; and what AWS Batch has for it.

Pure: a policy and settings in, parts of a definition and findings out.
"""

from __future__ import annotations

import json
from math import ceil
from typing import TYPE_CHECKING, Any, NamedTuple

from dagwright.contract.secrets import secret_variable
from dagwright_batch.model import LinuxParameters, SecretVariable
from dagwright_compiler.diagnostics.codes import BATCH_IGNORED, BATCH_PLUGIN, BATCH_SECRET, BATCH_UNSUPPORTED
from dagwright_compiler.ir.program import Resources
from dagwright_compiler.ir.quantities import amount

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dagwright_batch.settings import BatchSettings, Platform
    from dagwright_compiler.diagnostics.model import Code
    from dagwright_compiler.ir.program import Policy, Secret

_MIB = 1024**2
_OWN_PLUGIN = "AWSBatchConfig"
_MAX_PRIORITY = 9999
_MAX_TAGS = 50


class Finding(NamedTuple):
    """A finding about a field of the policy; ``help`` may be empty."""

    code: Code
    message: str
    field: str
    help: str = ""


class Extras(NamedTuple):
    """Parts of a definition that only some policies have."""

    secrets: tuple[SecretVariable, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    propagate_tags: bool = False
    priority: int | None = None
    platform: Platform = "EC2"
    findings: tuple[Finding, ...] = ()


def extras_of(policy: Policy, settings: BatchSettings) -> Extras:
    """Read a policy's extras."""
    findings: list[Finding] = []
    tags = {**dict(policy.pod_template.labels if policy.pod_template else ()), **dict(policy.labels)}
    chosen: dict[str, Any] = {}
    if policy.plugin is not None:
        if policy.plugin.name.rpartition(".")[2] == _OWN_PLUGIN:
            chosen = json.loads(policy.plugin.arguments)
        else:
            findings.append(_plugin(policy.plugin.name))
    tags.update({str(name): str(value) for name, value in (chosen.get("tags") or {}).items()})
    platform = chosen.get("platformCapabilities") or settings.platform
    findings.extend(_config_problems(chosen, tags))
    if platform not in ("EC2", "FARGATE"):
        findings.append(Finding(BATCH_UNSUPPORTED, f"platformCapabilities is {platform!r}", "plugin", 'write "EC2" or "FARGATE"'))
        platform = settings.platform
    findings.extend(_template_problems(policy))
    secrets: dict[str, SecretVariable] = {}
    for secret in policy.secrets:
        findings.extend(_secret_problems(secret, settings))
        arn = settings.secrets.get(_name(secret))
        for variable in filter(None, (secret_variable(secret.group, secret.key or ""), secret.env_var)):
            if arn:
                secrets[variable] = SecretVariable(name=variable, value_from=arn)
    if policy.accelerator is not None:
        message = f"the compute environment chooses the instances: nothing makes sure of the device {policy.accelerator.device}"
        help_text = "give the task's queue a compute environment whose instance types have it"
        findings.append(Finding(BATCH_IGNORED, message, "accelerator", help_text))
    return Extras(
        secrets=tuple(secrets.values()),
        tags=tuple(tags.items()),
        propagate_tags=bool(chosen.get("propagateTags", tags)),
        priority=chosen.get("schedulingPriority"),
        platform=platform,
        findings=tuple(findings),
    )


def with_device(policy: Policy) -> Resources | None:
    """What a task requests: an accelerator stands for one GPU where no number is given."""
    if policy.accelerator is None or (policy.limits and policy.limits.gpu) or (policy.requests and policy.requests.gpu):
        return policy.requests
    asked = policy.requests or Resources()
    return Resources(cpu=asked.cpu, mem=asked.mem, gpu="1", ephemeral_storage=asked.ephemeral_storage)


def shared_memory(policy: Policy, memory_mib: int, platform: Platform) -> tuple[LinuxParameters | None, tuple[Finding, ...]]:
    """Size of ``/dev/shm``: what is asked for, or as much as the container's memory."""
    if policy.shared_memory is None:
        return None, ()
    if platform == "FARGATE":
        message = "Fargate has 64 MiB of shared memory and no more"
        return None, (Finding(BATCH_UNSUPPORTED, message, "shared_memory", "run the task on EC2, or leave shared_memory out"),)
    found = amount(policy.shared_memory) if policy.shared_memory else None
    return LinuxParameters(shared_memory_size=max(1, ceil(found / _MIB)) if found else memory_mib), ()


def _name(secret: Secret) -> str:
    """Key of a secret in the settings: ``group.key``; parts that are absent are left out."""
    return ".".join(filter(None, (secret.group, secret.key)))


def _secret_problems(secret: Secret, settings: BatchSettings) -> Iterator[Finding]:
    name = _name(secret)
    if not settings.secrets.get(name):
        help_text = f'add to pyproject.toml:\n[tool.dagwright.batch.secrets]\n"{name}" = "arn:aws:secretsmanager:..."'
        yield Finding(BATCH_SECRET, f"no ARN is configured for the secret {name}", "secrets", help_text)
    if secret.mount == "file":
        message = (
            f"AWS Batch gives secrets as variables only: {name} arrives in {secret_variable(secret.group, secret.key or '')}"
        )
        help_text = "read it with current_context().secrets.get(...), which finds variables and files"
        yield Finding(BATCH_IGNORED, message, "secrets", help_text)


def _template_problems(policy: Policy) -> Iterator[Finding]:
    if policy.pod_template_name is not None:
        message = f"AWS Batch has no pods, and so no pod template {policy.pod_template_name!r}"
        yield Finding(BATCH_UNSUPPORTED, message, "pod_template_name", "say what the task needs with other keywords")
    template = policy.pod_template
    if template is not None and template.pod_spec:
        message = "AWS Batch has no pods, and so no place for pod_spec; only labels become tags"
        help_text = "say what the task needs with container_image, requests, environment, secret_requests and shared_memory"
        yield Finding(BATCH_UNSUPPORTED, message, "pod_template", help_text)
    if template is not None and template.annotations:
        yield Finding(BATCH_IGNORED, "AWS Batch has no annotations: those of the pod template have no effect", "pod_template")
    if policy.annotations:
        yield Finding(BATCH_IGNORED, "AWS Batch has no annotations: these have no effect", "annotations", "labels become tags")


def _plugin(name: str) -> Finding:
    short = name.rpartition(".")[2]
    help_text = (
        "leave task_config out: the task then runs in one container with what requests gives it; AWSBatchConfig works here"
    )
    return Finding(BATCH_PLUGIN, f"AWS Batch cannot run a task with task_config={short}(...)", "plugin", help_text)


def _config_problems(chosen: dict[str, Any], tags: dict[str, str]) -> Iterator[Finding]:
    if chosen.get("parameters"):
        message = "parameters of AWSBatchConfig stand for words of a command, and the command of a task has none of them"
        yield Finding(BATCH_IGNORED, message, "plugin", "pass values as inputs of the task")
    priority = chosen.get("schedulingPriority")
    if priority is not None and not (isinstance(priority, int) and 0 <= priority <= _MAX_PRIORITY):
        message = f"schedulingPriority is {priority!r}, not 0 to {_MAX_PRIORITY}"
        yield Finding(BATCH_UNSUPPORTED, message, "plugin", "")
    if len(tags) > _MAX_TAGS:
        yield Finding(BATCH_UNSUPPORTED, f"a job has {len(tags)} tags, and AWS Batch takes {_MAX_TAGS}", "plugin", "")
