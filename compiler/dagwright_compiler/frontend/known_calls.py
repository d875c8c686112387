"""Constructors outside the project whose calls are values: ``Resources(...)``, ``ImageSpec(...)``, plugins' and Kubernetes' classes.

A call stays a call: its class and its static arguments. What they mean is said by the readers of keywords.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dagwright_compiler.frontend.file_types import LOCATED
from dagwright_compiler.frontend.known_values import KnownCall
from dagwright_compiler.frontend.names import AUTHORING, symbol_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dagwright_compiler.frontend.entities import External
    from dagwright_compiler.frontend.findings import Place
    from dagwright_compiler.frontend.known_values import StaticValue

PARAMETERS = {
    "Resources": ("cpu", "mem", "gpu", "ephemeral_storage"),
    "Cache": ("version", "serialize", "ignored_inputs", "salt", "policies"),
    "CacheFunctionBody": ("salt",),
    "Documentation": ("short_description", "long_description", "source_code"),
    "Description": ("value", "uri", "icon_link", "format"),
    "SourceCode": ("link",),
    "Secret": ("group", "key", "group_version", "mount_requirement", "env_var"),
    "PodTemplate": ("pod_spec", "primary_container_name", "labels", "annotations"),
    "GPUAccelerator": ("device",),
    "TaskMetadata": (
        *("cache", "cache_serialize", "cache_version", "cache_ignore_input_vars", "interruptible", "deprecated", "retries"),
        *("timeout", "pod_template_name", "generates_deck", "is_eager", "labels", "annotations"),
    ),
    "file": ("path", "downloader", "remote_path", "metadata"),
    "directory": ("path", "downloader", "remote_directory"),
    "StructuredDataset": ("dataframe", "uri", "metadata", "file_format"),
    "ImageSpec": (
        *("name", "python_version", "builder", "source_root", "env", "registry", "packages", "conda_packages", "conda_channels"),
        *("requirements", "apt_packages", "cuda", "cudnn", "base_image", "platform", "pip_index", "pip_extra_index_url"),
        *("pip_secret_mounts", "pip_extra_args", "registry_config", "entrypoint", "commands", "tag_format", "source_copy_mode"),
        *("copy", "python_exec", "runtime_packages", "install_project", "builder_options", "builder_config"),
    ),
}
"""Parameters of flytekit's constructors in their order (flytekit 1.16), by symbol."""
KUBERNETES = "kubernetes."
"""How the symbols of Kubernetes' classes begin: ``kubernetes.V1PodSpec``."""

DEVICES = {
    "A10G": "nvidia-a10g",
    "L4": "nvidia-l4",
    "L4_VWS": "nvidia-l4-vws",
    "L40S": "nvidia-l40s",
    "K80": "nvidia-tesla-k80",
    "M60": "nvidia-tesla-m60",
    "P4": "nvidia-tesla-p4",
    "P100": "nvidia-tesla-p100",
    "T4": "nvidia-tesla-t4",
    "V100": "nvidia-tesla-v100",
    "A100": "nvidia-tesla-a100",
    "A100_80GB": "nvidia-a100-80gb",
    "H100": "nvidia-h100",
    "H200": "nvidia-h200",
    "RTX_PRO_6000": "nvidia-rtx-pro-6000",
}
"""Devices of ``flytekit.extras.accelerators``."""
_PLUGINS = "flytekitplugins"
_PARTITION = "partition_"
_MOUNTS = {"ENV_VAR": "env", "FILE": "file", "ANY": ""}
_MEMBERS = {
    "DeckField": ("INPUT", "OUTPUT", "SOURCE_CODE", "TIMELINE", "DEPENDENCIES"),
    "ExecutionBehavior": ("DEFAULT", "DYNAMIC", "EAGER"),
    "DescriptionFormat": ("UNKNOWN", "MARKDOWN", "HTML", "RST"),
    "WorkflowFailurePolicy": ("FAIL_IMMEDIATELY", "FAIL_AFTER_EXECUTABLE_NODES_COMPLETE"),
}
"""Enumerations of flytekit that keywords take."""
_ADDITIONS = {
    "with_packages": "packages",
    "with_apt_packages": "apt_packages",
    "with_commands": "commands",
    "with_copy": "copy",
    "with_runtime_packages": "runtime_packages",
}
"""Methods of an ``ImageSpec`` that give one with longer lists."""


def symbol_of_constructor(entity: External) -> str:
    """Symbol of a constructor whose calls are values, or ``""``."""
    if entity.symbol.partition("[")[0] in PARAMETERS:
        return "" if entity.qualified == "os.PathLike" else entity.symbol
    if entity.qualified.endswith(".from_source"):
        made = symbol_of(entity.qualified.rpartition(".")[0])
        return made if made.startswith(LOCATED) else ""
    root, _, rest = entity.qualified.partition(".")
    name = rest.rpartition(".")[2]
    if root == "kubernetes" and name.startswith("V1"):
        return KUBERNETES + name
    if root == _PLUGINS and name[:1].isupper():
        return entity.qualified
    return ""


def constant(qualified: str) -> KnownCall | None:
    """Value of a constant of flytekit: a device (``...accelerators.A100.partition_1g_5gb``), a member of an enumeration."""
    parts = qualified.split(".")
    if "accelerators" in parts:
        name, *rest = parts[parts.index("accelerators") + 1 :] or [""]
        device = DEVICES.get(name)
        if device is None or len(rest) > 1:
            return None
        arguments: dict[str, StaticValue] = {"device": device}
        if rest == ["unpartitioned"]:
            arguments["partition"] = ""
        elif rest and rest[0].startswith(_PARTITION):
            arguments["partition"] = rest[0].removeprefix(_PARTITION).replace("_", ".")
        elif rest:
            return None
        return KnownCall("GPUAccelerator", arguments, {})
    if parts[-2:-1] == ["MountType"] and parts[-1] in _MOUNTS:
        return KnownCall("MountType", {"mount": _MOUNTS[parts[-1]]}, {})
    if parts[0] == _PLUGINS and len(parts) > 2 and all(part[:1].isupper() for part in parts[-2:]):
        return KnownCall(qualified, {}, {})  # `CleanPodPolicy.ALL`
    if parts[0] in AUTHORING and len(parts) > 2 and parts[-1] in _MEMBERS.get(parts[-2], ()):
        return KnownCall(parts[-2], {"member": parts[-1]}, {})
    return None


def members(qualified: str) -> tuple[str, ...]:
    """The members of the enumeration of flytekit whose member this would be; none where it is of no enumeration."""
    parts = qualified.split(".")
    return _MEMBERS.get(parts[-2], ()) if parts[0] in AUTHORING and len(parts) > 2 else ()


def call_method(owner: KnownCall, name: str, arguments: list[StaticValue], named: Mapping[str, StaticValue]) -> KnownCall | None:
    """What a method of a known object gives; ``None`` where compiling knows no such method."""
    field = _ADDITIONS.get(name) if owner.symbol == "ImageSpec" else None
    given = [*arguments, *named.values()]
    if field is not None and len(given) == 1:
        more = given[0] if isinstance(given[0], list | tuple) else [given[0]]
        before = owner.arguments.get(field) or []
        return KnownCall(owner.symbol, {**owner.arguments, field: [*before, *more]}, owner.places)
    if owner.symbol == "ImageSpec" and name in ("force_push", "with_builder_options"):
        return owner  # says how it is built and pushed, not what it is
    if owner.symbol == "GPUAccelerator" and name == "partitioned" and len(given) == 1:
        return KnownCall(owner.symbol, {**owner.arguments, "partition": given[0]}, owner.places)
    return None


def make(symbol: str, arguments: list[StaticValue], named: dict[str, StaticValue], places: dict[str, Place]) -> KnownCall | None:
    """The value of a call; ``None`` when there are more positional arguments than parameters are known."""
    names = PARAMETERS.get(symbol.partition("[")[0], ())
    if len(arguments) > len(names):
        return None
    merged = dict(zip(names, arguments, strict=False)) | named
    return KnownCall(symbol, merged, {name: places.get(name, places[""]) for name in merged} | {"": places[""]})
