"""Container templates: one per task and policy, named after the function."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from dagwright.contract.names import (
    CONTROL_FOLDER,
    DEFAULT_WORK,
    ENV_ATTEMPT,
    ENV_BEGAN,
    ENV_INPUT,
    ENV_MEMORY,
    ENV_RUN,
    ENV_STORE,
    backstop_s,
)
from dagwright_argo import model
from dagwright_argo.devices import affinity_without, nodes_of
from dagwright_argo.expansion import EMPTY_VARIABLE, parameter_reference, variable_text
from dagwright_argo.memory_steps import MemorySteps, memory_steps
from dagwright_argo.naming import LABEL_VALUE
from dagwright_argo.parameters import RUN_REFERENCE
from dagwright_argo.pod_templates import Overlay, overlay
from dagwright_argo.provisions import Code, Provisions
from dagwright_argo.retries import retry_strategy
from dagwright_argo.run_settings import tolerations
from dagwright_argo.secrets import SecretParts, secret_parts
from dagwright_argo.settings import TaskSetting
from dagwright_compiler.ir.program import PodTemplate, Policy, Resources

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from dagwright_argo.settings import ArgoSettings

_BEGAN = "{{=string(now().UnixMilli())}} {{workflow.duration}}"
"""When a pod was made, and how old its round of the run was by then: both by the controller's clock, so that they can be subtracted."""
UNIT = "unit"
INDEX = "index"
SHARED_MEMORY_PATH = "/dev/shm"  # noqa: S108  # where Linux has shared memory
_SHARED_MEMORY = "dagwright-shared-memory"
_OVERCOMMITTED = frozenset({"cpu", "memory", "ephemeral-storage"})
"""Resources that a pod may request without a limit."""
_LONGEST_DEADLINE_S = 2**31 - 1
"""What Kubernetes takes for a pod, 68 years; a longer timeout is the runtime's alone."""


_UNDISTURBED = {
    # The words of the two autoscalers in use for: leave this pod where it is.
    "cluster-autoscaler.kubernetes.io/safe-to-evict": "false",
    "karpenter.sh/do-not-disrupt": "true",
}


Item = TypeVar("Item")


class PodKind(msgspec.Struct, frozen=True):
    """Everything that makes two pods need different templates.

    ``task`` is empty where tasks share a template; ``inputs`` are the workflow inputs that the pod reads, ``published`` its control outputs;
    ``may_share`` tells of a task with a timeout that a pod may run it for several elements of a map; ``own`` is what the settings have for the task alone.
    """

    task: str
    policy: Policy
    mapped: bool
    inputs: tuple[str, ...]
    published: tuple[str, ...]
    may_share: bool = False
    own: TaskSetting = TaskSetting()


class Pods:
    """Builds container templates of one workflow."""

    def __init__(self, settings: ArgoSettings, code: Code, store: str, described: Collection[str] = ()) -> None:
        """Take what all pods of the workflow share; ``store`` is the text of the variable with the store's URL, ``described`` are the images of ``ImageSpec``s."""
        self.settings = self._settings = settings
        self.code = code
        self._store = store
        self._provisions = Provisions(settings, code, described)
        self._tolerations = tolerations(settings.tolerations)
        self._interruptible = tolerations(settings.interruptible_tolerations)

    def verdict(self, kind: PodKind) -> PodKind:
        """The pod that judges a map whose elements are pods of ``kind``: where they run, with what counting takes."""
        policy = kind.policy
        return PodKind(
            task=kind.task,
            policy=Policy(
                requests=Resources(cpu=self._settings.cpu, mem=self._settings.memory),
                image=policy.image,
                environment=policy.environment,
                pod_template=policy.pod_template,
                pod_template_name=policy.pod_template_name,
                labels=policy.labels,
                annotations=policy.annotations,
            ),
            mapped=True,
            inputs=kind.inputs,
            published=(),
            own=kind.own,
        )

    def template(self, name: str, kind: PodKind, *, labelled: bool) -> model.Template:
        """Describe the pods of one kind; ``labelled`` when the name of every node that runs as such a pod fits a label."""
        settings, policy = self._settings, kind.policy
        users = overlay(template_of(policy, settings))
        secrets = secret_parts(policy.secrets, settings)
        resources = _resources(policy, settings, users.primary.get("resources", {}))
        retries = settings.oom_retries if kind.own.oom_retries is None else kind.own.oom_retries
        steps = memory_steps(resources, settings, retries)
        outputs = tuple(
            model.Parameter(name=published, value_from=model.ValueFrom(path=f"{DEFAULT_WORK}/{CONTROL_FOLDER}/{published}"))
            for published in kind.published
        )
        return model.Template(
            name=name,
            metadata=_metadata(kind, users, labelled=labelled),
            inputs=model.Parameters(parameters=tuple(model.Parameter(name=parameter) for parameter in _parameters(kind))),
            outputs=model.Parameters(parameters=outputs) if outputs else None,
            active_deadline_seconds=_deadline_s(kind),
            retry_strategy=retry_strategy(policy.retries, settings.system_retries, steps),
            pod_spec_patch=users.patch_text(steps.patch() if steps else ""),
            container=self._container(kind, users, secrets, resources, steps),
            sidecars=users.sidecars or None,
            volumes=_joined(
                self._provisions.volumes(kind.own), _memory_volume(policy), secrets.volumes, users.template.get("volumes", ())
            ),
            **self._placing(kind, users),
        )

    def _placing(self, kind: PodKind, users: Overlay) -> dict[str, Any]:
        """Where a pod runs and as whom. Argo takes a template's field in the place of the workflow's, so the settings' part stands in it too."""
        settings, policy = self._settings, kind.policy
        nodes = nodes_of(policy.accelerator, settings)
        selector = {**users.template.get("nodeSelector", {}), **nodes.labels}
        accepted = (
            *(self._interruptible if policy.interruptible else ()),
            *nodes.tolerations,
            *users.template.get("tolerations", ()),
        )
        own = users.template_fields()
        if "security_context" in own:
            own["security_context"] = {**settings.pod_security_context, **own["security_context"]}
        affinity = users.template.get("affinity") or (settings.affinity if nodes.without else None)
        return {
            "service_account_name": kind.own.service_account or settings.service_account or None,
            **own,
            "node_selector": {**settings.node_selector, **selector} if selector else None,
            "affinity": affinity_without(nodes.without, affinity),
            "tolerations": (*self._tolerations, *accepted) if accepted else None,
        }

    def _container(
        self, kind: PodKind, users: Overlay, secrets: SecretParts, resources: model.Resources, steps: MemorySteps | None
    ) -> model.Container:
        settings, policy, primary = self._settings, kind.policy, users.primary
        env_from = (
            *(model.EnvironmentSource(secret_ref=model.SecretRef(name=name)) for name in settings.env_secrets),
            *secrets.sources,
            *primary.get("envFrom", ()),
        )
        own = (*secrets.variables, *primary.get("env", ()))
        # What the task has goes over what the settings have for all: Kubernetes takes a name once.
        taken = {item["name"] if isinstance(item, dict) else item.name for item in own}
        return model.Container(
            image=self._provisions.image(policy.image) or primary.get("image") or settings.image,
            command=self._provisions.command(kind.own),
            args=tuple(f"{{{{inputs.parameters.{parameter}}}}}" for parameter in _parameters(kind)),
            env=(*(item for item in self._variables(kind, steps) if item.name not in taken), *own),
            env_from=env_from or None,
            resources=resources,
            volume_mounts=_joined(
                self._provisions.mounts(kind.own), _memory_mount(policy), secrets.mounts, primary.get("volumeMounts", ())
            ),
            **self._container_fields(users),
        )

    def _container_fields(self, users: Overlay) -> dict[str, Any]:
        fields = users.container_fields()
        if self._settings.security_context:
            fields["security_context"] = {**self._settings.security_context, **fields.get("security_context", {})}
        return fields

    def _variables(self, kind: PodKind, steps: MemorySteps | None) -> Iterable[model.Variable]:
        users = {**self._settings.env, **dict(kind.policy.environment)}
        texts = {name: variable_text(value) for name, value in users.items()}
        if any(f"$({EMPTY_VARIABLE})" in text for text in texts.values()):
            yield model.Variable(name=EMPTY_VARIABLE, value="")
        for name, text in texts.items():
            yield model.Variable(name=name, value=text)
        yield model.Variable(name=ENV_STORE, value=self._store)
        yield from self._provisions.variables
        yield model.Variable(name=ENV_RUN, value=RUN_REFERENCE)
        yield model.Variable(name=ENV_ATTEMPT, value="{{retries}}")
        yield model.Variable(name=ENV_BEGAN, value=_BEGAN)
        if steps:
            yield model.Variable(name=ENV_MEMORY, value=steps.variable())
        for name in kind.inputs:
            yield model.Variable(name=f"{ENV_INPUT}{name}", value=parameter_reference(name))


def template_of(policy: Policy, settings: ArgoSettings) -> PodTemplate | None:
    """The pod template of a task: its own, or the settings' of the name that it gives."""
    if policy.pod_template is not None or policy.pod_template_name is None:
        return policy.pod_template
    named = settings.pod_templates.get(policy.pod_template_name)
    return named.template() if named else None


def _parameters(kind: PodKind) -> tuple[str, ...]:
    return (UNIT, INDEX) if kind.mapped else (UNIT,)


def _metadata(kind: PodKind, users: Overlay, *, labelled: bool) -> model.Metadata | None:
    labels = {**users.labels, **dict(kind.policy.labels)}
    if kind.task and LABEL_VALUE.fullmatch(kind.task):
        labels["dagwright/task"] = kind.task
    if labelled:
        labels["dagwright/node"] = f"{{{{inputs.parameters.{UNIT}}}}}"
    undisturbed = _UNDISTURBED if kind.policy.interruptible is False else {}
    annotations = {**undisturbed, **users.annotations, **dict(kind.policy.annotations)}
    return model.Metadata(labels=labels or None, annotations=annotations or None) if labels or annotations else None


def _joined(shared: tuple[Item, ...], *others: Sequence[Item]) -> tuple[Item, ...]:
    """What all pods have and what this one has beyond it; the very same object where there is nothing, so that it is written once."""
    return (*shared, *chain(*others)) if any(others) else shared


def _memory_volume(policy: Policy) -> tuple[model.Volume, ...]:
    """Kubernetes gives a pod 64 MiB of shared memory; a volume in memory gives as much as the container may use, or the size asked for."""
    if policy.shared_memory is None:
        return ()
    memory = model.EmptyDir(medium="Memory", size_limit=policy.shared_memory or None)
    return (model.Volume(name=_SHARED_MEMORY, empty_dir=memory),)


def _memory_mount(policy: Policy) -> tuple[model.Mount, ...]:
    return () if policy.shared_memory is None else (model.Mount(name=_SHARED_MEMORY, mount_path=SHARED_MEMORY_PATH),)


def _resources(policy: Policy, settings: ArgoSettings, users: Mapping[str, Any]) -> model.Resources:
    """Map quantities to Kubernetes' names; a default request must not exceed a limit, so a limit alone requests itself.

    A device is never overcommitted: Kubernetes wants it among the limits. A pod template's resources count where the task names none.
    """
    requests, limits = _quantities(policy.requests, settings), _quantities(policy.limits, settings)
    if not requests and not limits:
        requests, limits = _texts(users.get("requests")), _texts(users.get("limits"))
    for name, default, limit in (("cpu", settings.cpu, settings.cpu_limit), ("memory", settings.memory, settings.memory_limit)):
        if name not in requests and name not in limits:
            requests[name] = default
            if limit:
                limits[name] = limit
    if policy.accelerator is not None and settings.gpu not in limits:
        requests.setdefault(settings.gpu, "1")
    for name, quantity in requests.items():
        if name not in _OVERCOMMITTED:
            limits.setdefault(name, quantity)
    return model.Resources(requests=requests or None, limits=limits or None, claims=users.get("claims"))


def _texts(quantities: Mapping[str, Any] | None) -> dict[str, str]:
    return {name: str(quantity) for name, quantity in (quantities or {}).items()}


def _quantities(resources: Resources | None, settings: ArgoSettings) -> dict[str, str]:
    if resources is None:
        return {}
    named = {
        "cpu": resources.cpu,
        "memory": resources.mem,
        settings.gpu: resources.gpu,
        "ephemeral-storage": resources.ephemeral_storage,
    }
    return {name: quantity for name, quantity in named.items() if quantity is not None}


def _deadline_s(kind: PodKind) -> int | None:
    """Argo's own deadline; none where a pod may run several elements of a map: how many, only the run knows."""
    policy = kind.policy
    if not policy.timeout_s or kind.may_share:
        return None
    deadline_s = backstop_s(policy.timeout_s, waits=policy.serializes)
    return deadline_s if deadline_s <= _LONGEST_DEADLINE_S else None
