"""A user's pod template, sorted by what takes each part of it: the main container, the Argo template, or a patch of the pod.

Argo substitutes tags in everything but JSON text in ``podSpecPatch``, so text with ``{{`` is refused elsewhere. Fields of a PodSpec
and of a container are those of Kubernetes 1.33; what stands below them is left to the API server.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from dagwright.contract.names import DEFAULT_PLAN, TERMINATION_GRACE_POD_S
from dagwright_argo import model, shapes
from dagwright_argo.expansion import LOST_ON_THE_WAY, json_text, texts_in
from dagwright_argo.naming import LABEL_NAME, LABEL_VALUE, keeper_of
from dagwright_compiler.diagnostics.codes import ARGO_IGNORED, ARGO_LIVE_TEXT, ARGO_POD_TEMPLATE
from dagwright_compiler.diagnostics.model import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dagwright_compiler.ir.program import PodTemplate

Json = Any
"""Data of a PodSpec; ``Any`` only because JSON is untyped."""

PRIMARY = "primary"
"""Name of the container that runs the task, unless the template names another."""
OWN_PREFIX = "dagwright-"
"""How names of our own volumes begin."""
_ROOT = DEFAULT_PLAN.rpartition("/")[0]

_OF_TEMPLATE = frozenset(
    {
        *("affinity", "automountServiceAccountToken", "hostAliases", "initContainers", "nodeSelector", "priorityClassName"),
        *("schedulerName", "securityContext", "serviceAccountName", "tolerations", "volumes"),
    }
)
"""Fields of a PodSpec that an Argo template has under the same name."""
_OF_PATCH = frozenset(
    {
        *("dnsConfig", "dnsPolicy", "enableServiceLinks", "hostIPC", "hostNetwork", "hostPID", "hostUsers", "hostname"),
        *("imagePullSecrets", "nodeName", "os", "overhead", "preemptionPolicy", "readinessGates", "resourceClaims", "resources"),
        *("runtimeClassName", "schedulingGates", "setHostnameAsFQDN", "shareProcessNamespace", "subdomain"),
        *("terminationGracePeriodSeconds", "topologySpreadConstraints"),
    }
)
"""Fields of a PodSpec that only a patch of the pod carries."""
_REFUSED = {
    "activeDeadlineSeconds": "write timeout= in the decorator: it counts for every attempt",
    "ephemeralContainers": "only a running pod takes them",
    "priority": "write priority_class_name: Kubernetes takes the number from the class",
    "restartPolicy": "Argo starts a new pod for every attempt: write retries= in the decorator",
    "serviceAccount": "write service_account_name",
}
"""Fields of a PodSpec that a pod of Argo cannot have, and what to write instead."""
_HARMLESS = {"restartPolicy": "Never"}
"""Values of refused fields that every pod has anyway."""

_LISTS = ("containers", "initContainers", "tolerations", "volumes")
_TABLES = ("affinity", "nodeSelector")
_NAMED = ("containers", "env", "initContainers", "volumeMounts", "volumes")
_LISTS_OF_CONTAINER = ("env", "envFrom", "volumeMounts")
_SPECIAL = ("env", "envFrom", "image", "resources", "volumeMounts")
_OVERRIDDEN = ("command", "args")
"""Fields of the primary container that the task itself decides, as in flytekit."""
_CONTAINER = {
    field.encode_name: field.name
    for field in msgspec.structs.fields(model.Container)
    if field.encode_name not in (*_SPECIAL, *_OVERRIDDEN)
}
"""Fields of the primary container that Argo takes as they are."""
_REFUSED_OF_CONTAINER = {
    "restartPolicy": "Argo starts a new pod for every attempt: write retries= in the decorator",
    "terminationMessagePath": "dagwright writes there why an attempt failed",
}
_TEMPLATE = {
    field.encode_name: field.name for field in msgspec.structs.fields(model.Template) if field.encode_name in _OF_TEMPLATE
}


class Overlay(msgspec.Struct, frozen=True):
    """A pod template, sorted. Fields are spelled as Kubernetes spells them.

    ``primary`` holds fields of the main container, ``template`` those that an Argo template has too, ``patch`` all others of the PodSpec.
    """

    labels: Mapping[str, str] = {}
    annotations: Mapping[str, str] = {}
    primary: Mapping[str, Json] = {}
    sidecars: tuple[Json, ...] = ()
    template: Mapping[str, Json] = {}
    patch: Mapping[str, Json] = {}

    def container_fields(self) -> dict[str, Json]:
        """What goes into the main container as it is, by the names of the model."""
        return {_CONTAINER[name]: value for name, value in self.primary.items() if name in _CONTAINER}

    def template_fields(self) -> dict[str, Json]:
        """What goes into the Argo template as it is, by the names of the model."""
        taken = ("nodeSelector", "affinity", "tolerations", "volumes")
        return {_TEMPLATE[name]: value for name, value in self.template.items() if name not in taken}

    def patch_text(self, ours: str = "") -> str | None:
        """What a patch of the pod carries, beside what is ours: of the user's, no text holds ``{{``."""
        users = json_text(dict(self.patch)) if self.patch else ""
        return f"{users[:-1]},{ours[1:]}" if users and ours else users or ours or None


EMPTY = Overlay()


@lru_cache(64)
def overlay(template: PodTemplate | None) -> Overlay:
    """Sort a pod template; what has no place is left out here and reported by ``template_problems``."""
    if template is None:
        return EMPTY
    spec = _spec(template)
    primary, sidecars = _containers(template, spec)
    return Overlay(
        labels=dict(template.labels),
        annotations=dict(template.annotations),
        primary=primary,
        sidecars=sidecars,
        template={name: value for name, value in spec.items() if name in _OF_TEMPLATE},
        patch={name: value for name, value in spec.items() if name in _OF_PATCH},
    )


def _spec(template: PodTemplate) -> dict[str, Json]:
    """The PodSpec; only quantities have fractions, which Argo takes as texts."""
    spec: dict[str, Json] = json.loads(template.pod_spec, parse_float=str) if template.pod_spec else {}
    return {name: value for name, value in spec.items() if value is not None}


def _containers(template: PodTemplate, spec: Mapping[str, Json]) -> tuple[dict[str, Json], tuple[Json, ...]]:
    """The fields of the primary container, none where the template does not mention it, and the other containers."""
    name = template.primary_container or PRIMARY
    containers = list(_objects(spec.get("containers")))
    primary = next((item for item in containers if item.get("name") == name), {})
    return (
        {field: value for field, value in primary.items() if field != "name" and value is not None},
        tuple(item for item in containers if item is not primary),
    )


def template_problems(
    template: PodTemplate, variables: frozenset[str], mounted: frozenset[str], volumes: frozenset[str] = frozenset()
) -> Iterator[Diagnostic]:
    """Say what of a pod template a pod of Argo cannot have, and what it has anyway.

    Args:
        template: The user's.
        variables: Names that the task's own environment and secrets take.
        mounted: Paths where the task's pod has something already.
        volumes: Names of the volumes that it has already.
    """
    from dagwright_argo.pod_parts import part_problems

    spec, sorted_ = _spec(template), overlay(template)
    wrong = tuple(_misshapen(sorted_, spec)) or tuple(_live_texts(sorted_)) or tuple(_misfits(spec))
    if wrong:
        yield from wrong
        return
    yield from _names(sorted_.labels, sorted_.annotations, " of the pod template")
    for field, value in spec.items():
        if field == "containers" or _HARMLESS.get(field) == value:
            continue
        if field in _REFUSED:
            yield _refused(f"a pod of Argo cannot take the field {field} of the pod template", _REFUSED[field])
        elif field not in _OF_TEMPLATE and field not in _OF_PATCH:
            yield _unknown("the pod template", field, (*_OF_TEMPLATE, *_OF_PATCH, "containers"))
    grace_s = spec.get("terminationGracePeriodSeconds")
    if isinstance(grace_s, int) and grace_s < TERMINATION_GRACE_POD_S:
        message = f"the pod template gives a pod {grace_s} s to end, and an attempt needs {TERMINATION_GRACE_POD_S}"
        yield _refused(message, f"write {TERMINATION_GRACE_POD_S} or more, or leave it out")
    for field in sorted_.primary:
        if field in _OVERRIDDEN:
            message = f"the {field} of the pod template's container {template.primary_container or PRIMARY} has no effect: the task itself runs there"
            yield Diagnostic(ARGO_IGNORED, message, help="leave it out")
        elif field in _REFUSED_OF_CONTAINER:
            yield _refused(f"the task's container cannot take the field {field}", _REFUSED_OF_CONTAINER[field])
        elif field not in _SPECIAL and field not in _CONTAINER:
            yield _unknown("the task's container in the pod template", field, (*_SPECIAL, *_CONTAINER))
    yield from _collisions(sorted_, variables, mounted)
    for message, help_text in part_problems(spec, template.primary_container or PRIMARY, volumes):
        yield _refused(message, help_text)


def spec_problems(spec: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    """Say what fields of a PodSpec, given outside of any task, no pod of Argo can have; with what to write instead."""
    if not spec:
        return
    from dagwright_argo.pod_parts import whole_problems

    misshapen = False
    for field, value in spec.items():
        if _HARMLESS.get(field, field) == value:
            continue
        if field in _REFUSED:
            yield f"a pod of Argo cannot take the field {field}", _REFUSED[field]
        elif field not in _OF_TEMPLATE and field not in _OF_PATCH:
            near = difflib.get_close_matches(field, (*_OF_TEMPLATE, *_OF_PATCH), 1)
            yield f"a PodSpec has no field {field}", f"did you mean {near[0]}?" if near else "see the Kubernetes API reference"
        else:
            for misfit in shapes.spec_misfits({field: value}):
                misshapen = True
                yield misfit, "write it as the Kubernetes API has it"
    if not misshapen:
        yield from whole_problems(spec, "it")


def _refused(message: str, help_text: str) -> Diagnostic:
    return Diagnostic(ARGO_POD_TEMPLATE, message, help=help_text)


def _unknown(where: str, field: str, known: tuple[str, ...]) -> Diagnostic:
    near = difflib.get_close_matches(field, known, 1)
    help_text = f"did you mean {near[0]}?" if near else "see the Kubernetes API reference for the fields of a PodSpec"
    return Diagnostic(ARGO_POD_TEMPLATE, f"{where} has a field {field}, which Kubernetes does not know", help=help_text)


def metadata_problems(labels: Mapping[str, str], annotations: Mapping[str, str]) -> Iterator[Diagnostic]:
    """Say which labels and annotations of a task its pods cannot have."""
    yield from _names(labels, annotations, "")
    yield from _live({"labels": labels, "annotations": annotations}, "")


def _names(labels: Mapping[str, str], annotations: Mapping[str, str], of_what: str) -> Iterator[Diagnostic]:
    for kind, pairs in (("label", labels), ("annotation", annotations)):
        for name in pairs:
            keeper = keeper_of(name, kind)
            if keeper:
                yield _refused(f"the {kind} {name}{of_what} has a name that {keeper} keeps for itself", "rename it")
            elif not LABEL_NAME.fullmatch(name):
                yield _refused(f"the {kind} {name!r}{of_what} has no name that Kubernetes takes", "rename it")
    for name, value in labels.items():
        if not LABEL_VALUE.fullmatch(value):
            message = f"the label {name}{of_what} has the value {value!r}: Kubernetes takes up to 63 letters, digits, -, _ and ."
            yield _refused(message, "write it as an annotation")


def _collisions(found: Overlay, variables: frozenset[str], mounted: frozenset[str]) -> Iterator[Diagnostic]:
    for item in _objects(found.primary.get("env")):
        name = str(item.get("name"))
        if name.startswith("DAGWRIGHT_"):
            yield _refused(f"the variable {name} of the pod template has a name that dagwright keeps for itself", "rename it")
        elif name in variables:
            yield _refused(f"the variable {name} is set by the pod template and by the task itself", "set it in one place")
    for item in _objects(found.template.get("volumes")):
        name = str(item.get("name"))
        if name.startswith(OWN_PREFIX):
            yield _refused(f"the volume {name} of the pod template has a name that dagwright keeps for itself", "rename it")
    for item in _objects(found.primary.get("volumeMounts")):
        path = str(item.get("mountPath")).rstrip("/")
        if path == _ROOT or path.startswith(f"{_ROOT}/"):
            yield _refused(f"the pod template mounts {path}, where dagwright's own volumes are", "choose another path")
        elif path in mounted:
            yield _refused(f"the pod template mounts {path}, where the task's pod has a volume already", "choose another path")


def _objects(items: Json) -> Iterator[dict[str, Json]]:
    return (item for item in items if isinstance(item, dict)) if isinstance(items, list) else iter(())


def _misshapen(found: Overlay, spec: Mapping[str, Json]) -> Iterator[Diagnostic]:
    """Fields that a pod is put together from, which so must have the form that Kubernetes gives them."""
    places = (
        ("the pod template", spec, _LISTS, _TABLES),
        ("the task's container in the pod template", found.primary, _LISTS_OF_CONTAINER, ("resources",)),
        ("resources in the pod template", _table(found.primary.get("resources")), (), ("requests", "limits")),
        ("affinity in the pod template", _table(spec.get("affinity")), (), ("nodeAffinity",)),
    )
    for where, fields, lists, tables in places:
        for name, value in fields.items():
            if name in lists and not (isinstance(value, list) and all(isinstance(item, dict) for item in value)):
                yield _refused(f"the field {name} of {where} is not a list of objects", "write it as the Kubernetes API has it")
            elif name in _NAMED and not all(isinstance(item.get("name"), str) for item in value):
                yield _refused(f"an item of the field {name} of {where} has no name", "give every one of them a name")
            if name in tables and not isinstance(value, dict):
                yield _refused(f"the field {name} of {where} is not an object", "write it as the Kubernetes API has it")
    for name, value in _table(spec.get("nodeSelector")).items():
        if not isinstance(value, str):
            yield _refused(f"nodeSelector of the pod template has the value {value!r} for {name}", "write it as a text")
    if not isinstance(found.primary.get("image", ""), str):
        yield _refused("the image of the task's container in the pod template is not text", "write the image's reference")


def _misfits(spec: Mapping[str, Json]) -> Iterator[Diagnostic]:
    """Fields that nobody looks into before the API server, or the kubelet when a pod starts."""
    for misfit in shapes.spec_misfits(dict(spec)):
        yield _refused(f"in the pod template, {misfit}", "write it as the Kubernetes API has it")


def _table(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


def _live_texts(found: Overlay) -> Iterator[Diagnostic]:
    """Every text that would not arrive as it is; a patch is JSON, which protects its own."""
    parts = {
        "labels": found.labels,
        "annotations": found.annotations,
        "containers": [found.primary, *found.sidecars],
        **found.template,
    }
    yield from _live(parts, " of the pod template")


def _live(parts: Mapping[str, Json], of_what: str) -> Iterator[Diagnostic]:
    for name, part in parts.items():
        live = next((text for text in texts_in(part) if "{{" in text or LOST_ON_THE_WAY.search(text) or "\0" in text), None)
        if live is not None:
            what = (
                "{{, which Argo would expand" if "{{" in live else "a control character that the Kubernetes API refuses or drops"
            )
            message = f"{name}{of_what} hold {what}: {live[:60]!r}"
            help_text = (
                "keep the text in a ConfigMap or a file of the image, or pass it with environment=, which arrives unchanged"
            )
            yield Diagnostic(ARGO_LIVE_TEXT, message, help=help_text)
