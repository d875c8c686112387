"""Keywords about the pod of a task: secrets, pod templates, devices, shared memory, plugins, decks."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Literal

from dagwright_compiler.diagnostics import codes
from dagwright_compiler.frontend import option_advice
from dagwright_compiler.frontend.known_calls import KUBERNETES
from dagwright_compiler.frontend.known_values import KnownCall
from dagwright_compiler.frontend.option_values import Arguments, WrongOption
from dagwright_compiler.frontend.wire_values import describe
from dagwright_compiler.ir.program import Accelerator, Plugin, PodTemplate, Secret
from dagwright_compiler.ir.quantities import amount, suggestion

if TYPE_CHECKING:
    from typing import Any

    from dagwright_compiler.frontend.findings import Place
    from dagwright_compiler.frontend.known_values import StaticValue
    from dagwright_compiler.frontend.policy_keywords import Draft

_API_NAMES = {
    "_from": "from",
    "host_ip": "hostIP",
    "host_ipc": "hostIPC",
    "host_pid": "hostPID",
    "pod_ip": "podIP",
    "pod_i_ps": "podIPs",
    "volume_id": "volumeID",
    "scale_io": "scaleIO",
    "disk_uri": "diskURI",
    "storage_policy_id": "storagePolicyID",
    "set_hostname_as_fqdn": "setHostnameAsFQDN",
}
"""Attributes of the Kubernetes client whose name in the API is not its camel case."""
_MOUNT_WORDS = {"env": "ENV_VAR", "env_var": "ENV_VAR", "ENV_VAR": "ENV_VAR", "file": "FILE", "FILE": "FILE"}
"""How a secret arrives, as people write it in words."""
_POD_PLUGIN = "flytekitplugins.pod."


def read_secrets(draft: Draft, value: StaticValue, place: Place) -> None:
    """``secret_requests=[Secret(group=..., key=...)]``."""
    items = value if isinstance(value, list | tuple) else [value]
    secrets = []
    for item in items:
        if not (isinstance(item, KnownCall) and item.symbol == "Secret"):
            help_ = f'write `Secret(key="{item}")`' if isinstance(item, str) else 'write `Secret(group="...", key="...")`'
            raise WrongOption(f"`secret_requests` takes a list of `Secret(...)`, found {describe(item)}", help_)
        secrets.append(_secret(item))
    draft.policy["secrets"] = tuple(secrets)
    draft.places["secrets"] = place


def _secret(call: KnownCall) -> Secret:
    arguments = Arguments(call)
    group, key = arguments.text("group"), arguments.text("key")
    if not group and not key:
        raise WrongOption("a `Secret` needs a group or a key", 'write `Secret(group="...", key="...")`', arguments.place(""))
    mount = arguments.get("mount_requirement")
    if mount is not None and not (isinstance(mount, KnownCall) and mount.symbol == "MountType"):
        message = f"`mount_requirement` takes `Secret.MountType.ENV_VAR` or `Secret.MountType.FILE`, found {describe(mount)}"
        meant = _MOUNT_WORDS.get(mount) if isinstance(mount, str) else None
        raise WrongOption(message, f"write `Secret.MountType.{meant}`" if meant else "", arguments.place("mount_requirement"))
    variable = arguments.text("env_var")
    if variable is not None and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", variable):
        message = f"`{variable}` cannot be the name of an environment variable"
        raise WrongOption(message, "", arguments.place("env_var"))
    how: Literal["env", "file"] | None = (mount.arguments["mount"] or None) if mount is not None else None
    return Secret(group=group or "", key=key, version=arguments.text("group_version"), mount=how, env_var=variable)


def read_pod_template(draft: Draft, value: StaticValue, place: Place) -> None:
    """``pod_template=PodTemplate(pod_spec=V1PodSpec(...))``."""
    if not (isinstance(value, KnownCall) and value.symbol == "PodTemplate"):
        named = f'a template of the cluster goes by its name: `pod_template_name="{value}"`' if isinstance(value, str) else ""
        help_ = named or "write `PodTemplate(pod_spec=V1PodSpec(...))`"
        raise WrongOption(f"`pod_template` takes `PodTemplate(...)`, found {describe(value)}", help_)
    arguments = Arguments(value)
    draft.policy["pod_template"] = PodTemplate(
        primary_container=arguments.text("primary_container_name"),
        labels=arguments.table("labels"),
        annotations=arguments.table("annotations"),
        pod_spec=_pod_spec(arguments.get("pod_spec"), arguments.place("pod_spec")),
    )
    draft.places["pod_template"] = place


def _pod_spec(value: StaticValue, place: Place | None) -> str:
    if value is None:
        return ""
    if not isinstance(value, dict) and not (isinstance(value, KnownCall) and value.symbol == f"{KUBERNETES}V1PodSpec"):
        help_ = "write `V1PodSpec(containers=[V1Container(...)])`"
        raise WrongOption(f"`pod_spec` takes `V1PodSpec(...)`, found {describe(value)}", help_, place)
    found = _api_object(value, place)
    return json.dumps(found, sort_keys=True, separators=(",", ":")) if found else ""


def _api_object(value: StaticValue, place: Place | None) -> Any:
    """An object of the Kubernetes client as the API spells it; what is ``None`` is left out, as the client does."""
    if isinstance(value, KnownCall) and value.symbol.startswith(KUBERNETES):
        return {
            _api_name(name): _api_object(part, value.places.get(name) or place)
            for name, part in value.arguments.items()
            if part is not None
        }
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise WrongOption("the keys of a Kubernetes object must be texts", "", place)
        return {key: _api_object(part, place) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_api_object(part, place) for part in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise WrongOption(f"a Kubernetes object cannot hold {describe(value)}", "", place)


def _api_name(name: str) -> str:
    found = _API_NAMES.get(name)
    if found is not None:
        return found
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def read_pod_template_name(draft: Draft, value: StaticValue, place: Place) -> None:
    """``pod_template_name="gpu"``."""
    if not isinstance(value, str) or not value:
        help_ = "write the name of a pod template of the cluster, or leave it out"
        raise WrongOption(f"`pod_template_name` takes text, found {describe(value)}", help_)
    draft.policy["pod_template_name"] = value
    draft.places["pod_template_name"] = place


def read_accelerator(draft: Draft, value: StaticValue, place: Place) -> None:
    """``accelerator=T4`` or ``accelerator=GPUAccelerator("...")``."""
    if not (isinstance(value, KnownCall) and value.symbol == "GPUAccelerator"):
        help_ = "import one: `from flytekit.extras.accelerators import T4`"
        raise WrongOption(f"`accelerator` takes a device, found {describe(value)}", help_)
    device, partition = value.arguments.get("device"), value.arguments.get("partition")
    if not isinstance(device, str) or not device or not (partition is None or isinstance(partition, str)):
        raise WrongOption('`GPUAccelerator` takes the name of a device: `GPUAccelerator("nvidia-tesla-t4")`')
    draft.policy["accelerator"] = Accelerator(device=device, partition=partition)
    draft.places["accelerator"] = place


def read_shared_memory(draft: Draft, value: StaticValue, place: Place) -> None:
    """``shared_memory=True`` or ``shared_memory="2Gi"``."""
    if value is False:
        return
    if value is not True:
        number = amount(value) if isinstance(value, str) else None
        if number is None or number <= 0:
            meant = suggestion(value) if isinstance(value, str) else ""
            help_ = f"did you mean `{meant}`?" if meant else 'write `True`, or a size: `"2Gi"`'
            code = codes.INVALID_QUANTITY if isinstance(value, str) else codes.WRONG_OPTION
            raise WrongOption(f"`shared_memory` takes `True` or a size, found {describe(value)}", help_, None, code)
    draft.policy["shared_memory"] = "" if value is True else value
    draft.places["shared_memory"] = place


def read_task_config(draft: Draft, value: StaticValue, place: Place) -> None:
    """``task_config=Elastic(nnodes=2)``: the configuration of a plugin, or ``Pod(...)``, which is a pod template."""
    if not (isinstance(value, KnownCall) and value.symbol.startswith("flytekitplugins.")):
        message = f"`task_config` takes the configuration of a plugin, found {describe(value)}"
        raise WrongOption(message, "write an object of `flytekitplugins`, such as `Elastic(nnodes=2)`, or leave it out")
    if value.symbol.startswith(_POD_PLUGIN) and value.symbol.endswith(".Pod"):
        read_pod_template(draft, KnownCall("PodTemplate", value.arguments, value.places), place)
        draft.places["plugin"] = place
        return
    arguments = {name: _plain(part, value.places.get(name) or place) for name, part in value.arguments.items()}
    text = json.dumps(arguments, sort_keys=True, separators=(",", ":"))
    draft.policy["plugin"] = Plugin(name=value.symbol, arguments=text)
    draft.places["plugin"] = place


def _plain(value: StaticValue, place: Place) -> Any:
    """A static argument as JSON; an object in it keeps the name of its class."""
    if isinstance(value, KnownCall):
        if value.symbol.startswith(KUBERNETES):
            return _api_object(value, place)
        nested = {name: _plain(part, place) for name, part in value.arguments.items()}
        return {"$call": {"name": value.symbol, "arguments": nested}}
    if isinstance(value, list | tuple):
        return [_plain(part, place) for part in value]
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {key: _plain(part, place) for key, part in value.items()}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise WrongOption(f"a plugin's configuration cannot hold {describe(value)}", "write numbers, texts, lists and dicts", place)


def read_enable_deck(draft: Draft, value: StaticValue, place: Place) -> None:
    """``enable_deck=True``."""
    _deck(draft, "enable_deck", value, place, keeps=True)


def read_disable_deck(draft: Draft, value: StaticValue, place: Place) -> None:
    """``disable_deck=False``, the older word for ``enable_deck=True``."""
    _deck(draft, "disable_deck", value, place, keeps=False)


def _deck(draft: Draft, name: str, value: StaticValue, place: Place, *, keeps: bool) -> None:
    if not isinstance(value, bool):
        raise WrongOption(f"`{name}` takes `True` or `False`, found {describe(value)}", option_advice.truth(value))
    draft.policy["deck"] = value is keeps
    draft.places["deck"] = place
