"""What tasks ask for and a pod of Argo cannot have, at the keyword that asks for it.

The same policy is judged once for the task and once for each call that overrides it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from dagwright_argo.expansion import LOST_ON_THE_WAY
from dagwright_argo.naming import IMAGE, LABEL_VALUE, MOST_ANNOTATION_BYTES, VARIABLE_NAME, annotation_bytes
from dagwright_argo.pod_templates import metadata_problems, overlay, template_problems
from dagwright_argo.pods import SHARED_MEMORY_PATH, template_of
from dagwright_argo.provisions import is_installed
from dagwright_argo.secrets import secret_parts, secret_problems, variables_of
from dagwright_argo.settings import TABLE, ArgoSettings
from dagwright_compiler.diagnostics.codes import (
    ARGO_IGNORED,
    ARGO_INPUT_SIZE,
    ARGO_LIVE_TEXT,
    ARGO_NAME,
    ARGO_PLUGIN,
    ARGO_POD_TEMPLATE,
    ARGO_SECRET,
    ARGO_SETTING,
)
from dagwright_compiler.diagnostics.model import Diagnostic
from dagwright_compiler.ir.program import MapNode, TaskNode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dagwright_compiler.ir.program import Plugin, Policy, Program
    from dagwright_compiler.ir.spans import SpanTable

    Finding = tuple[str, Diagnostic]
    """A part of the policy as the table of spans names it, and what is wrong there."""

_RESERVED_VARIABLES = "DAGWRIGHT_"
_MOST_VARIABLE_BYTES = 131_072
"""One text of an environment, with its name, ``=`` and the end (``MAX_ARG_STRLEN``): with a longer one, no process starts."""
_OF_BATCH = "AWSBatchConfig"
_INSTEAD = {
    "Pod": "give the decorator pod_template=PodTemplate(...) with the same pod_spec",
    "Elastic": "leave task_config out, ask for all GPUs of one node in requests, and start torch.distributed.run in the task",
    "PyTorch": "leave task_config out, ask for all GPUs of one node in requests, and start torch.distributed.run in the task",
    "Spark": "leave task_config out and open a Spark session with master local[*] in the task, or submit the job to a cluster from there",
    "Dask": "leave task_config out and start a dask LocalCluster in the task",
    "RayJobConfig": "leave task_config out and call ray.init() in the task, or submit the job to a Ray cluster from there",
}
_ANYWHERE = "leave task_config out: the task then runs in one pod, with what requests and pod_template give it"


def check_policies(program: Program, settings: ArgoSettings, spans: SpanTable) -> Iterator[Diagnostic]:
    """Check the policy of every task, and of every call that overrides it."""
    for task in program.tasks.values():
        for part, found in _problems(task.policy, settings):
            yield msgspec.structs.replace(found, span=spans.definition(task.name, part))
    for node in program.workflow.nodes:
        policy: Policy | None = getattr(node, "policy", None)
        if policy is None:
            continue
        task = program.tasks[getattr(node, "task", "")]
        said = list(_problems(task.policy, settings))
        for part, found in _problems(policy, settings):
            if (part, found) not in said:
                yield msgspec.structs.replace(found, span=spans.node(program.workflow.name, node.id, part))
    yield from _bare_images(program, settings, spans)


def _bare_images(program: Program, settings: ArgoSettings, spans: SpanTable) -> Iterator[Diagnostic]:
    """Report tasks whose image is to have the runtime, and is the bare Python that pods have where nobody names one."""
    if settings.image != ArgoSettings().image:
        return
    told: set[str] = set()
    for node in program.workflow.nodes:
        if not isinstance(node, TaskNode | MapNode) or node.task in told:
            continue
        policy = node.policy or program.tasks[node.task].policy
        named = policy.image or overlay(template_of(policy, settings)).primary.get("image")
        if not named and is_installed(settings.of_task(node.task), settings):
            told.add(node.task)
            function = node.task.rpartition(".")[2]
            message = (
                f"`{function}` runs in {settings.image}, which has no dagwright, and the setting runtime says that images have it"
            )
            help_text = f'name an image that has it with `image` in `{TABLE}`, or give the task `runtime = "archive"` in `[{TABLE[1:-1]}.tasks.{function}]`'
            yield Diagnostic(ARGO_SETTING, message, spans.definition(node.task), help=help_text)


def _problems(policy: Policy, settings: ArgoSettings) -> Iterator[Finding]:
    yield from _image_problems(policy)
    yield from _environment_problems(policy, settings)
    for found in secret_problems(policy.secrets, settings):
        yield "policy.secrets", found
    yield from _template_problems(policy, settings)
    if policy.labels:
        for found in metadata_problems(dict(policy.labels), {}):
            yield "policy.labels", found
    if policy.annotations:
        for found in metadata_problems({}, dict(policy.annotations)):
            yield "policy.annotations", found
    yield from _annotation_size(policy, settings)
    yield from _accelerator_problems(policy)
    if policy.plugin is not None:
        yield "policy.plugin", _plugin_problem(policy.plugin)


def _annotation_size(policy: Policy, settings: ArgoSettings) -> Iterator[Finding]:
    template = template_of(policy, settings)
    of_template = dict(template.annotations) if template else {}
    if not (policy.annotations or of_template):
        return
    merged = {**settings.annotations, **of_template, **dict(policy.annotations)}
    size = annotation_bytes(merged)
    if size > MOST_ANNOTATION_BYTES:
        part = "policy.annotations" if policy.annotations else "policy.pod_template"
        if part == "policy.pod_template" and policy.pod_template is None:
            part = "policy.pod_template_name"
        largest = max(merged, key=lambda name: len(merged[name].encode()))
        message = (
            f"the annotations of the task's pods take {size:,} bytes, the largest is {largest}; "
            f"Kubernetes takes {MOST_ANNOTATION_BYTES:,} beside those of Argo"
        )
        yield part, Diagnostic(ARGO_POD_TEMPLATE, message, help="keep long texts in a file of the image or in a ConfigMap")


def _image_problems(policy: Policy) -> Iterator[Finding]:
    if policy.image is not None and ("{{" in policy.image or not policy.image.strip()):
        message = (
            f"the image {policy.image!r} holds {{{{, which Argo would expand" if policy.image.strip() else "the image is empty"
        )
        yield "policy.image", Diagnostic(ARGO_LIVE_TEXT, message, help="write the image itself, for instance python:3.11-slim")
    elif policy.image is not None and not IMAGE.fullmatch(policy.image):
        message = f"the image {policy.image!r} has a name that no registry takes: its pods would wait without end"
        yield "policy.image", Diagnostic(ARGO_NAME, message, help="write registry/name:tag, the name in lower case")


def _environment_problems(policy: Policy, settings: ArgoSettings) -> Iterator[Finding]:
    for name, value in policy.environment:
        if "\0" in value or LOST_ON_THE_WAY.search(value):
            message = f"the environment variable {name} holds a control character that the Kubernetes API refuses or drops"
            yield (
                "policy.environment",
                Diagnostic(ARGO_LIVE_TEXT, message, help="let the task make the text, or pass it as an input"),
            )
        if not VARIABLE_NAME.fullmatch(name):
            message = f"the environment variable {name!r}: Kubernetes takes letters, digits, _, - and . with no digit first"
            yield "policy.environment", Diagnostic(ARGO_NAME, message, help="rename it")
        elif name.startswith(_RESERVED_VARIABLES):
            message = f"the environment variable {name}: names that begin with {_RESERVED_VARIABLES} are dagwright's own"
            yield "policy.environment", Diagnostic(ARGO_NAME, message, help="rename it")
        size = len(name.encode()) + len(value.encode()) + 2
        if size > _MOST_VARIABLE_BYTES:
            message = f"the environment variable {name} takes {size:,} bytes, and Linux gives one {_MOST_VARIABLE_BYTES:,}"
            yield (
                "policy.environment",
                Diagnostic(ARGO_INPUT_SIZE, message, help="let the task make the text, or read it from a file"),
            )
    if not (policy.environment and policy.secrets):
        return
    of_secrets = variables_of(secret_parts(policy.secrets, settings))
    for name, _ in policy.environment:
        if name in of_secrets:
            message = f"the variable {name} is set by environment and by a secret"
            yield "policy.environment", Diagnostic(ARGO_SECRET, message, help="set it in one place")


def _template_problems(policy: Policy, settings: ArgoSettings) -> Iterator[Finding]:
    name = policy.pod_template_name
    if name is not None and policy.pod_template is not None:
        message = f"the task has a pod template of its own and names another, {name}: Argo takes one"
        yield "policy.pod_template_name", Diagnostic(ARGO_POD_TEMPLATE, message, help="leave one of them out")
    elif name is not None and name not in settings.pod_templates:
        message = f"no pod template {name!r} is configured, and Argo does not look for PodTemplate objects in the cluster"
        help_text = f"write pod_template=PodTemplate(...) at the task, or describe it as [{TABLE[1:-1]}.pod_templates.{name}]"
        yield "policy.pod_template_name", Diagnostic(ARGO_POD_TEMPLATE, message, help=help_text)
    template = template_of(policy, settings)
    if template is not None:
        secrets = secret_parts(policy.secrets, settings)
        variables = variables_of(secrets).union(name for name, _ in policy.environment)
        mounted = {mount.mount_path for mount in secrets.mounts}.union(volume.mount_path for volume in settings.volumes)
        if policy.shared_memory is not None:
            mounted.add(SHARED_MEMORY_PATH)
        part = "policy.pod_template" if policy.pod_template is not None else "policy.pod_template_name"
        volumes = {volume.name for volume in settings.volumes}
        for found in template_problems(template, variables, frozenset(mounted), frozenset(volumes)):
            yield part, found


def _accelerator_problems(policy: Policy) -> Iterator[Finding]:
    wanted = policy.accelerator
    if wanted is None:
        return
    for name in filter(None, (wanted.device, wanted.partition)):
        if not LABEL_VALUE.fullmatch(name):
            message = f"the accelerator {name!r} cannot be the value of a node's label: Kubernetes takes up to 63 letters, digits, -, _ and ."
            yield "policy.accelerator", Diagnostic(ARGO_NAME, message, help="write the device as your nodes' label has it")


def _plugin_problem(plugin: Plugin) -> Diagnostic:
    short = plugin.name.rpartition(".")[2]
    if short == _OF_BATCH:
        return Diagnostic(ARGO_IGNORED, f"{short} has no effect on Argo", help="it takes effect when compiled with -t batch")
    message = f"the Argo target cannot run a task with task_config={short}(...)"
    return Diagnostic(ARGO_PLUGIN, message, help=_INSTEAD.get(short, _ANYWHERE))
