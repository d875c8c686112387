"""The table ``[tool.dagwright.argo]``: raw settings in, checked values and findings out."""

from __future__ import annotations

import difflib
import json
import re
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from dagwright.contract.names import DEFAULT_PLAN, SYSTEM_RETRIES
from dagwright_argo.expansion import LOST_ON_THE_WAY
from dagwright_argo.naming import LABEL_NAME
from dagwright_compiler.diagnostics.codes import ARGO_SETTING, UNKNOWN_SETTING
from dagwright_compiler.diagnostics.model import Collector, Diagnostic
from dagwright_compiler.ir.program import PodTemplate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TABLE = "[tool.dagwright.argo]"
MAX_CONFIG_MAP_BYTES = 1_048_576
"""What the API server takes as the data of one ConfigMap."""
_ROOT = DEFAULT_PLAN.rpartition("/")[0]
_VARIABLE_NAME = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*")
_DNS_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_DNS_NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")


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
    """A taint that interruptible pods accept, as Kubernetes has it."""

    key: str
    operator: Literal["Equal", "Exists"] = "Equal"
    value: str = ""
    effect: Literal["", "NoSchedule", "PreferNoSchedule", "NoExecute"] = ""


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


class ArgoSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of the target; an empty text is unset.

    ``python`` is the interpreter in the image; ``env`` and ``env_secrets`` (names of Secrets) reach every pod, which is how a
    store gets its credentials; ``cpu`` and ``memory`` are what a task without ``requests`` and ``limits`` requests;
    ``gpu`` is the resource that ``Resources(gpu=...)`` means; nodes with an accelerator carry its name in ``accelerator_label``, and the size of its
    partitions in ``partition_label``; ``secret_names`` gives the Secret of a group where its name is another, ``secret_group`` the one of keys
    without a group; ``pod_templates`` holds what ``pod_template_name`` stands for; ``interruptible_tolerations`` let pods of
    ``interruptible=True`` onto nodes that may vanish; ``max_workflow_bytes`` is the controller's ``MAX_WORKFLOW_SIZE``,
    ``max_code_bytes`` what plan and modules may take of one ConfigMap: they are spread over several above it.
    """

    store: str = ""
    namespace: str = ""
    service_account: str = ""
    image: str = "python:3.11-slim"
    python: str = "python3"
    volumes: tuple[VolumeSetting, ...] = ()
    env: dict[str, str] = {}
    env_secrets: tuple[str, ...] = ()
    cpu: str = "100m"
    memory: str = "256Mi"
    gpu: str = "nvidia.com/gpu"
    accelerator_label: str = "k8s.amazonaws.com/accelerator"
    partition_label: str = "k8s.amazonaws.com/gpu-partition-size"
    secret_group: str = ""
    secret_names: dict[str, str] = {}
    pod_templates: dict[str, PodTemplateSetting] = {}
    interruptible_tolerations: tuple[TolerationSetting, ...] = ()
    system_retries: int = SYSTEM_RETRIES
    max_workflow_bytes: int = 1_048_576
    max_code_bytes: int = 1_000_000


def read_settings(raw: Mapping[str, Any], found: Collector) -> ArgoSettings:
    """Check every setting; a wrong one is reported and replaced by its default, so that all are reported at once."""
    fields = {field.name: field for field in msgspec.structs.fields(ArgoSettings)}
    values: dict[str, Any] = {}
    for name, value in raw.items():
        if name not in fields:
            near = difflib.get_close_matches(name, fields, 1)
            help_text = f"write {near[0]}" if near else f"Argo knows {', '.join(fields)}"
            found.add(Diagnostic(UNKNOWN_SETTING, f"unknown setting {name} in {TABLE}", help=help_text))
            continue
        try:
            values[name] = msgspec.convert(value, fields[name].type)
        except msgspec.ValidationError as error:
            text = str(error)
            found.add(Diagnostic(ARGO_SETTING, f"setting {name} of {TABLE}: {text[0].lower()}{text[1:]}"))
    settings = ArgoSettings(**values)
    for message, help_text in _problems(settings):
        found.add(Diagnostic(ARGO_SETTING, message, help=help_text))
    return settings


def _problems(settings: ArgoSettings) -> Iterator[tuple[str, str]]:
    for name in ("namespace", "service_account"):
        value = getattr(settings, name)
        if value and not _DNS_NAME.fullmatch(value):
            yield f"setting {name} of {TABLE} is {value!r}, which is no Kubernetes name", "use lower-case letters, digits and -"
    for name in ("image", "python", "cpu", "memory", "gpu"):
        if not getattr(settings, name).strip():
            yield f"setting {name} of {TABLE} is empty", "give it a value or remove it"
    for name in ("store", "image", "python", "cpu", "memory", "gpu"):
        if "{{" in getattr(settings, name):
            yield f"setting {name} of {TABLE} holds {{{{, which Argo would expand", "write the value itself"
    if settings.store and "://" not in settings.store:
        yield (
            f"setting store of {TABLE} is {settings.store!r}, which is no URL",
            'write for instance store = "s3://bucket/prefix"',
        )
    for name in ("accelerator_label", "partition_label"):
        if not LABEL_NAME.fullmatch(getattr(settings, name)):
            yield (
                f"setting {name} of {TABLE} is {getattr(settings, name)!r}, which is no name of a label",
                "name the label of your nodes",
            )
    for setting, name in (
        ("secret_group", settings.secret_group),
        *(("secret_names", name) for name in settings.secret_names.values()),
    ):
        if (name or setting != "secret_group") and not _DNS_NAME.fullmatch(name):
            yield f"setting {setting} of {TABLE} holds {name!r}, which is no Kubernetes name", "name a Secret of the namespace"
    if not 0 <= settings.system_retries <= 10:
        yield f"setting system_retries of {TABLE} is {settings.system_retries}, not 0 to 10", ""
    if not 0 < settings.max_code_bytes <= MAX_CONFIG_MAP_BYTES:
        yield (
            f"setting max_code_bytes of {TABLE} is {settings.max_code_bytes:,}, not 1 to {MAX_CONFIG_MAP_BYTES:,}",
            "Kubernetes takes no more in one ConfigMap",
        )
    for name, value in settings.env.items():
        if "\0" in value or LOST_ON_THE_WAY.search(value):
            yield f"variable {name!r} in setting env of {TABLE} holds a control character that Kubernetes refuses", "remove it"
        if name.startswith("DAGWRIGHT_") or not _VARIABLE_NAME.fullmatch(name):
            yield (
                f"variable {name!r} in setting env of {TABLE} has a name that Kubernetes or dagwright does not take",
                "rename it",
            )
    for name in settings.env_secrets:
        if not _DNS_NAME.fullmatch(name):
            yield f"{name!r} in setting env_secrets of {TABLE} is no Kubernetes name", "name a Secret of the namespace"
    for toleration in settings.interruptible_tolerations:
        if any("{{" in text for text in (toleration.key, toleration.value)):
            yield f"toleration {toleration.key!r} of {TABLE} holds {{{{, which Argo would expand", "write the value itself"
    yield from _volume_problems(settings.volumes)


def _volume_problems(volumes: tuple[VolumeSetting, ...]) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for volume in volumes:
        where = f"volume {volume.name!r} of {TABLE}"
        if not _DNS_LABEL.fullmatch(volume.name):
            yield f"{where} has no Kubernetes name", "use at most 63 lower-case letters, digits and -"
        if volume.name.startswith("dagwright-"):
            yield f"{where} has a name that dagwright keeps for itself", "choose another name"
        sources = (volume.host_path, volume.claim, volume.config_map, volume.secret)
        if sum(map(bool, sources)) != 1:
            yield f"{where} has {sum(map(bool, sources))} sources", "set exactly one of host_path, claim, config_map, secret"
        if any("{{" in text for text in (*sources, volume.mount_path)):
            yield f"{where} holds {{{{, which Argo would expand", "write the value itself"
        path = volume.mount_path.rstrip("/")
        if not path.startswith("/") or ":" in path:
            yield f"{where} has the mount path {volume.mount_path!r}", "use an absolute path other than / and without a colon"
        elif path == _ROOT or path.startswith(f"{_ROOT}/"):
            yield f"{where} is mounted under {_ROOT}, where dagwright's own volumes are", "choose another mount path"
        for kind, text in (("name", volume.name), ("mount path", path)):
            if f"{kind} {text}" in seen:
                yield f"{where} repeats the {kind} of another volume", "every volume needs its own"
            seen.add(f"{kind} {text}")
