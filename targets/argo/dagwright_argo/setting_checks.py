"""What is wrong with settings that have the right types: names, texts and numbers that Kubernetes or Argo would refuse later."""

from __future__ import annotations

import re
from posixpath import normpath
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from dagwright.contract.names import DEFAULT_PLAN, TERMINATION_GRACE_POD_S
from dagwright_argo import shapes
from dagwright_argo.expansion import LOST_ON_THE_WAY, texts_in
from dagwright_argo.naming import (
    DNS_LABEL,
    DNS_NAME,
    FOLDER_OF_ARGO,
    IMAGE,
    LABEL_NAME,
    LABEL_VALUE,
    MOST_ANNOTATION_BYTES,
    VARIABLE_NAME,
    VOLUMES_OF_ARGO,
    annotation_bytes,
    keeper_of,
)
from dagwright_argo.pod_templates import spec_problems
from dagwright_argo.schedules import schedule_problems
from dagwright_argo.settings import TABLE, ArgoSettings, VolumeSetting
from dagwright_compiler.ir.quantities import amount

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dagwright_compiler.target_api import SettingKey

MAX_CONFIG_MAP_BYTES = 1_048_576
"""What the API server takes as the data of one ConfigMap."""
_ROOT = DEFAULT_PLAN.rpartition("/")[0]
_NO_TAGS = (
    *("store", "image", "python", "cpu", "memory", "cpu_limit", "memory_limit", "oom_memory_max", "gpu", "mutexes"),
    "annotations",
)
_AS_KUBERNETES = (
    ("affinity", "affinity", shapes.AFFINITY),
    ("topology_spread", "topologySpreadConstraints", shapes.TOPOLOGY_SPREAD),
    ("pod_security_context", "securityContext", shapes.POD_SECURITY),
    ("security_context", "securityContext", shapes.SECURITY),
)
"""Settings that become a field of the API's own form: the field, and that form."""
_OWN_FIELDS = {
    "containers": "dagwright decides what runs in a pod",
    "initContainers": "give the tasks a pod template",
    "volumes": "use the setting volumes",
    "imagePullSecrets": "use the setting image_pull_secrets",
    "topologySpreadConstraints": "use the setting topology_spread",
}
"""Fields of a PodSpec that the setting ``patch`` cannot have, and what to write instead."""


class Problem(NamedTuple):
    """What is wrong with a setting, or with something below one (``("labels", "team")``); ``help`` may be empty."""

    setting: SettingKey
    message: str
    help: str


def problems(settings: ArgoSettings) -> Iterator[Problem]:
    """Check everything beyond types."""
    yield from _texts(settings)
    yield from _names(settings)
    yield from _metadata(settings)
    yield from _numbers(settings)
    yield from _variables(settings)
    yield from _volumes(settings.volumes)
    yield from _pods(settings)
    for name, message, help_text in schedule_problems(settings.schedules):
        yield Problem(("schedules", name), message, help_text)


def _texts(settings: ArgoSettings) -> Iterator[Problem]:
    for name in ("image", "python", "cpu", "memory", "gpu"):
        if not getattr(settings, name).strip():
            yield Problem(name, f"setting {name} of {TABLE} is empty", "give it a value or remove it")
    for name in _NO_TAGS:
        if any("{{" in text for text in texts_in(getattr(settings, name))):
            message = f"setting {name} of {TABLE} holds {{{{, which Argo would expand"
            yield Problem(name, message, "write the value itself")
    if settings.image.strip() and "{{" not in settings.image and not IMAGE.fullmatch(settings.image):
        message = f"setting image of {TABLE} is {settings.image!r}, which is not the reference of an image"
        yield Problem("image", message, "write registry/name:tag, the name in lower case")
    if settings.store and "://" not in settings.store:
        message = f"setting store of {TABLE} is {settings.store!r}, which is not a URL"
        yield Problem("store", message, 'write for instance store = "s3://bucket/prefix"')
    for name in ("cpu", "memory", "cpu_limit", "memory_limit", "oom_memory_max"):
        value = getattr(settings, name)
        number = amount(value)
        if value.strip() and "{{" not in value and (number is None or number < 0):
            message = f"setting {name} of {TABLE} is {value!r}, which is not a quantity of Kubernetes"
            yield Problem(name, message, "write for instance 500m, 2, 256Mi or 1.5Gi")
    for name in ("cpu", "memory"):
        default, limit = amount(getattr(settings, name)), amount(getattr(settings, f"{name}_limit"))
        if default is not None and limit is not None and limit < default:
            message = f"setting {name}_limit of {TABLE} is lower than {name}, {getattr(settings, name)}"
            yield Problem(f"{name}_limit", message, "a pod whose limit is lower than its request is refused")


def _names(settings: ArgoSettings) -> Iterator[Problem]:
    for name in ("namespace", "service_account", "scheduler", "priority_class"):
        value = getattr(settings, name)
        valid = DNS_LABEL if name == "namespace" else DNS_NAME
        if value and not valid.fullmatch(value):
            message = f"setting {name} of {TABLE} is {value!r}, which is no Kubernetes name"
            yield Problem(name, message, "use lower-case letters, digits and -")
    for task, own in settings.tasks.items():
        if own.service_account and not DNS_NAME.fullmatch(own.service_account):
            message = f"service_account of task {task!r} in {TABLE} is {own.service_account!r}, which is no Kubernetes name"
            yield Problem(("tasks", task, "service_account"), message, "use lower-case letters, digits and -")
    objects: list[tuple[str, Iterable[str]]] = [
        ("env_secrets", settings.env_secrets),
        ("image_pull_secrets", settings.image_pull_secrets),
        ("secret_group", filter(None, (settings.secret_group,))),
        ("secret_names", settings.secret_names.values()),
        ("semaphores", (item.config_map for item in settings.semaphores)),
    ]
    for setting, names in objects:
        for number, name in enumerate(names):
            if not DNS_NAME.fullmatch(name):
                what = "a ConfigMap" if setting == "semaphores" else "a Secret"
                message = f"setting {setting} of {TABLE} holds {name!r}, which is no Kubernetes name"
                yield Problem((setting, number), message, f"name {what} of the namespace")
    for number, item in enumerate(settings.semaphores):
        if not re.fullmatch(r"[-._a-zA-Z0-9]{1,253}", item.key):
            message = f"setting semaphores of {TABLE} names the key {item.key!r}, which no ConfigMap can have"
            yield Problem(("semaphores", number), message, "use letters, digits, -, _ and .")
    for number, name in enumerate(settings.mutexes):
        if not name:
            yield Problem(("mutexes", number), f"setting mutexes of {TABLE} holds an empty name", "give the lock a name")


def _metadata(settings: ArgoSettings) -> Iterator[Problem]:
    if settings.gpu.strip() and not ("/" in settings.gpu and LABEL_NAME.fullmatch(settings.gpu)):
        message = f"setting gpu of {TABLE} is {settings.gpu!r}, which cannot be the name of a device's resource"
        yield Problem("gpu", message, "write its prefix too, for instance nvidia.com/gpu")
    for name in ("accelerator_label", "partition_label"):
        value = getattr(settings, name)
        if not LABEL_NAME.fullmatch(value):
            message = f"setting {name} of {TABLE} is {value!r}, which cannot be the name of a label"
            yield Problem(name, message, "name the label of your nodes")
    size = annotation_bytes(settings.annotations)
    if size > MOST_ANNOTATION_BYTES:
        message = (
            f"setting annotations of {TABLE} takes {size:,} bytes, and Kubernetes takes {MOST_ANNOTATION_BYTES:,} beside our own"
        )
        yield Problem("annotations", message, "keep long texts elsewhere")
    for setting in ("labels", "annotations", "node_selector"):
        for name, value in getattr(settings, setting).items():
            where = f"setting {setting} of {TABLE}"
            keeper = "" if setting == "node_selector" else keeper_of(name, setting.removesuffix("s"))
            if keeper:
                yield Problem((setting, name), f"{where} has {name}, a name that {keeper} keeps for itself", "rename it")
            elif not LABEL_NAME.fullmatch(name):
                yield Problem((setting, name), f"{where} has {name!r}, which Kubernetes does not take as a name", "rename it")
            if setting != "annotations" and not LABEL_VALUE.fullmatch(value):
                message = f"{where} gives {name} the value {value!r}: Kubernetes takes up to 63 letters, digits, -, _ and ."
                yield Problem(
                    (setting, name), message, "change it" if setting == "node_selector" else "write it as an annotation"
                )
            elif setting == "annotations" and ("\0" in value or LOST_ON_THE_WAY.search(value)):
                message = f"{where} gives {name} a control character that Kubernetes refuses or drops"
                yield Problem((setting, name), message, "remove it")


def _numbers(settings: ArgoSettings) -> Iterator[Problem]:
    if not 0 <= settings.system_retries <= 10:
        message = f"setting system_retries of {TABLE} is {settings.system_retries}, not 0 to 10"
        yield Problem("system_retries", message, "")
    if not 1 < settings.oom_factor <= 10:
        message = f"setting oom_factor of {TABLE} is {settings.oom_factor:g}, not above 1 and up to 10"
        yield Problem("oom_factor", message, "write by what memory grows, for instance 1.5 or 2")
    if not 0 < settings.max_code_bytes <= MAX_CONFIG_MAP_BYTES:
        message = f"setting max_code_bytes of {TABLE} is {settings.max_code_bytes:,}, not 1 to {MAX_CONFIG_MAP_BYTES:,}"
        yield Problem("max_code_bytes", message, "Kubernetes takes no more in one ConfigMap")
    if settings.pod_gc_delay_s is not None and not settings.pod_gc:
        message = f"setting pod_gc_delay_s of {TABLE} has no effect without pod_gc"
        yield Problem("pod_gc_delay_s", message, 'write when pods are removed, for instance pod_gc = "OnPodSuccess"')


def _variables(settings: ArgoSettings) -> Iterator[Problem]:
    for name, value in settings.env.items():
        if "\0" in value or LOST_ON_THE_WAY.search(value):
            message = f"variable {name!r} in setting env of {TABLE} holds a control character that Kubernetes refuses"
            yield Problem(("env", name), message, "remove it")
        if name.startswith("DAGWRIGHT_") or not VARIABLE_NAME.fullmatch(name):
            message = f"variable {name!r} in setting env of {TABLE} has a name that Kubernetes or dagwright does not take"
            yield Problem(("env", name), message, "rename it")


def _volumes(volumes: tuple[VolumeSetting, ...]) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, volume in enumerate(volumes):
        where = f"volume {volume.name!r} of {TABLE}"
        for message, help_text in _volume(volume, where):
            yield Problem(("volumes", number), message, help_text)
        path = volume.mount_path.rstrip("/")
        for kind, text in (("name", volume.name), ("mount path", path)):
            if f"{kind} {text}" in seen:
                yield Problem(("volumes", number), f"{where} repeats the {kind} of another volume", "every volume needs its own")
            seen.add(f"{kind} {text}")


def _volume(volume: VolumeSetting, where: str) -> Iterator[tuple[str, str]]:
    if not DNS_LABEL.fullmatch(volume.name):
        yield f"{where} has no Kubernetes name", "use at most 63 lower-case letters, digits and -"
    if volume.name.startswith("dagwright-") or volume.name in VOLUMES_OF_ARGO:
        keeper = "Argo" if volume.name in VOLUMES_OF_ARGO else "dagwright"
        yield f"{where} has a name that {keeper} keeps for itself", "choose another name"
    if ".." in volume.host_path.split("/") or (volume.host_path and not volume.host_path.startswith("/")):
        yield f"{where} has the host_path {volume.host_path!r}", "use an absolute path without .."
    sources = (volume.host_path, volume.claim, volume.config_map, volume.secret)
    if sum(map(bool, sources)) != 1:
        yield f"{where} has {sum(map(bool, sources))} sources", "set exactly one of host_path, claim, config_map, secret"
    if any("{{" in text for text in (*sources, volume.mount_path)):
        yield f"{where} holds {{{{, which Argo would expand", "write the value itself"
    for kind, name in (("claim", volume.claim), ("ConfigMap", volume.config_map), ("Secret", volume.secret)):
        if name and "{{" not in name and not DNS_NAME.fullmatch(name):
            yield f"{where} names the {kind} {name!r}, which is no Kubernetes name", "name one of the namespace"
    path = volume.mount_path.rstrip("/")
    if not path.startswith("/") or ":" in path:
        yield f"{where} has the mount path {volume.mount_path!r}", "use an absolute path other than / and without a colon"
    elif normpath(path) == FOLDER_OF_ARGO:
        yield f"{where} is mounted at {FOLDER_OF_ARGO}, where Argo's own files are", "choose another mount path"
    elif normpath(path) == _ROOT or normpath(path).startswith(f"{_ROOT}/"):
        yield f"{where} is mounted under {_ROOT}, where dagwright's own volumes are", "choose another mount path"


def _pods(settings: ArgoSettings) -> Iterator[Problem]:
    for name in ("tolerations", "interruptible_tolerations"):
        for number, toleration in enumerate(getattr(settings, name)):
            if any("{{" in text for text in (toleration.key, toleration.value)):
                message = f"toleration {toleration.key!r} in setting {name} of {TABLE} holds {{{{, which Argo would expand"
                yield Problem((name, number), message, "write the value itself")
                continue
            fields = {field: value for field, value in msgspec.to_builtins(toleration).items() if value}
            for misfit in shapes.misfits(fields, shapes.TOLERATION, f"{name}[{number}]"):
                yield _misfit(name, misfit)
    for name, field, shape in _AS_KUBERNETES:
        value = getattr(settings, name)
        if not value:
            continue
        if name != "topology_spread" and any("{{" in text for text in texts_in(value)):
            message = f"setting {name} of {TABLE} holds {{{{, which Argo would expand"
            yield Problem(name, message, "write the value itself")
            continue
        for misfit in shapes.misfits(value, shape, field):
            yield _misfit(name, misfit)
    if settings.security_context.get("procMount") == "Unmasked" and settings.patch.get("hostUsers") is not False:
        message = f"setting security_context of {TABLE} has procMount Unmasked, which needs hostUsers = false in patch"
        yield Problem("security_context", message, "write patch = {hostUsers = false} too")
    yield from _patch(settings)


def _misfit(setting: str, misfit: str) -> Problem:
    message = f"setting {setting} of {TABLE}: {misfit}"
    return Problem((setting, *_path(misfit)[1:]), message, "write it as the Kubernetes API has it")


def _path(sentence: str) -> list[str | int]:
    """The path that a sentence on a misfit begins with."""
    parts = re.findall(r"\[([0-9]+)\]|\.?([^.\[\]]+)", sentence.partition(" ")[0])
    return [int(number) if number else name for number, name in parts]


def _patch(settings: ArgoSettings) -> Iterator[Problem]:
    for field in settings.patch:
        if field in _OWN_FIELDS:
            message = f"setting patch of {TABLE} cannot change the field {field}"
            yield Problem(("patch", field), message, _OWN_FIELDS[field])
    for message, help_text in spec_problems({key: value for key, value in settings.patch.items() if key not in _OWN_FIELDS}):
        yield Problem(("patch", *_path(message)), f"setting patch of {TABLE}: {message}", help_text)
    grace_s = settings.patch.get("terminationGracePeriodSeconds")
    if isinstance(grace_s, int) and grace_s < TERMINATION_GRACE_POD_S:
        message = f"setting patch of {TABLE} gives a pod {grace_s} s to end, and an attempt needs {TERMINATION_GRACE_POD_S}"
        yield Problem("patch", message, f"write {TERMINATION_GRACE_POD_S} or more, or leave it out")
